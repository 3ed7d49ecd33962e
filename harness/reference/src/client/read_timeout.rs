//! The read timeout: how long the user lets a stream be silent before its connection counts as lost.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::client::body_reader::BodyReader;
use crate::client::http_error::Read;
use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::stream::output::Shown;

/// The read timeout of one body.
#[derive(Debug)]
pub(crate) struct ReadTimeout {
    /// `None` if a stream may be silent forever.
    limit: Option<Duration>,
    /// When the last sign of life came.
    heard: Instant,
    /// Whether any byte of this body came.
    has_begun: bool,
    defects: Defects,
}

/// Nothing came for this long.
#[derive(Debug)]
pub(crate) struct Silence(pub(crate) Duration);

impl ReadTimeout {
    pub(crate) fn new(limit: Option<Duration>, defects: &Defects) -> Self {
        let limit = limit.filter(|_| !defects.has(Defect::ReadTimeoutIgnored));
        Self { limit, heard: Instant::now(), has_begun: false, defects: defects.clone() }
    }

    /// The next read of the body.
    ///
    /// # Errors
    /// If it does not come in time.
    pub(crate) async fn read(&self, body: &mut BodyReader) -> Result<Read, Silence> {
        let is_off = !self.has_begun && self.defects.has(Defect::ReadTimeoutFromFirstByte);
        match self.limit.filter(|_| !is_off) {
            None => Ok(body.next().await),
            Some(limit) => timeout_at(self.heard + limit, body.next()).await.map_err(|_| Silence(limit)),
        }
    }

    /// These bytes came, and completed this: any byte is a sign of life.
    pub(crate) fn heard(&mut self, bytes: &[u8], shown: &[Shown]) {
        self.has_begun = true;
        let has = |defect| self.limit.is_some() && self.defects.has(defect);
        let is_event = shown.iter().any(Shown::is_event);
        let ends_a_line = bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        let is_life = (is_event || !has(Defect::CommentsAreSilence))
            && (ends_a_line || !has(Defect::PartsOfLinesAreSilence));
        if is_life {
            self.heard = Instant::now();
        }
    }
}
