//! The settings of a run.

use std::net::IpAddr;
use std::sync::Arc;

use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::Protocol;

use super::baseline::Baseline;
use super::launch::Launch;
use super::listening::{Listening, Tls};
use super::plan::Selection;
use super::rerun::Rerun;
use crate::session::patience::Patience;

/// The settings of a run. [`execute`](Self::execute) runs it.
#[derive(Debug, Clone)]
pub struct Run {
    /// The cases and requirements.
    pub corpus: Arc<Corpus>,
    /// How adapters are started.
    pub launch: Launch,
    /// Which cases run, in which deliveries.
    pub selection: Selection,
    /// The known failures.
    pub baseline: Baseline,
    /// How long to wait for an expected observation.
    pub patience: Patience,
    /// How many lanes run in parallel; at least one.
    pub lanes: usize,
    /// The loopback address on which the mock server listens.
    pub address: IpAddr,
    /// How write boundaries are kept.
    pub barrier: BarrierMode,
    /// The certificate of the mock server, if a selected protocol is over TLS.
    pub tls: Option<Tls>,
    /// Whether an adapter may die.
    pub deaths: Deaths,
    /// The command that reruns a single case.
    pub rerun: Rerun,
}

/// Whether an adapter may die in a run that is as expected. A case that makes it die twice at the same step fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deaths {
    /// It is restarted, and its deaths are counted.
    #[default]
    Counted,
    /// The run is not as expected.
    NotExpected,
}

impl Run {
    /// Where and how the listeners of a lane listen, over this protocol.
    pub(super) fn listening(&self, protocol: Protocol) -> Listening {
        Listening { address: self.address, barrier: self.barrier, protocol, tls: self.tls.clone() }
    }

    /// The protocol of the first stage.
    pub(super) fn first_protocol(&self) -> Protocol {
        self.selection.protocols.first().copied().unwrap_or_default()
    }

    /// The name of the run in messages.
    pub fn name(&self) -> String {
        match &self.rerun {
            Rerun::Folder { folder, .. } => folder.display().to_string(),
            Rerun::Command(_)
            | Rerun::Server(_)
            | Rerun::Proxy(_)
            | Rerun::Probe(_)
            | Rerun::CargoTest(_) => "this run".into(),
        }
    }
}
