//! Responses.

use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use serde::Serialize;

/// A body that is complete, or a stream.
pub(super) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// A response.
pub(super) type Answer = Response<Body>;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {hint}")]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) message: String,
    pub(super) hint: String,
}

#[derive(Serialize)]
struct Problem<'a> {
    error: &'a str,
    hint: &'a str,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { status, message: message.into(), hint: hint.into() }
    }

    /// With another hint.
    pub(super) fn hinting(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The request is malformed.
    pub(super) fn malformed(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message, hint)
    }
}

impl From<Refusal> for Answer {
    fn from(Refusal { status, message, hint }: Refusal) -> Self {
        json(status, &Problem { error: &message, hint: &hint })
    }
}

/// A response in JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Answer {
    // Maps with keys that are not strings are the only values that cannot be written.
    let mut text = serde_json::to_vec(value).unwrap_or_default();
    text.push(b'\n');
    typed(status, "application/json", text)
}

/// A response of this media type.
pub(super) fn typed(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()).boxed_unsync());
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}
