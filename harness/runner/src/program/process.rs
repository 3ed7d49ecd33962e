//! The process of a proxy and those that it starts: none is left when this is dropped.

use std::io::Read;
use std::process::{ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};

use super::tree::MARK;
#[cfg(target_os = "linux")]
use super::tree::{self, Tree};
use crate::adapter::processes::Processes;
use crate::adapter::stderr::Stderr;

/// How long it may take to end after SIGTERM, before it is killed.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long killed processes may take to be gone.
const KILLED: Duration = Duration::from_secs(2);

/// How long the output of an ended process is waited for: it ends later where a process that it started holds it open.
const LAST_OUTPUT: Duration = Duration::from_secs(1);

/// How often it is looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// A process and those that it starts. They are ended when this is dropped: by SIGTERM, and by SIGKILL after 3 seconds.
#[derive(Debug)]
pub(super) struct Process {
    child: Box<dyn ChildWrapper>,
    /// The number of its first process, and of their group.
    #[cfg(target_os = "linux")]
    leader: Option<u32>,
    output: Stderr,
    /// Reads the output.
    reader: JoinHandle<()>,
    #[cfg(target_os = "linux")]
    mark: String,
    #[cfg(target_os = "linux")]
    tree: Tree,
}

impl Process {
    /// Starts a command, as the leader of a process group of its own. `mark` is unique.
    ///
    /// # Errors
    /// If the operating system says no.
    pub(super) fn start(command: tokio::process::Command, mark: String) -> std::io::Result<Self> {
        let (mut printed, writer) = std::io::pipe()?;
        let also = writer.try_clone()?;
        let mut command = CommandWrap::from(command);
        command.command_mut().stdin(Stdio::null()).stdout(writer).stderr(also).env(MARK, &mark);
        command.wrap(KillOnDrop);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        let child = command.spawn()?;
        // Its ends of the pipe are the program's alone from now on.
        drop(command);
        let output = Stderr::default();
        let kept = output.clone();
        // It ends when no process of the program holds the pipe open.
        let reader = thread::spawn(move || {
            let mut buffer = vec![0; 4096];
            while let Ok(count) = printed.read(&mut buffer)
                && count > 0
            {
                kept.push(&buffer[..count]);
            }
        });
        Ok(Self {
            #[cfg(target_os = "linux")]
            leader: child.id(),
            child,
            output,
            reader,
            #[cfg(target_os = "linux")]
            mark,
            #[cfg(target_os = "linux")]
            tree: Tree::default(),
        })
    }

    /// Its processes, as far as they stay in its group.
    pub(super) fn processes(&self) -> Processes {
        #[cfg(target_os = "linux")]
        return self.leader.map_or(Processes::Own, Processes::Group);
        #[cfg(not(target_os = "linux"))]
        Processes::Own
    }

    /// The end of what it printed.
    pub(super) fn output(&self) -> String {
        self.output.text()
    }

    /// The end of what it printed, once its first process has ended.
    pub(super) async fn last_output(&self) -> String {
        let deadline = Instant::now() + LAST_OUTPUT;
        while !self.reader.is_finished() && Instant::now() < deadline {
            tokio::time::sleep(PAUSE).await;
        }
        self.output()
    }

    /// How its first process ended, if it has.
    fn status(&mut self) -> std::io::Result<Option<ExitStatus>> {
        self.child.inner_mut().try_wait()
    }

    /// The same, in words.
    pub(super) fn ended(&mut self) -> Option<String> {
        match self.status() {
            Ok(status) => status.map(|status| status.to_string()),
            Err(problem) => Some(problem.to_string()),
        }
    }

    /// Waits until its first process ends, and says how, and the end of what it printed.
    pub(super) async fn ends(&mut self) -> (String, String) {
        loop {
            if let Some(status) = self.ended() {
                return (status, self.last_output().await);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Ends its processes.
    fn end(&mut self) {
        // What is running now is the program's, wherever it goes when its parent ends.
        let _ = self.is_running();
        self.ask();
        if self.is_gone_within(PATIENCE) {
            return;
        }
        // Killing a group without processes fails, which is fine.
        let _ = self.child.start_kill();
        self.kill_others();
        self.is_gone_within(KILLED);
    }

    /// Whether its processes end in time.
    fn is_gone_within(&mut self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while self.is_running() {
            if Instant::now() >= deadline {
                return false;
            }
            thread::sleep(PAUSE);
        }
        true
    }

    /// Asks it to end.
    #[cfg(unix)]
    fn ask(&mut self) {
        /// SIGTERM, <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/kill.html>.
        const SIGTERM: i32 = 15;
        let _ = self.child.signal(SIGTERM);
    }

    /// Elsewhere it cannot be asked.
    #[cfg(not(unix))]
    fn ask(&mut self) {
        let _ = self.child.start_kill();
    }

    /// Whether one of its processes runs.
    #[cfg(target_os = "linux")]
    fn is_running(&mut self) -> bool {
        // An unreaped process still belongs to its group.
        let is_leader_running = matches!(self.status(), Ok(None));
        let others = self.leader.map(|leader| self.tree.look(leader, &self.mark)).unwrap_or_default();
        is_leader_running || !others.is_empty()
    }

    /// Elsewhere only the first process is known.
    #[cfg(not(target_os = "linux"))]
    fn is_running(&mut self) -> bool {
        matches!(self.status(), Ok(None))
    }

    /// Kills the processes that have left the group.
    #[cfg(target_os = "linux")]
    fn kill_others(&mut self) {
        if let Some(leader) = self.leader {
            tree::kill(&self.tree.look(leader, &self.mark));
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn kill_others(&mut self) {}
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
        // Elsewhere than on Linux, this reaches what the first process has left behind.
        let _ = self.child.start_kill();
    }
}
