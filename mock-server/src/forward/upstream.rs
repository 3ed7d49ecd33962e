//! The server that requests are forwarded to.

use crate::client::{Security, Target, TargetError, Trust};

/// The server that requests are forwarded to.
#[derive(Debug, Clone)]
pub struct Upstream {
    target: Target,
    trust: Trust,
}

/// A URL to which nothing can be forwarded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// It is not the URL of a server.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// It has a query.
    #[error("{0:?} has a query, but the target of each request is appended to the URL: leave the query out")]
    Query(String),
    /// It has a user name.
    #[error(
        "{0:?} has a user name, which is not sent: leave it out, and let the client send the field Authorization"
    )]
    UserInfo(String),
}

impl Upstream {
    /// The server at this URL, such as `http://127.0.0.1:8080`. The path of the URL precedes the target of each request.
    /// An https URL also needs [`trusting`](Self::trusting).
    ///
    /// # Errors
    /// If it is not an http or https URL, or has a query or a user name.
    pub fn new(url: &str) -> Result<Self, UpstreamError> {
        let mut target = Target::parse(url)?;
        if target.userinfo.is_some() {
            return Err(UpstreamError::UserInfo(url.to_owned()));
        }
        if target.path.contains('?') {
            return Err(UpstreamError::Query(url.to_owned()));
        }
        target.path.truncate(target.path.trim_end_matches('/').len());
        Ok(Self { target, trust: Trust::default() })
    }

    /// Trusts these certificates, if the URL is an https URL.
    #[must_use]
    pub fn trusting(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// The URL without a trailing slash.
    pub fn url(&self) -> String {
        format!("{}{}", self.target.origin(), self.target.path)
    }

    /// Whether connections to it are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.target.security == Security::Tls
    }

    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    pub(super) fn trust(&self) -> &Trust {
        &self.trust
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_a_prefix() {
        let url = |text: &str| Upstream::new(text).map(|upstream| upstream.url());
        assert_eq!(url("http://127.0.0.1:80/"), Ok("http://127.0.0.1:80".into()));
        assert_eq!(url("https://a/v1//"), Ok("https://a/v1".into()));
        assert!(matches!(url("http://a/?b"), Err(UpstreamError::Query(_))));
        assert!(matches!(url("http://a:b@c/"), Err(UpstreamError::UserInfo(_))));
        assert!(matches!(url("ftp://a/"), Err(UpstreamError::Target(_))));
    }
}
