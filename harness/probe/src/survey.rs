//! A first look at the server, before the checks open many connections.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ssespec_reports::visible;

use crate::emit::EmitTrigger;
use crate::observe::admission::Limit;
use crate::observe::capacity::{self, Capacity, Excess};
use crate::observe::places::Places;
use crate::options::Options;
use crate::wire::exchange::End;
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::ReadLimits;

/// How many requests run at the same time if the number of streams that are served is not known.
const UNKNOWN: u32 = 8;

/// How long the server may take to notice that all streams of the survey are closed.
const RECOVERY: Duration = Duration::from_secs(10);

/// A response that takes this much longer than the first had to wait.
const WAITED: Duration = Duration::from_millis(500);

/// What is known about the server before the checks start.
#[derive(Debug)]
pub(crate) struct Survey {
    /// The Location of a redirect.
    pub(crate) redirect: Option<String>,
    /// A plain request gets a response other than 409, 429 and 503.
    pub(crate) is_served: bool,
    /// How many streams the server serves at the same time.
    pub(crate) capacity: Arc<Capacity>,
    /// The streams that the checks may open at the same time.
    pub(crate) places: Places,
}

impl Survey {
    /// Opens the stream once, and then more and more often while the others are open.
    pub(crate) async fn of(options: &Options) -> Self {
        let capacity = capacity::measure(options, None).await;
        let head = capacity.single.head();
        let is_served = head.is_some_and(|head| !matches!(head.status, 409 | 429 | 503));
        let redirect = head.filter(|head| [301, 302, 303, 307, 308].contains(&head.status));
        let location = redirect.and_then(|head| head.first("location"));
        let redirect = location.map(|location| visible::line(&location, 500));
        let places = places(&capacity, options);
        if capacity.excess != Excess::None && options.limit.is_none() {
            wait_until_released(options, &capacity).await;
        }
        Self { redirect, is_served, capacity: Arc::new(capacity), places }
    }

    /// Whether the server did not understand a plain request: it left, sent something else than HTTP/1.1, or said that the
    /// version is wrong. One that is silent may only hold the head back.
    pub(crate) fn is_not_understood(&self) -> bool {
        let single = &self.capacity.single;
        match single.status() {
            Some(status) => matches!(status, 426 | 505),
            None => single.end != End::StillOpen || !single.http_findings.is_empty(),
        }
    }

    /// Whether the server serves fewer streams at the same time than were tried.
    pub(crate) fn is_limited(&self) -> bool {
        self.capacity.excess != Excess::None
    }

    /// What may be the reason why a response did not come, in words.
    pub(crate) fn describe_limit(&self) -> String {
        let served = self.capacity.served;
        let unit = if served == 1 { "stream" } else { "streams" };
        let release = self.capacity.release;
        let slow = if release > WAITED {
            format!(", and notices only after {:.1} s that a client has left", release.as_secs_f64())
        } else {
            String::new()
        };
        format!("the server serves {served} {unit} at a time{slow}")
    }
}

/// The streams that the checks may open at the same time.
fn places(capacity: &Capacity, options: &Options) -> Places {
    if capacity.single.head().is_none() {
        return Places::new(UNKNOWN, Duration::ZERO);
    }
    if capacity.excess == Excess::None {
        return Places::new(capacity::MOST, Duration::ZERO);
    }
    let served = u32::try_from(capacity.served).unwrap_or(u32::MAX);
    // The request that makes the server emit needs a place too.
    let is_same_server = |trigger: &EmitTrigger| match trigger {
        EmitTrigger::Url(target, _) => {
            target.port == options.target.port && target.host == options.target.host
        }
        EmitTrigger::Command(_) => true,
    };
    let needed = u32::from(options.emit.as_ref().is_some_and(is_same_server));
    // Another tick of the server may take longer than those that were seen.
    let release = capacity.release + capacity.release / 3;
    Places::new(served.saturating_sub(needed + capacity.surplus), release).limited(limit(capacity, options))
}

/// How the server refuses streams that are too many, if it says so.
fn limit(capacity: &Capacity, options: &Options) -> Option<Limit> {
    match capacity.excess {
        // A short probe has no time to try again.
        Excess::Refused(status @ (409 | 429 | 503)) if options.limit.is_none() => {
            Some(Limit::new(status, capacity.release))
        }
        _ => None,
    }
}

/// Waits until a plain request is served as fast as the first one.
async fn wait_until_released(options: &Options, capacity: &Capacity) {
    let began = Instant::now();
    let limits = ReadLimits { head: options.timeout, body: Duration::ZERO, events: None };
    while began.elapsed() < RECOVERY {
        let mut ongoing = OngoingExchange::open(options, &options.request(limits)).await;
        ongoing.read_head(options.timeout).await;
        let exchange = ongoing.finish();
        if exchange.is_same_kind_as(&capacity.single)
            && exchange.head_time() <= capacity.single.head_time() + WAITED
        {
            break;
        }
        tokio::time::sleep(WAITED / 5).await;
    }
    tokio::time::sleep(capacity.release.min(RECOVERY)).await;
}
