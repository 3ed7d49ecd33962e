//! Checks that are made again beside no other, since the server may have had enough of our requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Options;
use super::check::Check;
use super::lab::{Bench, Lab};
use super::outcome::Outcome;
use super::wire::{Ask, Live, Watch};

/// How long a server gets until it serves again.
const RECOVERY: Duration = Duration::from_secs(5);

/// Between two questions whether it does.
const PAUSE: Duration = Duration::from_millis(500);

/// Judges once more, when the server serves a plain request again; not after `deadline`.
pub(super) async fn judge(options: &Options, check: &Check, deadline: Instant) -> Option<Outcome> {
    let limits = |status: String| {
        Some(Outcome::NotJudged(format!("the server limits requests: a plain one of ours got {status} too")))
    };
    let began = Instant::now();
    while let Err(status) = plain(options).await {
        if began.elapsed() > RECOVERY || Instant::now() > deadline {
            return limits(status);
        }
        tokio::time::sleep(PAUSE).await;
    }
    let left = deadline.saturating_duration_since(Instant::now());
    let bench =
        Bench { lab: Arc::new(Lab::new(options.clone())), path: options.paths.get(check.name).cloned() };
    let outcome = tokio::time::timeout(left, (check.judge)(bench)).await.ok()?;
    match &outcome {
        Outcome::Broken(breach) if breach.refused => match plain(options).await {
            // It serves us, and refuses this.
            Ok(()) => Some(outcome),
            Err(status) => limits(status),
        },
        _ => Some(outcome),
    }
}

/// Whether a plain request is served; what it got instead.
async fn plain(options: &Options) -> Result<(), String> {
    let watch = Watch { head: options.timeout, body: Duration::ZERO, events: 0 };
    let mut live = Live::open(options, &Ask::get(watch)).await;
    live.until(options.timeout, |exchange| exchange.head().is_some()).await;
    let exchange = live.finish();
    match exchange.status() {
        Some(status @ (429 | 503)) => Err(format!("status {status}")),
        Some(_) => Ok(()),
        None => Err("no answer".into()),
    }
}
