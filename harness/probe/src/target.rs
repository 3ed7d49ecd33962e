//! Where the server is.

use http::Uri;
use http::uri::Scheme;

/// The URL of a stream, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Whether it is reached over TLS.
    pub security: Security,
    /// The host as a resolver wants it: an IPv6 address without its brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The value of the Host field.
    pub authority: String,
    /// The path and the query: the target of a request.
    pub path: String,
}

/// Whether connections are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Security {
    /// `http`
    Plain,
    /// `https`
    Tls,
}

/// A text that is not the URL of a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It cannot be parsed, or has no host.
    #[error("{0:?} is not a URL; expected one like http://127.0.0.1:8080/events")]
    Malformed(String),
    /// It is of another scheme.
    #[error("{0:?} is neither an http nor an https URL")]
    Scheme(String),
    /// Its port is none.
    #[error("{0:?} has no port between 0 and 65535")]
    Port(String),
}

impl Target {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// When it is no URL of http or https with a host.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let bare = text.split('#').next().unwrap_or_default();
        let uri: Uri = bare.parse().map_err(|_| TargetError::Malformed(text.into()))?;
        let security = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => Security::Plain,
            Some(scheme) if *scheme == Scheme::HTTPS => Security::Tls,
            Some(_) => return Err(TargetError::Scheme(text.into())),
            None => return Err(TargetError::Malformed(text.into())),
        };
        let host =
            uri.host().filter(|host| !host.is_empty()).ok_or_else(|| TargetError::Malformed(text.into()))?;
        let usual = if security == Security::Tls { 443 } else { 80 };
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let port = place.strip_prefix(host).unwrap_or_default().trim_start_matches(':');
        if !port.is_empty() && uri.port_u16().is_none() {
            return Err(TargetError::Port(text.into()));
        }
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        Ok(Self {
            security,
            host: bare.to_owned(),
            port: uri.port_u16().unwrap_or(usual),
            authority: match uri.port_u16() {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            },
            path: uri.path_and_query().map_or_else(|| "/".into(), ToString::to_string),
        })
    }

    /// The scheme's name.
    pub fn scheme(&self) -> &'static str {
        match self.security {
            Security::Plain => "http",
            Security::Tls => "https",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Security, Target};

    #[test]
    fn urls_are_taken_apart() {
        let target = Target::parse("http://127.0.0.1:8080/a/b?c=d#e").unwrap();
        assert_eq!(
            (target.host.as_str(), target.port, target.path.as_str()),
            ("127.0.0.1", 8080, "/a/b?c=d")
        );
        assert_eq!((target.authority.as_str(), target.security), ("127.0.0.1:8080", Security::Plain));
        let target = Target::parse("https://[::1]").unwrap();
        assert_eq!((target.host.as_str(), target.port, target.path.as_str()), ("::1", 443, "/"));
        assert_eq!(target.authority, "[::1]");
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for text in [
            "",
            "127.0.0.1:80",
            "/events",
            "ftp://a/",
            "http://",
            "http:// a/",
            "node server.js",
            "http://127.0.0.1:99999/",
            "http://a:b/",
            "http://0:99990/",
        ] {
            assert!(Target::parse(text).is_err(), "{text}");
        }
    }
}
