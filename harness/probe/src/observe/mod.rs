//! Observations of the server, each made once no matter how many checks need it.
//!
//! - [`observations`]: all observations, and a check's view of them
//! - [`once`]: values that are computed once per key
//! - [`admission`]: opening streams on a server that refuses those that are too many
//! - [`places`]: the streams that the server serves at the same time; [`capacity`]: how many these are
//! - [`before_leaving`]: the events of the first stream, before any client has left
//! - [`heads`]: when response heads came
//! - [`long`]: the stream, observed for the whole probe
//! - [`seen`]: what was seen of the stream altogether
//! - [`pair`]: two streams that are open at the same time
//! - [`replay`]: when what a server sends is new
//! - [`resumption`]: a stream that is closed and resumed

pub(crate) mod admission;
pub(crate) mod batches;
pub(crate) mod before_leaving;
pub(crate) mod capacity;
pub(crate) mod crowd;
pub(crate) mod heads;
pub(crate) mod long;
pub(crate) mod observations;
pub(crate) mod once;
pub(crate) mod pair;
pub(crate) mod places;
pub(crate) mod replay;
pub(crate) mod resumption;
pub(crate) mod seen;
