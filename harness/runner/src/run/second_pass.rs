//! A second pass of a run: cases for clients that are also played over another protocol, as they are written.

use std::collections::BTreeSet;

use ssespec_cases::client::ClientStep;
use ssespec_cases::{Capability, Case, Script};
use ssespec_mock_server::action::{Action, BodyKind};
use ssespec_reports::results::Protocol;

use super::protocol_needs::lacking_for;

/// A pass over another protocol than the first ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondPass {
    /// The protocol.
    pub protocol: Protocol,
    /// Which cases are played.
    pub of: PassOf,
}

/// Which cases a second pass plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassOf {
    /// Those that need its protocol.
    Needing,
    /// Those too in which the wire matters, which is more than bytes of a body.
    Wire,
}

impl SecondPass {
    /// Over HTTP/2 and TLS, of the cases in which the wire matters: the usual one.
    pub const USUAL: Self = Self { protocol: Protocol::Http2Tls, of: PassOf::Wire };

    /// Whether a client with these capabilities speaks its protocol.
    pub(super) fn is_spoken(self, capabilities: &BTreeSet<Capability>) -> bool {
        lacking_for(self.protocol, capabilities).is_empty()
    }

    /// Whether it plays a case.
    pub(super) fn plays(self, case: &Case) -> bool {
        let needs = |capability| case.needs.contains(&capability);
        needs(Capability::Http2) || needs(Capability::Tls) || (self.of == PassOf::Wire && wire_matters(case))
    }
}

/// Whether a case is about more than the bytes of a body: how a stream ends, is left, is refused or begins.
fn wire_matters(case: &Case) -> bool {
    let Script::Client(steps) = &case.script else { return false };
    !case.isolated
        && !case.soak
        && steps.iter().any(|step| match &step.kind {
            ClientStep::Wire(Action::Respond(respond)) => respond.body_kind() == BodyKind::Interim,
            ClientStep::Wire(Action::Refuse(_)) | ClientStep::Close => true,
            ClientStep::Herd(_) | ClientStep::Streams(_) => true,
            ClientStep::Wire(action) => action.is_loss() || matches!(action, Action::Trailers(_)),
            _ => false,
        })
}
