//! The known intermediaries, and how they are recognized.

use std::fmt;
use std::str::FromStr;

use crate::visible;

/// A known intermediary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KnownProxy {
    /// nginx.
    Nginx,
    /// HAProxy, which says nothing of itself.
    Haproxy,
    /// Apache httpd with mod_proxy.
    Apache,
    /// Caddy.
    Caddy,
    /// Varnish Cache.
    Varnish,
    /// lighttpd with mod_proxy.
    Lighttpd,
    /// H2O.
    H2o,
    /// nghttpx.
    Nghttpx,
    /// Apache Traffic Server.
    TrafficServer,
    /// Squid.
    Squid,
    /// mitmproxy, which says nothing of itself.
    Mitmproxy,
    /// Envoy.
    Envoy,
    /// Traefik, which says nothing of itself.
    Traefik,
    /// The npm package http-proxy, which Vite's dev server uses too. It says nothing of itself.
    HttpProxy,
}

impl KnownProxy {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Nginx,
        Self::Haproxy,
        Self::Apache,
        Self::Caddy,
        Self::Varnish,
        Self::Lighttpd,
        Self::H2o,
        Self::Nghttpx,
        Self::TrafficServer,
        Self::Squid,
        Self::Mitmproxy,
        Self::Envoy,
        Self::Traefik,
        Self::HttpProxy,
    ];

    /// Its name on the command line and in results.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
            Self::Apache => "apache",
            Self::Caddy => "caddy",
            Self::Varnish => "varnish",
            Self::Lighttpd => "lighttpd",
            Self::H2o => "h2o",
            Self::Nghttpx => "nghttpx",
            Self::TrafficServer => "trafficserver",
            Self::Squid => "squid",
            Self::Mitmproxy => "mitmproxy",
            Self::Envoy => "envoy",
            Self::Traefik => "traefik",
            Self::HttpProxy => "http-proxy",
        }
    }

    /// Its name as its documentation spells it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Haproxy => "HAProxy",
            Self::Apache => "Apache httpd",
            Self::Caddy => "Caddy",
            Self::Varnish => "Varnish",
            Self::Lighttpd => "lighttpd",
            Self::H2o => "H2O",
            Self::Nghttpx => "nghttpx",
            Self::TrafficServer => "Apache Traffic Server",
            Self::Squid => "Squid",
            Self::Mitmproxy => "mitmproxy",
            Self::Envoy => "Envoy",
            Self::Traefik => "Traefik",
            Self::HttpProxy => "http-proxy",
        }
    }

    /// What it calls itself in `Server` or `Via`, in lowercase.
    fn marks(self) -> &'static [&'static str] {
        match self {
            Self::Nginx => &["nginx", "openresty"],
            Self::Apache => &["apache"],
            Self::Caddy => &["caddy"],
            Self::Varnish => &["varnish"],
            Self::Lighttpd => &["lighttpd"],
            Self::H2o => &["h2o"],
            Self::Nghttpx => &["nghttpx"],
            Self::TrafficServer => &["ats", "apachetrafficserver", "traffic_server"],
            Self::Squid => &["squid"],
            Self::Envoy => &["envoy"],
            Self::Haproxy | Self::Mitmproxy | Self::Traefik | Self::HttpProxy => &[],
        }
    }

    /// The program that values of `Server` or `Via` name, whose origin adds neither. A name is recognized as a whole word, as
    /// in `nginx/1.22.1` or `1.1 proxy.example (squid/5.7)`.
    pub fn recognized<'v>(values: impl IntoIterator<Item = &'v str>) -> Option<Self> {
        let is_separator = |character: char| !character.is_ascii_alphanumeric() && !"_-.".contains(character);
        let of_word = |word: &str| {
            let word = word.to_ascii_lowercase();
            Self::ALL.into_iter().find(|program| program.marks().contains(&word.as_str()))
        };
        values.into_iter().find_map(|value| value.split(is_separator).find_map(of_word))
    }
}

impl fmt::Display for KnownProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The word of an unknown program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown program {}; known: {}", visible::line(.0, 80), KnownProxy::ALL.map(KnownProxy::word).join(", "))]
pub struct UnknownProxy(String);

impl FromStr for KnownProxy {
    type Err = UnknownProxy;

    fn from_str(word: &str) -> Result<Self, UnknownProxy> {
        let of_word = |program: &Self| program.word() == word;
        Self::ALL.into_iter().find(of_word).ok_or_else(|| UnknownProxy(word.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_recognized_by_whole_words() {
        let of = |value: &str| KnownProxy::recognized([value]);
        assert_eq!(of("nginx/1.22.1"), Some(KnownProxy::Nginx));
        assert_eq!(of("Apache/2.4.71 (Debian)"), Some(KnownProxy::Apache));
        assert_eq!(of("1.1 px (squid/5.7)"), Some(KnownProxy::Squid));
        assert_eq!(of("1.1 varnish (Varnish/7.1)"), Some(KnownProxy::Varnish));
        assert_eq!(of("ATS/9.2.9"), Some(KnownProxy::TrafficServer));
        assert_eq!(
            of("http/1.1 traffic_server (ApacheTrafficServer/9.2.9 [uScM])"),
            Some(KnownProxy::TrafficServer)
        );
        assert_eq!(of("Caddy"), Some(KnownProxy::Caddy));
        assert_eq!(of("1.1 cats.nginx.example"), None);
        assert_eq!(of("uvicorn"), None);
        assert_eq!(KnownProxy::recognized(["", "envoy"]), Some(KnownProxy::Envoy));
    }

    #[test]
    fn words_are_read_back() {
        for program in KnownProxy::ALL {
            assert_eq!(program.word().parse(), Ok(program));
        }
        let error = "nginz".parse::<KnownProxy>().expect_err("no such program");
        assert!(error.to_string().contains("known: nginx, haproxy"), "{error}");
    }
}
