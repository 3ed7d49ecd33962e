//! The ssespec adapter for the server-sent events of the crate `poem` (`web::sse`), on its own server.
//!
//! It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
//! nothing. In poem, a stream's queue is up to the application; this one has no limit. An event is a message or a
//! reconnection time; there are no comments of one's own.

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use futures_util::stream;
use poem::http::{HeaderMap, StatusCode};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::sse::{Event, SSE};
use poem::web::{Data, Path};
use poem::{EndpointExt, IntoResponse, Response, Route, Server, get, handler};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// The open sessions by number, shared with the handler.
type Shared = Arc<Mutex<HashMap<u64, Session>>>;

#[derive(Default)]
struct Session {
    streams: Vec<UnboundedSender<Event>>,
    stopped: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // The version comes from the lock file, so it cannot differ from what was built.
    let lock = include_str!("Cargo.lock");
    let version = lock.lines().skip_while(|line| *line != "name = \"poem\"").nth(1);
    write(&json!({ "hello": {
        "protocol": 1,
        "role": "server",
        "name": "poem",
        "version": version.and_then(|line| line.split('"').nth(1)).unwrap_or_default(),
        "language": "Rust",
        "sessions": 64,
        "capabilities": ["event-type", "event-id", "retry", "end", "disconnects", "no-content", "http2"],
    }}))?;

    let shared = Shared::default();
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await?;
    let address = *acceptor.local_addr()[0].as_socket_addr().ok_or("no address")?;
    let app = Route::new().at("/:session", get(open)).data(shared.clone());
    tokio::spawn(Server::new_with_acceptor(acceptor).run(app));

    let mut orders = BufReader::new(stdin()).lines();
    while let Some(order) = orders.next_line().await? {
        let order: Value = serde_json::from_str(&order)?;
        let number = order["session"].as_u64().unwrap_or_default();
        if order.get("serve").is_some() {
            lock_of(&shared).insert(number, Session::default());
            let url = format!("http://{address}/{number}");
            write(&json!({ "session": number, "serving": { "url": url } }))?;
        } else {
            obey(number, &order, &shared)?;
        }
    }
    Ok(())
}

fn obey(number: u64, order: &Value, shared: &Shared) -> std::io::Result<()> {
    let mut sessions = lock_of(shared);
    let Some(session) = sessions.get_mut(&number) else { return Ok(()) };
    if let Some(emit) = order.get("emit") {
        let event = event(emit);
        session.streams.retain(|stream| stream.send(event.clone()).is_ok());
        write(&json!({ "session": number, "emitted": {} }))
    } else if order.get("end").is_some() {
        session.streams.clear(); // a stream whose sender is gone ends once its queue is empty
        Ok(())
    } else if order.get("stop").is_some() {
        session.stopped = true;
        write(&json!({ "session": number, "stopped": {} }))
    } else if order.get("close").is_some() {
        sessions.remove(&number);
        write(&json!({ "session": number, "closed": {} }))
    } else {
        Ok(())
    }
}

fn event(emit: &Value) -> Event {
    let text = |name| emit[name].as_str().unwrap_or_default();
    match emit["retry"].as_u64() {
        Some(retry) => Event::retry(retry),
        None => Event::message(text("data")).event_type(text("type")).id(text("id")),
    }
}

/// Opens one stream.
#[handler]
fn open(Data(shared): Data<&Shared>, Path(number): Path<u64>, headers: &HeaderMap) -> Response {
    let mut sessions = lock_of(shared);
    let Some(session) = sessions.get_mut(&number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if session.stopped {
        return StatusCode::NO_CONTENT.into_response();
    }
    let last_event_id = headers.get("last-event-id").map(|value| value.as_bytes()).unwrap_or_default();
    let last_event_id = String::from_utf8_lossy(last_event_id);
    let (sender, mut events) = unbounded_channel();
    session.streams.push(sender);
    _ = write(&json!({ "session": number, "connected": { "lastEventId": last_event_id } }));

    let mut client = Client { shared: shared.clone(), number, ended: false };
    SSE::new(stream::poll_fn(move |context| {
        let client = &mut client;
        let event = events.poll_recv(context);
        client.ended = matches!(event, Poll::Ready(None));
        event
    }))
    .into_response()
}

/// Lives in a stream: if the client disconnects, poem drops the stream before its end.
struct Client {
    shared: Shared,
    number: u64,
    ended: bool,
}

impl Drop for Client {
    fn drop(&mut self) {
        let sessions = lock_of(&self.shared);
        if !self.ended && sessions.contains_key(&self.number) {
            _ = write(&json!({ "session": self.number, "disconnected": {} }));
        }
    }
}

fn lock_of(shared: &Shared) -> MutexGuard<'_, HashMap<u64, Session>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(message: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{message}")?;
    out.flush()
}
