//! Interpretation of an event stream: bytes in, events and comments out.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>
//!
//! Each byte is processed a bounded number of times, however the stream is split, and lines have no maximum length.

use crate::defect::switches::Defects;
use crate::stream::buffers::Buffers;
use crate::stream::decoder::{Charset, Decoder};
use crate::stream::lines::Lines;
use crate::stream::output::{Shown, StreamEnd};
use crate::stream::reads::Reads;
use crate::stream::resumption::Resumption;

/// The interpreter of one stream.
#[derive(Debug)]
pub(crate) struct Interpreter {
    decoder: Decoder,
    lines: Lines,
    buffers: Buffers,
    reads: Reads,
    /// The text of the current read; kept for its memory.
    text: String,
}

impl Interpreter {
    /// An interpreter for the start of a stream.
    pub(crate) fn new(resumption: &Resumption, defects: &Defects) -> Self {
        Self {
            decoder: Decoder::new(defects.clone()),
            lines: Lines::new(defects.clone()),
            buffers: Buffers::new(resumption, defects.clone()),
            reads: Reads::new(defects.clone()),
            text: String::new(),
        }
    }

    /// The stream is that of a reconnection. By the standard, only the [`Resumption`] is left of the stream before it.
    pub(crate) fn follow(&mut self, before: &Self, was_reset: bool, resumption: &Resumption) {
        if was_reset {
            self.lines.continue_after_reset(&before.lines);
            self.buffers.continue_after_reset(&before.buffers);
        }
        self.decoder.follow(&before.decoder);
        self.lines.follow(&before.lines);
        self.buffers.follow(&before.buffers, resumption);
    }

    /// The `charset` that the response names.
    pub(crate) fn set_charset(&mut self, charset: Charset) {
        self.decoder.set_charset(charset);
    }

    /// Whether the stream ended inside an event block.
    pub(crate) fn is_inside_event(&self) -> bool {
        self.buffers.has_data() || !self.lines.unfinished().is_empty()
    }

    /// Whether the client stopped reading the stream, which only a defect makes it do.
    pub(crate) fn gave_up(&self) -> bool {
        self.buffers.gave_up()
    }

    /// Interprets the next bytes of the stream, and appends to `output` what they complete.
    pub(crate) fn feed(&mut self, bytes: &[u8], resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        let Self { decoder, lines, buffers, reads, text } = self;
        reads.release(shown);
        text.clear();
        decoder.decode(bytes, text);
        if decoder.has_skipped_mark() {
            buffers.mark_was_skipped();
        }
        reads.decoded(text, buffers);
        let mut completed = Vec::new();
        lines.split(text, |line| buffers.interpret_line(line, resumption, &mut completed));
        reads.interpreted(lines, buffers, resumption, &mut completed);
        reads.completed(&mut completed, resumption);
        shown.append(&mut completed);
    }

    /// The end of the stream: "any pending data must be discarded. (If the file ends in the middle of an event, before
    /// the final empty line, the incomplete event is not dispatched.)" A line without its terminator is not a line, and
    /// a last event ID without its empty line is never set.
    pub(crate) fn end(&mut self, how: StreamEnd, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        let Self { lines, buffers, reads, .. } = self;
        reads.release(shown);
        reads.ended(how, lines, buffers, resumption, shown);
    }
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
