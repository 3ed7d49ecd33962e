//! Forwarding requests to a real server, and its responses back.
//!
//! - [`upstream`]: the server that requests are forwarded to
//! - [`forwarding`]: one request to it, and the response while it arrives
//! - `request`: a request as it is forwarded; `head`: the head of a response as it is passed on
//! - `fields`: which header fields are not passed on
//! - `body`: reads a body and finds its end; `event_counter`: finds the ends of events in it

mod body;
mod event_counter;
mod fields;
pub mod forwarding;
mod head;
mod request;
pub mod upstream;

pub use self::forwarding::{ForwardError, Forwarding, Limit, UpstreamEnd};
pub use self::head::BodyLength;
pub use self::request::ContentCodings;
pub use self::upstream::{Upstream, UpstreamError};
