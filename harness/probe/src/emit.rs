//! Making the server emit an event.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use ssespec_strict::http::Piece;
use tokio::task::{JoinHandle, JoinSet};

use crate::credentials::basic;
use crate::wire::http2_stream::Http2Stream;
use ssespec::target::Target;
use ssespec_mock_server::client::Connection;
use ssespec_mock_server::client::Offer;
use ssespec_mock_server::client::Trust;

/// Makes the server emit an event on its open streams.
#[derive(Debug, Clone)]
pub enum EmitTrigger {
    /// A shell command.
    Command(String),
    /// A URL that receives a POST without content.
    Url(Box<Target>, Trust),
}

/// Why the server could not be made to emit.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EmitError {
    /// The trigger took too long.
    #[error("it did not finish within {}; --timeout gives it more time", humantime::format_duration(*.0))]
    TimedOut(Duration),
    /// The shell did not start.
    #[error("the shell did not start: {0}")]
    Shell(io::Error),
    /// The command failed.
    #[error("the command failed: {0}; run it in a shell to see its output")]
    CommandFailed(ExitStatus),
    /// The request failed.
    #[error("the POST failed: {0}")]
    Request(io::Error),
    /// The response is none of HTTP/1.1.
    #[error("the POST got no response over HTTP/1.1")]
    NoHttp1,
    /// The response is not a success.
    #[error("the POST was answered with {0:?} instead of a 2xx status")]
    Status(String),
    /// The task that ran the trigger was aborted.
    #[error("it was aborted")]
    Aborted,
}

/// The time between two emissions: as between the events of a live server, so that an event can come during a replay.
const PAUSE: Duration = Duration::from_millis(50);

impl EmitTrigger {
    /// Makes the server emit several times, the first time after `delay`. Does not wait.
    ///
    /// If this fails, no event comes, and the check `event-latency` reports why.
    pub(crate) fn start(&self, times: usize, delay: Duration, limit: Duration) {
        let trigger = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            for _ in 0..times {
                let _ = trigger.clone().emit(limit).await;
                tokio::time::sleep(PAUSE).await;
            }
        });
    }

    /// Makes the server emit many times, `width` at a time. Returns how often that worked. Does not wait.
    pub(crate) fn burst(&self, times: usize, width: usize, limit: Duration) -> JoinHandle<usize> {
        let mut tasks = JoinSet::new();
        for task in 0..width {
            let trigger = self.clone();
            tasks.spawn(async move {
                let mut done = 0;
                for _ in (task..times).step_by(width) {
                    done += usize::from(trigger.clone().emit(limit).await.is_ok());
                }
                done
            });
        }
        tokio::spawn(async move { tasks.join_all().await.into_iter().sum() })
    }

    /// Whether each emission starts a process, so that many of them take long.
    pub(crate) fn is_command(&self) -> bool {
        matches!(self, Self::Command(_))
    }

    /// Makes the server emit once.
    pub(crate) async fn emit(self, limit: Duration) -> Result<(), EmitError> {
        let attempt = async {
            match self {
                Self::Command(command) => run_command(&command).await,
                Self::Url(target, trust) => post(&target, &trust, limit).await,
            }
        };
        tokio::time::timeout(limit, attempt).await.map_err(|_| EmitError::TimedOut(limit))?
    }
}

async fn run_command(command: &str) -> Result<(), EmitError> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut process = tokio::process::Command::new(shell);
    process.arg(flag).arg(command).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = process.kill_on_drop(true).status().await.map_err(EmitError::Shell)?;
    if status.success() { Ok(()) } else { Err(EmitError::CommandFailed(status)) }
}

/// The length of `HTTP/1.1 200`.
const STATUS_LENGTH: usize = 12;

/// Sends a POST over HTTP/1.1, and over HTTP/2 to a server that answers in no HTTP/1.1.
async fn post(target: &Target, trust: &Trust, limit: Duration) -> Result<(), EmitError> {
    match post_over_http1(target, trust, limit).await {
        Err(EmitError::Request(_) | EmitError::NoHttp1) if over_http2(target, trust, limit).await => Ok(()),
        other => other,
    }
}

/// Whether a POST over HTTP/2 succeeds.
async fn over_http2(target: &Target, trust: &Trust, limit: Duration) -> bool {
    let head = http::Request::builder().method("POST").uri(format!("{}{}", target.origin(), target.path));
    let head = basic(target).into_iter().fold(head, |head, (name, value)| head.header(name, value));
    let Some(mut stream) = head.body(()).ok().and_then(|head| Http2Stream::begin(head, None).ok()) else {
        return false;
    };
    let Ok(mut connection) = Connection::open(target, trust, Offer::H2, limit).await else { return false };
    let (mut buffer, mut pieces) = ([0; 1024], Vec::new());
    loop {
        if let Some(status) = pieces.iter().find_map(final_status) {
            return (200..300).contains(&status);
        }
        if connection.write(&stream.take_output()).await.is_err() || stream.failure().is_some() {
            return false;
        }
        let length = connection.read(&mut buffer).await.unwrap_or_default();
        if length == 0 {
            return false;
        }
        stream.feed(buffer.get(..length).unwrap_or_default(), Duration::ZERO, &mut pieces);
    }
}

/// The status of a final head.
fn final_status(piece: &Piece) -> Option<u16> {
    match piece {
        Piece::Head(head) => Some(head.status).filter(|status| *status >= 200),
        _ => None,
    }
}

async fn post_over_http1(target: &Target, trust: &Trust, limit: Duration) -> Result<(), EmitError> {
    let opened = Connection::open(target, trust, Offer::Http11, limit).await;
    let mut connection = opened.map_err(EmitError::Request)?;
    let credentials = basic(target).map(|(name, value)| format!("{name}: {value}\r\n")).unwrap_or_default();
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: {}\r\n{credentials}content-length: 0\r\nconnection: close\r\n\r\n",
        target.path, target.authority
    );
    connection.write(request.as_bytes()).await.map_err(EmitError::Request)?;
    let mut response = Vec::new();
    let mut buffer = [0; 1024];
    while response.len() < STATUS_LENGTH {
        match connection.read(&mut buffer).await.map_err(EmitError::Request)? {
            0 => break,
            length => response.extend_from_slice(buffer.get(..length).unwrap_or_default()),
        }
    }
    match response.get(9..10) {
        _ if !response.starts_with(b"HTTP/1") => Err(EmitError::NoHttp1),
        Some(b"2") => Ok(()),
        _ => {
            let start = response.get(..STATUS_LENGTH).unwrap_or(&response);
            Err(EmitError::Status(String::from_utf8_lossy(start).into_owned()))
        }
    }
}
