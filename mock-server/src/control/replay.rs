//! A connection of the mock server whose first request was already read, as a connection from its beginning.

use std::io::Cursor;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};

use crate::wire::Diverted;

/// The connection with its first request before what comes next.
pub(super) fn replayed(diverted: Diverted) -> impl AsyncRead + AsyncWrite + Unpin + Send {
    let Diverted { stream, request, ahead } = diverted;
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
    for (name, value) in &request.headers {
        // The body is no longer framed as it was, and is here.
        let framing = ["content-length", "transfer-encoding", "expect", "trailer"];
        if framing.iter().any(|framing| name.eq_ignore_ascii_case(framing)) {
            continue;
        }
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    }
    if !request.body.is_empty() {
        bytes.extend_from_slice(format!("content-length: {}\r\n", request.body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&request.body);
    bytes.extend_from_slice(&ahead);
    let (reader, writer) = tokio::io::split(stream);
    tokio::io::join(Cursor::new(bytes).chain(reader), writer)
}
