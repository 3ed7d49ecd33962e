//! The three buffers that the standard has for a stream, and how lines fill them.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>

mod dispatch;

use std::sync::Arc;
use std::time::Duration;

use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::stream::field::Field;
use crate::stream::notes::{Block, LineKind, Notes};
use crate::stream::output::{Event, Shown};
use crate::stream::resumption::{DEFAULT_RECONNECTION_TIME, Resumption};
use crate::stream::retry;

/// The longest line of clients with such a limit, and the longest of more generous ones, in bytes.
const LINE_LIMIT: usize = 64 * 1024;
const GENEROUS_LINE_LIMIT: usize = 256 * 1024;

/// The buffers of one stream.
#[derive(Debug)]
pub(crate) struct Buffers {
    data: String,
    event_type: String,
    last_event_id: Arc<str>,
    notes: Notes,
    defects: Defects,
}

impl Buffers {
    /// The data and event type buffers start empty. So does the last event ID buffer in the text, which would let the
    /// first empty line of a new connection erase the ID from before it. The web platform tests (`format-field-id-2`)
    /// want it to stay.
    pub(crate) fn new(resumption: &Resumption, defects: Defects) -> Self {
        Self {
            data: String::new(),
            event_type: String::new(),
            last_event_id: Arc::clone(&resumption.last_event_id),
            notes: Notes { is_first: true, ..Notes::default() },
            defects,
        }
    }

    /// The stream is that of a reconnection; takes over what a defect keeps of the stream before it.
    pub(crate) fn follow(&mut self, before: &Self, resumption: &Resumption) {
        let has = |defect| self.defects.has(defect);
        if !before.data.is_empty() && has(Defect::DataCarriedOver) {
            self.data.clone_from(&before.data);
        }
        if !before.event_type.is_empty() && has(Defect::TypeCarriedOver) {
            self.event_type.clone_from(&before.event_type);
        }
        if !resumption.last_event_id.is_empty() && has(Defect::IdForgottenOnConnection) {
            self.last_event_id = "".into();
        }
        if before.last_event_id != resumption.last_event_id && has(Defect::UnfinishedIdCarriedOver) {
            self.last_event_id.clone_from(&before.last_event_id);
        }
    }

    /// The stream before was reset; takes over what a defect keeps of it.
    pub(crate) fn continue_after_reset(&mut self, before: &Self) {
        let is_pending = !before.data.is_empty() || !before.event_type.is_empty() || before.notes.has_id;
        if is_pending && self.defects.has(Defect::StreamContinuesAfterReset) {
            self.data.clone_from(&before.data);
            self.event_type.clone_from(&before.event_type);
            self.last_event_id.clone_from(&before.last_event_id);
        }
    }

    /// A byte order mark was skipped at the start of the stream.
    pub(crate) fn mark_was_skipped(&mut self) {
        self.notes.skipped_mark = true;
    }

    /// Whether the current block has a line.
    pub(crate) fn has_begun_block(&self) -> bool {
        self.notes.block == Block::SetSomething
    }

    /// Dispatches a block at the end of the stream, which only a defect does.
    pub(crate) fn dispatch_unfinished(&mut self, resumption: &mut Resumption) -> Option<Event> {
        if self.data.is_empty() {
            self.data.push('\n');
        }
        self.dispatch(resumption)
    }

    /// Whether the client stopped reading the stream, which only a defect makes it do.
    pub(crate) fn gave_up(&self) -> bool {
        self.notes.gave_up
    }

    /// A read ended inside a line.
    pub(crate) fn line_is_cut(&mut self) {
        self.notes.cut = true;
    }

    /// Stops reading the stream.
    pub(crate) fn give_up(&mut self) {
        self.notes.gave_up = true;
    }

    /// Whether the current block has data.
    pub(crate) fn has_data(&self) -> bool {
        !self.data.is_empty()
    }

