//! Servers and clients as processes.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{EVENT, Outcome};

/// A server to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Ssespec,
    Hyper,
    Node,
    Go,
    /// Only for timed streams.
    Exact,
}

pub(crate) const KINDS: [Kind; 4] = [Kind::Ssespec, Kind::Hyper, Kind::Go, Kind::Node];

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ssespec => "ssespec mock server",
            Self::Hyper => "bare hyper",
            Self::Node => "Node http",
            Self::Go => "Go net/http",
            Self::Exact => "exact writer",
        }
    }
}

/// A running server, ended when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    pub(crate) startup: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the program of the Go server is built.
pub(crate) fn go_program() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("ssespec-bench-go-{}", std::process::id()))
}

/// Builds the Go server.
pub(crate) fn build_go() -> Outcome<()> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/streams/peers/server.go");
    let status = Command::new("go").arg("build").arg("-o").arg(go_program()).arg(source).status()?;
    if status.success() { Ok(()) } else { Err("go build fails".into()) }
}

/// Whether this server can be run here.
pub(crate) fn is_installed(kind: Kind) -> bool {
    let probe = |program: &str, argument: &str| {
        Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    match kind {
        Kind::Ssespec | Kind::Hyper | Kind::Exact => true,
        Kind::Node => probe("node", "--version"),
        Kind::Go => go_program().exists(),
    }
}

/// This program as a server.
fn own(name: &str) -> Outcome<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(name);
    Ok(command)
}

impl Server {
    pub(crate) fn start(kind: Kind) -> Outcome<Self> {
        let mut command = match kind {
            Kind::Ssespec => own("ssespec-server")?,
            Kind::Hyper => own("hyper-server")?,
            Kind::Exact => own("exact-server")?,
            Kind::Node => {
                let mut command = Command::new("node");
                command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/streams/peers/server.mjs"));
                command
            }
            Kind::Go => Command::new(go_program()),
        };
        let start = Instant::now();
        let mut child = command.env("EVENT", EVENT).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let startup = start.elapsed();
        let port = line.trim().parse().map_err(|_| format!("{} printed no port", kind.name()))?;
        Ok(Self { child, port, startup })
    }

    /// How much memory it has, in bytes.
    pub(crate) fn memory(&self) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024)
    }

    /// The processor time it has used.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let rest = stat.rsplit_once(')').ok_or("no name")?.1;
        let ticks = |n: usize| rest.split_whitespace().nth(n).and_then(|text| text.parse::<u64>().ok());
        let total = ticks(11).zip(ticks(12)).map(|(user, system)| user + system).ok_or("no times")?;
        // Linux counts them in hundredths of a second.
        Ok(Duration::from_millis(total * 10))
    }

    /// Runs a client, and returns the numbers that it prints.
    pub(crate) fn client(&self, arguments: &[&str]) -> Outcome<Vec<f64>> {
        let output = Command::new(std::env::current_exe()?)
            .arg("client")
            .arg(self.port.to_string())
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        if !output.status.success() {
            return Err(format!("the client failed: {text}").into());
        }
        text.split_whitespace().map(|word| word.parse().map_err(Into::into)).collect()
    }

    /// Starts a client that holds streams open until it is dropped; returns when they are open.
    pub(crate) fn hold(&self, width: usize) -> Outcome<Held> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["client", &self.port.to_string(), "hold", &width.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        if line.trim() == width.to_string() { Ok(Held(child)) } else { Err(format!("held {line:?}").into()) }
    }
}

/// A client that holds streams open.
pub(crate) struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
