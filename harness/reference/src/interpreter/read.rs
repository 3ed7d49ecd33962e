//! What defects make of a read as a whole, and of the end of the stream.

use super::super::defect::Defect;
use super::{End, Event, Interpreter, Resumption, Shown};

/// What a defect holds back until the next read has come.
#[derive(Debug, Default)]
pub(super) struct Held {
    carriage_return: bool,
    shown: Vec<Shown>,
}

impl Interpreter {
    /// Whether the client gave the stream up without a word.
    pub(in super::super) fn gave_up(&self) -> bool {
        self.buffers.block.gave_up
    }

    /// The stream's bytes are to be taken for Latin-1.
    pub(in super::super) fn honour_charset(&mut self) {
        self.decoder.honour_charset();
    }

    /// Takes over what a defect keeps of the stream before this one.
    pub(in super::super) fn carry_over(&mut self, before: &Self, resumption: &Resumption) {
        self.decoder.is_later();
        self.decoder.carry_over(&before.decoder);
        self.lines.carry_over(&before.lines);
        let has = |defect| self.defects.has(defect);
        if !before.buffers.data.is_empty() && has(Defect::DataCarriedOver) {
            self.buffers.data.clone_from(&before.buffers.data);
        }
        if !before.buffers.event_type.is_empty() && has(Defect::TypeCarriedOver) {
            self.buffers.event_type.clone_from(&before.buffers.event_type);
        }
        if !resumption.last_event_id.is_empty() && has(Defect::IdForgottenOnConnection) {
            self.buffers.last_event_id = "".into();
        }
    }

    /// The text of a read is in `self.text`.
    pub(super) fn feed_wrongly(&mut self, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        shown.append(&mut self.held.shown);
        let before = shown.len();
        self.change_text();
        let Self { lines, buffers, text, .. } = self;
        lines.split(text, |line| buffers.interpret_line(line, resumption, shown));
        self.after_lines(resumption, shown);
        let mut new = shown.split_off(before.min(shown.len()));
        self.change_shown(&mut new, resumption);
        shown.append(&mut new);
    }

    fn change_text(&mut self) {
        let Self { text, held, defects, buffers, .. } = self;
        let has = |defect| defects.has(defect);
        if text.contains(char::REPLACEMENT_CHARACTER) && has(Defect::InvalidByteEndsStream) {
            buffers.block.gave_up = true;
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
        ] {
            if text.contains(separators) && has(defect) {
                *text = text.replace(separators, "\n");
            }
        }
        if std::mem::take(&mut held.carriage_return) {
            text.insert(0, '\r');
        }
        if text.contains('\r') {
            if has(Defect::CrRemoved) {
                text.retain(|c| c != '\r');
            } else if text.contains('\n') && has(Defect::CrOnlyInReadsWithoutLf) {
                *text = text.replace("\r\n", "\n").replace('\r', " ");
            }
        }
        if text.ends_with('\r') && (has(Defect::CrWaitsForMore) || has(Defect::CrAtTheEndLost)) {
            text.pop();
            held.carriage_return = true;
        }
    }

    /// Does to what the read left unfinished what a defect does.
    fn after_lines(&mut self, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        let Self { lines, buffers, defects, .. } = self;
        let has = |defect| defects.has(defect);
        if !lines.unfinished().is_empty() {
            if has(Defect::LineCutByReadLost) {
                lines.take_unfinished();
            } else if has(Defect::ReadEndsLine) {
                buffers.interpret_line(&lines.take_unfinished(), resumption, shown);
            } else if shown.iter().any(is_event) && has(Defect::RestOfReadLost) {
                lines.take_unfinished();
            }
        }
        if !buffers.data.is_empty() {
            if has(Defect::ReadBeginsBlock) {
                buffers.reset();
            } else if has(Defect::ReadEndsBlock) {
                shown.extend(buffers.dispatch(resumption).map(Shown::Event));
            }
        }
    }

    fn change_shown(&mut self, shown: &mut Vec<Shown>, resumption: &Resumption) {
        let has = |defect| self.defects.has(defect);
        let events = shown.iter().filter(|shown| is_event(shown)).count();
        if events == 0 {
            return;
        }
        if events > 1 {
            if has(Defect::FirstEventOfReadOnly) {
                let mut first = true;
                shown.retain(|shown| !is_event(shown) || std::mem::take(&mut first));
            } else if has(Defect::LastEventOfReadOnly) {
                let mut left = events;
                shown.retain(|shown| {
                    left -= usize::from(is_event(shown));
                    !is_event(shown) || left == 0
                });
            } else if has(Defect::EventsOfReadReversed) {
                shown.reverse();
            }
            let named =
                |shown: &Shown| matches!(shown, Shown::Event(Event { kind, .. }) if kind != "message");
            if !shown.is_sorted_by_key(|shown| !named(shown)) && has(Defect::NamedEventsFirst) {
                shown.sort_by_key(|shown| !named(shown));
            }
            let last = &resumption.last_event_id;
            let differs =
                |shown: &Shown| matches!(shown, Shown::Event(event) if event.last_event_id != *last);
            if shown.iter().any(differs) && has(Defect::IdOfReadShared) {
                for item in &mut *shown {
                    if let Shown::Event(event) = item {
                        event.last_event_id = std::sync::Arc::clone(last);
                    }
                }
            }
        }
        if has(Defect::EventsOneReadLate) {
            self.held.shown = std::mem::take(shown);
        }
    }

    pub(super) fn end_wrongly(&mut self, how: End, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        shown.append(&mut self.held.shown);
        let Self { lines, buffers, held, defects, .. } = self;
        let has = |defect| defects.has(defect);
        if std::mem::take(&mut held.carriage_return) && has(Defect::CrWaitsForMore) {
            lines.split("\r", |line| buffers.interpret_line(line, resumption, shown));
        }
        let read = match how {
            End::Broken => Defect::UnterminatedLineReadAfterBreak,
            End::Clean | End::AtLength => Defect::UnterminatedLineRead,
        };
        if !lines.unfinished().is_empty() && has(read) {
            buffers.interpret_line(&lines.take_unfinished(), resumption, shown);
        }
        let fired = match how {
            End::Broken => has(Defect::PendingEventFiredAfterBreak),
            End::AtLength => has(Defect::PendingEventFiredAtLength) || has(Defect::PendingEventFired),
            End::Clean => has(Defect::PendingEventFired),
        };
        if fired && !buffers.data.is_empty() {
            shown.extend(buffers.dispatch(resumption).map(Shown::Event));
        }
    }
}

fn is_event(shown: &Shown) -> bool {
    matches!(shown, Shown::Event(_))
}
