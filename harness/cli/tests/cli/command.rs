//! Runs the command and captures its output.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel, sync_channel};
use std::time::{Duration, Instant};

/// How long a command may take on a busy machine before the test says that it hangs.
const HANGS: Duration = Duration::from_secs(120);

/// How often a child that shall end is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Where `cases/` is, and where commands run unless a test says otherwise.
pub(crate) fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli")
}

/// The repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A command line of ssespec.
pub(crate) struct Ssespec(Command);

/// The command with these arguments. The environment of the test does not affect colors and widths.
pub(crate) fn ssespec<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ssespec {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ssespec"));
    command.args(arguments).current_dir(here()).stdin(Stdio::null());
    for name in
        ["GITHUB_STEP_SUMMARY", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "CI", "COLUMNS", "LINES"]
    {
        command.env_remove(name);
    }
    Ssespec(command)
}

/// Splits a string at spaces into arguments.
pub(crate) fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

impl Ssespec {
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.0.args(arguments);
        self
    }

    /// The command behind `-- COMMAND` that starts the adapter which this executable is.
    pub(crate) fn adapter<A: AsRef<OsStr>>(self, options: impl IntoIterator<Item = A>) -> Self {
        self.args(["--"]).args([std::env::current_exe().unwrap()]).args(["adapter"]).args(options)
    }

    /// Runs it to its end, which must have this exit status.
    #[track_caller]
    pub(crate) fn ends(self, status: i32) -> Printed {
        let (ended, printed) = self.output();
        assert_eq!(ended.code(), Some(status), "{ended}\n{printed:?}");
        printed
    }

    /// Runs it to its end, with any exit status.
    #[track_caller]
    pub(crate) fn printed(self) -> Printed {
        self.output().1
    }

    #[track_caller]
    fn output(mut self) -> (ExitStatus, Printed) {
        let mut child = self.0.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let readers = (std::thread::spawn(|| all_of(stdout)), std::thread::spawn(|| all_of(stderr)));
        let status = await_end(&mut child);
        (status, Printed { stdout: readers.0.join().unwrap(), stderr: readers.1.join().unwrap() })
    }

    /// Starts it, to be talked with while it runs.
    pub(crate) fn start(mut self) -> Running {
        let mut child = self.0.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Running { child, lines: lines_of(stdout), stderr: Some(std::thread::spawn(|| all_of(stderr))) }
    }

    /// Starts it; its standard output is read only line by line, as the test asks for lines.
    pub(crate) fn start_unread(mut self) -> Running {
        let mut child = self.0.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (tell, lines) = sync_channel(0);
        std::thread::spawn(move || send_lines(stdout, |line| tell.send(line).is_ok()));
        Running { child, lines, stderr: Some(std::thread::spawn(|| all_of(stderr))) }
    }

    /// Starts it; its lines are those of standard error.
    #[cfg(unix)]
    pub(crate) fn start_with_stderr(mut self) -> Running {
        let mut child = self.0.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        Running { child, lines: lines_of(stderr), stderr: Some(std::thread::spawn(String::new)) }
    }

    /// Starts it with a standard output that is not read, and waits for it to exit.
    pub(crate) fn unread(mut self) -> (ExitStatus, String) {
        let mut child = self.0.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let stderr = child.stderr.take().unwrap();
        let reader = std::thread::spawn(|| all_of(stderr));
        (await_end(&mut child), reader.join().unwrap())
    }
}

fn all_of(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    // Line endings on Windows are not under test.
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

#[track_caller]
fn await_end(child: &mut Child) -> ExitStatus {
    let began = Instant::now();
    while began.elapsed() < HANGS {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        std::thread::sleep(LOOK);
    }
    child.kill().unwrap();
    panic!("the command hangs");
}

/// The output of a command.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Printed {
    /// Each of these is in the standard output.
    #[track_caller]
    pub(crate) fn shows(&self, parts: &[&str]) -> &Self {
        for part in parts {
            assert!(
                self.stdout.contains(part),
                "{part:?} is not in\n{}\nstderr:\n{}",
                self.stdout,
                self.stderr
            );
        }
        self
    }

    /// Each of these is in standard error.
    #[track_caller]
    pub(crate) fn says(&self, parts: &[&str]) -> &Self {
        for part in parts {
            assert!(self.stderr.contains(part), "{part:?} is not in stderr\n{}", self.stderr);
        }
        self
    }

    /// The JSON that was printed.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The JSON Lines that were printed.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A command that runs.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    stderr: Option<std::thread::JoinHandle<String>>,
}

fn lines_of(stdout: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, lines) = channel();
    std::thread::spawn(move || send_lines(stdout, |line| tell.send(line).is_ok()));
    lines
}

/// Sends each line, until `send` fails.
fn send_lines(stdout: impl Read, mut send: impl FnMut(String) -> bool) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if !send(line) {
            return;
        }
    }
}

impl Running {
    /// The next line that it prints.
    #[track_caller]
    pub(crate) fn line(&self) -> String {
        match self.lines.recv_timeout(HANGS) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("it prints nothing more"),
            Err(RecvTimeoutError::Disconnected) => panic!("it has ended"),
        }
    }

    /// The lines up to the first that holds this, with that one.
    #[track_caller]
    pub(crate) fn lines_to(&self, part: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            lines.push(self.line());
            if lines.last().is_some_and(|line| line.contains(part)) {
                return lines;
            }
        }
    }

    /// The remaining lines, until it exits.
    #[track_caller]
    pub(crate) fn rest(&self) -> Vec<String> {
        let next = || match self.lines.recv_timeout(HANGS) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("it prints nothing more, and does not end"),
        };
        std::iter::from_fn(next).collect()
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it exits, with this status; its standard error.
    #[track_caller]
    pub(crate) fn ends(mut self, status: i32) -> String {
        let ended = await_end(&mut self.child);
        let stderr = self.stderr.take().unwrap().join().unwrap();
        assert_eq!(ended.code(), Some(status), "{ended}\n{stderr}");
        stderr
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A failed test leaves no process behind. Killing an exited process does nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
