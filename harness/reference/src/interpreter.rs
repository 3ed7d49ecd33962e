//! Interpretation of an event stream: bytes in, events and comments out.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>
//!
//! Every byte is worked on a bounded number of times, whatever the cuts, and lines have no greatest length.

use std::sync::Arc;
use std::time::Duration;

use super::decoder::Decoder;
use super::defect::Defects;
use super::lines::Lines;
use block::Block;

mod block;
mod read;
mod values;

/// What belongs to the event source and not to one of its streams, so that one stream leaves it to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resumption {
    /// The reconnection time,
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-reconnection-time>.
    pub(super) reconnection_time: Duration,
    /// The last event ID string; empty for none,
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-last-event-id>.
    pub(super) last_event_id: Arc<str>,
}

/// What a stream shows to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// An event to dispatch.
    Event(Event),
    /// A comment: all that follows its colon. The standard ignores comments; to show them is an addition.
    Comment(String),
}

/// The `MessageEvent` of a block, without what its stream does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// Its type.
    pub(super) kind: String,
    /// Its data.
    pub(super) data: String,
    /// The last event ID string at its dispatch.
    pub(super) last_event_id: Arc<str>,
}

/// The interpreter of one stream.
#[derive(Debug)]
pub(super) struct Interpreter {
    decoder: Decoder,
    lines: Lines,
    buffers: Buffers,
    /// The text of the present bytes; kept for its memory.
    text: String,
    /// What a defect holds back for the next read.
    held: read::Held,
    defects: Defects,
}

impl Interpreter {
    /// An interpreter for the start of a stream.
    pub(super) fn new(resumption: &Resumption, defects: Defects) -> Self {
        Self {
            decoder: Decoder::new(defects.clone()),
            lines: Lines::new(defects.clone()),
            buffers: Buffers::new(resumption, defects.clone()),
            text: String::new(),
            held: read::Held::default(),
            defects,
        }
    }

    /// Interprets the next bytes of the stream, and appends to `shown` what they complete.
    pub(super) fn feed(&mut self, bytes: &[u8], resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        self.text.clear();
        self.decoder.decode(bytes, &mut self.text);
        if self.defects.any() {
            return self.feed_wrongly(resumption, shown);
        }
        let Self { lines, buffers, text, .. } = self;
        lines.split(text, |line| buffers.interpret_line(line, resumption, shown));
    }

    /// The end of the stream: "any pending data must be discarded. (If the file ends in the middle of an event, before
    /// the final empty line, the incomplete event is not dispatched.)" A line without its terminator is no line, and a
    /// last event ID without its empty line is never set.
    pub(super) fn end(&mut self, how: End, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        if self.defects.any() {
            self.end_wrongly(how, resumption, shown);
        }
    }
}

/// How a stream has ended, which makes no difference to what was interpreted of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With its body.
    Clean,
    /// With its body, whose length was known.
    AtLength,
    /// In the middle of its body.
    Broken,
}

/// The three buffers that the standard has for a stream.
#[derive(Debug)]
struct Buffers {
    data: String,
    event_type: String,
    last_event_id: Arc<str>,
    /// What only a defect looks at.
    block: Block,
    defects: Defects,
}

impl Buffers {
    /// The data and event type buffers start empty. So does the last event ID buffer in the text, which would let the
    /// first empty line of a new connection erase the ID from before it. The tests of the web platform
    /// (`format-field-id-2`) want it to stay.
    fn new(resumption: &Resumption, defects: Defects) -> Self {
        Self {
            data: String::new(),
            event_type: String::new(),
            last_event_id: Arc::clone(&resumption.last_event_id),
            block: Block::default(),
            defects,
        }
    }

