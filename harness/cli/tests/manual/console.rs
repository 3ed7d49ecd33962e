//! Console blocks: their commands run, and print what the page shows.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::page::{Block, Page};
use crate::{repository, update};

/// How long a command may take before the test says that it hangs.
const HANGS: Duration = Duration::from_secs(240);

/// The ports that pages show. Commands get free ones instead.
const PORTS: [&str; 2] = ["8080", "8090"];

/// The folder in which a page's commands run, with links to the folders of the repository.
pub(crate) struct Folder {
    folder: tempfile::TempDir,
    /// The ports that commands get.
    ports: [String; PORTS.len()],
    background: RefCell<Vec<Child>>,
    left_out: RefCell<Vec<String>>,
}

impl Drop for Folder {
    fn drop(&mut self) {
        for child in self.background.get_mut() {
            // It may have ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The output of one command, with the output that the page shows.
pub(crate) struct Output {
    /// The page's line of the command, from 1: the output begins after it.
    pub(crate) first: usize,
    /// How far the block is indented.
    pub(crate) indent: usize,
    /// The lines in the page.
    pub(crate) shown: Vec<String>,
    /// The lines that were printed.
    printed: Vec<String>,
}

impl Folder {
    /// A folder for a page.
    pub(crate) fn new(page: &Page) -> Self {
        let folder = tempfile::Builder::new().prefix("manual").tempdir().expect("a folder");
        #[cfg(unix)]
        for name in ["cases", "ci", "docs", "harness", "mock-server", "reports"] {
            std::os::unix::fs::symlink(repository::root().join(name), folder.path().join(name))
                .expect("a link");
        }
        let ports = PORTS.map(|port| {
            let is_shown = page.blocks.iter().any(|block| block.text.contains(port));
            if is_shown { free_port() } else { port.into() }
        });
        Self { folder, ports, background: RefCell::default(), left_out: RefCell::default() }
    }

    /// The blocks that were not run, and why.
    pub(crate) fn left_out(&self) -> Vec<String> {
        self.left_out.borrow().clone()
    }

    /// A text of a page with the ports that commands get.
    fn with_ports(&self, text: &str) -> String {
        PORTS.iter().zip(&self.ports).fold(text.to_owned(), |text, (shown, own)| text.replace(shown, own))
    }

    /// An output with the ports that pages show.
    fn without_ports(&self, text: String) -> String {
        PORTS.iter().zip(&self.ports).fold(text, |text, (shown, own)| text.replace(own, shown))
    }

    /// Writes a file into it.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, self.with_ports(text)).expect("a file");
        path
    }

    /// A command in it, which finds `ssespec` and the Python environment that the block needs.
    fn command(&self, line: &str, needs: Option<&str>) -> Command {
        let ssespec = PathBuf::from(env!("CARGO_BIN_EXE_ssespec"));
        let mut path = vec![ssespec.parent().expect("a folder").to_owned()];
        path.extend(needs.map(|name| environment(name).join("bin")));
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let mut command = Command::new("sh");
        command
            .args(["-c", &self.with_ports(line)])
            .current_dir(self.folder.path())
            .env("PATH", std::env::join_paths(path).expect("a path"))
            .env("NO_PROXY", "127.0.0.1,localhost")
            .env("no_proxy", "127.0.0.1,localhost")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "CI", "COLUMNS", "LINES"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the commands of a block.
    pub(crate) fn run(&self, block: &Block) -> Result<Vec<Output>, String> {
        if cfg!(not(unix)) {
            return Ok(Vec::new());
        }
        let needs = block.note("needs");
        if let Some(name) = needs
            && !is_set_up(name)?
        {
            self.left_out
                .borrow_mut()
                .push(format!("line {}: ci/implementations/{name} is not set up", block.line));
            return Ok(Vec::new());
        }
        let commands = commands(block);
        if block.note("background").is_some() {
            self.end_earlier();
        }
        let mut outputs = Vec::new();
        for (number, (line, first, shown)) in commands.iter().enumerate() {
            let printed = if block.note("background").is_some() {
                self.start(line, shown.len())?
            } else {
                let is_last = number + 1 == commands.len();
                let status = block.note("status").filter(|_| is_last).unwrap_or("0");
                self.finish(line, needs, status, block.note("stream") == Some("stderr"))?
            };
            let here = format!(" on {} {}", std::env::consts::OS, std::env::consts::ARCH);
            let printed = self.without_ports(printed).replace(&here, " on linux x86_64");
            let printed = printed.lines().map(|line| line.trim_end().to_owned()).collect();
            let output = Output { first: *first, indent: block.indent, shown: shown.clone(), printed };
            if !update::wanted() {
                output.check().map_err(|problem| format!("`{line}` {problem}"))?;
            }
            outputs.push(output);
        }
        Ok(outputs)
    }

    /// Ends the commands of an earlier block.
    fn end_earlier(&self) {
        for mut earlier in self.background.take() {
            // It may have ended.
            let _ = earlier.kill();
            let _ = earlier.wait();
        }
    }

    /// Starts a command that runs until the next block of its kind or the end of the page, and returns its first lines.
    fn start(&self, line: &str, lines: usize) -> Result<String, String> {
        let mut child = self.command(&format!("exec {line}"), None).spawn().map_err(|e| e.to_string())?;
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        self.background.borrow_mut().push(child);
        let first: Vec<String> = stdout.lines().take(lines).map_while(Result::ok).collect();
        if first.len() == lines {
            return Ok(first.join("\n"));
        }
        let mut child = self.background.borrow_mut().pop().expect("the command just started");
        // It may have ended.
        let _ = child.kill();
        let stderr = reader(child.stderr.take()).join().unwrap_or_default();
        let ended = child.wait().map_err(|error| error.to_string())?;
        Err(format!("`{line}` ended with {ended} after {} lines\n{stderr}", first.len()))
    }

    fn finish(
        &self,
        line: &str,
        needs: Option<&str>,
        status: &str,
        stderr_wanted: bool,
    ) -> Result<String, String> {
        let mut child = self.command(line, needs).spawn().map_err(|error| error.to_string())?;
        let readers = [reader(child.stdout.take()), reader(child.stderr.take())];
        let began = Instant::now();
        let ended = loop {
            match child.try_wait().map_err(|error| error.to_string())? {
                Some(ended) => break ended,
                None if began.elapsed() > HANGS => {
                    let _ = child.kill();
                    return Err(format!("`{line}` hangs"));
                }
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        let [stdout, stderr] = readers.map(|reader| reader.join().unwrap_or_default());
        if ended.code().map(|code| code.to_string()).as_deref() != Some(status) {
            return Err(format!("`{line}` ended with {ended}, not with status {status}\n{stdout}\n{stderr}"));
        }
        Ok(if stderr_wanted { stderr } else { stdout })
    }
}

fn reader(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error is what there is.
        let _ = stream.expect("a pipe").read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// A port that is free, below those that systems choose. No two pages of a run get the same: it is free until the
/// page's command listens.
fn free_port() -> String {
    static TRIED: AtomicU32 = AtomicU32::new(0);
    let start = 20_000 + std::process::id() % 9_000;
    let free =
        |port: &u32| TcpListener::bind(("127.0.0.1", u16::try_from(*port).unwrap_or_default())).is_ok();
    let mut ports = std::iter::repeat_with(|| start + TRIED.fetch_add(1, Ordering::Relaxed)).take(1_000);
    ports.find(free).expect("a free port").to_string()
}

/// The Python environment of an implementation.
fn environment(name: &str) -> PathBuf {
    repository::root().join("ci/implementations").join(name).join(".venv")
}

/// Whether the environment is there. It is set up where no implementation may be left out.
fn is_set_up(name: &str) -> Result<bool, String> {
    if environment(name).exists() {
        return Ok(true);
    }
    if std::env::var_os("SSESPEC_ALL_IMPLEMENTATIONS").is_none() {
        return Ok(false);
    }
    let folder = repository::root().join("ci/implementations").join(name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_ssespec"));
    command.args(["run", "--setup", "--filter", "client/lines/lf-ends-a-line"]).arg(folder);
    let output = command.output().map_err(|error| error.to_string())?;
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    if environment(name).exists() { Ok(true) } else { Err(format!("{name} cannot be set up\n{message}")) }
}

/// The commands of a block: the line, its place in the page, and the output that follows. A backslash at the end of a
/// line goes on in the next.
fn commands(block: &Block) -> Vec<(String, usize, Vec<String>)> {
    let mut commands: Vec<(String, usize, Vec<String>)> = Vec::new();
    for (number, line) in (block.line + 1..).zip(block.text.lines()) {
        let continued = commands.last().is_some_and(|(command, _, _)| command.ends_with('\\'));
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), number, Vec::new())),
            (None, Some((command, last, _))) if continued => {
                command.pop();
                command.push_str(line.trim_start());
                *last = number;
            }
            (None, Some((_, _, shown))) => shown.push(line.trim_end().to_owned()),
            (None, None) => {}
        }
    }
    commands
}

impl Output {
    /// Compares what was printed with what the page shows. A command without output in the page is not compared.
    fn check(&self) -> Result<(), String> {
        if self.shown.is_empty() {
            return Ok(());
        }
        let (renewed, printed) = (self.renewed(), || self.printed.join("\n"));
        if renewed == self.shown {
            return Ok(());
        }
        let at = renewed.iter().zip(&self.shown).position(|(new, old)| new != old).unwrap_or(renewed.len());
        let missing = String::new();
        let (new, old) = (renewed.get(at).unwrap_or(&missing), self.shown.get(at).unwrap_or(&missing));
        Err(format!(
            "prints\n  {new}\nwhere the page shows\n  {old}\nSSESPEC_UPDATE=1 renews the page; all of it:\n{}",
            printed()
        ))
    }

    /// What the page should show: what was printed, with `...` where the page has it.
    pub(crate) fn renewed(&self) -> Vec<String> {
        if self.shown.is_empty() {
            return Vec::new();
        }
        let segments: Vec<&[String]> = self.shown.split(|line| line.trim() == "...").collect();
        let count = segments.len();
        let mut from = 0;
        let mut lines = Vec::new();
        for (number, segment) in segments.iter().enumerate() {
            if number > 0 {
                let gap = self.shown.iter().find(|line| line.trim() == "...");
                lines.extend(gap.cloned());
            }
            let left = self.printed.len() - from;
            let (start, length) = match (number == 0, number + 1 == count) {
                (true, true) => (0, left),
                (true, false) => (0, segment.len().min(left)),
                (false, true) => (self.printed.len() - segment.len().min(left), segment.len().min(left)),
                (false, false) => nearest(&self.printed, from, segment),
            };
            from = start + length;
            let window = &self.printed[start..from];
            for (index, line) in window.iter().enumerate() {
                let old = segment.get(index).filter(|old| stable(old) == stable(line));
                lines.push(old.unwrap_or(line).clone());
            }
        }
        lines
    }
}

/// Where the lines that are most like these begin, from this one on, and how many there are.
fn nearest(lines: &[String], from: usize, wanted: &[String]) -> (usize, usize) {
    if wanted.is_empty() || lines.len() - from < wanted.len() {
        return (from, 0);
    }
    let likeness = |start: &usize| -> usize {
        let same = |(a, b): (&String, &String)| a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
        lines[*start..].iter().zip(wanted).map(same).sum()
    };
    // Of several that are alike, the first.
    let best = (from..=lines.len() - wanted.len()).rev().max_by_key(likeness);
    (best.unwrap_or(from), wanted.len())
}

/// A line without what differs from run to run: durations and times of day.
fn stable(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(|char: char| char.is_ascii_digit()) {
        let end = rest[at..].find(|char: char| !char.is_ascii_digit() && char != '.' && char != ':');
        let (number, after) = rest[at..].split_at(end.unwrap_or(rest.len() - at));
        text.push_str(rest[..at].trim_end());
        let is_time =
            [" s", " ms", "s,"].iter().any(|unit| after.starts_with(unit)) || number.matches(':').count() > 1;
        text.push_str(if is_time { "#" } else { number });
        rest = after;
    }
    text.push_str(rest);
    text
}
