//! A server running one case: it gets events to send, and every byte of its streams is read.
//!
//! - [`session`]: its state, and playing its script
//! - `served_url`: the URL that it serves
//! - `stream`: one stream as a client holds it; `http1` and `http2` read it, `outlet` connects its task to the session
//! - `http2::link`: a connection over HTTP/2, which streams may share
//! - [`stream_contents`]: what a stream shows
//! - `intake`: taking in what comes from the streams and the adapter
//! - `perform`: what the harness does
//! - `expect`, `matching`: what must be observed; `compare`: whether a response and an event are as expected
//! - `ending`: how every session ends, so that nothing unexpected goes unseen
//! - `describe`: what was observed, in words

pub(super) mod compare;
pub(super) mod describe;
mod ending;
mod expect;
mod http1;
pub(in crate::session) mod http2;
mod intake;
mod matching;
pub(super) mod outlet;
mod perform;
mod served_url;
pub(super) mod session;
pub(super) mod stream;
pub(super) mod stream_contents;
