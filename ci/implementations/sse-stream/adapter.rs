//! The ssespec adapter for the crate `sse-stream`, a decoder for the body of a response of `reqwest`.
//!
//! It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
//! nothing. The crate also shows blocks without data, as documented; these are not events.

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;
use std::pin::pin;

use futures_util::StreamExt;
use serde_json::{Value, json};
use sse_stream::SseByteStream;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::sync::oneshot::{Receiver, Sender, channel};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // The version comes from the lock file, so it cannot differ from what was built.
    let lock = include_str!("Cargo.lock");
    let version = lock.lines().skip_while(|line| *line != "name = \"sse-stream\"").nth(1);
    write(&json!({ "hello": {
        "protocol": 1,
        "role": "client",
        "name": "sse-stream",
        "version": version.and_then(|line| line.split('"').nth(1)).unwrap_or_default(),
        "language": "Rust",
        "sessions": 64,
        "capabilities": ["event-type", "event-id", "own-id"],
    }}))?;

    // Dropping the sender of a session closes it.
    let mut sessions: HashMap<u64, Sender<()>> = HashMap::new();
    let mut orders = BufReader::new(stdin()).lines();
    while let Some(order) = orders.next_line().await? {
        let order: Value = serde_json::from_str(&order)?;
        let number = order["session"].as_u64().unwrap_or_default();
        if let Some(url) = order["connect"]["url"].as_str() {
            let (sender, closing) = channel();
            sessions.retain(|_, sender| !sender.is_closed()); // forget those that ended on their own
            sessions.insert(number, sender);
            tokio::spawn(run(number, url.to_owned(), closing));
        } else if order.get("close").is_some() {
            sessions.remove(&number);
        }
    }
    Ok(())
}

/// Runs one session in a task of its own, so that a panic is reported, as the program of a user could.
async fn run(number: u64, url: String, closing: Receiver<()>) -> std::io::Result<()> {
    let mut reading =
        tokio::spawn(async move { read(number, &url).await.map_err(|error| error.to_string()) });
    let failed = tokio::select! {
        _ = closing => {
            reading.abort();
            _ = reading.await; // dropped with its connection
            None
        }
        read = &mut reading => match read {
            Ok(result) => result.err(),
            Err(panic) => Some(panic.to_string()),
        },
    };
    if let Some(message) = failed {
        write(&json!({ "session": number, "error": { "message": message } }))?;
    }
    write(&json!({ "session": number, "closed": {} }))
}

/// Reads a stream to its end, or to its first error.
async fn read(number: u64, url: &str) -> Result<(), Box<dyn Error>> {
    let client = reqwest::Client::new(); // with connections of its own, because idle ones are kept
    let response = client.get(url).header("Accept", "text/event-stream").send().await?;
    let mut events = pin!(SseByteStream::new(response.bytes_stream()));
    while let Some(block) = events.next().await {
        let block = block?;
        let Some(data) = block.data else { continue };
        let kind = block.event.as_deref().unwrap_or("message");
        let shown = json!({ "type": kind, "data": data, "id": block.id.unwrap_or_default() });
        write(&json!({ "session": number, "event": shown }))?;
    }
    Ok(())
}

fn write(message: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{message}")?;
    out.flush()
}
