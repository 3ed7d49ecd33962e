//! A case, as types.

use ssespec_diagnostics::Source;

use crate::capability::Capability;
use crate::client::step::ClientStep;
#[cfg(feature = "intermediary")]
use crate::intermediary::step::IntermediaryStep;
use crate::role::Role;
#[cfg(feature = "server")]
use crate::server::step::ServerStep;
use crate::step::{Location, Step};

/// One scenario that checks one claim.
#[derive(Debug, Clone)]
pub struct Case {
    /// The path of its file without the extension: `client/lines/crlf-split-across-reads`.
    pub id: String,
    /// The claim, as a sentence.
    pub title: String,
    /// The requirements that it checks, `suite/id`; they share suite and level.
    pub requirements: Vec<String>,
    /// The capabilities that it needs; it is skipped if one of them is missing.
    pub needs: Vec<Capability>,
    /// What goes wrong in the field.
    pub why: Option<String>,
    /// Tests of other suites that make the same claim.
    pub counterparts: Vec<String>,
    /// Whether it runs with a fresh adapter that runs nothing else.
    pub isolated: bool,
    /// Whether it takes a minute or more, so that only a run that is asked to plays it.
    pub soak: bool,
    /// What options of a run do not change in it.
    pub keeps: Vec<Kept>,
    /// The script, as written.
    pub script: Script,
    /// The file.
    pub source: Source,
}

ssespec_diagnostics::words! {
    /// What an option of a run changes in cases, except in those that are about it.
    pub enum Kept {
        /// How the body of an event stream is framed.
        Framing = "framing",
        /// How a connection is lost.
        Loss = "loss",
    }
}

/// The steps of a case, which are those of its role. A build contains the roles of its features.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Script {
    /// The implementation is a client; the harness is the server.
    Client(Vec<Step<ClientStep>>),
    /// The implementation is a server; the harness is the client.
    #[cfg(feature = "server")]
    Server(Vec<Step<ServerStep>>),
    /// The implementation is an intermediary; the harness is the origin and the client.
    #[cfg(feature = "intermediary")]
    Intermediary(Vec<Step<IntermediaryStep>>),
}

impl Case {
    /// The role that the case is for.
    pub fn role(&self) -> Role {
        self.script.role()
    }

    /// The id without its last part.
    pub fn group(&self) -> &str {
        self.id.rsplit_once('/').map_or("", |(group, _)| group)
    }
}

impl Script {
    /// The role that the script is for.
    pub fn role(&self) -> Role {
        match self {
            Self::Client(_) => Role::Client,
            #[cfg(feature = "server")]
            Self::Server(_) => Role::Server,
            #[cfg(feature = "intermediary")]
            Self::Intermediary(_) => Role::Intermediary,
        }
    }

    /// Where its steps are written, in order.
    pub fn locations(&self) -> Vec<&Location> {
        match self {
            Self::Client(steps) => steps.iter().map(|step| &step.at).collect(),
            #[cfg(feature = "server")]
            Self::Server(steps) => steps.iter().map(|step| &step.at).collect(),
            #[cfg(feature = "intermediary")]
            Self::Intermediary(steps) => steps.iter().map(|step| &step.at).collect(),
        }
    }
}
