//! The ssespec adapter for the crate `eventsource-client` by LaunchDarkly, with the transport that its
//! documentation uses and its default options.
//!
//! It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
//! nothing.

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;
use std::time::Duration;

use eventsource_client::{BoxStream, Client, ClientBuilder, SSE};
use futures::StreamExt;
use launchdarkly_sdk_transport::HyperTransport;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::sync::oneshot::{Receiver, Sender, channel};

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
        "sessions": 64,
        "capabilities": [
            "reconnect", "close", "initial-last-event-id", "headers", "methods", "read-timeout",
            "opened", "errors", "event-type", "event-id", "comments",
        ],
    }}))?;

    // Dropping the sender of a session closes it.
    let mut sessions: HashMap<u64, Sender<()>> = HashMap::new();
    let mut orders = BufReader::new(stdin()).lines();
    while let Some(order) = orders.next_line().await? {
        let order: Value = serde_json::from_str(&order)?;
        let number = order["session"].as_u64().unwrap_or_default();
        if let Some(connect) = order.get("connect") {
            let (sender, closing) = channel();
            sessions.retain(|_, sender| !sender.is_closed()); // forget those that ended on their own
            sessions.insert(number, sender);
            tokio::spawn(run(number, connect.clone(), closing));
        } else if order.get("close").is_some() {
            sessions.remove(&number);
        }
    }
    Ok(())
}

/// Runs one session. Dropping the stream is how its users close it.
async fn run(number: u64, connect: Value, closing: Receiver<()>) -> std::io::Result<()> {
    let say = |kind: &str, content: Value| write(&json!({ "session": number, kind: content }));
    match open(&connect).map_err(|error| error.to_string()) {
        Ok(stream) => {
            tokio::select! {
                biased;
                _ = closing => {}
                result = report(stream, &connect, say) => result?,
            }
        }
        Err(error) => say("error", json!({ "message": error }))?,
    }
    say("closed", json!({}))
}

fn open(connect: &Value) -> Result<BoxStream<eventsource_client::Result<SSE>>, Box<dyn Error>> {
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
    let mut transport = HyperTransport::builder();
    if let Some(time) = connect["readTimeout"].as_u64() {
        transport = transport.read_timeout(Duration::from_millis(time));
    }
    Ok(builder.build_with_transport(transport.build_http()?).stream())
}

/// Reports what the stream yields. An error does not end it (the next poll reconnects); `None` does.
async fn report(
    mut stream: BoxStream<eventsource_client::Result<SSE>>,
    connect: &Value,
    say: impl Fn(&str, Value) -> std::io::Result<()>,
) -> std::io::Result<()> {
    while let Some(shown) = stream.next().await {
        let (kind, content) = match shown {
            Ok(SSE::Connected(_)) => ("opened", json!({})),
            Ok(SSE::Comment(_)) if connect["comments"] == false => continue,
            Ok(SSE::Comment(text)) => ("comment", json!({ "text": text })),
            Ok(SSE::Event(event)) => {
                let id = event.id.unwrap_or_default();
                ("event", json!({ "type": event.event_type, "data": event.data, "id": id }))
            }
            Err(error) => ("error", json!({ "message": error.to_string() })),
        };
        say(kind, content)?;
        if connect["closeIn"] == kind {
            break;
        }
    }
    Ok(())
}

fn write(message: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{message}")?;
    out.flush()
}
