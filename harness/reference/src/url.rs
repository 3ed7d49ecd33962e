//! URLs, as far as a client of `http:` needs them.
//!
//! This follows <https://url.spec.whatwg.org/#concept-basic-url-parser> for special schemes, with its states run one
//! after another on slices. Not supported, and taken for malformed: host names outside ASCII, percent-encoded host
//! names, and the short and the non-decimal forms of IPv4 addresses. Fragments and credentials are dropped, since
//! nothing here needs them.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// An HTTP(S) scheme, <https://fetch.spec.whatwg.org/#http-scheme>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

impl Scheme {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A string that is not the URL of something to fetch over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadUrl {
    /// It cannot be parsed.
    #[error("{0:?} is not a URL")]
    Malformed(String),
    /// It has another scheme.
    #[error("{0:?} is not an HTTP(S) URL")]
    OtherScheme(String),
}

/// An absolute URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Url {
    scheme: Scheme,
    /// Lowercase; IPv6 addresses in brackets.
    host: String,
    /// `None` for the scheme's default.
    port: Option<u16>,
    path: Vec<String>,
    query: Option<String>,
}

impl Url {
    /// Parses a string, relative to a base where there is one.
    ///
    /// # Errors
    /// When it is malformed, or of another scheme.
    pub(super) fn parse(input: &str, base: Option<&Self>) -> Result<Self, BadUrl> {
        let stripped = strip(input);
        let rest = stripped.split('#').next().unwrap_or_default();
        let parsed = match (scheme(rest), base) {
            (Some((name, rest)), base) => {
                let Some(scheme) = Scheme::from_name(&name) else {
                    return Err(BadUrl::OtherScheme(input.to_owned()));
                };
                match base.filter(|base| base.scheme == scheme && !rest.starts_with("//")) {
                    Some(base) => base.relative(rest),
                    None => Self::authority(scheme, rest),
                }
            }
            (None, Some(base)) => base.relative(rest),
            (None, None) => None,
        };
        parsed.ok_or_else(|| BadUrl::Malformed(input.to_owned()))
    }

    /// The scheme.
    pub(super) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host as a resolver wants it, and the port.
    pub(super) fn address(&self) -> (&str, u16) {
        let host = self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&self.host);
        (host, self.port.unwrap_or(self.scheme.default_port()))
    }

    /// The host, with the port unless it is the default: the value of a `Host` header.
    pub(super) fn host_and_port(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The origin, serialised: <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>.
    pub(super) fn origin(&self) -> String {
        format!("{}://{}", self.scheme.name(), self.host_and_port())
    }

    /// The path and the query: what a request line holds.
    pub(super) fn target(&self) -> String {
        let path = self.path.join("/");
        match &self.query {
            Some(query) => format!("/{path}?{query}"),
            None => format!("/{path}"),
        }
    }

    /// <https://url.spec.whatwg.org/#relative-state> and the state after it.
    fn relative(&self, rest: &str) -> Option<Self> {
        if let Some(after) = rest.strip_prefix(is_slash) {
            if after.starts_with(is_slash) {
                return Self::authority(self.scheme, after);
            }
            return Some(self.clone().with_path(Vec::new(), after));
        }
        if let Some(query) = rest.strip_prefix('?') {
            return Some(Self { query: Some(encode_query(query)), ..self.clone() });
        }
        if rest.is_empty() {
            return Some(self.clone());
        }
        let directory = self.path.split_last().map(|(_, directory)| directory).unwrap_or_default();
        Some(self.clone().with_path(directory.to_vec(), rest))
    }

    /// <https://url.spec.whatwg.org/#special-authority-ignore-slashes-state> and the states after it.
    fn authority(scheme: Scheme, rest: &str) -> Option<Self> {
        let rest = rest.trim_start_matches(is_slash);
        let end = rest.find(|c| is_slash(c) || c == '?').unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, after)| after);
        let brackets = host_and_port.rfind(']').unwrap_or_default();
        let (host, port) = match host_and_port.get(brackets..)?.find(':') {
            Some(at) => (host_and_port.get(..brackets + at)?, host_and_port.get(brackets + at + 1..)?),
            None => (host_and_port, ""),
        };
        let port = parse_port(port)?.filter(|port| *port != scheme.default_port());
        let url = Self { scheme, host: parse_host(host)?, port, path: Vec::new(), query: None };
        Some(url.with_path(Vec::new(), rest.strip_prefix(is_slash).unwrap_or(rest)))
    }

    /// <https://url.spec.whatwg.org/#path-state> and the query after it, in a folder.
    fn with_path(mut self, directory: Vec<String>, rest: &str) -> Self {
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(encode_query(query))),
            None => (rest, None),
        };
        self.query = query;
        self.path = directory;
        let mut segments = path.split(is_slash).peekable();
        while let Some(segment) = segments.next() {
            let last = segments.peek().is_none();
            match Segment::of(segment) {
                Segment::DoubleDot => {
                    self.path.pop();
                    self.path.extend(last.then(String::new));
                }
                Segment::SingleDot => self.path.extend(last.then(String::new)),
                Segment::Name => self.path.push(percent_encode(segment, b" \"#<>?^`{}")),
            }
        }
        self
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.target())
    }
}

