//! URLs that can be fetched over HTTP, <https://url.spec.whatwg.org/>. The `url` crate parses them.
//!
//! Fragments and credentials are dropped, since nothing here needs them.

use std::fmt;

use ssespec::target::{Security, Target};
use url::{Host, ParseError, Position};

/// Why a string is not a URL that can be fetched over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadUrl {
    /// It cannot be parsed.
    #[error("{0:?} is not a URL: {1}")]
    Malformed(String, ParseError),
    /// It has another scheme.
    #[error("{0:?} is not an HTTP(S) URL")]
    OtherScheme(String),
}

/// An absolute URL with an HTTP(S) scheme, <https://fetch.spec.whatwg.org/#http-scheme>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Url(url::Url);

impl Url {
    /// Parses a string, relative to a base if there is one.
    ///
    /// # Errors
    /// If it is malformed, or has another scheme.
    pub(crate) fn parse(input: &str, base: Option<&Self>) -> Result<Self, BadUrl> {
        let parsed = url::Url::options().base_url(base.map(|base| &base.0)).parse(input);
        let mut url = parsed.map_err(|error| BadUrl::Malformed(input.to_owned(), error))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BadUrl::OtherScheme(input.to_owned()));
        }
        url.set_fragment(None);
        // Removing credentials cannot fail for a URL with a host.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        Ok(Self(url))
    }

    /// Whether fetching it needs TLS.
    pub(crate) fn needs_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Where to connect.
    pub(crate) fn server(&self) -> Target {
        let host = match self.0.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => String::new(),
        };
        Target {
            security: if self.needs_tls() { Security::Tls } else { Security::Plain },
            host,
            port: self.0.port_or_known_default().unwrap_or_default(),
            authority: self.host_and_port().to_owned(),
            path: self.0[Position::BeforePath..Position::AfterQuery].to_owned(),
            userinfo: None,
        }
    }

    /// The host, with the port unless it is the default: the value of a `Host` header.
    pub(crate) fn host_and_port(&self) -> &str {
        &self.0[Position::BeforeHost..Position::AfterPort]
    }

    /// The serialized origin, <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>.
    pub(crate) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The path and the query: the target in a request line.
    pub(crate) fn target(&self) -> &str {
        &self.0[Position::BeforePath..Position::AfterQuery]
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests;
