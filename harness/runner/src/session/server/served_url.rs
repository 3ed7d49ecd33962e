//! The URL that an adapter serves.

use crate::adapter::reach::Reach;
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
    /// It is at another machine.
    #[error("it is not on this machine; --allow-remote allows that")]
    Remote,
}

/// Parses the URL that an adapter serves.
///
/// # Errors
/// If it is not an http URL with a host that is within reach.
pub(super) fn parse(url: &str, reach: Reach) -> Result<Target, ServedUrlError> {
    let target = Target::parse(url)?;
    match target.security {
        _ if !reach.includes(&target.host) => Err(ServedUrlError::Remote),
        Security::Plain => Ok(target),
        Security::Tls => Err(ServedUrlError::Tls),
    }
}

#[cfg(test)]
mod tests {
    use super::{Reach, ServedUrlError, parse};

    #[test]
    fn only_http_urls_of_this_machine_are_accepted() {
        assert_eq!(parse("http://[::1]:5001/7?a=b", Reach::Loopback).unwrap().path, "/7?a=b");
        assert_eq!(parse("https://localhost/", Reach::Loopback), Err(ServedUrlError::Tls));
        assert!(matches!(parse("/7", Reach::Loopback), Err(ServedUrlError::Target(_))));
        assert_eq!(parse("http://192.0.2.1/", Reach::Loopback), Err(ServedUrlError::Remote));
        assert_eq!(parse("http://192.0.2.1/", Reach::Anywhere).unwrap().port, 80);
    }
}
