//! What defects make of the lines of a block, and of its end.
//!
//! They change what the rules are given, or what the rules gave: the rules themselves stand in the module above.

use std::sync::Arc;

use super::super::defect::Defect;
use super::values::Field;
use super::{Buffers, Event, Resumption, Shown, field, set_reconnection_time};

/// The longest line of clients with such a limit, and the longest of more generous ones.
const LINE_LIMIT: usize = 64 * 1024;
const GENEROUS_LINE_LIMIT: usize = 256 * 1024;

/// What a defect notes of the lines before.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// What the last line was.
    last: Line,
    /// Whether there was a line that is not empty.
    begun: bool,
    /// The id that the present block gave, the first retry of all, and a retry that waits for the end of its block.
    id: Option<String>,
    first_retry: Option<String>,
    waiting_retry: Option<String>,
    /// Whether the present block has an event field without a value.
    empty_type: bool,
    /// Whether the stream was given up.
    pub(super) gave_up: bool,
}

/// What a line is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// There was none.
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

impl Buffers {
    pub(super) fn interpret_wrongly(
        &mut self,
        line: &str,
        resumption: &mut Resumption,
        shown: &mut Vec<Shown>,
    ) {
        let has = |defect| self.defects.has(defect);
        let limited = line.len() > LINE_LIMIT;
        if self.block.gave_up
            || (limited && has(Defect::LongLineEndsStream))
            || (limited && line.starts_with(':') && has(Defect::LongCommentEndsStream))
        {
            self.block.gave_up = true;
            return;
        }
        let left_out = (line.contains(char::REPLACEMENT_CHARACTER) && has(Defect::InvalidLineLeftOut))
            || (line.len() > GENEROUS_LINE_LIMIT && has(Defect::VeryLongLineLeftOut));
        if left_out {
            return;
        }
        let cut = limited && has(Defect::LongLineCut);
        let line = if cut { line.get(..LINE_LIMIT).unwrap_or(line) } else { line };
        let mark = line.strip_prefix('\u{FEFF}').filter(|_| {
            has(Defect::MarkOfEveryLineRemoved)
                || (!self.block.begun && has(Defect::MarkAfterBlankLinesRemoved))
        });
        self.block.begun |= !line.is_empty();
        let line = mark.unwrap_or(line);
        let unindented = line.trim_start();
        let line = if unindented != line && has(Defect::LineIndentRemoved) { unindented } else { line };
        let kind = if line.is_empty() {
            self.empty_line(resumption, shown);
            Line::Empty
        } else if let Some(comment) = line.strip_prefix(':') {
            self.comment(comment, resumption, shown);
            Line::Comment
        } else {
            self.field_line(line, resumption, shown)
        };
        self.block.last = kind;
    }

    fn empty_line(&mut self, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        if self.data.is_empty() && self.fires_without_data() {
            self.data.push('\n');
        }
        shown.extend(self.dispatch_wrongly(resumption).map(Shown::Event));
    }

    fn fires_without_data(&self) -> bool {
        self.defects.has(match self.block.last {
            Line::None => Defect::EmptyLineAtTheStartFires,
            Line::Empty => Defect::EmptyLineFires,
            Line::Comment => Defect::CommentAloneFires,
            Line::Event => Defect::TypeAloneFires,
            Line::Id => Defect::IdAloneFires,
            Line::Retry => Defect::RetryAloneFires,
            Line::Unknown => Defect::UnknownFieldAloneFires,
            // Its data was taken away.
            Line::Data => return false,
        })
    }

    fn comment(&mut self, comment: &str, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        let has = |defect| self.defects.has(defect);
        if has(Defect::CommentEndsStream) || (comment.contains('\0') && has(Defect::NulInCommentEndsStream)) {
            self.block.gave_up = true;
        } else if comment.contains(':') && has(Defect::CommentIsAField) {
            let (name, value) = field(comment.trim_start());
            self.process_field(name, value, resumption);
        } else if has(Defect::CommentIsData) {
            self.append_data(comment);
        } else if !self.data.is_empty() && has(Defect::CommentDiscardsData) {
            self.data.clear();
        } else if !self.data.is_empty() && has(Defect::CommentEndsEvent) {
            shown.extend(self.dispatch(resumption).map(Shown::Event));
        } else {
            shown.push(Shown::Comment(comment.to_owned()));
        }
    }

