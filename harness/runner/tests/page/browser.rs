//! A browser that is none: it opens pages, and the reference client is its EventSource.

use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use ssespec::adapter::incoming::Incoming;
use ssespec::page::opener::Invitation;
use ssespec::page::{Board, Opener};
use ssespec::protocol::{ConnectRequest, Observation, Order};
use ssespec::run::Launch;
use ssespec::run::page_launch::PageLaunch;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// What a page sends in its session of this number, in addition to what it should.
pub(crate) type Mischief = fn(u64) -> Vec<Message>;

/// A page's connection.
pub(crate) type Socket = WebSocketStream<TcpStream>;

/// Opens the WebSocket of the page at this URL.
pub(crate) async fn socket(url: &str) -> Socket {
    let stream = TcpStream::connect(host(url)).await.unwrap();
    let address = format!("{}socket", url.replacen("http", "ws", 1).split('#').next().unwrap());
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    tokio_tungstenite::client_async_with_config(address, stream, Some(config)).await.unwrap().0
}

fn host(url: &str) -> &str {
    url.strip_prefix("http://").unwrap().split('/').next().unwrap()
}

/// The head and the body of what is served at a URL, which ends the connection.
pub(crate) async fn get(method: &str, url: &str) -> (String, String) {
    let mut stream = TcpStream::connect(host(url)).await.unwrap();
    let path = &url[7 + host(url).len()..];
    let request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n\r\n", host(url));
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

pub(crate) fn text(value: &Value) -> Message {
    Message::text(value.to_string())
}

/// What a page says first.
pub(crate) fn hello() -> Value {
    json!({ "hello": {
        "protocol": 1, "role": "client", "name": "page", "version": "1", "language": "JavaScript",
        "capabilities": ["reconnect", "close", "event-type", "event-id", "errors", "opened"],
    }})
}

/// A launch whose pages are opened by such a browser: the first says `first`, each session brings the mischief. The
/// progress that pages were shown is kept.
pub(crate) fn launch(first: Message, mischief: Mischief) -> (Launch, Arc<Mutex<Vec<Value>>>) {
    let progress: Arc<Mutex<Vec<Value>>> = Arc::default();
    let shown = Arc::clone(&progress);
    let opener = Opener::Person(Invitation::new(move |url| {
        open(url.to_owned(), first.clone(), mischief, Arc::clone(&shown));
    }));
    (Launch::Page(PageLaunch { opener, board: Board::default(), library: None }), progress)
}

fn open(url: String, first: Message, mischief: Mischief, progress: Arc<Mutex<Vec<Value>>>) {
    tokio::spawn(async move { live(socket(&url).await, first, mischief, progress).await });
}

/// A page: it follows orders until it has to leave.
async fn live(mut socket: Socket, first: Message, mischief: Mischief, progress: Arc<Mutex<Vec<Value>>>) {
    let mut client = ssespec_reference::client().start();
    if socket.send(first).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            heard = client.receive() => {
                let Incoming::Observation { session, shown, .. } = heard else { return };
                if socket.send(text(&reported(session, &shown))).await.is_err() {
                    return;
                }
            }
            message = socket.next() => {
                let Some(Ok(Message::Text(message))) = message else { return };
                let mut message: Value = serde_json::from_str(&message).unwrap();
                if let Some(shown) = message.get("progress") {
                    for frame in frames(shown) {
                        open(frame, text(&hello()), mischief, Arc::clone(&progress));
                    }
                    progress.lock().unwrap().push(shown.clone());
                    continue;
                }
                let session = message["session"].as_u64().unwrap();
                if message.get("connect").is_some() {
                    for mischief in mischief(session) {
                        if socket.send(mischief).await.is_err() {
                            return;
                        }
                    }
                    let request: ConnectRequest =
                        serde_json::from_value(message["connect"].take()).unwrap();
                    client.order(session, Order::Connect(Box::new(request)));
                } else if message.get("close").is_some() {
                    client.order(session, Order::Close);
                }
            }
        }
    }
}

/// The pages of other lanes that are to be opened.
fn frames(progress: &Value) -> Vec<String> {
    let all = progress["all"]["frames"].as_array().cloned().unwrap_or_default();
    let one = progress["frame"]["url"].as_str().map(str::to_owned);
    all.iter().filter_map(Value::as_str).map(str::to_owned).chain(one).collect()
}

fn reported(session: u64, shown: &Observation) -> Value {
    match shown {
        Observation::Opened { .. } => json!({ "session": session, "opened": { "readyState": 1 } }),
        Observation::Event(event) => json!({ "session": session, "event": event }),
        Observation::Error { message, .. } => json!({ "session": session, "error": { "message": message } }),
        Observation::Closed => json!({ "session": session, "closed": {} }),
        _ => json!({ "session": session, "comment": { "text": "" } }),
    }
}
