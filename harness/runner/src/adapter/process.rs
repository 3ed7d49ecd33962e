//! An adapter that is a child process: JSON Lines over stdin and stdout, stderr kept for the report.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use ssespec_reports::results::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::mpsc;

use super::fault::Fault;
use super::identity::Identity;
use super::incoming::Incoming;
use super::introduction::introduced;
use super::lines::{LineRead, read_line};
use super::processes::Processes;
use super::running::{Adapter, Orders};
use super::stderr::Stderr;
use super::task::Task;
use super::unread::Unread;
use crate::adapter::reach::Reach;
use crate::protocol::not_protocol::excerpt;
use crate::protocol::{LINE_LIMIT, LineProblem, Message, NotProtocol, Order};

/// The most memory that is kept from one line for the next, in bytes.
const LINE_KEPT: usize = 1024 * 1024;

/// A command that starts an adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The program and its arguments; not empty.
    pub words: Vec<String>,
    /// The folder in which it runs.
    pub folder: PathBuf,
    /// Which hosts it may serve at.
    pub reach: Reach,
}

/// How long a child that ended may leave unread what it wrote: a grandchild can hold its stdout open forever.
const DRAIN: Duration = Duration::from_millis(300);

/// How long a child whose stdout ended may take to end: that is how most die, and a busy machine is slow at it.
const DYING: Duration = Duration::from_secs(1);

/// How long the last words on stderr may take.
const LAST_WORDS: Duration = Duration::from_millis(200);

impl Command {
    /// The command as typed in a shell.
    pub fn display(&self) -> String {
        self.words.join(" ")
    }

    /// Starts the adapter of a client and awaits its hello for at most `patience`.
    ///
    /// # Errors
    /// When it cannot be started or introduces itself wrongly; what it wrote to stderr comes with the fault.
    pub async fn start(&self, patience: Duration) -> Result<Adapter, (Fault, String)> {
        self.start_as(Role::Client, patience).await
    }

    /// Starts the adapter of an implementation of this role and awaits its hello for at most `patience`.
    ///
    /// # Errors
    /// When it cannot be started or introduces itself wrongly; what it wrote to stderr comes with the fault.
    pub async fn start_as(&self, role: Role, patience: Duration) -> Result<Adapter, (Fault, String)> {
        let stderr = Stderr::default();
        let mut child = self.spawn().map_err(|fault| (fault, String::new()))?;
        let (Some(stdin), Some(stdout), Some(errors)) =
            (child.0.stdin().take(), child.0.stdout().take(), child.0.stderr().take())
        else {
            let problem = "its standard streams are not there".into();
            return Err((Fault::Spawn { command: self.display(), problem }, String::new()));
        };
        let processes = child.0.id().map_or(Processes::Unknown, Processes::Group);
        let (orders, order_queue) = mpsc::unbounded_channel();
        let (tell, heard) = mpsc::unbounded_channel();
        let (introduce, introduction) = tokio::sync::oneshot::channel();
        let unfinished = Arc::new(AtomicUsize::new(0));
        let reader = Reader {
            role,
            tell,
            introduce: Some(introduce),
            unread: Unread::new(),
            unfinished: unfinished.clone(),
        };
        let task = Task::spawn(serve(child, stdin, stdout, errors, order_queue, reader, stderr.clone()));
        match introduced(introduction, processes, patience, || unfinished.load(Ordering::Relaxed)).await {
            Ok(identity) => {
                let orders = Orders::Own(orders);
                Ok(Adapter {
                    identity,
                    orders,
                    heard,
                    stderr,
                    unfinished,
                    processes,
                    reach: self.reach,
                    task,
                })
            }
            Err(fault) => {
                task.end(Duration::ZERO).await;
                Err((fault, stderr.text()))
            }
        }
    }

    fn spawn(&self) -> Result<Group, Fault> {
        let fault = |problem: String| Fault::Spawn { command: self.display(), problem };
        let [program, arguments @ ..] = self.words.as_slice() else {
            return Err(fault("the command is empty".into()));
        };
        let program = program_path(&self.folder, program);
        let mut command = CommandWrap::with_new(program, |command| {
            command
                .args(arguments)
                .current_dir(&self.folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
        });
        command.wrap(KillOnDrop);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        command.spawn().map(Group).map_err(|error| fault(error.to_string()))
    }
}

/// A program named with a path is looked for from the folder in which it runs, others on the search path.
pub(crate) fn program_path(folder: &Path, program: &str) -> PathBuf {
    let path = Path::new(program);
    if path.components().count() > 1 && path.is_relative() {
        // Relative programs are resolved against the parent's folder on some systems and the child's on others.
        return std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()).join(path);
    }
    path.to_owned()
}

/// A child and all its children: they are killed when this is dropped.
#[derive(Debug)]
struct Group(Box<dyn ChildWrapper>);

