//! What the buffers of a stream remember of earlier lines. By the standard, nothing.

/// A record of earlier lines, read only by defects.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) last_line: LineKind,
    /// Whether the stream has had a line that is not empty.
    pub(super) has_begun: bool,
    /// Whether the current block has an `id` field that was not ignored.
    pub(super) has_id: bool,
    /// Whether the last `event` field of the current block has no value.
    pub(super) has_empty_type: bool,
    /// The first `retry` value of the stream, and one that waits for the end of its block.
    pub(super) first_retry: Option<String>,
    pub(super) waiting_retry: Option<String>,
    /// Whether the unfinished line, and the one being interpreted, are split across reads.
    pub(super) cut: bool,
    pub(super) was_cut: bool,
    /// Whether the client stopped reading the stream.
    pub(super) gave_up: bool,
    /// Whether a byte order mark was skipped at the start of the stream.
    pub(super) skipped_mark: bool,
    /// Whether the stream has had no event.
    pub(super) is_first: bool,
    /// Whether the next line is lost.
    pub(super) loses_next_line: bool,
    /// What the current block did.
    pub(super) block: Block,
    /// How many bytes the lines of the current block have.
    pub(super) length: usize,
}

/// What an event block did so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// It has no line.
    #[default]
    Empty,
    /// It has only lines that set nothing.
    SetNothing,
    /// It set something, or has a comment.
    SetSomething,
}

/// What a line is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    /// There has been no line.
    #[default]
    None,
    Empty,
    Comment,
    Event,
    Data,
    Id,
    Retry,
    Unknown,
}
