//! A proxy that the harness has started.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use super::configuration::Places;
use super::error::ProgramError;
use super::process::Process;
use crate::adapter::process::program_path;
use crate::adapter::processes::Processes;
use crate::implementation::Program;
use crate::upstream::Reload;

/// How long it may take until it accepts connections: some compile their configuration first.
const READY: Duration = Duration::from_secs(40);

/// How often it is tried.
const PAUSE: Duration = Duration::from_millis(50);

/// Ports from which no system takes those of outgoing connections, so that none takes the proxy's before it listens.
const PORTS: std::ops::Range<u16> = 10_240..32_768;

/// How many ports are tried.
const ATTEMPTS: u16 = 200;

/// A proxy that runs. It is ended when this is dropped, which takes up to 5 seconds; its folder is removed.
#[derive(Debug)]
pub struct Running {
    // Before the folder, which its processes use until they end.
    process: Process,
    command: String,
    places: Places,
    /// The folder of its implementation, in which it runs.
    home: PathBuf,
    reload: Option<String>,
    _folder: TempDir,
}

impl Running {
    /// Starts a proxy that forwards to `upstream`, from the folder of its implementation, and waits until it accepts
    /// connections. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// If it cannot be started, or is not ready in time.
    pub async fn start(folder: &Path, program: &Program, upstream: SocketAddr) -> Result<Self, ProgramError> {
        let prepare = |what: &str| {
            let what = what.to_owned();
            |problem| ProgramError::Prepare { what, problem }
        };
        let own = tempfile::Builder::new().prefix("ssespec-").tempdir();
        let own = own.map_err(prepare("no folder for the proxy's files"))?;
        let listen = free_address().map_err(prepare("no free port for the proxy"))?;
        let places = Places { listen, upstream, folder: own.path().to_owned() };
        if let Some(templates) = &program.templates {
            places.copy(&folder.join(templates))?;
        }
        let words: Vec<String> = program.command.iter().map(|word| places.fill(word)).collect();
        let shown = words.join(" ");
        let start = |problem| ProgramError::Start { command: shown.clone(), problem };
        let [name, arguments @ ..] = words.as_slice() else {
            return Err(start(io::Error::other("the command is empty")));
        };
        let mut command = Command::new(program_path(folder, name));
        command.args(arguments).current_dir(folder);
        let process = Process::start(command, own.path().display().to_string()).map_err(start)?;
        let reload = program.reload.as_deref().map(|command| places.fill(command));
        let mut running =
            Self { process, command: shown, places, home: folder.to_owned(), reload, _folder: own };
        running.ready().await?;
        Ok(running)
    }

    /// Waits until it accepts connections.
    async fn ready(&mut self) -> Result<(), ProgramError> {
        let deadline = Instant::now() + READY;
        loop {
            let is_open = TcpStream::connect(self.places.listen).await.is_ok();
            if let Some(status) = self.process.ended() {
                let (command, output) = (self.command.clone(), self.process.last_output().await);
                return Err(ProgramError::EndedEarly { command, status, output });
            }
            if is_open {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(ProgramError::NotReady {
                    command: self.command.clone(),
                    listen: self.places.listen.to_string(),
                    patience: READY,
                    output: self.process.output(),
                });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The URL at which clients reach it.
    pub fn url(&self) -> String {
        format!("http://{}", self.places.listen)
    }

    /// Its processes.
    pub fn processes(&self) -> Processes {
        self.process.processes()
    }

    /// How it is made to reload its configuration, if its folder says so.
    pub fn reload(&self) -> Option<Reload> {
        self.reload.as_deref().map(|command| Reload::command(command, Some(&self.home)))
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

/// A free address on the loopback interface.
fn free_address() -> io::Result<SocketAddr> {
    let mut problem = io::Error::from(io::ErrorKind::AddrInUse);
    for attempt in 0..ATTEMPTS {
        // Runs at the same time must not try the same ports.
        let random = RandomState::new().hash_one(attempt) % u64::from(PORTS.end - PORTS.start);
        let port = PORTS.start + u16::try_from(random).unwrap_or_default();
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return listener.local_addr(),
            Err(error) => problem = error,
        }
    }
    Err(problem)
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
