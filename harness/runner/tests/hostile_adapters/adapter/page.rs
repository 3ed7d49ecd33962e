//! An adapter with the capability `dom`. Its scripts are of a language of its own, a word and what belongs to it: the
//! harness does not read them.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::say;
use super::sound::{Hello, closed};

pub(super) fn hello() {
    Hello { capabilities: &["close", "dom"], ..Hello::default() }.say();
}

/// The session that is entered, 0 where none is, and its place.
static STATE: Mutex<State> = Mutex::new(State { session: 0, place: Value::Null });

struct State {
    session: u64,
    place: Value,
}

/// Carries out an order that only a page gets; tells whether it was one.
pub(super) fn perform(session: u64, order: &Value) -> bool {
    if let Some(url) = order["connect"]["constructorUrl"].as_str() {
        tell(session, "exception", &json!({ "name": "SyntaxError", "message": url }));
        closed(session);
    } else if order.get("enter").is_some() {
        *STATE.lock().unwrap() = State { session, place: order["enter"].clone() };
    } else if let Some(script) = order["run"]["script"].as_str() {
        play(session, "ran", script);
    } else if let Some(script) = order["evaluate"]["script"].as_str() {
        play(session, "value", script);
    } else if order.get("close").is_some() {
        end(session);
    } else {
        return false;
    }
    true
}

/// Says that a session is over, once.
fn end(session: u64) {
    let mut state = STATE.lock().unwrap();
    if state.session == session {
        state.session = 0;
        closed(session);
    }
}

fn play(session: u64, answer: &str, script: &str) {
    let result = match script.split_once(' ') {
        Some(("report", text)) => {
            tell(session, "report", &json!({ "text": text }));
            json!({})
        }
        Some(("throw", name)) => json!({ "exception": { "name": name, "message": "on purpose" } }),
        Some(("text", text)) => json!({ "text": text }),
        Some(("place", key)) => json!({ "text": STATE.lock().unwrap().place[key] }),
        Some(("leave", _)) => return end(session),
        _ => return,
    };
    tell(session, answer, &result);
}

fn tell(session: u64, what: &str, body: &Value) {
    say(&json!({ "session": session, what: body }).to_string());
}
