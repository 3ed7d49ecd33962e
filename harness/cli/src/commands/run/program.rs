//! A proxy that is started, and ended after its run.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use ssespec::implementation::{Folder, Program};
use ssespec::program::{ProgramError, Running, version};
use ssespec::run::{Launch, Rerun, Run};
use ssespec::target::Target;
use ssespec::upstream::{Downstream, Front, Proxy, Upstream};
use ssespec_cases::Corpus;

use crate::error::CommandError;
use crate::execute;
use crate::execute::outcome::Outcome;
use crate::options::execution::RunOptions;
use crate::shell_quoting::command_line;

/// A proxy that has not been started yet.
pub(crate) struct Prepared<'r> {
    pub(crate) folder: &'r Folder,
    pub(crate) program: &'r Program,
    pub(crate) options: &'r RunOptions,
    pub(crate) corpus: &'r Arc<Corpus>,
}

impl Prepared<'_> {
    /// Starts the proxy, executes the run with it, and ends it.
    ///
    /// # Errors
    /// If it cannot be started, does not forward, or ends on its own; or if the run fails.
    pub(crate) async fn execute(&self, file: Option<&Path>) -> Result<Outcome, CommandError> {
        let folder = &self.folder.path;
        let of_folder =
            |error: ProgramError| CommandError::Program { folder: folder.clone(), error: Box::new(error) };
        version::check(folder, self.program).map_err(of_folder)?;
        // Configurations name the address of one family.
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let upstream = Upstream::open(any_port, self.options.barrier())
            .await
            .map_err(|source| CommandError::ProxyUpstream { address: any_port, source })?;
        let mut running =
            Running::start(folder, self.program, upstream.address()).await.map_err(of_folder)?;
        let run = self.run(&running, upstream)?;
        let outcome = tokio::select! {
            outcome = execute::cases::execute(&run, file, self.options.format.chosen()) => outcome,
            ended = running.ends() => Err(of_folder(ended)),
        };
        outcome.map_err(|error| match error {
            CommandError::Intermediary(error) => CommandError::ProgramPreflight {
                folder: folder.clone(),
                error: Box::new(error),
                output: running.output(),
            },
            other => other,
        })
    }

    fn run(&self, running: &Running, upstream: Arc<Upstream>) -> Result<Run, CommandError> {
        let (folder, options) = (self.folder, self.options);
        let downstream = Downstream::default();
        let launch = Launch::Proxy(Box::new(Proxy {
            name: Some(folder.title()),
            version: self.program.version.clone(),
            program: folder.name.to_lowercase().parse().ok(),
            front: Front::new(Target::parse(&running.url())?),
            processes: running.processes(),
            reload: running.reload(),
            upstream,
            client: ssespec_reference::client_watched(downstream.clone()),
            downstream,
        }));
        let variant = folder.variant.iter().flat_map(|name| ["--variant".to_owned(), name.clone()]);
        let words = [folder.path.display().to_string()].into_iter().chain(variant);
        Ok(Run {
            corpus: Arc::clone(self.corpus),
            lanes: options.lanes(&launch),
            launch,
            selection: options.selection(),
            baseline: options.baseline(folder.baseline.clone(), self.corpus),
            patience: options.patience(),
            address: Ipv4Addr::LOCALHOST.into(),
            barrier: options.barrier(),
            tls: None,
            deaths: options.strict.deaths(),
            rerun: Rerun::Folder {
                folder: folder.path.clone(),
                words: command_line(words.chain(options.rerun_options())),
            },
        })
    }
}
