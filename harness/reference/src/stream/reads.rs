//! What depends on how a stream was cut into reads. By the standard nothing does: each decision here belongs to a defect.

use std::sync::Arc;

use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::stream::buffers::Buffers;
use crate::stream::lines::Lines;
use crate::stream::output::{Event, Shown, StreamEnd};
use crate::stream::resumption::Resumption;

/// Everything that ends a line by some rule, except CR and LF.
const SEPARATORS: [char; 8] =
    ['\u{B}', '\u{C}', '\u{1C}', '\u{1D}', '\u{1E}', '\u{85}', '\u{2028}', '\u{2029}'];

/// The reads of one stream.
#[derive(Debug)]
pub(crate) struct Reads {
    /// What is held back until the next read: a CR, and events.
    held_carriage_return: bool,
    held_shown: Vec<Shown>,
    defects: Defects,
}

impl Reads {
    pub(crate) fn new(defects: Defects) -> Self {
        Self { held_carriage_return: false, held_shown: Vec::new(), defects }
    }

    /// Moves what an earlier read held back to `output`.
    pub(crate) fn release(&mut self, shown: &mut Vec<Shown>) {
        shown.append(&mut self.held_shown);
    }

    /// A read was decoded to this text.
    pub(crate) fn decoded(&mut self, text: &mut String, buffers: &mut Buffers) {
        let has = |defect| self.defects.has(defect);
        if text.contains(char::REPLACEMENT_CHARACTER) && has(Defect::InvalidByteEndsStream) {
            buffers.give_up();
        }
        if text.contains('\0') {
            if has(Defect::NulRemoved) {
                text.retain(|c| c != '\0');
            } else if has(Defect::NulReplaced) {
                *text = text.replace('\0', "\u{FFFD}");
            } else if has(Defect::ReadEndsAtNul) {
                text.truncate(text.find('\0').unwrap_or(text.len()));
            }
        }
        for (defect, separators) in [
            (Defect::UnicodeSeparatorEndsLine, &['\u{2028}', '\u{2029}'][..]),
            (Defect::NextLineEndsLine, &['\u{85}']),
            (Defect::ControlEndsLine, &['\u{B}', '\u{C}', '\u{1C}', '\u{1D}', '\u{1E}']),
            (Defect::AllSeparatorsEndLine, &SEPARATORS),
        ] {
            // One character at a time, because that is much faster than a set.
            if separators.iter().any(|&separator| text.contains(separator)) && has(defect) {
                *text = text.replace(separators, "\n");
            }
        }
        if std::mem::take(&mut self.held_carriage_return) {
            text.insert(0, '\r');
        }
        if text.contains('\r') {
            if has(Defect::CrRemoved) {
                text.retain(|c| c != '\r');
            } else if text.contains('\n') && has(Defect::CrOnlyInReadsWithoutLf) {
                *text = text.replace("\r\n", "\n").replace('\r', " ");
            }
        }
        if text.ends_with('\r') && has(Defect::CrAtEndOfReadLost) {
            text.pop();
        }
        if text.ends_with('\r') && (has(Defect::CrWaitsForMore) || has(Defect::CrAtTheEndLost)) {
            text.pop();
            self.held_carriage_return = true;
        }
    }

    /// The lines of a read were interpreted; the last line and the last block may be unfinished.
    pub(crate) fn interpreted(
        &mut self,
        lines: &mut Lines,
        buffers: &mut Buffers,
        resumption: &mut Resumption,
        shown: &mut Vec<Shown>,
    ) {
        let has = |defect| self.defects.has(defect);
        if !lines.unfinished().is_empty() {
            buffers.line_is_cut();
            let is_lost = has(Defect::LineCutByReadLost)
                || (is_ignored(lines.unfinished()) && has(Defect::CutIgnoredLineRead));
            if is_lost {
                lines.take_unfinished();
            } else if has(Defect::ReadEndsLine) {
                buffers.interpret_line(&lines.take_unfinished(), resumption, shown);
            } else if shown.iter().any(Shown::is_event) && has(Defect::RestOfReadLost) {
                lines.take_unfinished();
            }
        }
        if buffers.has_data() {
            if has(Defect::ReadBeginsBlock) {
                buffers.discard();
            } else if has(Defect::ReadEndsBlock) {
                shown.extend(buffers.dispatch(resumption).map(Shown::Event));
            }
        }
    }

