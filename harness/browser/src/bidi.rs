//! A client of [WebDriver BiDi](https://w3c.github.io/webdriver-bidi/): commands and their answers over a WebSocket.

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

type Answer = oneshot::Sender<Result<Value, String>>;

/// A connection to a browser. Cheap to clone; it ends with its last clone.
#[derive(Debug, Clone)]
pub(super) struct Bidi(mpsc::UnboundedSender<(Value, Option<Answer>)>);

impl Bidi {
    /// Connects to the browser at `ws://host:port/path`.
    pub(super) async fn connect(url: &str) -> Result<Self, String> {
        let host =
            url.strip_prefix("ws://").and_then(|rest| rest.split('/').next()).ok_or("not a ws:// URL")?;
        let stream = TcpStream::connect(host).await.map_err(|error| error.to_string())?;
        let (socket, _) =
            tokio_tungstenite::client_async(url, stream).await.map_err(|error| error.to_string())?;
        let (commands, queue) = mpsc::unbounded_channel();
        tokio::spawn(converse(socket, queue));
        Ok(Self(commands))
    }

    /// Gives a command and waits for its answer.
    pub(super) async fn command(&self, method: &str, params: Value) -> Result<Value, String> {
        let (answer, answered) = oneshot::channel();
        let gone = || "the browser is gone".to_owned();
        self.0.send((json!({ "method": method, "params": params }), Some(answer))).map_err(|_| gone())?;
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(gone())),
            Err(_) => Err(format!("no answer to {method} within {}", humantime::format_duration(PATIENCE))),
        }
    }

    /// Gives a command whose answer nobody waits for.
    pub(super) fn send(&self, method: &str, params: Value) {
        // A browser that is gone needs no command.
        let _ = self.0.send((json!({ "method": method, "params": params }), None));
    }
}

/// Writes commands with numbers, and hands answers to who waits for them.
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
                let result = match message["type"].as_str() {
                    Some("success") => Ok(message["result"].take()),
                    _ => Err(message["message"].as_str().unwrap_or("an error without a message").to_owned()),
                };
                // Whoever waited may have gone.
                let _ = answer.send(result);
            }
        }
    }
    let _ = socket.close(None).await;
}
