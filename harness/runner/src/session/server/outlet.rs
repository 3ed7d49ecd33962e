//! Between a session and the task that reads one of its streams: what the task reports, and what it is ordered.

use std::time::{Duration, Instant};

use ssespec_cases::server::{Leaving, Reading, Request};
use ssespec_strict::Limits;
use tokio::sync::mpsc;

use super::served_url::Target;
use super::stream_contents::Seen;

/// How many reads of a stream the transcript shows, and how much of each.
const READS: u64 = 500;
const SHOWN: usize = 4096;

/// The fields of a request: those that every client sends, with the case's in place of those of the same name.
pub(in crate::session) fn fields(target: &Target, request: &Request) -> Vec<(String, String)> {
    let mut fields = vec![
        ("host", target.authority.clone()),
        ("accept", "text/event-stream".into()),
        ("cache-control", "no-store".into()),
    ];
    fields.extend(request.last_event_id.clone().map(|id| ("last-event-id", id)));
    let is_cases = |name: &str| request.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    let ours = fields.into_iter().filter(|(name, _)| !is_cases(name));
    ours.map(|(name, value)| (name.to_owned(), value)).chain(request.headers.iter().cloned()).collect()
}

/// Something that a stream shows, for the session.
#[derive(Debug)]
pub(in crate::session) struct StreamUpdate {
    /// Which stream.
    pub(in crate::session) stream: usize,
    pub(in crate::session) at: Instant,
    pub(in crate::session) seen: Seen,
}

/// Where what a stream shows goes.
#[derive(Debug)]
pub(in crate::session) struct Outlet {
    pub(in crate::session) stream: usize,
    pub(in crate::session) tell: mpsc::Sender<StreamUpdate>,
    pub(in crate::session) began: Instant,
    pub(in crate::session) limits: Limits,
    pub(in crate::session) reads: u64,
}

impl Outlet {
    pub(in crate::session) fn limits(&self) -> Limits {
        self.limits
    }

    /// How long ago the stream was opened.
    pub(in crate::session) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Bytes for the transcript, as long as it shows them.
    pub(in crate::session) fn bytes(&mut self, bytes: &[u8]) -> Option<Seen> {
        self.reads += 1;
        if self.reads > READS {
            return None;
        }
        Some(Seen::Bytes(bytes.get(..SHOWN).unwrap_or(bytes).to_vec(), bytes.len() as u64))
    }

    /// Sends what was seen; waits until the session has room for it, or the stream must be left.
    pub(in crate::session) async fn tell(&self, seen: Vec<Seen>, control: &mut Control) -> Option<Left> {
        let reporting = async {
            for seen in seen {
                let told = StreamUpdate { stream: self.stream, at: Instant::now(), seen };
                // The session may be over.
                let _ = self.tell.send(told).await;
            }
        };
        tokio::pin!(reporting);
        loop {
            tokio::select! {
                biased;
                left = control.next() => if left.is_some() { return left },
                () = &mut reporting => return None,
            }
        }
    }
}

/// How a stream is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum Left {
    /// The case leaves it.
    HungUp(Leaving),
    /// The session is over.
    Forgotten,
}

/// The orders to a stream's task.
#[derive(Debug)]
pub(in crate::session) struct Control {
    pub(in crate::session) orders: mpsc::UnboundedReceiver<StreamOrder>,
    pub(in crate::session) reading: Reading,
}

/// What a stream's task is ordered to do.
#[derive(Debug)]
pub(in crate::session) enum StreamOrder {
    Read,
    Leave(Left),
}

impl Control {
    /// Whether the stream is read.
    pub(in crate::session) fn reads(&self) -> bool {
        self.reading == Reading::AsItComes
    }

    /// Waits for the next order: how the stream is to be left, or `None` where reading begins.
    pub(in crate::session) async fn next(&mut self) -> Option<Left> {
        match self.orders.recv().await {
            Some(StreamOrder::Leave(left)) => Some(left),
            Some(StreamOrder::Read) => {
                self.reading = Reading::AsItComes;
                None
            }
            None => Some(Left::Forgotten),
        }
    }
}
