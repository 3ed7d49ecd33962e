//! Checks that are made again beside no other, since the server may have had enough of our requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Options;
use super::check::Check;
use super::lab::{Bench, Lab};
use super::outcome::Outcome;
use super::wire::{Live, Watch};

/// How long a server gets until it serves again.
const RECOVERY: Duration = Duration::from_secs(5);

/// Between two questions whether it does.
const PAUSE: Duration = Duration::from_millis(500);

/// How long a check gets when it is made again.
const AGAIN: Duration = Duration::from_secs(30);

/// What a plain request came to.
enum Plain {
    /// It was answered, if only by an error.
    Served,
    /// The server says that it has had enough.
    Limited(u16),
    /// Nothing came.
    Unanswered,
}

/// Waits until the server has recovered from our requests; with which status it still refuses a plain one.
pub(super) async fn recover(options: &Options) -> Option<u16> {
    let began = Instant::now();
    loop {
        match plain(options).await {
            Plain::Limited(status) if began.elapsed() > RECOVERY => return Some(status),
            Plain::Limited(_) => tokio::time::sleep(PAUSE).await,
            // One that does not answer any more has come to grief.
            Plain::Served | Plain::Unanswered => return None,
        }
    }
}

/// What a check comes to that cannot be made, since a plain request gets this status.
pub(super) fn limited(status: u16) -> Outcome {
    Outcome::NotJudged(format!("the server limits requests: a plain one of ours got status {status} too"))
}

/// Judges once more, unless the server serves nobody any more: then the first judgement stands.
pub(super) async fn judge(options: &Options, check: &Check, first: Outcome) -> Outcome {
    match plain(options).await {
        Plain::Served => {}
        Plain::Limited(status) => return limited(status),
        Plain::Unanswered => return first,
    }
    let bench =
        Bench { lab: Arc::new(Lab::new(options.clone())), path: options.paths.get(check.name).cloned() };
    let Ok(outcome) = tokio::time::timeout(AGAIN, (check.judge)(bench)).await else { return first };
    match &outcome {
        Outcome::Broken(breach) if breach.refused => match plain(options).await {
            // It serves us, and refuses this; or it has gone.
            Plain::Served | Plain::Unanswered => outcome,
            Plain::Limited(status) => limited(status),
        },
        _ => outcome,
    }
}

async fn plain(options: &Options) -> Plain {
    let watch = Watch { head: options.timeout, body: Duration::ZERO, events: 0 };
    let mut live = Live::open(options, &options.ask(watch)).await;
    live.until(options.timeout, |exchange| exchange.head().is_some()).await;
    match live.finish().status() {
        Some(status @ (429 | 503)) => Plain::Limited(status),
        Some(_) => Plain::Served,
        None => Plain::Unanswered,
    }
}
