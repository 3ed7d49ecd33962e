//! What the capabilities of a test service mean here, <https://github.com/launchdarkly/sse-contract-tests/blob/v2.3.0/docs/optional_features.md>.

use std::collections::BTreeSet;

use ssespec_cases::Capability;

use crate::adapter::identity::ListensWhen;

/// What each client behind a test service can do. It reports an event's own id: whether it reports earlier ones again is left
/// open.
const ALL: [Capability; 7] = [
    Capability::Requests,
    Capability::Reconnect,
    Capability::Close,
    Capability::EventType,
    Capability::EventId,
    Capability::OwnId,
    Capability::Herd,
];

/// What the names mean. Those that are not here change nothing: what they stand for is judged anyway (`bom`,
/// `server-directed-shutdown-request`), or by no case (`restart`). A service that sends REPORT requests sends POST requests too.
const NAMED: [(&str, Capability); 5] = [
    ("comments", Capability::Comments),
    ("headers", Capability::Headers),
    ("last-event-id", Capability::InitialLastEventId),
    ("report", Capability::Methods),
    ("read-timeout", Capability::ReadTimeout),
];

/// Its client needs the types of events for which to listen.
const LISTENERS: &str = "event-type-listeners";

/// The capabilities of a client whose service names these.
pub(super) fn of(names: &BTreeSet<String>) -> BTreeSet<Capability> {
    let named = NAMED.into_iter().filter(|(name, _)| names.contains(*name)).map(|(_, capability)| capability);
    ALL.into_iter().chain(named).collect()
}

/// When a client whose service names these listens for the events of a session.
pub(super) fn listens(names: &BTreeSet<String>) -> ListensWhen {
    if names.contains(LISTENERS) { ListensWhen::Typed } else { ListensWhen::Connecting }
}
