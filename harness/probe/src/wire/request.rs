//! A request, and how far its response is read.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;

use ssespec_strict::http::Asked;

/// The method of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Method {
    /// GET.
    Get,
    /// POST with this content.
    Post(Bytes),
    /// HEAD.
    Head,
    /// OPTIONS.
    Options,
    /// PROPFIND: safe (RFC 4918), known to HTTP libraries, and not offered by event stream servers.
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

    /// The content of the request.
    pub(super) fn content(&self) -> Option<&Bytes> {
        if let Self::Post(content) = self { Some(content) } else { None }
    }

    /// What the framing of the response depends on.
    pub(crate) fn asked(&self) -> Asked {
        if *self == Self::Head { Asked::Head } else { Asked::Other }
    }
}

/// The HTTP version of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
    /// HTTP/2
    Http2,
}

/// How much of a response the system takes that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Receiving {
    /// As much as usual.
    Usual,
    /// Little, so that the server soon has to wait.
    SmallBuffer,
}

/// Whose fields a request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Sender {
    /// Those of the probe, and those that the user gave.
    User,
    /// Those of the probe: a browser sends a preflight without credentials.
    Browser,
}

/// The Content-Type of a request with content, unless the user gives another.
pub(crate) const DEFAULT_CONTENT_TYPE: &str = "application/json";

/// A path that no server is expected to have.
pub(crate) const NONEXISTENT_PATH: &str = "/ssespec-probe-no-such-path";

/// The fields that each request for the stream has, as browsers send them.
const STREAM_FIELDS: [(&str, &str); 3] =
    [("accept", "text/event-stream"), ("accept-encoding", "identity"), ("cache-control", "no-cache")];

/// How far a response is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ReadLimits {
    /// How long to wait for the head.
    pub(crate) head: Duration,
    /// How long to read the content after the head.
    pub(crate) body: Duration,
    /// Stop after this many events.
    pub(crate) events: Option<usize>,
}

/// A request, and how far its response is read. Equal requests are sent once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) version: Version,
    /// The path and query, if they are not those of the stream.
    pub(crate) path: Option<String>,
    /// The header fields, without Host and those of the user. Names are lower case; values may be any bytes.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) limits: ReadLimits,
    /// Close the sending direction after the request.
    pub(crate) half_close: bool,
    /// Whose fields it has.
    pub(crate) sender: Sender,
    /// How much of the response the system takes that is not read.
    pub(crate) receiving: Receiving,
}

impl Request {
    /// A request that opens the stream.
    pub(crate) fn stream(method: Method, version: Version, limits: ReadLimits) -> Self {
        let headers =
            STREAM_FIELDS.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
        let headers = headers.collect();
        Self {
            method,
            version,
            path: None,
            headers,
            limits,
            half_close: false,
            sender: Sender::User,
            receiving: Receiving::Usual,
        }
    }

    /// With another method.
    pub(crate) fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// As a browser sends it on its own: without the fields of the user.
    pub(crate) fn without_users_fields(self) -> Self {
        Self { sender: Sender::Browser, ..self }
    }

    /// With another path and query; `None` means those of the stream.
    pub(crate) fn path(self, path: Option<String>) -> Self {
        Self { path, ..self }
    }

    /// With a field that replaces those of the same name.
    pub(crate) fn set_field(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.remove_field(name).add_field(name, value)
    }

    /// With another field.
    pub(crate) fn add_field(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Without the fields of this name.
    pub(crate) fn remove_field(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    /// The request in words, without the fields that every request has.
    pub(crate) fn describe(&self, path: &str) -> String {
        let version = match self.version {
            Version::Http10 => " HTTP/1.0",
            Version::Http11 => "",
            Version::Http2 => " HTTP/2",
        };
        let path = self.path.as_deref().unwrap_or(path);
        let fields = self.headers.iter().filter(|(name, value)| {
            !STREAM_FIELDS.iter().any(|(n, v)| n == name && v.as_bytes() == value.as_slice())
        });
        let fields: Vec<String> = fields
            .map(|(name, value)| format!("{name}: {}", shortened(&String::from_utf8_lossy(value))))
            .collect();
        let with = if fields.is_empty() { String::new() } else { format!(" with {}", fields.join(", ")) };
        let without =
            if self.headers.iter().any(|(name, _)| name == "accept") { "" } else { " without Accept" };
        format!("{} {path}{version}{with}{without}", self.method.name())
    }

    /// The bytes of the request. The user's fields replace those of the same name.
    pub(crate) fn bytes(&self, authority: &str, path: &str, users: &[(String, String)]) -> Vec<u8> {
        let version = match self.version {
            Version::Http10 => "HTTP/1.0",
            Version::Http11 => "HTTP/1.1",
            Version::Http2 => "HTTP/2",
        };
        let path = self.path.as_deref().unwrap_or(path);
        let mut bytes =
            format!("{} {path} {version}\r\nhost: {authority}\r\n", self.method.name()).into_bytes();
        for (name, value) in self.fields(users) {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(&value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(self.method.content().map_or(&[], |content| content));
        bytes
    }

    /// The request over HTTP/2. The user's fields replace those of the same name.
    ///
    /// # Errors
    /// If HTTP does not allow a field or the path.
    pub(crate) fn http2_head(
        &self,
        origin: &str,
        path: &str,
        users: &[(String, String)],
    ) -> Result<http::Request<()>, http::Error> {
        let path = self.path.as_deref().unwrap_or(path);
        let head = http::Request::builder().method(self.method.name()).uri(format!("{origin}{path}"));
        let add = |head: http::request::Builder, (name, value): (&str, Cow<'_, [u8]>)| {
            head.header(name, value.as_ref())
        };
        self.fields(users).fold(head, add).body(())
    }

    /// All fields without Host. The user's replace those of the same name.
    fn fields<'a>(
        &'a self,
        users: &'a [(String, String)],
    ) -> impl Iterator<Item = (&'a str, Cow<'a, [u8]>)> + 'a {
        let users = if self.sender == Sender::User { users } else { &[] };
        let is_users = |name: &str| users.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        let of_content = self.method.content().into_iter().flat_map(|content| {
            let length = content.len().to_string().into_bytes();
            [
                ("content-type", Cow::Borrowed(DEFAULT_CONTENT_TYPE.as_bytes())),
                ("content-length", Cow::Owned(length)),
            ]
        });
        let ours = self.headers.iter().map(|(name, value)| (name.as_str(), Cow::Borrowed(value.as_slice())));
        let ours = ours.chain(of_content).filter(move |(name, _)| !is_users(name));
        ours.chain(users.iter().map(|(name, value)| (name.as_str(), Cow::Borrowed(value.as_bytes()))))
    }
}

/// The start of a long value, with its length.
fn shortened(value: &str) -> String {
    const SHOWN: usize = 60;
    match value.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}… ({} bytes)", value.get(..at).unwrap_or_default(), value.len()),
        None => value.to_owned(),
    }
}
