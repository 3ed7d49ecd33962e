//! What comes after the end of the session that it belongs to.

use ssespec_mock_server::action::Respond;
use ssespec_mock_server::wire::Exchange;

use super::describe;
use crate::protocol::Observation;
use crate::protocol::server::ServerObservation;

/// Something that came after the end of the session that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// The session.
    pub session: u64,
    /// What came.
    pub what: LateKind,
}

/// What came late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LateKind {
    /// The client made a request.
    Request(String),
    /// The client showed something.
    Message(String),
    /// The adapter said what no implementation makes it say.
    Adapter(String),
}

/// The number of late items that makes an adapter unusable.
pub(super) const LATE_LIMIT: usize = 1000;

/// Records a request of a session that is over, and answers it with 204.
pub(crate) fn late_request(late: &mut Vec<Late>, exchange: Exchange) {
    if let Some(session) = session_of(&exchange.request().target) {
        let what = describe::request(exchange.request(), ["last-event-id".to_owned()]);
        late.push(Late { session, what: LateKind::Request(what) });
    }
    dismiss(exchange);
}

/// The session that a request target belongs to.
pub(crate) fn session_of(target: &str) -> Option<u64> {
    target.strip_prefix('/')?.split(['/', '?']).next()?.parse().ok()
}

/// Answers a client whose session is over with 204, so that it does not reconnect.
fn dismiss(mut exchange: Exchange) {
    tokio::spawn(async move {
        // An idle connection would be used by the next session.
        let headers = Some(vec![("connection".into(), "close".into())]);
        let no_content = Respond { status: 204, headers, ..Respond::default() };
        // The client may have left already.
        let _ = exchange.respond(&no_content, str::to_owned).await;
    });
}

/// What an adapter reports too late in a session; `None` for what the network can cause at any time.
pub(super) fn late_message(shown: &Observation) -> Option<LateKind> {
    match shown {
        Observation::Server(ServerObservation::Connected { .. } | ServerObservation::Disconnected) => None,
        Observation::Closed | Observation::Server(_) => Some(LateKind::Adapter(describe::shown(shown))),
        shown => Some(LateKind::Message(describe::shown(shown))),
    }
}
