//! The results file: its contents, reading and writing.
//!
//! A results file is JSON Lines: one [`Header`], then a [`CaseResult`] for every case in every
//! delivery, then one [`Footer`]. It is written while the run goes on, so a file without a
//! footer records a run that did not finish.

mod delivery;
mod error;
mod model;
mod read;
mod records;
mod version;
mod words;
mod write;

pub use delivery::{Delivery, UnknownDelivery};
pub use error::{ReadError, WriteError};
pub use model::{Results, Warning};
pub use records::{
    Adapter, CaseResult, Counts, Fact, Failure, Footer, Header, Implementation, Known, KnownFailure,
    Platform, Record, Requirement, Row, Selection, Source,
};
pub use version::V1;
pub use words::{Level, Role, Transport, Verdict};
pub use write::ResultsWriter;
