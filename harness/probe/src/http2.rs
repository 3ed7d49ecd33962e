//! The stream over HTTP/2.
//!
//! - `session`: a connection, frame by frame
//! - [`observation`]: what the checks see of it

pub(crate) mod observation;
pub(crate) mod session;
