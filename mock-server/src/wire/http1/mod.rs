//! HTTP/1.1, written byte for byte ([RFC 9112](https://www.rfc-editor.org/rfc/rfc9112)).
//!
//! - `connection`: the task that owns a socket; `exit`: why it ends; `intake` and `output` are its two directions
//! - `order`, `inbox`, `handle`: what the task is ordered to do, and who holds it
//! - `exchange`: one request and our response to it
//! - `pusher`: writing to an open body from outside its script
//! - `request`, `request_reader`, `request_head`, `request_body`: a request, and reading it from bytes
//! - `response`: a response as bytes; `repeat`: a repeated pattern, cut into writes
//!
//! A stream of HTTP/2 has the same exchange, orders and handle, and a task of its own.

pub(in crate::wire) mod connection;
pub(in crate::wire) mod exchange;
mod exit;
pub(in crate::wire) mod handle;
pub(in crate::wire) mod inbox;
pub(in crate::wire) mod intake;
pub(in crate::wire) mod order;
mod output;
pub(in crate::wire) mod pusher;
pub(in crate::wire) mod repeat;
pub(in crate::wire) mod request;
mod request_body;
mod request_head;
mod request_reader;
pub(in crate::wire) mod response;
