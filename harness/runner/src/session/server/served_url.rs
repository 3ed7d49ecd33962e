//! The URL that an adapter serves.

pub(super) use crate::target::Target;
use crate::target::{Security, TargetError};

/// A URL that the harness cannot open streams at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ServedUrlError {
    /// It is not a URL.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// It is an https URL.
    #[error("it does not start with http://; cases for servers run without TLS")]
    Tls,
}

/// Parses the URL that an adapter serves.
///
/// # Errors
/// If it is not an http URL with a host.
pub(super) fn parse(url: &str) -> Result<Target, ServedUrlError> {
    let target = Target::parse(url)?;
    match target.security {
        Security::Plain => Ok(target),
        Security::Tls => Err(ServedUrlError::Tls),
    }
}

#[cfg(test)]
mod tests {
    use super::{ServedUrlError, parse};

    #[test]
    fn only_http_urls_are_accepted() {
        assert_eq!(parse("http://[::1]:5001/7?a=b").unwrap().path, "/7?a=b");
        assert_eq!(parse("https://localhost/"), Err(ServedUrlError::Tls));
        assert!(matches!(parse("/7"), Err(ServedUrlError::Target(_))));
    }
}