    /// A read completed these events and comments.
    pub(crate) fn completed(&mut self, shown: &mut Vec<Shown>, resumption: &Resumption) {
        let has = |defect| self.defects.has(defect);
        let events = shown.iter().filter(|shown| shown.is_event()).count();
        if events == 0 {
            return;
        }
        if events > 1 {
            if has(Defect::FirstEventOfReadOnly) {
                let mut is_first = true;
                shown.retain(|shown| !shown.is_event() || std::mem::take(&mut is_first));
            } else if has(Defect::LastEventOfReadOnly) {
                let mut left = events;
                shown.retain(|shown| {
                    left -= usize::from(shown.is_event());
                    !shown.is_event() || left == 0
                });
            } else if has(Defect::EventsOfReadReversed) {
                shown.reverse();
            }
            let is_unnamed =
                |shown: &Shown| !matches!(shown, Shown::Event(Event { kind, .. }) if kind != "message");
            if !shown.is_sorted_by_key(is_unnamed) && has(Defect::NamedEventsFirst) {
                shown.sort_by_key(is_unnamed);
            }
            let last = &resumption.last_event_id;
            let differs =
                |shown: &Shown| matches!(shown, Shown::Event(event) if event.last_event_id != *last);
            if shown.iter().any(differs) && has(Defect::IdOfReadShared) {
                for item in &mut *shown {
                    if let Shown::Event(event) = item {
                        event.last_event_id = Arc::clone(last);
                    }
                }
            }
        }
        if has(Defect::EventsOneReadLate) {
            self.held_shown = std::mem::take(shown);
        }
    }

    /// The stream ended, perhaps in the middle of a line or a block.
    pub(crate) fn ended(
        &mut self,
        how: StreamEnd,
        lines: &mut Lines,
        buffers: &mut Buffers,
        resumption: &mut Resumption,
        shown: &mut Vec<Shown>,
    ) {
        let has = |defect| self.defects.has(defect);
        if std::mem::take(&mut self.held_carriage_return) && has(Defect::CrWaitsForMore) {
            lines.split("\r", |line| buffers.interpret_line(line, resumption, shown));
        }
        let line_read = match how {
            StreamEnd::Broken => Defect::UnterminatedLineReadAfterBreak,
            StreamEnd::Clean | StreamEnd::AtLength => Defect::UnterminatedLineRead,
        };
        if !lines.unfinished().is_empty() && has(line_read) {
            buffers.interpret_line(&lines.take_unfinished(), resumption, shown);
        }
        let is_fired = match how {
            StreamEnd::Broken => has(Defect::PendingEventFiredAfterBreak),
            StreamEnd::AtLength => has(Defect::PendingEventFiredAtLength) || has(Defect::PendingEventFired),
            StreamEnd::Clean => has(Defect::PendingEventFired),
        };
        if is_fired && buffers.has_data() {
            shown.extend(buffers.dispatch(resumption).map(Shown::Event));
        }
        let is_cut = how == StreamEnd::Broken || !lines.unfinished().is_empty();
        if !is_cut && buffers.has_begun_block() && has(Defect::PendingBlockFired) {
            shown.extend(buffers.dispatch_unfinished(resumption).map(Shown::Event));
        }
    }
}

/// Whether the start of a line shows that it will be ignored.
fn is_ignored(line: &str) -> bool {
    let name = line.split_once(':').map_or(line, |(name, _)| name);
    line.contains(':') && !["data", "event", "id", "retry"].contains(&name)
}