    fn field_line(&mut self, line: &str, resumption: &mut Resumption, shown: &mut Vec<Shown>) -> Line {
        let has = |defect| self.defects.has(defect);
        let Field { name, value } = Field::of(line, &self.defects);
        let pending = !self.data.is_empty();
        if pending && name != "data" && has(Defect::OtherFieldEndsEvent) {
            shown.extend(self.dispatch(resumption).map(Shown::Event));
        }
        match name.as_ref() {
            "event" => {
                self.block.empty_type = value.is_empty();
                if let Some(value) = self.wrong_type(value.as_ref()) {
                    self.set_event_type(&value);
                }
                Line::Event
            }
            "data" => {
                if let Some(value) = self.wrong_data(value.as_ref()) {
                    self.append_data(&value);
                }
                if self.defects.has(Defect::EachDataFires) {
                    shown.extend(self.dispatch(resumption).map(Shown::Event));
                }
                Line::Data
            }
            "id" => {
                if let Some(value) = self.wrong_id(value.as_ref()) {
                    self.set_last_event_id(&value);
                    if self.last_event_id != resumption.last_event_id && self.defects.has(Defect::IdSetAtOnce)
                    {
                        self.commit_last_event_id(resumption);
                    }
                }
                Line::Id
            }
            "retry" => {
                let typed = !self.event_type.is_empty();
                if typed && self.defects.has(Defect::RetryOfMessagesOnly) {
                    return Line::Retry;
                }
                if let Some(value) = self.wrong_retry(value.as_ref()) {
                    set_reconnection_time(&value, resumption);
                }
                Line::Retry
            }
            _ => {
                if self.defects.has(Defect::UnknownFieldIsData) {
                    self.append_data(value.as_ref());
                } else if pending && self.defects.has(Defect::UnknownFieldDiscardsData) {
                    self.data.clear();
                }
                Line::Unknown
            }
        }
    }

    /// The type to set, if one is to be set.
    fn wrong_type(&self, value: &str) -> Option<String> {
        let has = |defect| self.defects.has(defect);
        let earlier = !self.event_type.is_empty();
        let odd = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let ignored = has(Defect::TypeIgnored)
            || (earlier && has(Defect::FirstTypeWins))
            || (earlier && value.is_empty() && has(Defect::EmptyTypeIgnored))
            || (!self.data.is_empty() && has(Defect::TypeAfterDataIgnored))
            || (value.contains(odd) && has(Defect::OddTypeIgnored));
        if ignored {
            None
        } else if earlier && !value.is_empty() && has(Defect::TypesJoined) {
            Some(format!("{}{value}", self.event_type))
        } else if value.contains(char::is_uppercase) && has(Defect::TypeLowercased) {
            Some(value.to_lowercase())
        } else if value.trim() != value && has(Defect::TypeTrimmed) {
            Some(value.trim().to_owned())
        } else {
            Some(value.to_owned())
        }
    }

    /// The line of data to append, if one is to be appended.
    fn wrong_data(&mut self, value: &str) -> Option<String> {
        let has = |defect| self.defects.has(defect);
        let earlier = !self.data.is_empty();
        if (earlier && has(Defect::FirstDataWins)) || (value.is_empty() && has(Defect::EmptyDataLeftOut)) {
            return None;
        }
        if earlier && has(Defect::LastDataWins) {
            self.data.clear();
        } else if earlier && has(Defect::DataReversed) {
            self.data = format!("{value}\n{}", self.data);
            return None;
        }
        match value.split_once('\0') {
            Some((before, _)) if self.defects.has(Defect::DataEndsAtNul) => Some(before.to_owned()),
            _ => Some(value.to_owned()),
        }
    }

