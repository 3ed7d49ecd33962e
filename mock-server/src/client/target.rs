//! The URL of an event stream.

use http::Uri;
use http::uri::Scheme;

/// The URL of an event stream, split into its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Whether connections are encrypted.
    pub security: Security,
    /// The host name or address to connect to: an IPv6 address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The value of the Host field.
    pub authority: String,
    /// The path and query.
    pub path: String,
    /// The user name and password of the URL, as in `user:password`, decoded.
    pub userinfo: Option<String>,
}

/// Whether connections are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Security {
    /// `http`
    Plain,
    /// `https`
    Tls,
}

/// A text that is not the URL of an event stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It cannot be parsed, or has no host.
    #[error("{0:?} is not a URL; expected one like http://127.0.0.1:8080/events")]
    Malformed(String),
    /// It has another scheme.
    #[error("{0:?} is neither an http nor an https URL")]
    Scheme(String),
    /// Its port is invalid.
    #[error("{0:?} has no valid port; expected a number from 0 to 65535")]
    Port(String),
}

impl Target {
    /// Parses a URL.
    ///
    /// # Errors
    /// If it is not an http or https URL with a host.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let without_fragment = text.split('#').next().unwrap_or_default();
        let uri: Uri = without_fragment.parse().map_err(|_| TargetError::Malformed(text.into()))?;
        let (security, default_port) = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => (Security::Plain, 80),
            Some(scheme) if *scheme == Scheme::HTTPS => (Security::Tls, 443),
            Some(_) => return Err(TargetError::Scheme(text.into())),
            None => return Err(TargetError::Malformed(text.into())),
        };
        let host =
            uri.host().filter(|host| !host.is_empty()).ok_or_else(|| TargetError::Malformed(text.into()))?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let without_userinfo = authority.rsplit_once('@').map_or(authority, |(_, rest)| rest);
        let port = without_userinfo.strip_prefix(host).unwrap_or_default().trim_start_matches(':');
        if !port.is_empty() && uri.port_u16().is_none() {
            return Err(TargetError::Port(text.into()));
        }
        let without_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        Ok(Self {
            security,
            host: without_brackets.to_owned(),
            port: uri.port_u16().unwrap_or(default_port),
            authority: match uri.port_u16() {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            },
            path: uri.path_and_query().map_or_else(|| "/".into(), ToString::to_string),
            userinfo: authority.rsplit_once('@').map(|(userinfo, _)| decoded(userinfo)),
        })
    }

    /// The scheme.
    pub fn scheme(&self) -> &'static str {
        match self.security {
            Security::Plain => "http",
            Security::Tls => "https",
        }
    }

    /// The URL up to its path.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.authority)
    }
}

/// A text with its percent-encoded bytes decoded.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Security, Target};

    #[test]
    fn urls_are_split() {
        let target = Target::parse("http://127.0.0.1:8080/a/b?c=d#e").unwrap();
        assert_eq!(
            (target.host.as_str(), target.port, target.path.as_str()),
            ("127.0.0.1", 8080, "/a/b?c=d")
        );
        assert_eq!((target.authority.as_str(), target.security), ("127.0.0.1:8080", Security::Plain));
        assert_eq!(target.origin(), "http://127.0.0.1:8080");
        assert_eq!(target.userinfo, None);
        let target = Target::parse("http://me:a%40b@host:1/x").unwrap();
        assert_eq!((target.userinfo.as_deref(), target.origin().as_str()), (Some("me:a@b"), "http://host:1"));
        let target = Target::parse("https://[::1]").unwrap();
        assert_eq!((target.host.as_str(), target.port, target.path.as_str()), ("::1", 443, "/"));
        assert_eq!((target.authority.as_str(), target.origin().as_str()), ("[::1]", "https://[::1]"));
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in [
            "",
            "127.0.0.1:80",
            "/events",
            "ftp://a/",
            "http://",
            "http:///x",
            "http:// a/",
            "http://a b/",
            "node server.js",
            "http://127.0.0.1:99999/",
            "http://a:b/",
            "http://0:99990/",
        ] {
            assert!(Target::parse(text).is_err(), "{text}");
        }
    }
}
