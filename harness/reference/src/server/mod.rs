//! The reference server: topics of event streams over HTTP/1.x and HTTP/2, written from the texts of the standards.
//!
//! - `emission`, `notice`: what an application sends, and what it learns about its clients
//! - `lines`, `block`, `encoder`: what is written for an event, a comment, a reconnection time
//! - `topic`, `history`, `stream_queue`: which clients get it, missed events, and what is not written yet
//! - `next_write`: what is written next on a stream, and when a keep-alive is
//! - `request`, `response`: a request, and the head of its response
//! - `connection`, `http1`, `http2`, `head_writer`: the connections
//! - `topics`, `listener`: the topics by their paths, and the listener
//! - `session`: the application, which follows the commands of the harness

mod block;
mod connection;
mod emission;
mod encoder;
mod head_writer;
mod history;
mod http1;
mod http2;
mod lines;
mod listener;
mod next_write;
mod notice;
mod request;
mod response;
pub(crate) mod session;
mod stream_queue;
mod topic;
mod topics;
