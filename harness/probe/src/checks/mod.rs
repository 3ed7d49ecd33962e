//! The checks, one file per topic.
//!
//! - [`head`]: the response head that opens the stream
//! - [`timing`]: when bytes arrive: flushing, buffering, keep-alive
//! - [`body`]: the bytes of the stream; [`fields`]: its fields; [`ids`]: its event ids
//! - [`held_back`]: whether an event waits for the next one; [`emission`]: whether each emission brings one
//! - [`payload`]: payloads that show a mistake in the server's code
//! - [`negotiation`]: request fields and versions that the response may depend on; [`coding`]: content codings; [`variant`]: a request
//!   that differs from the plain one
//! - [`methods`]: HEAD, OPTIONS and methods that are not offered
//! - [`cors`]: use from other origins
//! - [`resume`]: resuming with Last-Event-ID; [`hostile_input`]: attacks through ids and queries
//! - [`ending`]: streams that end, and how failures are reported; [`shared_end`]: whether they end together
//! - [`connections`]: many connections, and how clients disconnect; [`session`]: streams of the same session
//! - [`leaving`]: how clients that leave disturb others
//! - [`deafness`]: whether a stream still receives events after other clients have left
//! - [`broadcast`]: whether every open stream receives the events; [`slow_reader`]: whether one that is not read holds up others
//! - [`http2`]: the stream over HTTP/2
//! - [`stream`]: what checks of the observed stream have in common

pub(crate) mod body;
pub(crate) mod broadcast;
pub(crate) mod coding;
pub(crate) mod connections;
pub(crate) mod cors;
mod deafness;
pub(crate) mod emission;
pub(crate) mod ending;
pub(crate) mod fields;
pub(crate) mod head;
pub(crate) mod held_back;
pub(crate) mod hostile_input;
pub(crate) mod http2;
pub(crate) mod ids;
pub(crate) mod leaving;
pub(crate) mod methods;
pub(crate) mod negotiation;
pub(crate) mod payload;
pub(crate) mod resume;
pub(crate) mod session;
pub(crate) mod shared_end;
pub(crate) mod slow_reader;
pub(crate) mod stream;
pub(crate) mod timing;
mod variant;
