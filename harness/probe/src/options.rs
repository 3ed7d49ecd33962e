//! How a server is probed.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::content::Content;
use crate::emit::EmitTrigger;
use crate::tls::trust::Trust;
use crate::wire::request::{Method, ReadLimits, Request};
use ssespec::target::Target;

/// How long a probe takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Observe the stream in full.
    Full,
    /// A few seconds; checks that need longer are skipped.
    Quick,
}

impl Length {
    /// How long the stream is observed.
    pub(crate) fn observation(self) -> Duration {
        match self {
            // Proxies start to close idle connections after 30 s to 60 s.
            Self::Full => Duration::from_secs(35),
            Self::Quick => Duration::from_millis(4500),
        }
    }
}

/// How a server is probed.
#[derive(Debug, Clone)]
pub struct Options {
    /// The URL of the stream.
    pub target: Target,
    /// Header fields sent with every request. They replace the probe's own fields of the same name.
    pub headers: Vec<(String, String)>,
    /// The request content. If given, the stream is opened with POST.
    pub content: Option<Content>,
    /// Paths for individual checks, by check name.
    pub paths: BTreeMap<String, String>,
    /// Makes the server emit an event.
    pub emit: Option<EmitTrigger>,
    /// How long to wait for a connection and for a response head.
    pub timeout: Duration,
    /// How long the probe takes.
    pub length: Length,
    /// When the probe ends, whatever was judged by then: checks that need longer are skipped.
    pub limit: Option<Duration>,
    /// Which certificates are trusted.
    pub trust: Trust,
}

impl Options {
    /// The method that opens the stream.
    pub(crate) fn method(&self) -> Method {
        self.content.as_ref().map_or(Method::Get, |content| Method::Post(content.bytes().clone()))
    }

    /// A request that opens the stream.
    pub(crate) fn request(&self, limits: ReadLimits) -> Request {
        Request::stream(self.method(), limits)
    }
}
