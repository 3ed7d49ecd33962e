//! The URL that an adapter serves.

use http::Uri;

/// Where streams are opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// The name or address to connect to.
    pub(super) host: String,
    /// The port.
    pub(super) port: u16,
    /// The host and port as a request names them.
    pub(super) authority: String,
    /// The path and query.
    pub(super) path: String,
}

impl Target {
    /// Reads a URL.
    ///
    /// # Errors
    /// When it is none, or not of http; says what is wrong.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|error| format!("it is no URL ({error})"))?;
        if uri.scheme_str() != Some("http") {
            return Err("it does not begin with http://".into());
        }
        let authority = uri.authority().ok_or("it names no host")?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return Err("it names no host".into());
        }
        Ok(Self {
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(80),
            authority: authority.as_str().to_owned(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        })
    }

    /// The URL up to its path.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read() {
        let read = Target::parse("http://[::1]:5001/7?a=b").unwrap();
        assert_eq!((read.host.as_str(), read.port), ("::1", 5001));
        assert_eq!((read.authority.as_str(), read.path.as_str()), ("[::1]:5001", "/7?a=b"));
        assert_eq!(Target::parse("http://localhost").unwrap().path, "/");
    }

    #[test]
    fn what_is_none_is_refused() {
        for url in ["", "/7", "127.0.0.1:5001/7", "https://localhost/", "http:///x", "http://a b/"] {
            assert!(Target::parse(url).is_err(), "{url}");
        }
    }
}
