//! The adapter of the fixture as a process, and the ways in which it misbehaves.

use std::collections::HashMap;
use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use serde_json::{Value, json};
use ssespec::Emit;

use crate::fixture::{Server, Visits, Wire};

/// What is emitted where a beast shows itself.
pub(crate) const ROAR: &str = "roar";

/// The session in which a beast shows itself that does so before anything is emitted: that after the smoke check.
const FIRST: u64 = 3;

/// Says something to the harness.
fn say(message: &Value) {
    let mut stdout = std::io::stdout().lock();
    // Who has left hears nothing.
    let _ = writeln!(stdout, "{message}").and_then(|()| stdout.flush());
}

struct Told {
    session: u64,
    silent: bool,
}

impl Visits for Told {
    fn connected(&self, last_event_id: &str) {
        if !self.silent {
            say(&json!({ "session": self.session, "connected": { "lastEventId": last_event_id } }));
        }
    }

    fn disconnected(&self) {
        say(&json!({ "session": self.session, "disconnected": {} }));
    }
}

fn wire(beast: &str) -> Wire {
    match beast {
        "closes" => Wire::Closes,
        "garbage" => Wire::Garbage,
        "events" => Wire::Events,
        "line" => Wire::Line,
        "comments" => Wire::Comments,
        "bytes" => Wire::Bytes,
        "twice" => Wire::Twice,
        "cut" => Wire::Cut,
        "lazy" => Wire::Lazy,
        _ => Wire::Sound,
    }
}

/// Lives as this beast until stdin ends.
pub(crate) fn live(beast: &str) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let (sound, wild) =
        runtime.block_on(async { (Server::start(Wire::Sound).await, Server::start(wire(beast)).await) });
    let role = if beast == "client" { "client" } else { "server" };
    say(&json!({ "hello": {
        "protocol": 1, "role": role, "name": beast, "version": "1", "language": "Rust",
        "capabilities": ["event-type", "event-id", "comments", "retry", "end", "disconnects", "no-content", "shutdown", "http2"],
    } }));
    // Which of the two serves a session.
    let mut wilds: HashMap<u64, bool> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let order: Value = serde_json::from_str(&line).expect("an order");
        let session = order["session"].as_u64().expect("a session");
        if order.get("serve").is_some() {
            // A case that is alone has an adapter of its own, and none that has passed the smoke check.
            wilds.insert(session, session == FIRST || beast == "shuts-down-never");
        }
        let is_wild = wilds.get(&session) == Some(&true);
        let server = if is_wild { &wild } else { &sound };
        if is_wild && !misbehave(beast, session, &order) {
            continue;
        }
        if order.get("serve").is_some() {
            let url = server.open(session, Told { session, silent: is_wild && beast == "silent" });
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
            if beast == "shuts-down-never" {
                continue;
            }
            // What was written is on its way before the process is gone.
            std::thread::sleep(std::time::Duration::from_millis(50));
            return ExitCode::SUCCESS;
        } else if order.get("close").is_some() {
            server.close(session);
            say(&json!({ "session": session, "closed": {} }));
            if is_wild && beast == "talks-on" {
                say(&json!({ "session": session, "emitted": {} }));
            }
            if is_wild && beast == "late" {
                say(&json!({ "session": session, "disconnected": {} }));
            }
        }
    }
    ExitCode::SUCCESS
}

/// Does what a beast does on an order; says whether the rest follows as if nothing had been.
fn misbehave(beast: &str, session: u64, order: &Value) -> bool {
    let said = |what: &str| order.get(what).is_some();
    let roars = order["emit"]["data"] == ROAR;
    let serve_at = |url: &str| say(&json!({ "session": session, "serving": { "url": url } }));
    match beast {
        "serves-nothing" if said("serve") => return false,
        "no-url" if said("serve") => {
            serve_at("here");
            return false;
        }
        "nobody-listens" if said("serve") => {
            // Taken and given back: nobody else has it.
            let port = std::net::TcpListener::bind("127.0.0.1:0")
                .and_then(|listener| listener.local_addr())
                .expect("a port")
                .port();
            serve_at(&format!("http://127.0.0.1:{port}/"));
            return false;
        }
        "answers-twice" if roars => say(&json!({ "session": session, "emitted": {} })),
        "never-answers" if roars => return false,
        "dies" if roars => std::process::exit(7),
        "talks-nonsense" if roars => {
            println!("emitted roar");
        }
        "is-a-client" if roars => say(&json!({ "session": session, "event": { "data": "roar" } })),
        "closes-never" if said("close") => return false,
        _ => {}
    }
    true
}

/// What an `emit` says.
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
