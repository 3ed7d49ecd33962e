//! Requests on connections of their own, and all that comes back.
//!
//! - `ask`: a request, and how long its answer is watched
//! - `connection`: a connection, and how it is left
//! - `live`: an answer while it comes
//! - `exchange`: what came
//! - `pending`: fields that wait for their blank line
//! - `coding`: content codings, decoded as they come

pub(super) mod ask;
mod coding;
pub(super) mod connection;
pub(super) mod exchange;
pub(super) mod live;
mod pending;

pub(super) use ask::{Ask, Method, USUAL_TYPE, Version, Watch};
pub(super) use exchange::{End, Event, Exchange};
pub(super) use live::Live;
