//! The streams of one name: in front, and their requests at the origin.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use ssespec_mock_server::action::Drop;
use ssespec_mock_server::wire::{Exchange, Version};

use super::content::Content;
use crate::session::server::stream::Stream;

/// A stream in front, with its content.
#[derive(Debug)]
pub(super) struct Front {
    pub(super) stream: Stream,
    pub(super) content: Content,
    pub(super) opened: Instant,
    /// How many streams its HTTP/2 connection may have, if the intermediary has said so.
    pub(super) stream_limit: Option<u32>,
    /// When content came last, and how long after that the response ended, cleanly or not.
    pub(super) last_content: Option<Instant>,
    pub(super) silence_before_the_end: Option<Duration>,
}

impl Front {
    pub(super) fn new(stream: Stream, content: Content) -> Self {
        Self {
            stream,
            content,
            opened: Instant::now(),
            stream_limit: None,
            last_content: None,
            silence_before_the_end: None,
        }
    }
}

/// A request at the origin.
#[derive(Debug)]
pub(super) struct AtOrigin {
    pub(super) exchange: Exchange,
    /// Whether its response is delimited by the end of the connection only because HTTP/1.0 has no chunks.
    pub(super) is_undelimited: bool,
    /// Whether the origin has ended the response, or the connection.
    pub(super) is_over: bool,
    /// The names of the fields of its response, if the script says them.
    pub(super) sent_fields: Option<Vec<String>>,
}

impl AtOrigin {
    pub(super) fn new(exchange: Exchange) -> Self {
        Self { exchange, is_undelimited: false, is_over: false, sent_fields: None }
    }

    pub(super) fn is_http10(&self) -> bool {
        self.version() == Version::Http10
    }

    pub(super) fn version(&self) -> Version {
        self.exchange.request().version
    }

    /// Whether this loss is the regular end of the response.
    pub(super) fn completes(&self, how: Drop) -> bool {
        self.is_undelimited && how == Drop::Fin
    }
}

/// How far a pattern was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flood {
    /// All of it.
    Whole,
    /// Part of it: then nothing was read for a while.
    Stalled,
}

/// The streams of one name.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// The numbers of the streams in front.
    pub(super) streams: Vec<usize>,
    /// Their requests at the origin.
    pub(super) requests: Vec<AtOrigin>,
}

impl Group {
    /// Whether the intermediary has left all of its requests.
    pub(super) fn is_left(&self, gone: &BTreeSet<u32>) -> bool {
        !self.requests.is_empty()
            && self
                .requests
                .iter()
                .all(|request| request.exchange.peer_gone() || gone.contains(&request.exchange.connection()))
    }
}
