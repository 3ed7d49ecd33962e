//! A browser's processes and its folder, which end together.
//!
//! Every process that a browser starts belongs to its process group, or has at least inherited an environment variable
//! that identifies it. If `setpriv` is available, the kernel kills the browser even if this process is killed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use ssespec::engine::Engine;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::sync::watch;

use super::error::BrowserError;
use super::marked::{self, MARK};
use super::owned_folder::OwnedFolder;

/// How long killed processes may take to exit.
const DYING: Duration = Duration::from_secs(5);

/// How many bytes of its output are kept.
const KEPT: usize = 8 * 1024;

/// A browser's folder and the processes started in it. Dropping it kills the processes and removes the folder.
#[derive(Debug)]
pub(super) struct ProcessTree {
    engine: Engine,
    folder: Option<OwnedFolder>,
    mark: String,
    children: Vec<Box<dyn ChildWrapper>>,
}

/// The output of a child process, line by line.
#[derive(Debug, Clone)]
pub(super) struct Printed {
    lines: Arc<Mutex<Vec<String>>>,
    changed: watch::Receiver<bool>,
}

impl ProcessTree {
    /// An empty folder, and no process yet.
    pub(super) fn new(engine: Engine) -> Result<Self, BrowserError> {
        let folder = OwnedFolder::new().map_err(|error| BrowserError::Start {
            engine,
            problem: format!("cannot create a temporary folder: {error}"),
        })?;
        let mark = folder.path().to_string_lossy().into_owned();
        Ok(Self { engine, folder: Some(folder), mark, children: Vec::new() })
    }

    /// Its folder, which is also its home and its place for temporary files.
    pub(super) fn folder(&self) -> &Path {
        self.folder.as_ref().map_or(Path::new(""), OwnedFolder::path)
    }

    /// Starts a program and captures its stdout and stderr.
    pub(super) fn start(
        &mut self,
        program: &Path,
        arguments: &[OsString],
        environment: &[(&str, OsString)],
    ) -> Result<Printed, BrowserError> {
        let (first, before) = tied(program);
        let folder = self.folder().to_owned();
        let mut command = CommandWrap::with_new(first, |command| {
            command
                .args(before)
                .args(arguments)
                .current_dir(&folder)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .env("HOME", &folder)
                .env("TMPDIR", &folder)
                .env(MARK, &self.mark);
            // It must talk only to this machine, and to no desktop session.
            for name in UNWANTED {
                command.env_remove(name).env_remove(name.to_lowercase());
            }
            command.envs(environment.iter().map(|(name, value)| (name, value)));
        });
        command.wrap(KillOnDrop);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        let mut child = command.spawn().map_err(|error| BrowserError::Start {
            engine: self.engine,
            problem: format!("{}: {error}", program.display()),
        })?;
        let (tell, changed) = watch::channel(false);
        let lines = Arc::default();
        let (out, errors) = (child.stdout().take(), child.stderr().take());
        tokio::spawn(keep(out, Arc::clone(&lines), tell.clone()));
        tokio::spawn(keep(errors, Arc::clone(&lines), tell));
        self.children.push(child);
        Ok(Printed { lines, changed })
    }

    /// Whether all started processes are still running.
    pub(super) fn lives(&mut self) -> bool {
        self.children.iter_mut().all(|child| matches!(child.inner_mut().try_wait(), Ok(None)))
    }
}

/// Variables that would make a browser use a proxy or a desktop session.
const UNWANTED: [&str; 6] =
    ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"];

/// The program to run, and arguments to put first, so that it does not outlive this process.
fn tied(program: &Path) -> (PathBuf, Vec<OsString>) {
    let setpriv = Path::new("/usr/bin/setpriv");
    if cfg!(target_os = "linux") && setpriv.is_file() {
        let words = ["--pdeathsig", "KILL", "--"].map(OsString::from);
        return (setpriv.to_owned(), words.into_iter().chain([program.into()]).collect());
    }
    (program.to_owned(), Vec::new())
}

async fn keep(
    stream: Option<impl AsyncRead + Unpin>,
    kept: Arc<Mutex<Vec<String>>>,
    tell: watch::Sender<bool>,
) {
    let Some(stream) = stream else { return };
    let mut lines = BufReader::new(stream).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(String::from_utf8_lossy(&line).trim_end().chars().take(KEPT).collect());
        while kept.iter().map(String::len).sum::<usize>() > KEPT {
            kept.remove(0);
        }
        drop(kept);
        // Wake the tasks that wait for a line.
        let _ = tell.send(true);
    }
}

impl Printed {
    /// Waits for a line for which `find` returns a value; `None` if the program ended without one.
    pub(super) async fn wait_for<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        loop {
            self.changed.mark_unchanged();
            if let Some(found) = self.lines().iter().find_map(|line| find(line)) {
                return Some(found);
            }
            if self.changed.changed().await.is_err() {
                return self.lines().iter().find_map(|line| find(line));
            }
        }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last lines, for a message.
    pub(super) fn end(&self) -> String {
        let lines = self.lines();
        let last = lines.len().saturating_sub(5);
        if lines.is_empty() { "it printed nothing".into() } else { lines[last..].join("\n") }
    }
}

impl Drop for ProcessTree {
    fn drop(&mut self) {
        for child in &mut self.children {
            // Killing a group without processes fails, which is fine.
            let _ = child.start_kill();
        }
        let groups: Vec<u32> = self.children.iter().filter_map(|child| child.id()).collect();
        let deadline = Instant::now() + DYING;
        // Children are reaped; processes that left their group are found by the environment variable.
        while (self.lives_any() | marked::kill(&self.mark, &groups)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        if let Some(folder) = self.folder.take()
            && let Err(error) = folder.close()
        {
            tracing::warn!(%error, "cannot remove a browser's folder");
        }
    }
}

impl ProcessTree {
    fn lives_any(&mut self) -> bool {
        self.children.iter_mut().any(|child| matches!(child.inner_mut().try_wait(), Ok(None)))
    }
}