    /// "Lines must be processed, in the order they are received, as follows".
    pub(crate) fn interpret_line(&mut self, line: &str, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        self.notes.was_cut = std::mem::take(&mut self.notes.cut);
        let Some(line) = self.admit(line) else { return };
        if std::mem::take(&mut self.notes.loses_next_line) {
            return;
        }
        self.notes.last_line = if line.is_empty() {
            self.empty_line(resumption, shown);
            LineKind::Empty
        } else if let Some(comment) = line.strip_prefix(':') {
            self.notes.block = Block::SetSomething;
            self.comment(comment, resumption, shown);
            LineKind::Comment
        } else {
            let field = Field::parse(line, &self.defects);
            self.process_field(&field, resumption, shown)
        };
    }

    /// The line to interpret: every line, unchanged.
    fn admit<'l>(&mut self, line: &'l str) -> Option<&'l str> {
        let has = |defect| self.defects.has(defect);
        self.notes.length = if line.is_empty() { 0 } else { self.notes.length + line.len() + 1 };
        let is_long = line.len() > LINE_LIMIT;
        if self.notes.gave_up
            || (is_long && has(Defect::LongLineEndsStream))
            || (self.notes.length >= LINE_LIMIT && has(Defect::LongBlockEndsStream))
            || (is_long && line.starts_with(':') && has(Defect::LongCommentEndsStream))
        {
            self.notes.gave_up = true;
            return None;
        }
        let is_left_out = (line.contains(char::REPLACEMENT_CHARACTER) && has(Defect::InvalidLineLeftOut))
            || (line.len() > GENEROUS_LINE_LIMIT && has(Defect::VeryLongLineLeftOut));
        if is_left_out {
            return None;
        }
        let is_cut = is_long && has(Defect::LongLineCut);
        let line = if is_cut { line.get(..LINE_LIMIT).unwrap_or(line) } else { line };
        let after_mark = line.strip_prefix('\u{FEFF}').filter(|_| {
            has(Defect::MarkOfEveryLineRemoved)
                || (!self.notes.has_begun && has(Defect::MarkAfterBlankLinesRemoved))
                || (!self.notes.has_begun && !self.notes.skipped_mark && has(Defect::MarkOfFirstBlockRemoved))
        });
        self.notes.has_begun |= !line.is_empty();
        let line = after_mark.unwrap_or(line);
        let is_indented = line.starts_with(char::is_whitespace) && has(Defect::LineIndentRemoved);
        let is_trimmed = line.trim() != line && has(Defect::LineTrimmed);
        Some(match () {
            () if is_trimmed => line.trim(),
            () if is_indented => line.trim_start(),
            () => line,
        })
    }

    /// "If the line is empty (a blank line): Dispatch the event, as defined below."
    fn empty_line(&mut self, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        if self.data.is_empty() && self.fires_without_data() {
            self.data.push('\n');
        }
        if std::mem::take(&mut self.notes.block) == Block::SetNothing
            && self.last_event_id.is_empty()
            && self.defects.has(Defect::BlockOfNothingEndsStream)
        {
            self.notes.gave_up = true;
        }
        shown.extend(self.dispatch(resumption).map(Shown::Event));
    }

    /// Decides whether a block without data fires an event. "If the data buffer is an empty string, set the data buffer
    /// and the event type buffer to the empty string and return."
    fn fires_without_data(&self) -> bool {
        let has = |defect| self.defects.has(defect);
        let has_id = !self.last_event_id.is_empty();
        if has(Defect::EveryBlankLineFires) || (has_id && has(Defect::EveryBlankLineFiresAfterId)) {
            return true;
        }
        if self.notes.last_line == LineKind::Retry && self.notes.block == Block::SetSomething {
            return has(Defect::ValidRetryAloneFires) || has(Defect::RetryAloneFires);
        }
        has(match self.notes.last_line {
            LineKind::None => Defect::EmptyLineAtTheStartFires,
            LineKind::Empty => Defect::EmptyLineFires,
            LineKind::Comment => Defect::CommentAloneFires,
            LineKind::Event => Defect::TypeAloneFires,
            LineKind::Id => Defect::IdAloneFires,
            LineKind::Retry => Defect::RetryAloneFires,
            LineKind::Unknown => Defect::UnknownFieldAloneFires,
            // Another defect removed the data.
            LineKind::Data => return false,
        })
    }

    /// "If the line starts with a U+003A COLON character (:): Ignore the line." We show it.
    fn comment(&mut self, comment: &str, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        let has = |defect| self.defects.has(defect);
        if has(Defect::CommentEndsStream) || (comment.contains('\0') && has(Defect::NulInCommentEndsStream)) {
            self.notes.gave_up = true;
        } else if comment.contains(':') && has(Defect::CommentIsAField) {
            let field = Field::parse(comment.trim_start(), &self.defects);
            self.process_field(&field, resumption, shown);
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

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#processField>
    fn process_field(
        &mut self,
        field: &Field<'_>,
        resumption: &mut Resumption,
        shown: &mut Vec<Shown>,
    ) -> LineKind {
        let (name, value) = (field.name.as_ref(), field.value.as_ref());
        let without_nul;
        let value = if name != "id" && value.contains('\0') && self.defects.has(Defect::NulRemovedFromValues)
        {
            without_nul = value.replace('\0', "");
            without_nul.as_str()
        } else {
            value
        };
        let sets = match name {
            "event" | "data" | "id" => true,
            "retry" => retry::integer(value).is_some(),
            _ => false,
        };
        if sets {
            self.notes.block = Block::SetSomething;
        } else if self.notes.block == Block::Empty {
            self.notes.block = Block::SetNothing;
        }
        if !self.data.is_empty() && name != "data" && self.defects.has(Defect::OtherFieldEndsEvent) {
            shown.extend(self.dispatch(resumption).map(Shown::Event));
        }
        match name {
            "event" => {
                self.set_event_type(value);
                LineKind::Event
            }
            "data" => {
                self.append_data(value);
                if self.defects.has(Defect::EachDataFires) {
                    shown.extend(self.dispatch(resumption).map(Shown::Event));
                }
                LineKind::Data
            }
            "id" => {
                self.set_last_event_id(value, resumption);
                LineKind::Id
            }
            "retry" => {
                self.set_reconnection_time(value, resumption);
                LineKind::Retry
            }
            "comment" if self.defects.has(Defect::FieldNamedCommentIsComment) => {
                shown.push(Shown::Comment(value.to_owned()));
                LineKind::Comment
            }
            _ => {
                self.ignore_field(value);
                LineKind::Unknown
            }
        }
    }

    /// "Set the event type buffer to the field value."
    fn set_event_type(&mut self, value: &str) {
        let has = |defect| self.defects.has(defect);
        self.notes.has_empty_type = value.is_empty();
        let is_again = !self.event_type.is_empty();
        let is_odd = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let is_ignored = has(Defect::TypeIgnored)
            || (is_again && has(Defect::FirstTypeWins))
            || (is_again && value.is_empty() && has(Defect::EmptyTypeIgnored))
            || (!self.data.is_empty() && has(Defect::TypeAfterDataIgnored))
            || (value.contains(is_odd) && has(Defect::OddTypeIgnored));
        if is_ignored {
            return;
        }
        if is_again && !value.is_empty() && has(Defect::TypesJoined) {
            self.event_type.push_str(value);
        } else if value.contains(char::is_uppercase) && has(Defect::TypeLowercased) {
            self.event_type = value.to_lowercase();
        } else if value.trim() != value && has(Defect::TypeTrimmed) {
            value.trim().clone_into(&mut self.event_type);
        } else {
            value.clone_into(&mut self.event_type);
        }
    }

    /// "Append the field value to the data buffer, then append a single U+000A LINE FEED (LF) character."
    fn append_data(&mut self, value: &str) {
        let has = |defect| self.defects.has(defect);
        let is_again = !self.data.is_empty();
        if (is_again && has(Defect::FirstDataWins)) || (value.is_empty() && has(Defect::EmptyDataLeftOut)) {
            return;
        }
        if is_again && self.data.bytes().all(|byte| byte == b'\n') && has(Defect::EmptyFirstDataLost) {
            self.data.clear();
        }
        if is_again && has(Defect::DataReversed) {
            self.data = format!("{value}\n{}", self.data);
            return;
        }
        let value = match value.split_once('\0') {
            Some((before, _)) if has(Defect::DataEndsAtNul) => before,
            _ => value,
        };
        if is_again && has(Defect::LastDataWins) {
            self.data.clear();
        }
        self.data.push_str(value);
        self.data.push('\n');
    }

    /// "If the field value does not contain U+0000 NULL, then set the last event ID buffer to the field value.
    /// Otherwise, ignore the field."
    fn set_last_event_id(&mut self, value: &str, resumption: &mut Resumption) {
        let has = |defect| self.defects.has(defect);
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        let is_ignored = has(Defect::IdIgnored)
            || (value.is_empty() && has(Defect::EmptyIdIgnored))
            || (self.notes.has_id && has(Defect::FirstIdWins))
            || (!self.data.is_empty() && has(Defect::IdAfterDataIgnored))
            || (!is_number && has(Defect::IdMustBeNumber));
        if is_ignored {
            return;
        }
        let id = match value.split_once('\0') {
            Some(_) if has(Defect::IdWithNulAccepted) || has(Defect::IdWithNulIsTheEnd) => Some(value),
            Some(_) if value != "\0" && has(Defect::OnlyNulAsIdIgnored) => Some(value),
            Some((before, _)) if has(Defect::IdEndsAtNul) => Some(before),
            Some(_) if has(Defect::IdWithNulResets) => Some(""),
            Some(_) => None,
            None if value.trim() != value && has(Defect::IdTrimmed) => Some(value.trim()),
            None => Some(value),
        };
        if value.contains('\0') && has(Defect::IdWithNulTakesNextLine) {
            self.notes.loses_next_line = true;
        }
        if let Some(id) = id {
            self.notes.has_id = true;
            self.last_event_id = id.into();
        }
        if self.last_event_id != resumption.last_event_id && self.defects.has(Defect::IdSetAtOnce) {
            self.commit_last_event_id(resumption);
        }
    }

    /// "If the field value consists of only ASCII digits, then interpret the field value as an integer in base ten, and
    /// set the event stream's reconnection time to that integer. Otherwise, ignore the field." This happens immediately,
    /// not at the next dispatch.
    fn set_reconnection_time(&mut self, value: &str, resumption: &mut Resumption) {
        if !self.event_type.is_empty() && self.defects.has(Defect::RetryOfMessagesOnly) {
            return;
        }
        let digits = retry::digits(value, &self.defects);
        let first = self.notes.first_retry.get_or_insert_with(|| digits.clone().into_owned());
        if *first != digits && self.defects.has(Defect::FirstRetryWins) {
            return;
        }
        if self.defects.has(Defect::RetryWaitsForEmptyLine) || self.defects.has(Defect::RetryNeedsData) {
            self.notes.waiting_retry = Some(digits.into_owned());
            return;
        }
        if let Some(time) = retry::integer(&digits).map(Duration::from_millis) {
            if time > retry::AGES && self.defects.has(Defect::RetryOfAgesEndsStream) {
                self.notes.gave_up = true;
            }
            let is_lost = self.notes.was_cut
                && time > DEFAULT_RECONNECTION_TIME
                && self.defects.has(Defect::LongRetryCutByReadIgnored);
            if !is_lost {
                resumption.reconnection_time = time;
            }
        }
    }

    /// "Otherwise: The field is ignored."
    fn ignore_field(&mut self, value: &str) {
        if self.defects.has(Defect::UnknownFieldIsData) {
            self.append_data(value);
        } else if !self.data.is_empty() && self.defects.has(Defect::UnknownFieldDiscardsData) {
            self.data.clear();
        }
    }
}
