//! The sessions that check an adapter.

use ssespec_cases::{Capability, format};
use ssespec_diagnostics::Source;
use ssespec_reports::results::{Protocol, Role};

use super::finding::Subject;
use crate::adapter::fault::Fault;
use crate::adapter::identity::Identity;
use crate::delivery::{DeliveryKind, Program, programs};
use crate::run::RunError;

/// A session that shows one ability.
#[derive(Debug)]
pub(super) struct AdapterScript {
    /// What it shows.
    pub(super) subject: Subject,
    /// What an adapter must claim for it besides.
    pub(super) needs: &'static [Capability],
    /// The steps of a case, in TOML; `None` if only the cases can judge the ability.
    pub(super) steps: Option<&'static str>,
    /// Whether it harms no adapter that does not claim the ability: it gets no order that it may not know.
    pub(super) asks_nothing: bool,
    /// The protocol over which it is played, with or without TLS if that is HTTP/2.
    protocol: Protocol,
    /// What the author of an adapter can do if it does not hold.
    pub(super) hint: &'static str,
}

/// Why a script is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// The adapter must do it.
    Claimed,
    /// It does not claim it, and may do it all the same.
    Perhaps,
}

impl AdapterScript {
    /// What every adapter must do.
    pub(super) const fn of_everyone(subject: &'static str, steps: &'static str, hint: &'static str) -> Self {
        Self {
            subject: Subject::Everyone(subject),
            needs: &[],
            steps: Some(steps),
            asks_nothing: true,
            protocol: Protocol::Http1,
            hint,
        }
    }

    /// What an adapter does that claims this capability, because it is ordered to.
    pub(super) const fn of_claim(capability: Capability, steps: &'static str, hint: &'static str) -> Self {
        Self {
            subject: Subject::Capability(capability),
            asks_nothing: false,
            ..Self::of_everyone("", steps, hint)
        }
    }

    /// What an adapter shows that claims this capability, without being asked.
    pub(super) const fn of_report(capability: Capability, steps: &'static str, hint: &'static str) -> Self {
        Self { asks_nothing: true, ..Self::of_claim(capability, steps, hint) }
    }

    /// A capability that only the cases can judge.
    pub(super) const fn unchecked(capability: Capability) -> Self {
        Self { steps: None, ..Self::of_claim(capability, "", "") }
    }

    /// The same, over this protocol.
    pub(super) const fn over(self, protocol: Protocol) -> Self {
        Self { protocol, ..self }
    }

    /// The same, for an adapter that claims these too.
    pub(super) const fn needing(self, needs: &'static [Capability]) -> Self {
        Self { needs, ..self }
    }

    /// The protocol over which it is played with this adapter. HTTP/2 is chosen by the handshake if the client speaks TLS.
    pub(super) fn protocol(&self, identity: &Identity) -> Protocol {
        match self.protocol {
            Protocol::Http2 if identity.capabilities.contains(&Capability::Tls) => Protocol::Http2Tls,
            protocol => protocol,
        }
    }

    /// Whether and why it is played with this adapter.
    pub(super) fn when(&self, identity: &Identity) -> Option<When> {
        if !self.needs.iter().all(|need| need.is_among(&identity.capabilities)) {
            return None;
        }
        match self.subject {
            Subject::Everyone(_) => Some(When::Claimed),
            Subject::Capability(capability) if identity.capabilities.contains(&capability) => {
                Some(When::Claimed)
            }
            Subject::Capability(_) => (self.asks_nothing && self.steps.is_some()).then_some(When::Perhaps),
        }
    }
}

/// What is played of a script.
///
/// # Errors
/// If its steps have a mistake, which the tests rule out.
pub(super) fn program(
    script: &AdapterScript,
    steps: &str,
    role: Role,
    identity: &Identity,
) -> Result<Program, RunError> {
    let own = match script.subject {
        Subject::Capability(capability) => Some(capability),
        Subject::Everyone(_) => None,
    };
    let needs: Vec<String> =
        own.iter().chain(script.needs).map(|capability| format!("\"{capability}\"")).collect();
    let text = format!(
        "title = \"An adapter\"\nrequirements = []\nneeds = [{}]\nsteps = [\n{steps}\n]\n",
        needs.join(", ")
    );
    let id = if role == Role::Server { "server/check" } else { "client/check" };
    let broken =
        |problem: String| RunError::Adapter { fault: Box::new(Fault::Smoke(problem)), stderr: String::new() };
    let case =
        format::read(&Source::new("check", text), id).map_err(|mistakes| broken(mistakes.to_string()))?;
    let program = programs(&case.script, &[DeliveryKind::AsWritten]).pop();
    Ok(program.ok_or_else(|| broken("a script without deliveries".into()))?.over(script.protocol(identity)))
}
