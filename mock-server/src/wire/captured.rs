//! Bytes as a transcript keeps them.

/// How many bytes of one row are kept for the transcript.
pub const CAPTURE_LIMIT: usize = 4096;

/// Bytes as the transcript keeps them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    /// The first bytes, at most [`CAPTURE_LIMIT`].
    pub bytes: Vec<u8>,
    /// How many bytes there were in all.
    pub length: u64,
}

impl Captured {
    /// Captures `bytes`.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut captured = Self::default();
        captured.add(bytes);
        captured
    }

    /// Appends bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let room = CAPTURE_LIMIT.saturating_sub(self.bytes.len());
        self.bytes.extend(bytes.iter().take(room));
        self.length = self.length.saturating_add(bytes.len() as u64);
    }
}

/// Where the bytes that a connection writes are reported.
pub(super) trait ReportSent: std::fmt::Debug + Send + Sync {
    /// The number of the connection.
    fn connection(&self) -> u32;

    /// The number of the connection that carries it.
    fn carrier(&self) -> u32;

    /// Whether the connection is over TLS.
    fn is_encrypted(&self) -> bool;

    /// Whether bytes are reported.
    fn reports_bytes(&self) -> bool;

    /// These bytes are about to be written.
    fn sent(&self, captured: Captured);
}
