//! The connection of a request, and its first bytes.

use ssespec_mock_server::client::{Connection, Offer};
use ssespec_strict::Limits;

use super::http2_stream::Http2Stream;
use super::request::{Receiving, Request, Version};
use super::response_reader::ResponseReader;
use crate::options::Options;

/// The longest head, line and event that are kept, in bytes.
pub(super) const LIMITS: Limits = Limits { head: 64 * 1024, line: 1024 * 1024, data: 1024 * 1024 };

/// Connects, for the version of the request.
pub(super) async fn connect(options: &Options, request: &Request) -> Result<Connection, String> {
    let Options { target, trust, timeout, .. } = options;
    let offer = if request.version == Version::Http2 { Offer::H2 } else { Offer::Http11 };
    let opened = match request.receiving {
        Receiving::Usual => Connection::open(target, trust, offer, *timeout).await,
        Receiving::SmallBuffer => Connection::open_with_small_buffer(target, trust, offer, *timeout).await,
    };
    opened.map_err(|error| error.to_string())
}

/// The reader of the response, and the bytes of the request.
pub(super) fn first_bytes(
    options: &Options,
    request: &Request,
    sent: &[u8],
) -> Result<(ResponseReader, Vec<u8>), String> {
    if request.version != Version::Http2 {
        return Ok((ResponseReader::http1(&request.method, LIMITS), sent.to_vec()));
    }
    let target = &options.target;
    let head = request.http2_head(&target.origin(), &target.path, &options.headers);
    let head = head.map_err(|error| format!("HTTP/2 does not allow the request: {error}"))?;
    let mut stream = Http2Stream::begin(head, request.method.content().cloned())?;
    let bytes = stream.take_output();
    Ok((ResponseReader::Http2(Box::new(stream)), bytes))
}
