//! What a server writes for what its application emits.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>, read from the other side: every
//! line break of the data is a line of its own, a space stands after each colon so that the first space of a value is its
//! own, and what no value can hold is refused.

use bytes::Bytes;

use self::wrong::Memory;
use super::defect::Defects;
use super::{Emission, Event};

mod wrong;

/// Why something cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// The value of a field is one line.
    #[error("{0} holds a line break; send it without, or as data")]
    LineBreak(&'static str),
    /// Clients ignore such an id.
    #[error("the id holds U+0000, and clients would ignore it; send another")]
    Nul,
    /// Clients ignore such a reconnection time.
    #[error("the reconnection time is not a whole number of milliseconds in ASCII digits")]
    NotDigits,
}

/// A place for text that takes one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Type,
    Id,
    Retry,
}

impl Place {
    /// What it is called in messages.
    fn words(self) -> &'static str {
        match self {
            Self::Type => "the type",
            Self::Id => "the id",
            Self::Retry => "the reconnection time",
        }
    }
}

/// A block before it is written: fields in their order, none with a line break.
#[derive(Debug, Clone, Default)]
struct Block {
    /// Its comments, each all after the colon and the space.
    comments: Vec<String>,
    kind: Option<String>,
    id: Option<String>,
    lines: Vec<String>,
    retry: Option<String>,
}

/// Writes for one topic.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    defects: Defects,
    /// What only a defect looks at.
    memory: Memory,
}

impl Encoder {
    pub(super) fn new(defects: Defects) -> Self {
        Self { defects, memory: Memory::default() }
    }

    /// The bytes of a block.
    ///
    /// # Errors
    /// When it holds what no stream can carry.
    pub(super) fn encode(&mut self, emission: &Emission) -> Result<Bytes, Refusal> {
        let block = match emission {
            Emission::Event(event) => self.event(event)?,
            Emission::Comment(text) => self.comment(text),
            Emission::Retry(milliseconds) => {
                Block { retry: Some(milliseconds.to_string()), ..Block::default() }
            }
        };
        if self.defects.any() {
            return Ok(self.written_wrongly(block, emission));
        }
        Ok(written(&block).into())
    }

    fn event(&self, event: &Event) -> Result<Block, Refusal> {
        let line = |place, text: &Option<String>| match text {
            Some(text) => self.one_line(place, text).map(Some),
            None => Ok(None),
        };
        let (kind, id) = (line(Place::Type, &event.kind)?, line(Place::Id, &event.id)?);
        let retry = line(Place::Retry, &event.retry)?;
        let lines = if self.defects.any() { self.lines_wrongly(&event.data) } else { lines(&event.data) };
        Ok(Block { kind, id, lines, retry, ..Block::default() })
    }

    /// "An event's type or id is one line", or else it would be two fields.
    fn one_line(&self, place: Place, text: &str) -> Result<String, Refusal> {
        if self.defects.any()
            && let Some(passed) = self.passed_wrongly(place, text)
        {
            return Ok(passed);
        }
        if text.contains(['\n', '\r']) {
            return Err(Refusal::LineBreak(place.words()));
        }
        if place == Place::Id && text.contains('\0') {
            return Err(Refusal::Nul);
        }
        if place == Place::Retry && (text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(Refusal::NotDigits);
        }
        Ok(text.to_owned())
    }

    /// A comment for each line.
    fn comment(&self, text: &str) -> Block {
        let comments = if self.defects.any() { self.comments_wrongly(text) } else { lines(text) };
        Block { comments, ..Block::default() }
    }
}

/// Text between line ends: LF, CR, or CRLF, <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>.
/// There is one more than there are line ends.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\r']) {
        lines.push(rest[..at].to_owned());
        let end = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[at + end..];
    }
    lines.push(rest.to_owned());
    lines
}

/// A block as text.
fn written(block: &Block) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push('\n');
    };
    block.comments.iter().for_each(|comment| line("", comment));
    block.kind.iter().for_each(|kind| line("event", kind));
    block.id.iter().for_each(|id| line("id", id));
    block.lines.iter().for_each(|data| line("data", data));
    block.retry.iter().for_each(|retry| line("retry", retry));
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Emission, Event};
    use super::{Encoder, Refusal, lines};

    fn encoded(emission: Emission) -> Result<String, Refusal> {
        let bytes = Encoder::default().encode(&emission)?;
        Ok(String::from_utf8(bytes.to_vec()).unwrap())
    }

    fn event(kind: Option<&str>, data: &str, id: Option<&str>) -> Emission {
        Emission::Event(Event {
            kind: kind.map(str::to_owned),
            data: data.into(),
            id: id.map(str::to_owned),
            retry: None,
        })
    }

    #[test]
    fn each_line_break_makes_a_line() {
        assert_eq!(lines("a\nb\rc\r\nd\n\re"), ["a", "b", "c", "d", "", "e"]);
        assert_eq!((lines(""), lines("\n")), (vec![String::new()], vec![String::new(), String::new()]));
    }

    #[test]
    fn blocks() {
        let all = encoded(event(Some("ping"), "a\n b", Some("1"))).unwrap();
        assert_eq!(all, "event: ping\nid: 1\ndata: a\ndata:  b\n\n");
        assert_eq!(encoded(event(None, "", None)).unwrap(), "data: \n\n");
        assert_eq!(encoded(Emission::Comment("a\rb".into())).unwrap(), ": a\n: b\n\n");
        assert_eq!(encoded(Emission::Retry(1500)).unwrap(), "retry: 1500\n\n");
    }

    #[test]
    fn what_no_value_can_hold_is_refused() {
        assert_eq!(encoded(event(Some("a\nb"), "x", None)), Err(Refusal::LineBreak("the type")));
        assert_eq!(encoded(event(None, "x", Some("1\r2"))), Err(Refusal::LineBreak("the id")));
        assert_eq!(encoded(event(None, "x", Some("1\u{0}2"))), Err(Refusal::Nul));
    }
}