impl Group {
    /// Waits until the child itself has ended. Its children may still run: on some systems, waiting
    /// for the whole group hides the exit of its leader.
    async fn leader_ended(&mut self) -> std::io::Result<ExitStatus> {
        self.0.inner_mut().wait().await
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Killing a group without processes fails, which is fine.
        let _ = self.0.start_kill();
    }
}

/// Where what an adapter writes goes.
struct Reader {
    /// The role that it must have.
    role: Role,
    tell: mpsc::UnboundedSender<Incoming>,
    /// Who awaits the hello, until it came.
    introduce: Option<tokio::sync::oneshot::Sender<Result<Identity, Fault>>>,
    unread: Unread,
    unfinished: Arc<AtomicUsize>,
}

/// Runs an adapter's streams until it exits or its handle is dropped.
async fn serve(
    mut child: Group,
    stdin: ChildStdin,
    stdout: ChildStdout,
    errors: ChildStderr,
    orders: mpsc::UnboundedReceiver<(u64, Order)>,
    mut reader: Reader,
    stderr: Stderr,
) {
    let keep = Task::spawn(keep_stderr(errors, stderr));
    let fault = fault(&mut child, write_orders(stdin, orders), reader.read(stdout)).await;
    // What it says on stderr when it dies explains the death.
    keep.end(LAST_WORDS).await;
    // The receiver may be gone.
    match reader.introduce.take() {
        Some(introduce) => drop(introduce.send(Err(fault))),
        None => drop(reader.tell.send(Incoming::Fault(fault))),
    }
}

/// Writes and reads until the adapter is unusable, and returns why.
async fn fault(
    child: &mut Group,
    write: impl Future<Output = ()>,
    read: impl Future<Output = Option<Fault>>,
) -> Fault {
    tokio::pin!(write, read);
    let mut ordering = true;
    let ended = loop {
        tokio::select! {
            () = &mut write, if ordering => ordering = false,
            fault = &mut read => break Ok(fault),
            status = child.leader_ended() => break Err(status),
        }
    };
    match ended {
        // Its stdout ended first: the usual way to die, so the status is about to come.
        Ok(None) => match tokio::time::timeout(DYING, child.leader_ended()).await {
            Ok(status) => exited(status),
            Err(_) => Fault::StdoutClosed,
        },
        Ok(Some(fault)) => fault,
        Err(status) => match tokio::time::timeout(DRAIN, &mut read).await {
            Ok(Some(fault)) => fault,
            Ok(None) | Err(_) => exited(status),
        },
    }
}

fn exited(status: std::io::Result<ExitStatus>) -> Fault {
    let status = match status {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    Fault::Exited { status }
}

async fn keep_stderr(mut errors: ChildStderr, kept: Stderr) {
    let mut buffer = vec![0; 4096];
    while let Ok(count) = errors.read(&mut buffer).await
        && count > 0
    {
        kept.push(&buffer[..count]);
    }
}

/// Writes orders until the channel closes, then closes the adapter's stdin, which is the order to leave.
async fn write_orders(mut stdin: ChildStdin, mut orders: mpsc::UnboundedReceiver<(u64, Order)>) {
    while let Some((session, order)) = orders.recv().await {
        // An adapter that does not read any more is noticed on its stdout.
        if stdin.write_all(order.to_line(session).as_bytes()).await.is_err() {
            return;
        }
    }
}

impl Reader {
    /// Reads messages until stdout ends (`None`) or a line is invalid.
    async fn read(&mut self, stdout: ChildStdout) -> Option<Fault> {
        let mut stdout = BufReader::with_capacity(64 * 1024, stdout);
        let mut line = Vec::new();
        loop {
            match read_line(&mut stdout, &mut line, LINE_LIMIT, &self.unfinished).await {
                Ok(LineRead::Complete) => {}
                Ok(LineRead::TooLong) => return Some(Fault::LineTooLong),
                Ok(LineRead::End) | Err(_) => return None,
            }
            if line.is_empty() {
                continue;
            }
            let at = Instant::now();
            match Message::from_line(&line) {
                Ok(Message::Hello(hello)) => {
                    let Some(introduce) = self.introduce.take() else {
                        let problem = LineProblem::SecondHello;
                        return Some(Fault::NotProtocol(NotProtocol { problem, line: excerpt(&line) }));
                    };
                    // The receiver may be gone.
                    let _ = introduce.send(Identity::from_hello(hello, self.role));
                }
                Ok(Message::Observation(..)) if self.introduce.is_some() => return Some(Fault::NotHello),
                Ok(Message::Observation(session, shown)) => {
                    let share = self.unread.share(line.len()).await;
                    if self.tell.send(Incoming::Observation { session, shown, at, share }).is_err() {
                        return None;
                    }
                }
                Err(wrong) => return Some(Fault::NotProtocol(wrong)),
            }
            if line.capacity() > LINE_KEPT {
                line = Vec::new();
            }
        }
    }
}
