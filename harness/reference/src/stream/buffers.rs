//! The three buffers that the standard has for a stream, and how lines fill them.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>

use std::sync::Arc;
use std::time::Duration;

use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::stream::field::Field;
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

/// A record of earlier lines, read only by defects.
#[derive(Debug, Default)]
struct Notes {
    last_line: LineKind,
    /// Whether the stream has had a line that is not empty.
    has_begun: bool,
    /// Whether the current block has an `id` field that was not ignored.
    has_id: bool,
    /// Whether the last `event` field of the current block has no value.
    has_empty_type: bool,
    /// The first `retry` value of the stream, and one that waits for the end of its block.
    first_retry: Option<String>,
    waiting_retry: Option<String>,
    /// Whether the unfinished line, and the one being interpreted, are split across reads.
    cut: bool,
    was_cut: bool,
    /// Whether the client stopped reading the stream.
    gave_up: bool,
}

/// What a line is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum LineKind {
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

impl Buffers {
    /// The data and event type buffers start empty. So does the last event ID buffer in the text, which would let the
    /// first empty line of a new connection erase the ID from before it. The web platform tests (`format-field-id-2`)
    /// want it to stay.
    pub(crate) fn new(resumption: &Resumption, defects: Defects) -> Self {
        Self {
            data: String::new(),
            event_type: String::new(),
            last_event_id: Arc::clone(&resumption.last_event_id),
            notes: Notes::default(),
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
        self.notes.last_line = if line.is_empty() {
            self.empty_line(resumption, shown);
            LineKind::Empty
        } else if let Some(comment) = line.strip_prefix(':') {
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
        let is_long = line.len() > LINE_LIMIT;
        if self.notes.gave_up
            || (is_long && has(Defect::LongLineEndsStream))
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
        });
        self.notes.has_begun |= !line.is_empty();
        let line = after_mark.unwrap_or(line);
        let is_indented = line.starts_with(char::is_whitespace) && has(Defect::LineIndentRemoved);
        Some(if is_indented { line.trim_start() } else { line })
    }

    /// "If the line is empty (a blank line): Dispatch the event, as defined below."
    fn empty_line(&mut self, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        if self.data.is_empty() && self.fires_without_data() {
            self.data.push('\n');
        }
        shown.extend(self.dispatch(resumption).map(Shown::Event));
    }

