//! What a run has to know about how its adapters are started.

use ssespec_reports::results::{Role, Transport};

use super::launch::Launch;
#[cfg(feature = "page")]
use crate::page::board::Board;
#[cfg(feature = "page")]
use crate::page::opener::Opener;

impl Launch {
    pub(super) fn transport(&self) -> Transport {
        match self {
            #[cfg(feature = "command")]
            Self::Process(..) => Transport::Process,
            #[cfg(feature = "command")]
            Self::Service(_) => Transport::Service,
            Self::Client(_) => Transport::InProcess,
            #[cfg(feature = "intermediary")]
            Self::Proxy(_) => Transport::Network,
            #[cfg(feature = "server")]
            Self::Server(_) => Transport::InProcess,
            #[cfg(feature = "page")]
            Self::Page(_) => Transport::Page,
        }
    }

    /// How many lanes to run per processor core: most client cases spend most of their time waiting, server cases do
    /// not, and a slow intermediary would be late with many at the same time. Of a browser that somebody else started, nothing is known.
    pub fn lanes_a_core(&self) -> usize {
        match self {
            #[cfg(feature = "page")]
            Self::Page(launch) => match &launch.opener {
                Opener::Browser(browser) => browser.pages_a_core(),
                Opener::Person(_) => 6,
            },
            _ if matches!(self.role(), Role::Server | Role::Intermediary) => 2,
            _ => 8,
        }
    }

    /// Whether the time and the memory that an adapter takes can be measured. The pages of a browser share its
    /// processes, and those of a test service are not known.
    pub(super) fn can_be_measured(&self) -> bool {
        !matches!(self.transport(), Transport::Page | Transport::Service)
    }

    /// Whether what is judged are delays above all, so that failures are repeated while nothing else runs.
    pub(super) fn is_judged_by_delays(&self) -> bool {
        self.role() == Role::Intermediary
    }

    /// Whether sessions share connections: those of an intermediary that asks the origin over HTTP/2.
    pub(super) fn shares_connections(&self) -> bool {
        #[cfg(feature = "intermediary")]
        if let Self::Proxy(proxy) = self {
            return proxy.upstream.is_multiplexed();
        }
        false
    }

    /// Whether an adapter of its own shares nothing with others that a case could disturb.
    pub(super) fn can_be_alone(&self) -> bool {
        #[cfg(feature = "page")]
        if matches!(self, Self::Page(_)) {
            return true;
        }
        self.is_a_process()
    }

    /// Whether something of a session can outlive it: the future of a function that returned cannot.
    pub(super) fn outlives_its_sessions(&self) -> bool {
        !self.is_in_process()
    }

    /// Whether the adapter is a process, of which the system reports time and memory.
    pub(super) fn is_a_process(&self) -> bool {
        self.transport() == Transport::Process && cfg!(target_os = "linux")
    }

    /// Whether the adapter is a process of its own.
    pub(super) fn is_another_process(&self) -> bool {
        self.transport() == Transport::Process
    }

    /// Whether the adapter runs in this process.
    pub(super) fn is_in_process(&self) -> bool {
        matches!(self.transport(), Transport::InProcess | Transport::Network)
    }

    /// The board that shows the run's progress on the page.
    #[cfg(feature = "page")]
    pub(super) fn board(&self) -> Option<&Board> {
        match self {
            Self::Page(launch) => Some(&launch.board),
            _ => None,
        }
    }
}
