//! The ssespec adapter for the crate `reqwest-eventsource` on `reqwest`, with the default options of both.
//!
//! It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
//! nothing.

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;

use futures::StreamExt;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, ClientBuilder, Method};
use reqwest_eventsource::{Event, EventSource};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::sync::oneshot::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // The version comes from the lock file, so it cannot differ from what was built.
    let lock = include_str!("Cargo.lock");
    let version = lock.lines().skip_while(|line| *line != "name = \"reqwest-eventsource\"").nth(1);
    write(&json!({ "hello": {
        "protocol": 1,
        "role": "client",
        "name": "reqwest-eventsource",
        "version": version.and_then(|line| line.split('"').nth(1)).unwrap_or_default(),
        "language": "Rust",
        "sessions": 64,
        "capabilities": [
            "reconnect", "close", "headers", "methods", "opened", "errors", "event-type", "event-id",
            "http2", "tls", "pause",
        ],
    }}))?;

    // Dropping the sender of a session closes it.
    let mut sessions: HashMap<u64, Sender<()>> = HashMap::new();
    let mut clients = Clients::default();
    let mut orders = BufReader::new(stdin()).lines();
    while let Some(order) = orders.next_line().await? {
        let order: Value = serde_json::from_str(&order)?;
        let number = order["session"].as_u64().unwrap_or_default();
        if let Some(connect) = order.get("connect") {
            let (sender, closing) = channel();
            sessions.retain(|_, sender| !sender.is_closed()); // forget those that ended on their own
            sessions.insert(number, sender);
            let client = clients.of(&connect);
            tokio::spawn(supervise(number, tokio::spawn(run(number, client, connect.clone(), closing))));
        } else if order.get("close").is_some() {
            sessions.remove(&number);
        }
    }
    Ok(())
}

/// Clients of `reqwest`. One keeps its idle connections over HTTP/1.1, which the next session would inherit, so that each has
/// its own; over HTTP/2, all sessions share connections.
#[derive(Default)]
struct Clients {
    over_http2: HashMap<String, Client>,
}

impl Clients {
    fn of(&mut self, connect: &Value) -> Result<Client, String> {
        let ca_file = connect["caFile"].as_str().unwrap_or_default();
        if connect["http2"] != true {
            return client(Client::builder().http1_only(), ca_file).map_err(|error| error.to_string());
        }
        if let Some(client) = self.over_http2.get(ca_file) {
            return Ok(client.clone());
        }
        // Over TLS, the handshake chooses the version.
        let builder =
            if ca_file.is_empty() { Client::builder().http2_prior_knowledge() } else { Client::builder() };
        let client = client(builder, ca_file).map_err(|error| error.to_string())?;
        self.over_http2.insert(ca_file.to_owned(), client.clone());
        Ok(client)
    }
}

fn client(builder: ClientBuilder, ca_file: &str) -> Result<Client, Box<dyn Error>> {
    if ca_file.is_empty() {
        return Ok(builder.build()?);
    }
    Ok(builder.add_root_certificate(Certificate::from_pem(&std::fs::read(ca_file)?)?).build()?)
}

/// Reports a session that panics, as the program of a user could.
async fn supervise(number: u64, session: JoinHandle<std::io::Result<()>>) -> std::io::Result<()> {
    match session.await {
        Ok(result) => result,
        Err(error) => {
            write(&json!({ "session": number, "error": { "message": error.to_string() } }))?;
            write(&json!({ "session": number, "closed": {} }))
        }
    }
}

/// Runs one session. Dropping the stream is what ends its request.
async fn run(
    number: u64,
    client: Result<Client, String>,
    connect: Value,
    closing: Receiver<()>,
) -> std::io::Result<()> {
    let say = |kind: &str, content: Value| write(&json!({ "session": number, kind: content }));
    match client.and_then(|client| open(&client, &connect).map_err(|error| error.to_string())) {
        Ok(mut source) => {
            tokio::select! {
                biased;
                _ = closing => {}
                result = report(&mut source, &connect, say) => result?,
            }
            source.close();
        }
        Err(error) => say("error", json!({ "message": error }))?,
    }
    say("closed", json!({}))
}

fn open(client: &Client, connect: &Value) -> Result<EventSource, Box<dyn Error>> {
    let text = |name| connect[name].as_str().unwrap_or_default();
    let mut headers = HeaderMap::new();
    for (name, value) in connect["headers"].as_object().into_iter().flatten() {
        let value = HeaderValue::from_bytes(value.as_str().unwrap_or_default().as_bytes())?;
        headers.insert(name.parse::<HeaderName>()?, value);
    }
    let mut request = client.request(text("method").parse::<Method>()?, text("url")).headers(headers);
    if !text("body").is_empty() {
        request = request.body(text("body").to_owned());
    }
    Ok(EventSource::new(request)?)
}

/// Reports what the stream yields. An error does not end it (the next poll reconnects); `None` does.
async fn report(
    source: &mut EventSource,
    connect: &Value,
    say: impl Fn(&str, Value) -> std::io::Result<()>,
) -> std::io::Result<()> {
    while let Some(shown) = source.next().await {
        let (kind, content) = match shown {
            Ok(Event::Open) => ("opened", json!({})),
            Ok(Event::Message(event)) => {
                ("event", json!({ "type": event.event, "data": event.data, "id": event.id }))
            }
            Err(error) => ("error", json!({ "message": error.to_string() })),
        };
        say(kind, content)?;
        if connect["closeIn"] == kind {
            break;
        }
        if kind == "event" && connect["pause"] == true {
            std::future::pending::<()>().await; // close ends it
        }
    }
    Ok(())
}

fn write(message: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{message}")?;
    out.flush()
}
