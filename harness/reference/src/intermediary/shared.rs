//! What all connections of an intermediary share.

use std::sync::Arc;

use tokio::sync::{Mutex, Semaphore, watch};

use crate::defect::switches::IntermediaryDefects as Defects;
use crate::intermediary::behind::Behind;
use crate::intermediary::origin_http2::Connection;
use crate::intermediary::sharing::Streams;
use crate::pace::Pace;

/// How many streams an intermediary with a defect forwards at the same time.
const FEW: usize = 100;

/// What all connections of an intermediary share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Where the origin is.
    pub(crate) behind: Behind,
    /// The connection to it, if it is asked over HTTP/2.
    pub(crate) http2: Connection,
    pub(crate) defects: Defects,
    pub(crate) pace: Pace,
    /// Held while something is written to a client. Only an intermediary with a defect does this.
    pub(crate) writing: Mutex<()>,
    /// How many streams can be forwarded. Only an intermediary with a defect counts them.
    pub(crate) streams: Arc<Semaphore>,
    /// The streams that are stored or shared. Only an intermediary with a defect does this.
    pub(crate) kept: Streams,
    /// How often the configuration was reloaded.
    pub(crate) reloads: watch::Sender<u64>,
}

impl Shared {
    pub(crate) fn new(behind: Behind, defects: Defects, pace: Pace) -> Self {
        let streams = Arc::new(Semaphore::new(FEW));
        Self {
            behind,
            http2: Connection::to(behind.address()),
            defects,
            pace,
            writing: Mutex::default(),
            streams,
            kept: Streams::default(),
            reloads: watch::Sender::default(),
        }
    }
}
