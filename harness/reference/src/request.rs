//! The request of an event source: one object that every connection uses again, changed by redirects.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-request>

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LANGUAGE,
    CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE, COOKIE, HOST, HeaderName, HeaderValue, PRAGMA, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::Full;

use super::defect::{Defect, Defects};
use super::url::{BadUrl, Url};
use ssespec::protocol::ConnectRequest;

/// `Last-Event-ID`, <https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header>.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What the user asked for cannot be requested; a constructor would throw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadRequest {
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
}

/// The request: <https://fetch.spec.whatwg.org/#concept-request>.
#[derive(Debug, Clone)]
pub(super) struct Request {
    method: Method,
    /// The current URL: the last of the URL list, <https://fetch.spec.whatwg.org/#concept-request-current-url>.
    url: Url,
    headers: HeaderMap,
    body: Option<Bytes>,
    defects: Defects,
}

impl Request {
    /// The request that the constructor makes,
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource>, with what the standard's own
    /// constructor does not take: method, body and headers.
    ///
    /// # Errors
    /// When the user asked for something that cannot be requested.
    pub(super) fn new(options: &ConnectRequest, defects: Defects) -> Result<Self, BadRequest> {
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
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("text/event-stream"));
        let body = (!options.body.is_empty()).then(|| Bytes::from(options.body.clone()));
        if body.is_some() {
            if matches!(method, Method::GET | Method::HEAD) {
                return Err(BadRequest::Body(method));
            }
            // <https://fetch.spec.whatwg.org/#concept-bodyinit-extract>, for a string.
            let text = HeaderValue::from_static("text/plain;charset=UTF-8");
            headers.entry(CONTENT_TYPE).or_insert(text);
        }
        Ok(Self { method, url, headers, body, defects })
    }

    /// The current URL.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Whether it is sensible to send it again without being asked to: "A client SHOULD NOT automatically retry a
    /// request with a non-idempotent method", <https://www.rfc-editor.org/rfc/rfc9110.html#section-9.2.2-6>.
    pub(super) fn is_idempotent(&self) -> bool {
        self.method.is_idempotent()
    }

    /// The `Last-Event-ID` that the user gave as a header.
    pub(super) fn last_event_id(&self) -> Option<String> {
        self.headers.get(LAST_EVENT_ID).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// Sets `Last-Event-ID` to the last event ID string, encoded as UTF-8, "if it is not the empty string",
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection>.
    ///
    /// The text never removes the header from the request, but its worked example says that after an empty ID none is
    /// sent. An ID that HTTP does not take as a header's value (with control characters) is not sent either: the
    /// alternative is not to connect.
    pub(super) fn set_last_event_id(&mut self, id: &str) {
        if self.defects.any() && self.set_wrong_last_event_id(id) {
            return;
        }
        match HeaderValue::from_bytes(id.as_bytes()) {
            Ok(value) if !id.is_empty() => {
                self.headers.insert(LAST_EVENT_ID, value);
            }
            _ => {
                self.headers.remove(LAST_EVENT_ID);
            }
        }
    }

    /// Makes it a GET, without a body and what describes one.
    pub(super) fn become_get(&mut self) {
        self.method = Method::GET;
        self.body = None;
        for name in REQUEST_BODY_HEADERS {
            self.headers.remove(name);
        }
    }

    /// The steps of <https://fetch.spec.whatwg.org/#http-redirect-fetch> that change the request.
    pub(super) fn redirect(&mut self, status: StatusCode, location: Url) {
        let is_lost = || self.method != Method::GET && self.defects.has(Defect::MethodLostByRedirect);
        if becomes_get(status, &self.method) || is_lost() {
            self.become_get();
        }
        if self.url.origin() != location.origin() {
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
    /// When the URL's path or query cannot stand in a request line.
    pub(super) fn to_message(&self) -> Result<http::Request<Full<Bytes>>, http::Error> {
        let mut headers = self.headers.clone();
        headers.insert(HOST, HeaderValue::try_from(self.url.host_and_port())?);
        for (name, value) in DEFAULTS {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        if let Some(length) = self.content_length() {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let mut message = http::Request::builder().method(self.method.clone()).uri(self.url.target());
        if let Some(list) = message.headers_mut() {
            *list = headers;
        }
        message.body(Full::new(self.body.clone().unwrap_or_default()))
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

/// What defects make of the request.
impl Request {
    /// Whether a defect has dealt with the header for the last event ID.
    fn set_wrong_last_event_id(&mut self, id: &str) -> bool {
        let has = |defect| self.defects.has(defect);
        let before = self.headers.get(LAST_EVENT_ID).map(|value| value.as_bytes());
        let wrong = match before {
            _ if !id.is_empty() && has(Defect::LastEventIdNeverSent) => None,
            None if id.is_empty() && has(Defect::EmptyLastEventIdSent) => Some(String::new()),
            Some(_) if id.is_empty() && has(Defect::StaleLastEventIdSent) => return true,
            Some(sent) if sent == id.as_bytes() && has(Defect::LastEventIdSentOnce) => None,
            Some(sent) if sent != id.as_bytes() && has(Defect::FirstLastEventIdSentAlways) => return true,
            _ if !id.is_ascii() && has(Defect::OtherThanAsciiNotSent) => None,
            _ if !id.is_ascii() && has(Defect::LastEventIdInLatin1) => {
                Some(id.replace(|c| c > '\u{FF}', "?"))
            }
            _ if id.contains(' ') && has(Defect::LastEventIdPercentEncoded) => Some(id.replace(' ', "%20")),
            _ if id.len() > 255 && has(Defect::LongIdNotSent) => None,
            Some(sent) if sent != id.as_bytes() && !id.is_empty() && has(Defect::LastEventIdAdded) => {
                if let Ok(value) = HeaderValue::from_bytes(id.as_bytes()) {
                    self.headers.append(LAST_EVENT_ID, value);
                }
                return true;
            }
            _ => return false,
        };
        self.headers.remove(LAST_EVENT_ID);
        let bytes =
            wrong.map(|wrong| wrong.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect::<Vec<_>>());
        if let Some(value) = bytes.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()) {
            self.headers.insert(LAST_EVENT_ID, value);
        }
        true
    }

    /// Puts an empty `Last-Event-ID` in the request.
    pub(super) fn set_empty_last_event_id(&mut self) {
        self.headers.insert(LAST_EVENT_ID, HeaderValue::from_static(""));
    }

    /// Leaves out headers that the user gave.
    pub(super) fn forget(&mut self, names: &[String]) {
        for name in names {
            self.headers.remove(name);
        }
    }
}

/// <https://fetch.spec.whatwg.org/#request-body-header-name>
const REQUEST_BODY_HEADERS: [HeaderName; 4] =
    [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE];

/// What another origin does not get. <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name> is
/// `Authorization` only, since Fetch's users cannot set `Cookie` at all; ours can.
const CREDENTIALS: [HeaderName; 2] = [AUTHORIZATION, COOKIE];

/// The headers of every request. The second and third are what the cache mode "no-store" comes to on the wire. We
/// decode no content codings, and without `Accept-Encoding` a server may choose any.
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

/// Whether a header is about the connection or the framing of the message, which are not the user's:
/// those of <https://fetch.spec.whatwg.org/#forbidden-request-header> that are no browser's matter.
fn belongs_to_the_connection(name: &HeaderName) -> bool {
    [CONNECTION, CONTENT_LENGTH, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE].contains(name)
        || name.as_str() == "keep-alive"
}

#[cfg(test)]
mod tests;
