//! Which hosts an adapter may serve at.

use std::net::IpAddr;

/// Which hosts an adapter may serve at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Only this machine: a loopback address or `localhost`. An adapter decides what the harness connects to, so one that
    /// is wrong, or not trusted, must not choose another machine.
    #[default]
    Loopback,
    /// Any host.
    Anywhere,
}

impl Reach {
    /// Whether connections to this host are allowed.
    pub fn includes(self, host: &str) -> bool {
        let is_loopback = || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
        self == Self::Anywhere || host.eq_ignore_ascii_case("localhost") || is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use super::Reach;

    #[test]
    fn loopback_is_this_machine() {
        for host in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "localhost", "LocalHost"] {
            assert!(Reach::Loopback.includes(host), "{host}");
        }
        for host in ["192.0.2.1", "0.0.0.0", "::", "localhost.example", "127.0.0.1.example", ""] {
            assert!(!Reach::Loopback.includes(host), "{host}");
            assert!(Reach::Anywhere.includes(host), "{host}");
        }
    }
}
