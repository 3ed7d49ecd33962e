//! Where the response of a stream goes, and why that ends.

use std::future::poll_fn;

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, SendStream};
use http::{HeaderMap, HeaderName, HeaderValue, Response};

use super::response::Head;
use crate::action;
use crate::wire::http1::inbox::Interruption;
use crate::wire::http1::order::Done;

/// Why a stream ends.
pub(super) enum Exit {
    /// The response is complete.
    Complete,
    /// The peer has reset it.
    Reset(Reason),
    /// Its connection is over.
    Lost,
    /// It is dropped, as the script specifies.
    Drop(action::Drop, Done),
    /// The script wants what only HTTP/1.1 has.
    NeedsHttp1,
    /// The session is over.
    Leave,
}

impl From<Interruption> for Exit {
    fn from(interruption: Interruption) -> Self {
        match interruption {
            Interruption::Drop(how, done) => Self::Drop(how, done),
            Interruption::Leave | Interruption::Abort => Self::Leave,
        }
    }
}

/// Where the response goes.
#[derive(Debug)]
pub(super) enum Outlet {
    /// The head is missing.
    Head(SendResponse<Bytes>),
    Body(SendStream<Bytes>),
}

impl Outlet {
    pub(super) fn reset(&mut self, reason: Reason) {
        match self {
            Self::Head(response) => response.send_reset(reason),
            Self::Body(stream) => stream.send_reset(reason),
        }
    }

    /// The stream identifier.
    pub(super) fn stream(&self) -> u32 {
        match self {
            Self::Head(response) => response.stream_id().as_u32(),
            Self::Body(stream) => stream.stream_id().as_u32(),
        }
    }

    /// Waits until the peer resets the stream, or the connection is over.
    pub(super) async fn left(&mut self) -> Exit {
        let reset = poll_fn(|context| match self {
            Self::Head(response) => response.poll_reset(context),
            Self::Body(stream) => stream.poll_reset(context),
        });
        match reset.await {
            Ok(reason) => Exit::Reset(reason),
            Err(_) => Exit::Lost,
        }
    }
}

/// How many bytes may be sent now, as soon as some may; `None` if none ever will.
pub(super) async fn capacity(stream: &mut SendStream<Bytes>) -> Option<usize> {
    loop {
        match poll_fn(|context| stream.poll_capacity(context)).await {
            Some(Ok(0)) => {}
            Some(Ok(capacity)) => return Some(capacity),
            Some(Err(_)) | None => return None,
        }
    }
}

/// A head for `h2`; `None` if HTTP/2 cannot express it.
pub(super) fn response(head: &Head) -> Option<Response<()>> {
    let mut response = Response::new(());
    *response.status_mut() = head.status.try_into().ok()?;
    *response.headers_mut() = fields(&head.fields)?;
    Some(response)
}

/// Fields for `h2`; `None` if HTTP/2 cannot express one of them.
pub(super) fn fields(list: &[(String, Vec<u8>)]) -> Option<HeaderMap> {
    let mut fields = HeaderMap::new();
    for (name, value) in list {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        fields.append(name, HeaderValue::from_bytes(value).ok()?);
    }
    Some(fields)
}
