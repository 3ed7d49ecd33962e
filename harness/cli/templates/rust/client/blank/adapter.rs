use std::{collections::HashMap, error::Error, mem};

use serde_json::{Value, json};

type Fallible = Result<(), Box<dyn Error + Send + Sync>>;

// Replace this function with your client. Dropping its future closes the connection, at any time. The adapter follows it:
// https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md
async fn read(connect: Value, on_event: impl Fn(Value) -> bool) -> Fallible {
    let headers: HashMap<String, String> = serde_json::from_value(connect["headers"].clone())?;
    let request = reqwest::Client::new().get(connect["url"].as_str().unwrap_or_default());
    let request = request.header("accept", "text/event-stream").headers((&headers).try_into()?);
    let mut response = request.send().await?;
    let media_type = response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if response.status() != 200 || !essence.eq_ignore_ascii_case("text/event-stream") {
        return Err(format!("status {}, type {media_type:?}", response.status()).into());
    }
    let (mut event_type, mut data, mut id) = (String::new(), None::<String>, String::new());
    let (mut line, mut bom, mut after_cr) = (Vec::new(), "\u{feff}", false);
    while let Some(part) = response.chunk().await? {
        for byte in part {
            let in_crlf = mem::replace(&mut after_cr, byte == b'\r') && byte == b'\n';
            if byte != b'\r' && byte != b'\n' {
                line.push(byte);
            } else if !in_crlf {
                let text = String::from_utf8_lossy(&line);
                let text = text.strip_prefix(mem::take(&mut bom)).unwrap_or(&text);
                let (field, value) = text.split_once(':').unwrap_or((text, ""));
                let value = value.strip_prefix(' ').unwrap_or(value);
                match field {
                    "event" => event_type = value.to_owned(),
                    "data" => data = Some(data.map_or_else(|| value.to_owned(), |data| data + "\n" + value)),
                    "id" if !value.contains('\0') => id = value.to_owned(),
                    "" if text.is_empty() => {
                        let kind = if event_type.is_empty() { "message" } else { &event_type };
                        if data.is_some_and(|data| !on_event(json!({ "type": kind, "data": data, "id": id }))) {
                            return Ok(());
                        }
                        (event_type, data, id) = Default::default();
                    }
                    _ => {}
                }
                line.clear();
            }
        }
    }
    Ok(())
}

#[tokio::main] // the main thread waits for orders, and others run the clients
async fn main() -> Fallible {
    let hello = json!({
        "protocol": 1, "role": "client", "name": "my-client", "version": "1.0", "language": "Rust", "sessions": 64,
        "capabilities": ["requests", "close", "errors", "event-type", "event-id", "own-id", "headers"],
    });
    println!("{}", json!({ "hello": hello }));
    let say = |session, kind: &str, content: Value| println!("{}", json!({ "session": session, kind: content }));
    let mut clients = HashMap::new(); // those that have ended, too: to abort them does nothing
    for order in std::io::stdin().lines() {
        let order: Value = serde_json::from_str(&order?)?;
        let session = order["session"].as_u64().unwrap_or_default();
        if let Some(connect) = order.get("connect").cloned() {
            let close_in_event = connect["closeIn"] == "event";
            let client = tokio::spawn(read(connect, move |event| {
                say(session, "event", event);
                !close_in_event
            }));
            clients.insert(session, client.abort_handle());
            tokio::spawn(async move {
                if let Ok(Err(error)) = client.await {
                    say(session, "error", json!({ "message": error.to_string() }));
                }
                say(session, "closed", json!({})); // here alone, so exactly once
            });
        } else if order.get("close").is_some() {
            clients.remove(&session).inspect(|client| client.abort());
        }
    }
    Ok(())
}
