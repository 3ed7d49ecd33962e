//! The results file: its contents, reading and writing.
//!
//! A results file is JSON Lines: one `Header`, then a [`CaseResult`] for every case in every
//! delivery, then one `Footer`. It is written while the run goes on, so a file without a
//! footer records a run that did not finish.

mod delivery;
#[cfg(feature = "file")]
mod diagnosis;
#[cfg(feature = "file")]
mod error;
#[cfg(feature = "file")]
mod lines;
#[cfg(feature = "file")]
mod model;
mod protocol;
#[cfg(feature = "file")]
mod read;
mod records;
#[cfg(feature = "file")]
mod shard;
mod variation;
mod version;
mod words;
#[cfg(feature = "file")]
mod write;

pub use delivery::{Cut, Delivery, DeliveryKind, UnknownDelivery};
#[cfg(feature = "file")]
pub use diagnosis::{Cause, Diagnosis, NamedMistake};
#[cfg(feature = "file")]
pub use error::{ReadError, WriteError};
#[cfg(feature = "file")]
pub use lines::{
    Adapter, Adapters, Footer, Header, Implementation, Platform, ProcessorTime, Record, Selection,
};
#[cfg(feature = "file")]
pub use model::{Results, Warning};
pub use protocol::Protocol;
pub use records::{
    CaseResult, Counts, Fact, Failure, Known, KnownFailure, Place, Requirement, Row, Source, StepTime,
};
#[cfg(feature = "file")]
pub use shard::{Shard, UnknownShard};
pub use variation::Variation;
pub use version::V1;
pub use words::{Deciding, Framing, Level, Loss, Role, Transport, Verdict};
#[cfg(feature = "file")]
pub use write::ResultsWriter;