    /// Decides whether a block without data fires an event. "If the data buffer is an empty string, set the data buffer
    /// and the event type buffer to the empty string and return."
    fn fires_without_data(&self) -> bool {
        self.defects.has(match self.notes.last_line {
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
            Some(_) if has(Defect::IdWithNulAccepted) => Some(value),
            Some((before, _)) if has(Defect::IdEndsAtNul) => Some(before),
            Some(_) if has(Defect::IdWithNulResets) => Some(""),
            Some(_) => None,
            None if value.trim() != value && has(Defect::IdTrimmed) => Some(value.trim()),
            None => Some(value),
        };
        self.notes.has_id = true;
        if let Some(id) = id {
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
        if self.defects.has(Defect::RetryWaitsForEmptyLine) {
            self.notes.waiting_retry = Some(digits.into_owned());
            return;
        }
        if let Some(time) = retry::integer(&digits).map(Duration::from_millis) {
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

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage>. The event is given to the
    /// caller, which queues the task that fires it.
    pub(crate) fn dispatch(&mut self, resumption: &mut Resumption) -> Option<Event> {
        if let Some(milliseconds) = self.notes.waiting_retry.take().and_then(|digits| retry::integer(&digits))
        {
            resumption.reconnection_time = Duration::from_millis(milliseconds);
        }
        let has_id = std::mem::take(&mut self.notes.has_id);
        let has_empty_type = std::mem::take(&mut self.notes.has_empty_type);
        self.settle_last_event_id(has_id, resumption);
        self.commit_last_event_id(resumption);
        if self.data == "\n" && self.defects.has(Defect::EmptyEventNotDelivered) {
            self.data.clear();
        }
        if self.data.is_empty() {
            self.reset(Defect::TypeOfBlockWithoutDataKept);
            return None;
        }
        let kind = self.kind(has_empty_type);
        let data = self.take_data();
        self.reset(Defect::TypeKept);
        let last_event_id = self.shown_last_event_id(has_id, resumption);
        let event = Event { kind, data, last_event_id };
        self.is_delivered(&event).then_some(event)
    }

    /// The last event ID buffer at the end of a block: the value that the `id` fields gave it.
    fn settle_last_event_id(&mut self, has_id: bool, resumption: &Resumption) {
        let has = |defect| self.defects.has(defect);
        let is_new = self.last_event_id != resumption.last_event_id;
        if self.data.is_empty() {
            if is_new && has(Defect::IdWithoutDataIgnored) {
                self.last_event_id = Arc::clone(&resumption.last_event_id);
            }
        } else if is_new && !self.event_type.is_empty() && has(Defect::IdOfMessagesOnly) {
            self.last_event_id = Arc::clone(&resumption.last_event_id);
        } else if !has_id && !self.last_event_id.is_empty() && has(Defect::IdForgottenByNextEvent) {
            self.last_event_id = "".into();
        }
    }

    /// Step 1: "Set the last event ID string of the event source to the value of the last event ID buffer. The buffer
    /// does not get reset". This happens without data too.
    fn commit_last_event_id(&self, resumption: &mut Resumption) {
        resumption.last_event_id = Arc::clone(&self.last_event_id);
    }

    /// Step 3: "If the data buffer's last character is a U+000A LINE FEED (LF) character, then remove the last
    /// character from the data buffer." The buffer is empty then, as step 7 wants it.
    fn take_data(&mut self) -> String {
        let has = |defect| self.defects.has(defect);
        let keeps_all = self.data.ends_with("\n\n") && has(Defect::AllLastLfsRemoved);
        let is_stripped = keeps_all || !has(Defect::LastLfKept);
        let is_kept = has(Defect::DataKept);
        let mut data = if is_kept { self.data.clone() } else { std::mem::take(&mut self.data) };
        if keeps_all {
            data.truncate(data.trim_end_matches('\n').len());
        } else if is_stripped && data.ends_with('\n') {
            data.pop();
        }
        self.read_data(data)
    }

    /// The data that the user gets: its lines, joined with LF.
    fn read_data(&self, data: String) -> String {
        let has = |defect| self.defects.has(defect);
        if data.contains('\n') {
            let separators = [
                (Defect::DataJoinedWithSpace, " "),
                (Defect::DataJoinedWithNothing, ""),
                (Defect::DataJoinedWithCrlf, "\r\n"),
            ];
            if let Some((_, separator)) = separators.into_iter().find(|(defect, _)| has(*defect)) {
                return data.replace('\n', separator);
            }
        }
        if data.starts_with(['[', '{']) && has(Defect::JsonRewritten) {
            let value: Option<serde_json::Value> = serde_json::from_str(&data).ok();
            return value.map_or(data, |value| value.to_string());
        }
        data
    }

    /// Steps 5 and 6: the type is `message`, but "if the event type buffer has a value other than the empty string",
    /// that value.
    fn kind(&self, has_empty_type: bool) -> String {
        match self.event_type.as_str() {
            "" | "message" if has_empty_type && self.defects.has(Defect::EmptyTypeIsAType) => String::new(),
            "" => "message".to_owned(),
            kind => kind.to_owned(),
        }
    }

    /// Steps 2 and 7: "set the data buffer and the event type buffer to the empty string". The data was taken, or there
    /// was none. The defect is that the type stays.
    fn reset(&mut self, type_kept: Defect) {
        if self.event_type.is_empty() || !self.defects.has(type_kept) {
            self.event_type.clear();
        }
    }

    /// Clears the buffers in the middle of a block, which only a defect does.
    pub(crate) fn discard(&mut self) {
        self.data.clear();
        self.event_type.clear();
    }

    /// Step 4: `lastEventId` is "the last event ID string of the event source".
    fn shown_last_event_id(&self, has_id: bool, resumption: &Resumption) -> Arc<str> {
        let id = &resumption.last_event_id;
        if !id.is_empty() && !has_id && self.defects.has(Defect::OwnIdOnly) {
            return "".into();
        }
        if id.is_empty() && !has_id && self.defects.has(Defect::NoIdIsTheWordNull) {
            return "null".into();
        }
        Arc::clone(id)
    }

    /// Step 8: every event is dispatched, whatever its type.
    fn is_delivered(&self, event: &Event) -> bool {
        !((event.kind == "error" && self.defects.has(Defect::ErrorTypeNotDelivered))
            || (event.kind == "open" && self.defects.has(Defect::OpenTypeNotDelivered)))
    }
}
