//! A request, and how long its answer is watched.

use std::time::Duration;

use bytes::Bytes;

use ssespec_strict::http::Asked;

/// The method of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Method {
    /// GET.
    Get,
    /// POST, with this content.
    Post(Bytes),
    /// HEAD.
    Head,
    /// OPTIONS.
    Options,
    /// PROPFIND, which is safe (RFC 4918) and which no server of event streams offers.
    Propfind,
}

impl Method {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post(_) => "POST",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Propfind => "PROPFIND",
        }
    }

    /// What it carries.
    fn content(&self) -> Option<&Bytes> {
        if let Self::Post(content) = self { Some(content) } else { None }
    }

    /// What the framing of the answer depends on.
    pub(crate) fn asked(&self) -> Asked {
        if *self == Self::Head { Asked::Head } else { Asked::Other }
    }
}

/// The version of HTTP/1.x that a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
}

/// What content is, unless a field of the user's says otherwise.
pub(crate) const USUAL_TYPE: &str = "application/json";

/// How long an answer is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Watch {
    /// How long to wait for its head.
    pub(crate) head: Duration,
    /// How long to read its content.
    pub(crate) body: Duration,
    /// After so many events there is no need to read on; 0 for never.
    pub(crate) events: usize,
}

/// A request, and how its answer is watched. Equal ones are sent once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) version: Version,
    /// Another target than that of the stream.
    pub(crate) path: Option<String>,
    /// The fields beside Host and those of the user, by lower-case name. A value may be any bytes.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) watch: Watch,
    /// Close our direction after the request.
    pub(crate) half_close: bool,
}

impl Ask {
    /// A request for the stream as a native client sends it.
    pub(crate) fn stream(method: Method, watch: Watch) -> Self {
        let ask = Self {
            method,
            version: Version::Http11,
            path: None,
            headers: Vec::new(),
            watch,
            half_close: false,
        };
        ask.with("accept", "text/event-stream")
            .with("accept-encoding", "identity")
            .with("cache-control", "no-cache")
    }

    /// With another method.
    pub(crate) fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// With another target.
    pub(crate) fn path(self, path: Option<String>) -> Self {
        Self { path, ..self }
    }

    /// With a field in place of those of the same name.
    pub(crate) fn with(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.without(name).and(name, value)
    }

    /// With a further field.
    pub(crate) fn and(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Without the fields of this name.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    /// What sets it apart, in words.
    pub(crate) fn describe(&self, path: &str) -> String {
        let version = match self.version {
            Version::Http10 => " HTTP/1.0",
            Version::Http11 => "",
        };
        let path = self.path.as_deref().unwrap_or(path);
        let fields = self.headers.iter().filter(|(name, value)| {
            let usual = [
                ("accept", "text/event-stream"),
                ("accept-encoding", "identity"),
                ("cache-control", "no-cache"),
            ];
            !usual.iter().any(|(n, v)| n == name && v.as_bytes() == value.as_slice())
        });
        let fields: Vec<String> =
            fields.map(|(name, value)| format!("{name}: {}", cut(&String::from_utf8_lossy(value)))).collect();
        let with = if fields.is_empty() { String::new() } else { format!(" with {}", fields.join(", ")) };
        let without =
            if self.headers.iter().any(|(name, _)| name == "accept") { "" } else { " without Accept" };
        format!("{} {path}{version}{with}{without}", self.method.name())
    }

    /// Its bytes on a connection to a host; the user's fields replace those of the same name.
    pub(crate) fn bytes(&self, authority: &str, path: &str, users: &[(String, String)]) -> Vec<u8> {
        let version = match self.version {
            Version::Http10 => "HTTP/1.0",
            Version::Http11 => "HTTP/1.1",
        };
        let path = self.path.as_deref().unwrap_or(path);
        let mut bytes =
            format!("{} {path} {version}\r\nhost: {authority}\r\n", self.method.name()).into_bytes();
        let is_users = |name: &str| users.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        let content = self.method.content();
        let length = content.map(|content| content.len().to_string());
        let of_content = length.iter().flat_map(|length| {
            [("content-type", USUAL_TYPE.as_bytes()), ("content-length", length.as_bytes())]
        });
        let ours = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        let ours = ours.chain(of_content).filter(|(name, _)| !is_users(name));
        for (name, value) in ours.chain(users.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))) {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(content.map_or(&[], |content| content));
        bytes
    }
}

/// A value that a message repeats.
fn cut(value: &str) -> String {
    const SHOWN: usize = 60;
    match value.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}… ({} bytes)", value.get(..at).unwrap_or_default(), value.len()),
        None => value.to_owned(),
    }
}
