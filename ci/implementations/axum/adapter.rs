//! The ssespec adapter for the server-sent events of the crate `axum` (`response::sse`), served by `axum::serve`.
//!
//! It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
//! nothing. In axum, a stream's queue is up to the application; this one has no limit.

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::io::Write;
use std::panic::catch_unwind;
use std::process::exit;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

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
    let version = lock.lines().skip_while(|line| *line != "name = \"axum\"").nth(1);
    write(&json!({ "hello": {
        "protocol": 1,
        "role": "server",
        "name": "axum",
        "version": version.and_then(|line| line.split('"').nth(1)).unwrap_or_default(),
        "language": "Rust",
        "sessions": 64,
        "capabilities": [
            "event-type", "event-id", "comments", "retry", "end", "disconnects", "no-content", "shutdown", "http2",
        ],
    }}))?;

    let shared = Shared::default();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/{session}", get(open)).with_state(shared.clone());
    let (shutdown, ordered) = oneshot::channel::<()>();
    let mut shutdown = Some(shutdown);
    let server = axum::serve(listener, app).with_graceful_shutdown(async { _ = ordered.await });
    let mut server = tokio::spawn(server.into_future());

    let mut leaving = 0; // the session that was ordered to shut down
    let mut orders = BufReader::new(stdin()).lines();
    loop {
        tokio::select! {
            _ = &mut server => {
                if lock_of(&shared).remove(&leaving).is_some() {
                    write(&json!({ "session": leaving, "closed": {} }))?;
                }
                exit(0); // returning would wait for the next line of stdin
            }
            order = orders.next_line() => match order? {
                None => return Ok(()),
                Some(order) => {
                    let order: Value = serde_json::from_str(&order)?;
                    let number = order["session"].as_u64().unwrap_or_default();
                    if order.get("serve").is_some() {
                        lock_of(&shared).insert(number, Session::default());
                        let url = format!("http://{address}/{number}");
                        write(&json!({ "session": number, "serving": { "url": url } }))?;
                    } else if order.get("shutdown").is_some() {
                        leaving = number;
                        shutdown.take();
                    } else {
                        obey(number, &order, &shared)?;
                    }
                }
            },
        }
    }
}

fn obey(number: u64, order: &Value, shared: &Shared) -> std::io::Result<()> {
    let mut sessions = lock_of(shared);
    let Some(session) = sessions.get_mut(&number) else { return Ok(()) };
    if let Some(emit) = order.get("emit") {
        match event(emit) {
            Err(message) => write(&json!({ "session": number, "refused": { "message": message } })),
            Ok(event) => {
                session.streams.retain(|stream| stream.send(event.clone()).is_ok());
                write(&json!({ "session": number, "emitted": {} }))
            }
        }
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

/// The event of an order. axum documents that it panics on a line ending in a type, an ID or a comment, and on NUL in
/// an ID: that is how it refuses.
fn event(emit: &Value) -> Result<Event, String> {
    catch_unwind(|| {
        let mut event = Event::default();
        if let Some(name) = emit["type"].as_str() {
            event = event.event(name);
        }
        if let Some(id) = emit["id"].as_str() {
            event = event.id(id);
        }
        if let Some(comment) = emit["comment"].as_str() {
            event = event.comment(comment);
        }
        if let Some(retry) = emit["retry"].as_u64() {
            event = event.retry(Duration::from_millis(retry));
        }
        if let Some(data) = emit["data"].as_str() {
            event = event.data(data);
        }
        event
    })
    .map_err(|panic| panic.downcast::<String>().map_or_else(|_| "panic".to_owned(), |message| *message))
}

/// Opens one stream.
async fn open(State(shared): State<Shared>, Path(number): Path<u64>, headers: HeaderMap) -> Response {
    let mut sessions = lock_of(&shared);
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
    Sse::new(stream::poll_fn(move |context| {
        let client = &mut client;
        let event = events.poll_recv(context);
        client.ended = matches!(event, Poll::Ready(None));
        event.map(|event| event.map(Ok::<_, Infallible>))
    }))
    .into_response()
}

/// Lives in a stream: if the client disconnects, axum drops the stream before its end.
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
