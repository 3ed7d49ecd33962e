//! Orders of the harness.

use serde::Serialize;
use ssespec_cases::client::Visibility;

use super::connect::{ConnectRequest, ordered};
use super::page::Place;
use super::server::ServerOrder;

/// An order of the harness to an adapter, in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// Connect, and report everything observed until `closed`.
    Connect(Box<ConnectRequest>),
    /// The same for a page, with the variables of scripts.
    ConnectIn(Box<ConnectRequest>, Place),
    /// Begin a session in which scripts construct what they need.
    Enter(Place),
    /// Make the page hidden or visible, and answer with `ran`.
    Visibility(Visibility),
    /// Run statements of JavaScript.
    Run(String),
    /// Evaluate an expression of JavaScript.
    Evaluate(String),
    /// Tear down by any means and answer `closed`.
    Close,
    /// Answer with the current state.
    State,
    /// Set these request headers for later requests, and answer with `refreshed`.
    Refresh(Vec<(String, String)>),
    /// An order for the adapter of a server.
    Server(ServerOrder),
}

/// An order to connect with the variables of scripts, in one object.
#[derive(Serialize)]
struct BothOf<'a> {
    #[serde(flatten)]
    request: &'a ConnectRequest,
    #[serde(flatten)]
    place: &'a Place,
}

/// The new values of request headers.
#[derive(Serialize)]
struct Refresh<'a> {
    #[serde(with = "ordered")]
    headers: &'a [(String, String)],
}

impl Order {
    /// The order as a line of the protocol, with its newline.
    pub fn to_line(&self, session: u64) -> String {
        let body = match self {
            Self::Connect(request) => serde_json::json!({ "session": session, "connect": request }),
            Self::ConnectIn(request, place) => serde_json::json!({
                "session": session,
                "connect": BothOf { request, place },
            }),
            Self::Enter(place) => serde_json::json!({ "session": session, "enter": place }),
            Self::Visibility(state) => {
                serde_json::json!({ "session": session, "visibility": { "state": state.word() } })
            }
            Self::Run(script) => serde_json::json!({ "session": session, "run": { "script": script } }),
            Self::Evaluate(script) => {
                serde_json::json!({ "session": session, "evaluate": { "script": script } })
            }
            Self::Close => serde_json::json!({ "session": session, "close": {} }),
            Self::State => serde_json::json!({ "session": session, "state": {} }),
            Self::Refresh(headers) => {
                serde_json::json!({ "session": session, "refresh": Refresh { headers } })
            }
            Self::Server(order) => order.to_json(session),
        };
        format!("{body}\n")
    }
}
