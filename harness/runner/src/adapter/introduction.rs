//! Waiting for an adapter's hello, and checking it.

use std::collections::BTreeSet;
use std::time::Duration;

use ssespec_cases::Capability;
use ssespec_cases::capability::HERD;
use ssespec_reports::results::Role;
use tokio::sync::oneshot;

use super::fault::Fault;
use super::identity::{Identity, ListensWhen};
use super::processes::Processes;
use super::wait::Wait;
use crate::protocol::{Hello, HelloRole, PROTOCOL};

/// Where an adapter's task sends what its hello says.
pub(super) type Introduction = oneshot::Receiver<Result<Identity, Fault>>;

/// Waits for the hello of these processes, for as long as `patience` allows; `unfinished` is how many bytes the adapter has
/// written without a newline.
///
/// # Errors
/// If the adapter sends none in time, or an unusable one.
pub(super) async fn introduced(
    mut introduction: Introduction,
    processes: Processes,
    patience: Duration,
    unfinished: impl FnOnce() -> usize,
) -> Result<Identity, Fault> {
    let mut wait = Wait::new(processes, patience);
    loop {
        match tokio::time::timeout_at(wait.until().into(), &mut introduction).await {
            Ok(Ok(introduced)) => return introduced,
            // The task ends with an introduction or a fault, unless the runtime ends first.
            Ok(Err(_)) => return Err(Fault::Gone),
            Err(_) if wait.goes_on() => {}
            Err(_) => {
                return Err(match unfinished() {
                    0 => Fault::NoHello(patience),
                    bytes => Fault::HalfLine(bytes),
                });
            }
        }
    }
}

impl Identity {
    /// Checks a hello.
    ///
    /// # Errors
    /// The adapter speaks another protocol, has another role, or names an unknown capability.
    pub fn from_hello(hello: Hello, role: Role) -> Result<Self, Fault> {
        if hello.protocol != PROTOCOL {
            return Err(Fault::WrongProtocol { said: hello.protocol });
        }
        let is_wanted = match &hello.role {
            HelloRole::Client => role == Role::Client,
            HelloRole::Server => role == Role::Server,
            HelloRole::Other(_) => false,
        };
        if !is_wanted {
            return Err(Fault::WrongRole { said: hello.role, wanted: role });
        }
        let mut capabilities = BTreeSet::new();
        for name in &hello.capabilities {
            capabilities.insert(name.parse().map_err(Fault::UnknownCapability)?);
        }
        if role == Role::Client && hello.sessions.get() >= HERD {
            capabilities.insert(Capability::Herd);
        }
        let own_events = hello.own_events.into_iter().collect();
        Ok(Self {
            name: hello.name,
            version: hello.version,
            language: hello.language,
            capabilities,
            own_events,
            sessions: hello.sessions,
            listens: ListensWhen::default(),
        })
    }
}
