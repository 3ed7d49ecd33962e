//! The request of an event source: one object that every connection reuses, changed by redirects.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-request>

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LANGUAGE,
    CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE, COOKIE, HOST, HeaderName, HeaderValue, PRAGMA, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use http::{HeaderMap, Method, StatusCode};

use ssespec::protocol::ConnectRequest;
use ssespec::upstream::Downstream;
use ssespec_mock_server::client::{Roots, RootsError, Trust};

use crate::client::http2::Connections;
use crate::client::url::{BadUrl, Url};
use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::stream::passed_on;

/// `Last-Event-ID`, <https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header>.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Why the request that the user wants cannot be made; a constructor would throw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadRequest {
    /// The URL cannot be parsed or has a scheme that is not fetched.
    #[error(transparent)]
    Url(#[from] BadUrl),
    /// <https://fetch.spec.whatwg.org/#forbidden-method>, or no method at all.
    #[error("{0:?} is not a method that can be used")]
    Method(String),
    /// GET and HEAD have no body.
    #[error("a {0} request cannot have a body")]
    Body(Method),
    /// The name or the value of a header is malformed.
    #[error("the header {0:?} cannot be sent")]
    Header(String),
    /// The certificates to trust cannot be read.
    #[error(transparent)]
    Trust(#[from] RootsError),
}

/// The request: <https://fetch.spec.whatwg.org/#concept-request>.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: Method,
    /// The current URL: the last of the URL list, <https://fetch.spec.whatwg.org/#concept-request-current-url>.
    url: Url,
    headers: HeaderMap,
    body: Option<Bytes>,
    defects: Defects,
    /// Where what its connections carry is recorded.
    downstream: Option<Downstream>,
    /// Which certificates are trusted; none if no connection is over TLS.
    trust: Option<Trust>,
    /// Whether the server speaks HTTP/2 alone.
    http2: bool,
    /// The connections over HTTP/2 of the client.
    connections: Connections,
    /// Whether the client's user takes no more events.
    paused: Arc<AtomicBool>,
}

