//! The sound adapter, and the places at which a hostile adapter deviates from it.

use std::collections::HashMap;
use std::io::BufRead as _;
use std::net::{Shutdown, TcpStream};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use serde::Serialize;
use serde_json::Value;

use super::client::{self, Habit};
use super::say;

/// What an adapter does at the places where a hostile adapter may deviate. The default is sound.
pub(super) struct Behavior {
    /// It introduces itself.
    pub(super) hello: fn(),
    /// It was given an order; tells whether that is all there is to do.
    pub(super) perform: fn(u64, &Value) -> bool,
    /// It was told to connect, and has not done so.
    pub(super) connect: fn(u64, &str),
    /// An event came whose data is `trigger`: the sign for a hostile adapter to show what it is.
    pub(super) trigger: fn(u64),
    /// A session is over; its URL comes with its number.
    pub(super) over: fn(u64, &str),
    /// Its stdin ended.
    pub(super) end: fn(),
    /// What its client does with the pieces of a stream.
    pub(super) habit: Habit,
}

impl Default for Behavior {
    fn default() -> Self {
        Self {
            hello,
            perform: |_, _| false,
            connect: |_, _| {},
            trigger: |session| show(session, "trigger"),
            over: |session, _| closed(session),
            end: || {},
            habit: Habit::None,
        }
    }
}

/// How an adapter introduces itself. The default is sound.
#[derive(Serialize)]
pub(super) struct Hello {
    pub(super) protocol: u32,
    pub(super) role: &'static str,
    pub(super) name: &'static str,
    pub(super) capabilities: &'static [&'static str],
}

impl Default for Hello {
    fn default() -> Self {
        Self { protocol: 1, role: "client", name: "hostile", capabilities: &["close"] }
    }
}

impl Hello {
    pub(super) fn line(&self) -> String {
        format!(r#"{{"hello":{}}}"#, serde_json::to_string(self).unwrap())
    }

    pub(super) fn say(&self) {
        say(&self.line());
    }
}

/// Introduces itself as a sound adapter.
pub(super) fn hello() {
    Hello::default().say();
}

/// Shows an event.
pub(super) fn show(session: u64, data: &str) {
    say(&event(session, data));
}

pub(super) fn event(session: u64, data: &str) -> String {
    format!(r#"{{"session":{session},"event":{{"data":{}}}}}"#, serde_json::to_string(data).unwrap())
}

/// Says that a session is over.
pub(super) fn closed(session: u64) {
    say(&format!(r#"{{"session":{session},"closed":{{}}}}"#));
}

/// The last session in which a trigger came.
static TRIGGERED: AtomicU64 = AtomicU64::new(0);

/// Whether the trigger came in this session.
pub(super) fn triggered(session: u64) -> bool {
    TRIGGERED.load(Ordering::SeqCst) == session
}

/// Follows orders until stdin ends.
pub(super) fn live(behavior: &Behavior) -> ExitCode {
    (behavior.hello)();
    let mut current: HashMap<u64, Session> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let order: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let number = order["session"].as_u64().unwrap();
        // Whoever has a connection closes it itself.
        if !current.contains_key(&number) && (behavior.perform)(number, &order) {
            continue;
        }
        if let Some(url) = order["connect"]["url"].as_str() {
            (behavior.connect)(number, url);
            current.insert(number, Session::start(number, url, behavior));
        } else if order.get("close").is_some()
            && let Some(session) = current.remove(&number)
        {
            session.close();
        }
    }
    (behavior.end)();
    ExitCode::SUCCESS
}

/// A session: its connection, and the thread that reads it.
struct Session {
    stream: TcpStream,
    reader: JoinHandle<()>,
}

impl Session {
    fn start(number: u64, url: &str, behavior: &Behavior) -> Self {
        let stream = client::request(url).unwrap();
        let (reading, leaving) = (stream.try_clone().unwrap(), stream.try_clone().unwrap());
        let (trigger, over, habit, url) = (behavior.trigger, behavior.over, behavior.habit, url.to_owned());
        let reader = std::thread::spawn(move || {
            // However the stream ends, this client is done then.
            let _ = client::read(reading, habit, &mut |data| {
                if data == "trigger" {
                    TRIGGERED.store(number, Ordering::SeqCst);
                    trigger(number);
                } else {
                    show(number, data);
                }
            });
            let _ = leaving.shutdown(Shutdown::Both);
            over(number, &url);
        });
        Self { stream, reader }
    }

    /// Ends the connection, upon which the reader says that the session is over; once, if it has not done so already.
    fn close(self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        self.reader.join().unwrap();
    }
}