/// What a part of a path means.
enum Segment {
    /// <https://url.spec.whatwg.org/#single-dot-path-segment>
    SingleDot,
    /// <https://url.spec.whatwg.org/#double-dot-path-segment>
    DoubleDot,
    Name,
}

impl Segment {
    fn of(segment: &str) -> Self {
        match segment.to_ascii_lowercase().as_str() {
            "." | "%2e" => Self::SingleDot,
            ".." | ".%2e" | "%2e." | "%2e%2e" => Self::DoubleDot,
            _ => Self::Name,
        }
    }
}

/// "Remove any leading and trailing C0 control or space. Remove all ASCII tab or newline."
fn strip(input: &str) -> String {
    input.trim_matches(|c| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect()
}

/// <https://url.spec.whatwg.org/#scheme-state>: the scheme in lowercase and what follows its colon.
fn scheme(input: &str) -> Option<(String, &str)> {
    let (name, rest) = input.split_once(':')?;
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    valid.then(|| (name.to_ascii_lowercase(), rest))
}

fn is_slash(c: char) -> bool {
    matches!(c, '/' | '\\')
}

/// <https://url.spec.whatwg.org/#port-state>: `Some(None)` for an empty port, `None` for failure.
fn parse_port(port: &str) -> Option<Option<u16>> {
    if port.is_empty() {
        return Some(None);
    }
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = port.trim_start_matches('0');
    if significant.is_empty() { Some(Some(0)) } else { significant.parse().ok().map(Some) }
}

/// <https://url.spec.whatwg.org/#concept-host-parser>, without what the module's head excludes.
fn parse_host(host: &str) -> Option<String> {
    if let Some(bracketed) = host.strip_prefix('[') {
        let address: Ipv6Addr = bracketed.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{address}]"));
    }
    if host.is_empty() || !host.bytes().all(is_domain_byte) {
        return None;
    }
    let host = host.to_ascii_lowercase();
    if ends_in_a_number(&host) {
        return host.parse::<Ipv4Addr>().ok().map(|address| address.to_string());
    }
    Some(host)
}

/// Whether it is ASCII and no <https://url.spec.whatwg.org/#forbidden-domain-code-point>.
fn is_domain_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"#/:<>?@[\\]^|%".contains(&byte)
}

/// <https://url.spec.whatwg.org/#ends-in-a-number-checker>
fn ends_in_a_number(host: &str) -> bool {
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    let hexadecimal =
        last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    hexadecimal || (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
}

fn encode_query(query: &str) -> String {
    percent_encode(query, b" \"#<>'")
}

/// <https://url.spec.whatwg.org/#string-utf-8-percent-encode> with the C0 control percent-encode set and these bytes.
fn percent_encode(input: &str, set: &[u8]) -> String {
    let mut encoded = String::with_capacity(input.len());
    for byte in input.bytes() {
        if byte.is_ascii() && !byte.is_ascii_control() && !set.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests;
