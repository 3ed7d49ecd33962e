//! Requests, each on its own connection, and the responses.
//!
//! - [`request`]: a request, and how far its response is read
//! - `opening`: the connection of a request, and its first bytes
//! - [`ongoing`]: an exchange while the response is read
//! - [`exchange`]: a request and the response to it
//! - [`block_fields`]: fields of event blocks, also of unfinished ones
//! - [`curl`]: a request as a command line
//! - `http2_stream`: a response over HTTP/2; `response_reader`: one over either version
//! - [`content_coding`]: content codings, decoded incrementally

pub(crate) mod block_fields;
pub(crate) mod content_coding;
pub(crate) mod curl;
pub(crate) mod exchange;
pub(crate) mod http2_stream;
pub(crate) mod ongoing;
mod opening;
pub(crate) mod request;
mod response_reader;
