//! How a server is probed.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::content::Content;
use crate::credentials::basic;
use crate::emit::EmitTrigger;
use crate::wire::request::{Method, ReadLimits, Request, Version};
use ssespec::target::Target;
use ssespec_mock_server::client::Trust;

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

/// The version of HTTP that requests use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.1, and HTTP/2 in what compares both; only HTTP/2 if the server knows nothing else.
    #[default]
    Http11,
    /// HTTP/2 only.
    Http2,
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
    /// The version of HTTP that requests use.
    pub version: HttpVersion,
}

/// How much of a limited probe is not left for observing the stream: judging, also once more.
const NOT_OBSERVING: Duration = Duration::from_millis(800);

impl Options {
    /// The same options, with a shorter timeout if all of the probe takes little longer, and with the credentials of the
    /// URL as a header field.
    pub(crate) fn prepared(&self) -> Self {
        let timeout = self.limit.map_or(self.timeout, |limit| self.timeout.min(limit / 3));
        let mut options = Self { timeout, ..self.clone() };
        let has_own = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        options.headers.extend(basic(&self.target).filter(|_| !has_own));
        options
    }

    /// The same options, after a part of the limit has passed.
    pub(crate) fn after(&self, passed: Duration) -> Self {
        Self { limit: self.limit.map(|limit| limit.saturating_sub(passed)), ..self.clone() }
    }

    /// The same options, for a server that knows HTTP/2 only.
    pub(crate) fn over_http2(&self) -> Self {
        Self { version: HttpVersion::Http2, ..self.clone() }
    }

    /// Half this time if all of the probe takes little longer.
    pub(crate) fn shortened(&self, time: Duration) -> Duration {
        if self.limit.is_some() { time / 2 } else { time }
    }

    /// How long the stream is observed.
    pub(crate) fn observation(&self) -> Duration {
        let observation = self.length.observation();
        self.limit.map_or(observation, |limit| observation.min(limit.saturating_sub(NOT_OBSERVING)))
    }

    /// The method that opens the stream.
    pub(crate) fn method(&self) -> Method {
        self.content.as_ref().map_or(Method::Get, |content| Method::Post(content.bytes().clone()))
    }

    /// A request that opens the stream.
    pub(crate) fn request(&self, limits: ReadLimits) -> Request {
        let version = match self.version {
            HttpVersion::Http11 => Version::Http11,
            HttpVersion::Http2 => Version::Http2,
        };
        Request::stream(self.method(), version, limits)
    }
}