impl Request {
    /// The request that the constructor makes,
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource>, with what the standard's own
    /// constructor does not take: method, body and headers.
    ///
    /// # Errors
    /// If the request cannot be made.
    pub(crate) fn new(options: &ConnectRequest, defects: Defects) -> Result<Self, BadRequest> {
        let url = Url::parse(&options.url, None)?;
        let method = method(&options.method)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &options.headers {
            let bad = || BadRequest::Header(name.clone());
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
            let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| bad())?;
            if !belongs_to_the_connection(&header) {
                headers.append(header, value);
            }
        }
        // "User agents may set (`Accept`, `text/event-stream`) in request's header list."
        let event_stream = HeaderValue::from_static("text/event-stream");
        if headers.contains_key(ACCEPT) && defects.has(Defect::OwnAcceptReplaced) {
            headers.insert(ACCEPT, event_stream);
        } else if !defects.has(Defect::AcceptNotSent) {
            headers.entry(ACCEPT).or_insert(event_stream);
        }
        let body = (!options.body.is_empty()).then(|| Bytes::from(options.body.clone()));
        if body.is_some() {
            if matches!(method, Method::GET | Method::HEAD) {
                return Err(BadRequest::Body(method));
            }
            // <https://fetch.spec.whatwg.org/#concept-bodyinit-extract>, for a string.
            let text = HeaderValue::from_static("text/plain;charset=UTF-8");
            headers.entry(CONTENT_TYPE).or_insert(text);
        }
        let trust = match &options.ca_file {
            Some(file) => Some(Trust::new(&Roots::File(file.into()))?),
            None if !url.needs_tls() => None,
            None if defects.has(Defect::UntrustedCertificateAccepted) => Some(Trust::new(&Roots::All)?),
            None => Some(Trust::new(&Roots::Public)?),
        };
        Ok(Self {
            method,
            url,
            headers,
            body,
            defects,
            downstream: None,
            trust,
            http2: options.http2,
            connections: Connections::default(),
            paused: Arc::default(),
        })
    }

    /// The same request, which may use these connections.
    pub(crate) fn sharing(mut self, connections: Connections) -> Self {
        self.connections = connections;
        self
    }

    /// The same request, whose connections are recorded.
    pub(crate) fn watched(mut self, downstream: Option<Downstream>) -> Self {
        self.downstream = downstream;
        self
    }

    /// Which certificates are trusted; `None` if it cannot be sent over TLS.
    pub(crate) fn trust(&self) -> Option<&Trust> {
        self.downstream.as_ref().map(Downstream::trust).or(self.trust.as_ref())
    }

    /// Notes that the client's user takes no more events.
    pub(crate) fn pause(&self) {
        self.paused.store(true, Ordering::Release);
    }

    /// Whether the client's user takes no more events, which only a defect asks.
    pub(crate) fn paused(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.paused)
    }

    /// Whether it is sent over HTTP/2.
    pub(crate) fn is_over_http2(&self) -> bool {
        self.http2
    }

    /// The connections over HTTP/2 that it may use.
    pub(crate) fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Where what a connection for it carries is recorded, and under which path.
    pub(crate) fn record(&self) -> Option<(Downstream, String)> {
        self.downstream.clone().map(|downstream| (downstream, self.url.target().to_owned()))
    }

    /// The current URL.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Whether it may be sent again without the user asking for it: "A client SHOULD NOT automatically retry a
    /// request with a non-idempotent method", <https://www.rfc-editor.org/rfc/rfc9110.html#section-9.2.2-6>.
    pub(crate) fn is_idempotent(&self) -> bool {
        self.method.is_idempotent()
    }

    /// The last event ID string to start with. It is empty in the standard; our user can give one, also in the form of the
    /// header, which then must not outlive the IDs of the stream.
    pub(crate) fn initial_last_event_id(&self, options: &ConnectRequest) -> Arc<str> {
        if options.last_event_id.is_empty() {
            self.last_event_id().unwrap_or_default().into()
        } else {
            options.last_event_id.as_str().into()
        }
    }

    /// The `Last-Event-ID` that the user gave as a header.
    pub(crate) fn last_event_id(&self) -> Option<String> {
        self.headers.get(LAST_EVENT_ID).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// Sets `Last-Event-ID` to the last event ID string, encoded as UTF-8, "if it is not the empty string",
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection>.
    ///
    /// The text never removes the header from the request, but its worked example says that after an empty ID it is not
    /// sent. An ID that HTTP does not allow as a header value (with control characters) is not sent either: the
    /// alternative is not to connect.
    pub(crate) fn set_last_event_id(&mut self, id: &str) {
        let has = |defect| self.defects.has(defect);
        let latin_1 = |text: &str| text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
        let as_before = self.headers.get(LAST_EVENT_ID).map(|value| value.as_bytes() == id.as_bytes());
        let is_changed = as_before == Some(false);
        let bytes: Option<Vec<u8>> = if id.is_empty() {
            match as_before {
                None if has(Defect::EmptyLastEventIdSent) => Some(Vec::new()),
                Some(_) if has(Defect::StaleLastEventIdSent) || has(Defect::FirstLastEventIdSentAlways) => {
                    return;
                }
                _ => None,
            }
        } else if has(Defect::LastEventIdNeverSent)
            || (as_before == Some(true) && has(Defect::LastEventIdSentOnce))
        {
            None
        } else if is_changed && has(Defect::FirstLastEventIdSentAlways) {
            return;
        } else if !id.is_ascii() && has(Defect::OtherThanAsciiNotSent) {
            None
        } else if !id.is_ascii() && has(Defect::LastEventIdInLatin1) {
            Some(latin_1(id))
        } else if id.contains(' ') && has(Defect::LastEventIdPercentEncoded) {
            Some(latin_1(&id.replace(' ', "%20")))
        } else if id.len() > 255 && has(Defect::LongIdNotSent) {
            None
        } else {
            Some(passed_on::bytes(id).unwrap_or_else(|| id.as_bytes().to_vec()))
        };
        match bytes.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()) {
            Some(value) if is_changed && !id.is_empty() && has(Defect::LastEventIdAdded) => {
                self.headers.append(LAST_EVENT_ID, value);
            }
            Some(value) => {
                self.headers.insert(LAST_EVENT_ID, value);
            }
            None => {
                self.headers.remove(LAST_EVENT_ID);
            }
        }
    }

    /// Sets an empty `Last-Event-ID`, which only a defect does.
    pub(crate) fn set_empty_last_event_id(&mut self) {
        self.headers.insert(LAST_EVENT_ID, HeaderValue::from_static(""));
    }

    /// Sets header fields that the user has changed.
    pub(crate) fn refresh(&mut self, fields: &[(String, String)]) {
        for (name, value) in fields {
            // The user's API accepts only what can be sent.
            let field = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
            if let Some((name, value)) = field {
                self.headers.insert(name, value);
            }
        }
    }

    /// Removes header fields, which only a defect does.
    pub(crate) fn remove(&mut self, names: &[String]) {
        for name in names {
            self.headers.remove(name);
        }
    }

    /// Changes the method to GET, and removes the body and the fields that describe it.
    pub(crate) fn become_get(&mut self) {
        self.method = Method::GET;
        self.body = None;
        for name in REQUEST_BODY_HEADERS {
            self.headers.remove(name);
        }
    }

    /// The steps of <https://fetch.spec.whatwg.org/#http-redirect-fetch> that change the request.
    pub(crate) fn redirect(&mut self, status: StatusCode, location: Url) {
        let is_lost = || self.method != Method::GET && self.defects.has(Defect::MethodLostByRedirect);
        if becomes_get(status, &self.method) || is_lost() {
            self.become_get();
        }
        if self.url.origin() != location.origin() && !self.defects.has(Defect::CredentialsFollowRedirect) {
            for name in CREDENTIALS {
                self.headers.remove(name);
            }
        }
        if self.headers.contains_key(LAST_EVENT_ID) && self.defects.has(Defect::RedirectLosesLastEventId) {
            self.headers.remove(LAST_EVENT_ID);
        }
        self.url = location;
    }

    /// The message for the wire: what <https://fetch.spec.whatwg.org/#http-network-or-cache-fetch> adds to the header
    /// list where the user has not set it.
    ///
    /// # Errors
    /// If the URL's path or query cannot be part of a request line.
    pub(crate) fn to_message(&self) -> Result<http::Request<Bytes>, http::Error> {
        let mut headers = self.headers.clone();
        if !self.http2 {
            headers.insert(HOST, HeaderValue::try_from(self.url.host_and_port())?);
        }
        for (name, value) in DEFAULTS {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        if let Some(length) = self.content_length() {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        // Over HTTP/2, the scheme and the authority are fields of their own.
        let uri = if self.http2 { self.url.to_string() } else { self.url.target().to_owned() };
        let mut message = http::Request::builder().method(self.method.clone()).uri(uri);
        if let Some(list) = message.headers_mut() {
            *list = headers;
        }
        message.body(self.body.clone().unwrap_or_default())
    }

    /// The value of `Content-Length`: 0 for a POST or PUT without a body, none for other methods without one.
    fn content_length(&self) -> Option<usize> {
        match &self.body {
            Some(body) => Some(body.len()),
            None if self.method == Method::GET && self.defects.has(Defect::GetWithContentLength) => Some(0),
            None if matches!(self.method, Method::POST | Method::PUT) => Some(0),
            None => None,
        }
    }
}

/// <https://fetch.spec.whatwg.org/#request-body-header-name>
const REQUEST_BODY_HEADERS: [HeaderName; 4] =
    [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE];

/// What another origin does not receive. <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name> is
/// `Authorization` only, since Fetch's users cannot set `Cookie` at all; ours can.
const CREDENTIALS: [HeaderName; 2] = [AUTHORIZATION, COOKIE];

/// The headers of every request. The second and third are the cache mode "no-store" on the wire. We decode no content
/// codings, and without `Accept-Encoding` a server may choose any.
const DEFAULTS: [(HeaderName, &str); 4] = [
    (USER_AGENT, concat!("ssespec-reference/", env!("CARGO_PKG_VERSION"))),
    (PRAGMA, "no-cache"),
    (CACHE_CONTROL, "no-cache"),
    (ACCEPT_ENCODING, "identity"),
];

/// <https://fetch.spec.whatwg.org/#concept-method-normalize>, and which methods are refused.
fn method(name: &str) -> Result<Method, BadRequest> {
    let upper = name.to_ascii_uppercase();
    let normalized = match upper.as_str() {
        "CONNECT" | "TRACE" | "TRACK" => return Err(BadRequest::Method(name.to_owned())),
        "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" => &upper,
        _ => name,
    };
    Method::from_bytes(normalized.as_bytes()).map_err(|_| BadRequest::Method(name.to_owned()))
}

/// Whether a redirect with this status changes the method to GET.
fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => method == Method::POST,
        StatusCode::SEE_OTHER => !matches!(*method, Method::GET | Method::HEAD),
        _ => false,
    }
}

/// Whether a header is about the connection or the framing of the message, which users do not control: those of
/// <https://fetch.spec.whatwg.org/#forbidden-request-header> that concern more than browsers.
fn belongs_to_the_connection(name: &HeaderName) -> bool {
    [CONNECTION, CONTENT_LENGTH, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE].contains(name)
        || name.as_str() == "keep-alive"
}

#[cfg(test)]
mod tests;
