//! A test service that the harness starts and ends.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;

use tokio::process::Command;

use super::error::ProgramError;
use super::process::Process;
use crate::adapter::process::program_path;

/// A test service that runs. It is ended when this is dropped, which takes up to 5 seconds.
#[derive(Debug)]
pub struct RunningService {
    process: Process,
    command: String,
}

impl RunningService {
    /// Starts a service in a folder. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(folder: &Path, words: &[String]) -> Result<Self, ProgramError> {
        let shown = words.join(" ");
        let problem = |problem| ProgramError::Start { command: shown.clone(), problem };
        let [name, arguments @ ..] = words else {
            return Err(problem(io::Error::other("the command is empty")));
        };
        let mut command = Command::new(program_path(folder, name));
        command.args(arguments).current_dir(folder);
        let mark = format!("service-{}-{:016x}", std::process::id(), RandomState::new().hash_one(&shown));
        let process = Process::start(command, mark).map_err(problem)?;
        Ok(Self { process, command: shown })
    }

    /// The end of what it printed.
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// Waits until it ends on its own, which it must not.
    pub async fn ends(&mut self) -> ProgramError {
        let (status, output) = self.process.ends().await;
        ProgramError::Ended { command: self.command.clone(), status, output }
    }
}
