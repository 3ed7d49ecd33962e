//! What a protocol needs of a client, and what a case needs of a protocol.

use std::collections::BTreeSet;

use ssespec_cases::{Capability, Case, Script};
use ssespec_reports::results::Protocol;

/// What an implementation with these capabilities lacks for a protocol.
pub(super) fn lacking_for(protocol: Protocol, capabilities: &BTreeSet<Capability>) -> Vec<Capability> {
    let needs = [(protocol.is_http2(), Capability::Http2), (protocol.is_tls(), Capability::Tls)];
    let needed = needs.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, capability)| capability);
    needed.filter(|need| !need.is_among(capabilities)).collect()
}

/// What a case is about and a protocol is not, in words.
pub(super) fn needed(case: &Case, protocol: Protocol) -> Option<&'static str> {
    let Script::Client(_) = &case.script else { return None };
    let needs = |capability| case.needs.contains(&capability);
    if needs(Capability::Http2) && !protocol.is_http2() {
        Some("HTTP/2")
    } else if needs(Capability::Tls) && !protocol.is_tls() {
        Some("TLS")
    } else {
        None
    }
}
