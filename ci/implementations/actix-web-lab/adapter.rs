//! The ssespec adapter for the server-sent events of the crate `actix-web-lab` (`sse`), served by `actix-web`.
//!
//! It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
//! nothing. In actix, a stream's queue is up to the application; this one has no limit.
//! The API sets a reconnection time only when a stream is opened, so there is no `retry` capability.

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;
use std::process::exit;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, Responder};
use actix_web_lab::sse::{self, Event, Sse};
use futures_util::stream;
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

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The version comes from the lock file, so it cannot differ from what was built.
    let lock = include_str!("Cargo.lock");
    let version = lock.lines().skip_while(|line| *line != "name = \"actix-web-lab\"").nth(1);
    write(&json!({ "hello": {
        "protocol": 1,
        "role": "server",
        "name": "actix-web-lab",
        "version": version.and_then(|line| line.split('"').nth(1)).unwrap_or_default(),
        "language": "Rust",
        "sessions": 64,
        "capabilities": [
            "event-type", "event-id", "comments", "end", "disconnects", "no-content", "shutdown", "http2",
        ],
    }}))?;

    let shared = Shared::default();
    let data = Data::new(shared.clone());
    let server =
        HttpServer::new(move || App::new().app_data(data.clone()).route("/{session}", web::get().to(open)))
            .disable_signals()
            .bind_auto_h2c(("127.0.0.1", 0))?;
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    let mut server = actix_web::rt::spawn(server);

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
                        drop(handle.stop(true)); // it is sent even if it is not awaited
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
    let text = |name: &str| emit[name].as_str().map(ToOwned::to_owned);
    if let Some(comment) = text("comment") {
        return Event::Comment(comment.into());
    }
    let mut event = sse::Data::new(text("data").unwrap_or_default());
    if let Some(id) = text("id") {
        event.set_id(id);
    }
    if let Some(name) = text("type") {
        event.set_event(name);
    }
    event.into()
}

/// Opens one stream.
async fn open(request: HttpRequest, shared: Data<Shared>, number: web::Path<u64>) -> HttpResponse {
    let number = number.into_inner();
    let mut sessions = lock_of(&shared);
    let Some(session) = sessions.get_mut(&number) else {
        return HttpResponse::NotFound().finish();
    };
    if session.stopped {
        return HttpResponse::NoContent().finish();
    }
    let last_event_id =
        request.headers().get("last-event-id").map(|value| value.as_bytes()).unwrap_or_default();
    let last_event_id = String::from_utf8_lossy(last_event_id);
    let (sender, mut events) = unbounded_channel();
    session.streams.push(sender);
    _ = write(&json!({ "session": number, "connected": { "lastEventId": last_event_id } }));

    let mut client = Client { shared: Shared::clone(&shared), number, ended: false };
    Sse::from_infallible_stream(stream::poll_fn(move |context| {
        let client = &mut client;
        let event = events.poll_recv(context);
        client.ended = matches!(event, Poll::Ready(None));
        event
    }))
    .respond_to(&request)
}

/// Lives in a stream: if the client disconnects, actix drops the stream before its end.
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
