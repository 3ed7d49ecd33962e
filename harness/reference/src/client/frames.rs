//! The frames of a server, as a client with a defect sees them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::defect::list::Defect;
use crate::defect::switches::Defects;

/// The length of a frame's header, <https://www.rfc-editor.org/rfc/rfc9113#section-4.1>.
const HEADER: usize = 9;

const PING: u8 = 6;
const GOAWAY: u8 = 7;

/// A type that no frame has, so that it is ignored, <https://www.rfc-editor.org/rfc/rfc9113#section-5.5>.
const NO_TYPE: u8 = 0xF8;

/// Follows the frames of a server, and hides those that a defect overlooks. A header is expected in one read.
#[derive(Debug)]
pub(crate) struct Frames {
    /// How many bytes of the current payload are left.
    payload: usize,
    /// Whether GOAWAY came.
    goes_away: Arc<watch::Sender<bool>>,
    /// Whether the user of the stream that opened the connection takes no more events.
    paused: Arc<AtomicBool>,
    defects: Defects,
}

impl Frames {
    /// The frames of a connection, which says here when GOAWAY has come.
    pub(crate) fn new(
        goes_away: Arc<watch::Sender<bool>>,
        paused: Arc<AtomicBool>,
        defects: Defects,
    ) -> Self {
        Self { payload: 0, goes_away, paused, defects }
    }

    /// Follows what was read.
    pub(crate) fn read(&mut self, mut bytes: &mut [u8]) {
        loop {
            let length = self.payload.min(bytes.len());
            self.payload -= length;
            bytes = bytes.get_mut(length..).unwrap_or_default();
            let Some([a, b, c, kind, ..]) = bytes.first_chunk_mut::<HEADER>() else { return };
            self.payload = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
            if *kind == GOAWAY {
                self.goes_away.send_replace(true);
            }
            if (*kind == GOAWAY && self.defects.has(Defect::GoAwayIgnored))
                || (*kind == PING && self.is_ping_overlooked())
            {
                *kind = NO_TYPE;
            }
            bytes = bytes.get_mut(HEADER..).unwrap_or_default();
        }
    }

    fn is_ping_overlooked(&self) -> bool {
        let waits_for_user =
            self.defects.has(Defect::PingWaitsForUser) && self.paused.load(Ordering::Acquire);
        waits_for_user || self.defects.has(Defect::PingUnanswered)
    }
}
