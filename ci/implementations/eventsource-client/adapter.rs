//! The ssespec adapter for the crate `eventsource-client` by LaunchDarkly, with the transport that its
//! documentation uses and its default options.
//!
//! It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
//! nothing.

use std::error::Error;
use std::io::Write;

use eventsource_client::{BoxStream, Client, ClientBuilder, SSE};
use futures::StreamExt;
use launchdarkly_sdk_transport::HyperTransport;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

type Shown = eventsource_client::Result<SSE>;

/// A connected session: its number, its stream, and the kind of message after which it closes on its own.
struct Session {
    number: Value,
    stream: BoxStream<Shown>,
    close_in: Value,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // The version comes from the lock file, so it cannot differ from what was built.
    let lock = include_str!("Cargo.lock");
    let version = lock.lines().skip_while(|line| *line != "name = \"eventsource-client\"").nth(1);
    write(&json!({ "hello": {
        "protocol": 1,
        "role": "client",
        "name": "eventsource-client",
        "version": version.and_then(|line| line.split('"').nth(1)).unwrap_or_default(),
        "language": "Rust",
        "capabilities": [
            "reconnect", "close", "initial-last-event-id", "headers", "methods",
            "opened", "errors", "event-type", "event-id", "comments",
        ],
    }}))?;

    let mut orders = BufReader::new(stdin()).lines();
    let mut session: Option<Session> = None;
    loop {
        let shown = async {
            match &mut session {
                Some(session) => session.stream.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            order = orders.next_line() => match order? {
                Some(order) => obey(&serde_json::from_str(&order)?, &mut session)?,
                None => return Ok(()),
            },
            shown = shown => report(shown, &mut session)?,
        }
    }
}

fn obey(order: &Value, session: &mut Option<Session>) -> std::io::Result<()> {
    if let Some(connect) = order.get("connect") {
        let number = order["session"].clone();
        match open(connect) {
            Ok(stream) => *session = Some(Session { number, stream, close_in: connect["closeIn"].clone() }),
            Err(error) => {
                write(&json!({ "session": number, "error": { "message": error.to_string() } }))?;
                write(&json!({ "session": number, "closed": {} }))?;
            }
        }
    } else if order.get("close").is_some() {
        close(session)?;
    }
    Ok(())
}

fn open(connect: &Value) -> Result<BoxStream<Shown>, Box<dyn Error>> {
    let text = |name| connect[name].as_str().unwrap_or_default();
    let mut builder = ClientBuilder::for_url(text("url"))?.method(text("method").to_owned());
    for (name, value) in connect["headers"].as_object().into_iter().flatten() {
        builder = builder.header(name, value.as_str().unwrap_or_default())?;
    }
    if !text("lastEventId").is_empty() {
        builder = builder.last_event_id(text("lastEventId").to_owned());
    }
    if !text("body").is_empty() {
        builder = builder.body(text("body").to_owned());
    }
    Ok(builder.build_with_transport(HyperTransport::new()?).stream())
}

/// Reports what the stream yielded. An error does not end it (the next poll reconnects); `None` does.
fn report(shown: Option<Shown>, session: &mut Option<Session>) -> std::io::Result<()> {
    let Some(Session { number, close_in, .. }) = session else { return Ok(()) };
    let (kind, content) = match shown {
        None => return close(session),
        Some(Ok(SSE::Connected(_))) => ("opened", json!({})),
        Some(Ok(SSE::Comment(text))) => ("comment", json!({ "text": text })),
        Some(Ok(SSE::Event(event))) => {
            let id = event.id.unwrap_or_default();
            ("event", json!({ "type": event.event_type, "data": event.data, "id": id }))
        }
        Some(Err(error)) => ("error", json!({ "message": error.to_string() })),
    };
    write(&json!({ "session": *number, kind: content }))?;
    if *close_in == kind { close(session) } else { Ok(()) }
}

/// Dropping the stream is how its users close it.
fn close(session: &mut Option<Session>) -> std::io::Result<()> {
    match session.take() {
        Some(Session { number, .. }) => write(&json!({ "session": number, "closed": {} })),
        None => Ok(()),
    }
}

fn write(message: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{message}")?;
    out.flush()
}
