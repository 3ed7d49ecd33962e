//! What a trial needs around it.

use ssespec_cases::Script;
use ssespec_cases::client::ClientStep;
#[cfg(feature = "intermediary")]
use ssespec_cases::intermediary::IntermediaryStep;
use ssespec_cases::step::ScriptStep as _;
use ssespec_mock_server::action::http2::Control;
use ssespec_mock_server::action::{Action, Drop};

use super::launch::Launch;
use super::plan::Trial;

/// What a trial needs around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// An adapter that may run other sessions too.
    Shared,
    /// A fresh adapter that runs nothing else, since the trial plays many sessions.
    Own,
    /// The same, since the trial measures, and few others that do so at the same time.
    Measured,
    /// A fresh adapter, at the same time as whatever else is played: the trial waits for minutes.
    Beside,
    /// A fresh adapter, while no other trial is played.
    Alone,
}

/// Whether a trial lets the port refuse connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusals {
    /// It does not.
    None,
    /// It does.
    Uncounted,
    /// It does, and counts the refused connections.
    Counted,
}

impl Trial {
    /// What it needs around it. A measurement of a process includes no other; one of this process includes all.
    pub(super) fn setting(&self, launch: &Launch) -> Setting {
        if self.case.soak {
            return Setting::Beside;
        }
        if needs_many_sessions(self) && launch.is_another_process() {
            return Setting::Own;
        }
        if launch.shares_connections() && ends_connection(self) {
            return Setting::Alone;
        }
        match measures(self) || self.case.isolated {
            true if launch.can_be_alone() => Setting::Measured,
            true => Setting::Alone,
            false => Setting::Shared,
        }
    }

    /// Whether it lets the port refuse connections.
    pub(super) fn refusals(&self) -> Refusals {
        let Script::Client(steps) = &self.case.script else { return Refusals::None };
        let refuses = steps.iter().any(|step| matches!(step.kind, ClientStep::Wire(Action::Refuse(_))));
        let counts = steps.iter().any(|step| matches!(step.kind, ClientStep::Attempts(_)));
        match (refuses, counts) {
            (true, true) => Refusals::Counted,
            (true, false) => Refusals::Uncounted,
            (false, _) => Refusals::None,
        }
    }
}

/// Whether a trial ends a connection, or changes what can be done on it, and with it everything that others do there.
fn ends_connection(trial: &Trial) -> bool {
    let ends = |action: &Action| {
        matches!(action, Action::Drop(Drop::Fin) | Action::Control(Control::GoAway(_) | Control::Settings(_)))
    };
    match &trial.case.script {
        Script::Client(steps) => {
            steps.iter().any(|step| matches!(&step.kind, ClientStep::Wire(action) if ends(action)))
        }
        #[cfg(feature = "intermediary")]
        Script::Intermediary(steps) => {
            steps.iter().any(|step| matches!(&step.kind, IntermediaryStep::Origin(action) if ends(action)))
        }
        _ => false,
    }
}

/// Whether a trial needs many sessions of an adapter at the same time.
fn needs_many_sessions(trial: &Trial) -> bool {
    matches!(&trial.case.script, Script::Client(steps) if steps.iter().any(|step| matches!(step.kind, ClientStep::Herd(_) | ClientStep::Streams(_))))
}

/// Whether a trial measures the time or the memory that an adapter takes.
pub(super) fn measures(trial: &Trial) -> bool {
    match &trial.case.script {
        Script::Client(steps) => steps.iter().any(|step| step.kind.measurement().is_some()),
        #[cfg(feature = "server")]
        Script::Server(steps) => steps.iter().any(|step| step.kind.measurement().is_some()),
        _ => false,
    }
}
