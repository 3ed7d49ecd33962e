//! Judges a check again on its own, in case the server refused it because of the load of the other checks.

use std::time::{Duration, Instant};

use crate::check::Check;
use crate::observe::observations::CheckContext;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::ReadLimits;

/// How long the server may take to recover.
const RECOVERY: Duration = Duration::from_secs(5);

/// The time between two requests that show whether it has recovered.
const PAUSE: Duration = Duration::from_millis(500);

/// How long a check may take when it is judged again.
const LIMIT: Duration = Duration::from_secs(30);

/// The response to a plain request.
enum Plain {
    /// A response, which may be an error.
    Served,
    /// 429 or 503: the server limits requests.
    Limited(u16),
    /// No response.
    Unanswered,
}

/// Waits until the server has recovered from our requests. Returns the status with which it still refuses a plain one.
pub(crate) async fn wait_for_recovery(options: &Options) -> Option<u16> {
    let started = Instant::now();
    loop {
        match send_plain_request(options).await {
            Plain::Limited(status) if started.elapsed() > RECOVERY => return Some(status),
            Plain::Limited(_) => tokio::time::sleep(PAUSE).await,
            // A server that no longer responds has crashed; that is for the checks to report.
            Plain::Served | Plain::Unanswered => return None,
        }
    }
}

/// The outcome of a check that cannot be judged because a plain request gets this status.
pub(crate) fn limited(status: u16) -> Outcome {
    Outcome::NotJudged(format!("the server limits requests: a plain request got status {status} too"))
}

/// Judges the check again. If the server no longer serves anybody, the first outcome stands.
pub(crate) async fn judge(options: &Options, check: &Check, first: Outcome) -> Outcome {
    match send_plain_request(options).await {
        Plain::Served => {}
        Plain::Limited(status) => return limited(status),
        Plain::Unanswered => return first,
    }
    let context = CheckContext::new(options.clone(), options.paths.get(check.name).cloned());
    let Ok(outcome) = tokio::time::timeout(LIMIT, (check.judge)(context)).await else { return first };
    match &outcome {
        Outcome::Broken(breach) if breach.may_be_refusal => match send_plain_request(options).await {
            // It serves plain requests and refuses this one; or it has crashed.
            Plain::Served | Plain::Unanswered => outcome,
            Plain::Limited(status) => limited(status),
        },
        _ => outcome,
    }
}

async fn send_plain_request(options: &Options) -> Plain {
    let limits = ReadLimits { head: options.timeout, body: Duration::ZERO, events: None };
    let mut ongoing = OngoingExchange::open(options, &options.request(limits)).await;
    ongoing.read_until(options.timeout, |exchange| exchange.head().is_some()).await;
    match ongoing.finish().status() {
        Some(status @ (429 | 503)) => Plain::Limited(status),
        Some(_) => Plain::Served,
        None => Plain::Unanswered,
    }
}
