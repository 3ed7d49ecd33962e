//! How an intermediary is made to reload its configuration.

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

/// How long a reload may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why an intermediary could not be reloaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReloadError {
    /// The command could not be started.
    #[error("the command of --reload could not be started: {0}")]
    NotStarted(String),
    /// The command failed.
    #[error("the command of --reload failed: {0}")]
    Failed(String),
    /// It took too long.
    #[error("the command of --reload did not end within {}", humantime::format_duration(PATIENCE))]
    TooLong,
}

type Reloading = Pin<Box<dyn Future<Output = Result<(), ReloadError>> + Send>>;

/// How an intermediary is made to reload its configuration. Cheap to clone.
#[derive(Clone)]
pub struct Reload(Arc<dyn Fn() -> Reloading + Send + Sync>);

impl Reload {
    /// By a command of the shell in this folder, or in that of this process.
    pub fn command(command: &str, folder: Option<&Path>) -> Self {
        let (command, folder) = (command.to_owned(), folder.map(Path::to_owned));
        Self(Arc::new(move || Box::pin(run(command.clone(), folder.clone()))))
    }

    /// By a function of this process.
    pub fn function(reload: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || {
            reload();
            Box::pin(std::future::ready(Ok(())))
        }))
    }

    /// Reloads it.
    ///
    /// # Errors
    /// If the command fails.
    pub(crate) async fn perform(&self) -> Result<(), ReloadError> {
        tokio::time::timeout(PATIENCE, (self.0)()).await.map_err(|_| ReloadError::TooLong)?
    }
}

impl fmt::Debug for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reload")
    }
}

async fn run(command: String, folder: Option<PathBuf>) -> Result<(), ReloadError> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut process = tokio::process::Command::new(shell);
    process.arg(flag).arg(command).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(folder) = folder {
        process.current_dir(folder);
    }
    let status = process.kill_on_drop(true).status().await;
    let status = status.map_err(|error| ReloadError::NotStarted(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(ReloadError::Failed(status.to_string())) }
}
