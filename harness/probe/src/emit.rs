//! What makes the server emit.

use std::process::Stdio;
use std::time::Duration;

use super::target::Target;
use super::tls::Trust;
use super::wire::connection::{Connection, Offer};

/// What makes the server emit an event on its open streams.
#[derive(Debug, Clone)]
pub enum Emit {
    /// A command, run by the shell.
    Command(String),
    /// A URL, which gets a POST without content.
    Url(Box<Target>, Trust),
}

impl Emit {
    /// Makes it emit once.
    ///
    /// # Errors
    /// When that fails; says why.
    pub(crate) async fn perform(self, limit: Duration) -> Result<(), String> {
        let late = |_| format!("it was not done within {}", humantime::format_duration(limit));
        tokio::time::timeout(limit, self.attempt(limit)).await.map_err(late)?
    }

    async fn attempt(self, limit: Duration) -> Result<(), String> {
        match self {
            Self::Command(line) => {
                let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
                let mut command = tokio::process::Command::new(shell);
                command.arg(flag).arg(&line).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                let status = command.kill_on_drop(true).status().await.map_err(|error| error.to_string())?;
                if status.success() { Ok(()) } else { Err(format!("the command failed: {status}")) }
            }
            Self::Url(target, trust) => {
                let opened = Connection::open(&target, &trust, Offer::Http11, limit).await;
                let mut connection = opened.map_err(|error| error.to_string())?;
                let request = format!(
                    "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                    target.path, target.authority
                );
                connection.write(request.as_bytes()).await.map_err(|error| error.to_string())?;
                let mut answer = Vec::new();
                let mut buffer = [0; 1024];
                while answer.len() < STATUS {
                    match connection.read(&mut buffer).await {
                        Ok(0) => break,
                        Ok(length) => answer.extend_from_slice(buffer.get(..length).unwrap_or_default()),
                        Err(error) => return Err(error.to_string()),
                    }
                }
                match answer.get(9..10) {
                    Some(b"2") => Ok(()),
                    _ => Err(format!(
                        "it answered {}",
                        String::from_utf8_lossy(answer.get(..STATUS).unwrap_or(&answer))
                    )),
                }
            }
        }
    }
}

/// The length of `HTTP/1.1 200`.
const STATUS: usize = 12;
