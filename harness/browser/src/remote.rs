//! Commands to a browser over a WebSocket: what [WebDriver BiDi](https://w3c.github.io/webdriver-bidi/) and the
//! [Chrome DevTools Protocol](https://chromedevtools.github.io/devtools-protocol/) have in common.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RemoteError {
    /// The address is not a WebSocket URL.
    #[error("{0:?} is not a ws:// URL")]
    Address(String),
    /// The connection failed.
    #[error("{0}")]
    Connection(String),
    /// The browser has exited.
    #[error("the browser has exited or closed the connection")]
    Gone,
    /// The answer took too long.
    #[error("no answer to {method} within {}", humantime::format_duration(PATIENCE))]
    Slow {
        /// The command.
        method: String,
    },
    /// The browser answered with this error.
    #[error("{0}")]
    Refused(String),
}

type Answer = oneshot::Sender<Result<Value, RemoteError>>;

/// A connection to a browser. Cheap to clone; dropping the last clone closes it.
#[derive(Debug, Clone)]
pub(super) struct Remote(mpsc::UnboundedSender<(Value, Option<Answer>)>);

impl Remote {
    /// Connects to the browser at `ws://host:port/path`.
    pub(super) async fn connect(url: &str) -> Result<Self, RemoteError> {
        let host = url.strip_prefix("ws://").and_then(|rest| rest.split('/').next());
        let host = host.ok_or_else(|| RemoteError::Address(url.to_owned()))?;
        let failed = |error: &dyn std::fmt::Display| RemoteError::Connection(error.to_string());
        let stream = TcpStream::connect(host).await.map_err(|error| failed(&error))?;
        let (socket, _) =
            tokio_tungstenite::client_async(url, stream).await.map_err(|error| failed(&error))?;
        let (commands, queue) = mpsc::unbounded_channel();
        tokio::spawn(converse(socket, queue));
        Ok(Self(commands))
    }

    /// Sends a command and waits for its answer.
    pub(super) async fn command(&self, method: &str, params: Value) -> Result<Value, RemoteError> {
        let (answer, answered) = oneshot::channel();
        self.0
            .send((json!({ "method": method, "params": params }), Some(answer)))
            .map_err(|_| RemoteError::Gone)?;
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(answer) => answer.unwrap_or(Err(RemoteError::Gone)),
            Err(_) => Err(RemoteError::Slow { method: method.to_owned() }),
        }
    }

    /// Sends a command without waiting for the answer.
    pub(super) fn send(&self, method: &str, params: Value) {
        // Ignore a browser that has exited.
        let _ = self.0.send((json!({ "method": method, "params": params }), None));
    }
}

/// Writes commands with numbers, and passes answers to those waiting for them.
async fn converse(
    mut socket: WebSocketStream<TcpStream>,
    mut commands: mpsc::UnboundedReceiver<(Value, Option<Answer>)>,
) {
    let mut waiting: HashMap<u64, Answer> = HashMap::new();
    let mut last = 0;
    loop {
        tokio::select! {
            command = commands.recv() => {
                let Some((mut command, answer)) = command else { break };
                last += 1;
                command["id"] = last.into();
                waiting.extend(answer.map(|answer| (last, answer)));
                if socket.send(Message::text(command.to_string())).await.is_err() {
                    break;
                }
            }
            message = socket.next() => {
                let Some(Ok(message)) = message else { break };
                let Message::Text(text) = message else { continue };
                let Ok(mut message) = serde_json::from_str::<Value>(&text) else { continue };
                let Some(answer) = message["id"].as_u64().and_then(|id| waiting.remove(&id)) else { continue };
                let result = match message.get_mut("result") {
                    Some(result) => Ok(result.take()),
                    None => Err(RemoteError::Refused(complaint(&message))),
                };
                // The waiting future may have been dropped.
                let _ = answer.send(result);
            }
        }
    }
    let _ = socket.close(None).await;
}

/// The message of an error: BiDi has it next to the error code, the DevTools Protocol inside the error object.
fn complaint(message: &Value) -> String {
    let text = message["message"].as_str().or_else(|| message["error"]["message"].as_str());
    text.unwrap_or("an error without a message").to_owned()
}