    /// The id to set, if one is to be set.
    fn wrong_id(&mut self, value: &str) -> Option<String> {
        let has = |defect| self.defects.has(defect);
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        let ignored = has(Defect::IdIgnored)
            || (value.is_empty() && has(Defect::EmptyIdIgnored))
            || (self.block.id.is_some() && has(Defect::FirstIdWins))
            || (!self.data.is_empty() && has(Defect::IdAfterDataIgnored))
            || (!digits && has(Defect::IdMustBeNumber));
        if ignored {
            return None;
        }
        let mut id = value.to_owned();
        if let Some((before, _)) = value.split_once('\0') {
            if has(Defect::IdWithNulAccepted) {
                self.last_event_id = value.into();
            } else if has(Defect::IdEndsAtNul) {
                id = before.to_owned();
            } else if has(Defect::IdWithNulResets) {
                id = String::new();
            }
        } else if value.trim() != value && has(Defect::IdTrimmed) {
            id = value.trim().to_owned();
        }
        self.block.id = Some(id.clone());
        Some(id)
    }

    /// The retry to set, if one is to be set.
    fn wrong_retry(&mut self, value: &str) -> Option<String> {
        let value = super::values::retry(value, &self.defects)?;
        let first = self.block.first_retry.get_or_insert_with(|| value.clone());
        if *first != value && self.defects.has(Defect::FirstRetryWins) {
            return None;
        }
        if self.defects.has(Defect::RetryWaitsForEmptyLine) {
            self.block.waiting_retry = Some(value);
            return None;
        }
        Some(value)
    }

    /// The end of a block.
    pub(super) fn dispatch_wrongly(&mut self, resumption: &mut Resumption) -> Option<Event> {
        if let Some(value) = self.block.waiting_retry.take() {
            set_reconnection_time(&value, resumption);
        }
        let own_id = self.block.id.take();
        self.before_dispatch(own_id.is_some(), resumption);
        let (data, kind) = (self.data.clone(), self.event_type.clone());
        let event = self.dispatch(resumption);
        let typed = !kind.is_empty();
        if event.is_some() && self.defects.has(Defect::DataKept) {
            self.data = data;
        }
        let kept = if event.is_some() { Defect::TypeKept } else { Defect::TypeOfBlockWithoutDataKept };
        if typed && self.defects.has(kept) {
            self.event_type = kind;
        }
        let empty_type = std::mem::take(&mut self.block.empty_type);
        self.after_dispatch(event?, own_id.is_some(), empty_type)
    }

    fn before_dispatch(&mut self, own_id: bool, resumption: &Resumption) {
        let has = |defect| self.defects.has(defect);
        let typed = !self.event_type.is_empty() && !self.data.is_empty();
        if typed && self.last_event_id != resumption.last_event_id && has(Defect::IdOfMessagesOnly) {
            self.last_event_id = Arc::clone(&resumption.last_event_id);
        }
        let forgotten = !own_id && !self.last_event_id.is_empty();
        if self.data.is_empty() {
            if self.last_event_id != resumption.last_event_id && has(Defect::IdWithoutDataIgnored) {
                self.last_event_id = Arc::clone(&resumption.last_event_id);
            }
            return;
        }
        if forgotten && has(Defect::IdForgottenByNextEvent) {
            self.last_event_id = "".into();
        }
        if self.data == "\n" && has(Defect::EmptyEventNotDelivered) {
            self.data.clear();
        } else if self.data.ends_with("\n\n") && has(Defect::AllLastLfsRemoved) {
            self.data.truncate(self.data.trim_end_matches('\n').len() + 1);
        } else if has(Defect::LastLfKept) {
            self.data.push('\n');
        }
    }

    fn after_dispatch(&self, mut event: Event, own_id: bool, empty_type: bool) -> Option<Event> {
        let has = |defect| self.defects.has(defect);
        if (event.kind == "error" && has(Defect::ErrorTypeNotDelivered))
            || (event.kind == "open" && has(Defect::OpenTypeNotDelivered))
        {
            return None;
        }
        if empty_type && event.kind == "message" && has(Defect::EmptyTypeIsAType) {
            event.kind.clear();
        }
        event.data = super::values::data(event.data, &self.defects);
        let shown_id = !event.last_event_id.is_empty();
        if shown_id && !own_id && has(Defect::OwnIdOnly) {
            event.last_event_id = "".into();
        } else if !shown_id && !own_id && has(Defect::NoIdIsTheWordNull) {
            event.last_event_id = "null".into();
        }
        Some(event)
    }
}
