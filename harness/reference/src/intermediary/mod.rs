//! The intermediary: a reverse proxy for HTTP/1.x and HTTP/2 in front, and HTTP/1.1 or HTTP/2 behind,
//! <https://www.rfc-editor.org/rfc/rfc9110#section-3.7>.
//!
//! - [`proxy`]: the listener and its connections
//! - `shared`: what all connections share
//! - `http1`, `http2`: a connection from a client
//! - `request`, `fields`: a request, and the fields that are forwarded
//! - `behind`: where the origin is, and how it is asked
//! - `origin`: the origin, as it is asked for one request, with `origin_http1` or `origin_http2`; `came`: what comes from it
//! - `front`: what a client gets its response through; `head`: the head of a response
//! - `asking`: asking the origin, until the head of its response comes
//! - `relay`: a request and its response; `content`, `coding`: what happens to the content on its way
//! - `sharing`: what an intermediary with a defect stores and shares

mod asking;
pub(crate) mod behind;
mod came;
mod coding;
mod content;
mod fields;
mod front;
mod head;
mod http1;
mod http2;
mod origin;
mod origin_http1;
mod origin_http2;
pub(crate) mod proxy;
mod relay;
mod request;
mod shared;
mod sharing;
