//! The fixture's adapter as a process, and the ways in which it misbehaves.

use std::collections::HashMap;
use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use serde_json::{Value, json};
use ssespec::Emit;

use crate::fixture::{ConnectionObserver, Server, Wire};

/// The data of the event that triggers the misbehavior.
const TRIGGER: &str = "trigger";

/// The session in which the adapter misbehaves: the first after the smoke check.
const FIRST: u64 = 3;

/// Sends a message to the harness.
fn say(message: &Value) {
    let mut stdout = std::io::stdout().lock();
    // The harness may have closed the pipe.
    let _ = writeln!(stdout, "{message}").and_then(|()| stdout.flush());
}

struct Reports {
    session: u64,
    silent: bool,
}

impl ConnectionObserver for Reports {
    fn connected(&self, last_event_id: &str) {
        if !self.silent {
            say(&json!({ "session": self.session, "connected": { "lastEventId": last_event_id } }));
        }
    }

    fn disconnected(&self) {
        say(&json!({ "session": self.session, "disconnected": {} }));
    }
}

fn wire(misbehavior: &str) -> Wire {
    match misbehavior {
        "closes" => Wire::Closes,
        "garbage" => Wire::Garbage,
        "events" => Wire::Events,
        "line" => Wire::Line,
        "comments" => Wire::Comments,
        "bytes" => Wire::Bytes,
        "twice" => Wire::Twice,
        "cut" => Wire::Cut,
        "lazy" => Wire::Lazy,
        _ => Wire::Correct,
    }
}

/// Runs as an adapter with this misbehavior until stdin closes.
pub(crate) fn run(misbehavior: &str) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let (correct, misbehaving) = runtime
        .block_on(async { (Server::start(Wire::Correct).await, Server::start(wire(misbehavior)).await) });
    let role = if misbehavior == "client" { "client" } else { "server" };
    say(&json!({ "hello": {
        "protocol": 1, "role": role, "name": misbehavior, "version": "1", "language": "Rust",
        "capabilities": ["event-type", "event-id", "comments", "retry", "end", "disconnects", "no-content", "shutdown", "http2"],
    } }));
    // Which of the two servers a session uses.
    let mut misbehaves: HashMap<u64, bool> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let order: Value = serde_json::from_str(&line).expect("an order");
        let session = order["session"].as_u64().expect("a session");
        if order.get("serve").is_some() {
            // An isolated case has its own adapter process, which runs no smoke check.
            misbehaves.insert(session, session == FIRST || misbehavior == "shuts-down-never");
        }
        let is_misbehaving = misbehaves.get(&session) == Some(&true);
        let server = if is_misbehaving { &misbehaving } else { &correct };
        if is_misbehaving && !misbehave(misbehavior, session, &order) {
            continue;
        }
        if order.get("serve").is_some() {
            let url =
                server.open(session, Reports { session, silent: is_misbehaving && misbehavior == "silent" });
            say(&json!({ "session": session, "serving": { "url": url } }));
        } else if let Some(emit) = order.get("emit") {
            match server.emit(session, &read(emit)) {
                Ok(()) => say(&json!({ "session": session, "emitted": {} })),
                Err(message) => say(&json!({ "session": session, "refused": { "message": message } })),
            }
        } else if order.get("end").is_some() {
            server.end(session);
        } else if order.get("stop").is_some() {
            server.stop(session);
            say(&json!({ "session": session, "stopped": {} }));
        } else if order.get("shutdown").is_some() {
            server.end(session);
            if misbehavior == "shuts-down-never" {
                continue;
            }
            // Gives the written bytes time to leave before the process exits.
            std::thread::sleep(std::time::Duration::from_millis(50));
            return ExitCode::SUCCESS;
        } else if order.get("close").is_some() {
            server.close(session);
            say(&json!({ "session": session, "closed": {} }));
            if is_misbehaving && misbehavior == "talks-on" {
                say(&json!({ "session": session, "emitted": {} }));
            }
            if is_misbehaving && misbehavior == "late" {
                say(&json!({ "session": session, "disconnected": {} }));
            }
        }
    }
    ExitCode::SUCCESS
}

/// Misbehaves on an order. Returns whether the order is then handled as usual.
fn misbehave(misbehavior: &str, session: u64, order: &Value) -> bool {
    let is = |what: &str| order.get(what).is_some();
    let is_trigger = order["emit"]["data"] == TRIGGER;
    let serve_at = |url: &str| say(&json!({ "session": session, "serving": { "url": url } }));
    match misbehavior {
        "serves-nothing" if is("serve") => return false,
        "no-url" if is("serve") => {
            serve_at("here");
            return false;
        }
        "nobody-listens" if is("serve") => {
            // A port that was free a moment ago, so nothing listens on it.
            let port = std::net::TcpListener::bind("127.0.0.1:0")
                .and_then(|listener| listener.local_addr())
                .expect("a port")
                .port();
            serve_at(&format!("http://127.0.0.1:{port}/"));
            return false;
        }
        "serves-elsewhere" if is("serve") => {
            // A documentation address (RFC 5737): nothing is there.
            serve_at("http://192.0.2.1/");
            return false;
        }
        "answers-twice" if is_trigger => say(&json!({ "session": session, "emitted": {} })),
        "never-answers" if is_trigger => return false,
        "dies" if is_trigger => std::process::exit(7),
        "talks-nonsense" if is_trigger => {
            println!("emitted {TRIGGER}");
        }
        "is-a-client" if is_trigger => say(&json!({ "session": session, "event": { "data": TRIGGER } })),
        "closes-never" if is("close") => return false,
        _ => {}
    }
    true
}

/// Parses an `emit`.
fn read(emit: &Value) -> Emit {
    let text = |key: &str| emit[key].as_str().map(str::to_owned);
    if let Some(comment) = text("comment") {
        return Emit::Comment { comment };
    }
    if let Some(retry) = emit["retry"].as_u64() {
        return Emit::Retry { retry };
    }
    Emit::Event {
        kind: text("type"),
        data: text("data").unwrap_or_default(),
        id: text("id"),
        retry: text("retry"),
    }
}