    /// "Lines must be processed, in the order they are received, as follows".
    fn interpret_line(&mut self, line: &str, resumption: &mut Resumption, shown: &mut Vec<Shown>) {
        if self.defects.any() {
            self.interpret_wrongly(line, resumption, shown);
        } else if line.is_empty() {
            shown.extend(self.dispatch(resumption).map(Shown::Event));
        } else if let Some(comment) = line.strip_prefix(':') {
            shown.push(Shown::Comment(comment.to_owned()));
        } else {
            let (name, value) = field(line);
            self.process_field(name, value, resumption);
        }
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#processField>: names are compared literally.
    fn process_field(&mut self, name: &str, value: &str, resumption: &mut Resumption) {
        match name {
            "event" => self.set_event_type(value),
            "data" => self.append_data(value),
            "id" => self.set_last_event_id(value),
            "retry" => set_reconnection_time(value, resumption),
            _ => {}
        }
    }

    /// "Set the event type buffer to the field value."
    fn set_event_type(&mut self, value: &str) {
        value.clone_into(&mut self.event_type);
    }

    /// "Append the field value to the data buffer, then append a single U+000A LINE FEED (LF) character."
    fn append_data(&mut self, value: &str) {
        self.data.push_str(value);
        self.data.push('\n');
    }

    /// "If the field value does not contain U+0000 NULL, then set the last event ID buffer to the field value.
    /// Otherwise, ignore the field."
    fn set_last_event_id(&mut self, value: &str) {
        if !value.contains('\0') {
            self.last_event_id = value.into();
        }
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage>. The event is given to the
    /// caller, who queues the task that fires it.
    fn dispatch(&mut self, resumption: &mut Resumption) -> Option<Event> {
        self.commit_last_event_id(resumption);
        if self.data.is_empty() {
            self.reset();
            return None;
        }
        self.strip_last_line_feed();
        let event = Event {
            kind: self.kind().to_owned(),
            data: std::mem::take(&mut self.data),
            last_event_id: Arc::clone(&resumption.last_event_id),
        };
        self.reset();
        Some(event)
    }

    /// Step 1: "Set the last event ID string of the event source to the value of the last event ID buffer. The buffer
    /// does not get reset". It happens without data too.
    fn commit_last_event_id(&self, resumption: &mut Resumption) {
        resumption.last_event_id = Arc::clone(&self.last_event_id);
    }

    /// Step 3: "If the data buffer's last character is a U+000A LINE FEED (LF) character, then remove the last
    /// character from the data buffer."
    fn strip_last_line_feed(&mut self) {
        if self.data.ends_with('\n') {
            self.data.pop();
        }
    }

    /// Steps 5 and 6: the type is `message`, but "if the event type buffer has a value other than the empty string",
    /// that value.
    fn kind(&self) -> &str {
        if self.event_type.is_empty() { "message" } else { &self.event_type }
    }

    /// Steps 2 and 7: "set the data buffer and the event type buffer to the empty string".
    fn reset(&mut self) {
        self.data.clear();
        self.event_type.clear();
    }
}

/// The name and the value of a field: "Collect the characters on the line before the first U+003A COLON character (:),
/// and let field be that string. Collect the characters on the line after the first U+003A COLON character (:), and let
/// value be that string." A line without a colon is a name, "and the empty string as the field value".
fn field(line: &str) -> (&str, &str) {
    match line.split_once(':') {
        Some((name, value)) => (name, strip_one_space(value)),
        None => (line, ""),
    }
}

/// "If value starts with a U+0020 SPACE character, remove it from value."
fn strip_one_space(value: &str) -> &str {
    value.strip_prefix(' ').unwrap_or(value)
}

/// "If the field value consists of only ASCII digits, then interpret the field value as an integer in base ten, and set
/// the event stream's reconnection time to that integer. Otherwise, ignore the field." It holds at once, not from the
/// next dispatch on.
fn set_reconnection_time(value: &str, resumption: &mut Resumption) {
    if let Some(milliseconds) = integer(value) {
        resumption.reconnection_time = Duration::from_millis(milliseconds);
    }
}

/// The integer in base ten; the greatest that we have for one that is greater. The text does not say what an empty
/// value is. It holds no integer, so that it is ignored.
fn integer(value: &str) -> Option<u64> {
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = value.bytes().map(|byte| u64::from(byte - b'0'));
    Some(digits.fold(0, |integer: u64, digit| integer.saturating_mul(10).saturating_add(digit)))
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
