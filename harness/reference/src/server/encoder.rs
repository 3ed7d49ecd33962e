//! Encodes what the application sends as event blocks.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>, read from the other side:
//! every line of the data becomes a separate field, and text that no field can carry is refused.

use bytes::Bytes;

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;
use crate::server::block::{Block, BlockWriter};
use crate::server::emission::{Emission, Event};
use crate::server::lines::{comment_lines, data_lines};

/// Why something cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The value of a field is one line.
    #[error("{0} contains a line break; send it without one, or as data")]
    LineBreak(&'static str),
    /// Clients ignore such an id.
    #[error("the id contains U+0000, so clients would ignore it; send another")]
    Nul,
    /// Clients ignore such a reconnection time.
    #[error("the reconnection time is not a whole number of milliseconds in ASCII digits")]
    NotDigits,
}

/// A value that is one line.
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

/// The encoder of one topic.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    defects: Defects,
    writer: BlockWriter,
    /// The last type, and the number of events. Only defects read them.
    last_kind: Option<String>,
    events: u64,
}

impl Encoder {
    pub(crate) fn new(defects: Defects) -> Self {
        let writer = BlockWriter::new(defects.clone());
        Self { defects, writer, last_kind: None, events: 0 }
    }

    /// The bytes to write.
    ///
    /// # Errors
    /// If an event stream cannot carry it.
    pub(crate) fn encode(&mut self, emission: &Emission) -> Result<Bytes, Refusal> {
        let mut block = match emission {
            Emission::Event(event) => self.event(event)?,
            Emission::Comment(text) => {
                Block { comments: comment_lines(text, &self.defects), ..Block::default() }
            }
            Emission::Retry(milliseconds) => {
                Block { retry: Some(milliseconds.to_string()), ..Block::default() }
            }
        };
        self.check_retry(&mut block);
        Ok(self.writer.write(&block))
    }

    /// The block of an event.
    fn event(&mut self, event: &Event) -> Result<Block, Refusal> {
        let line = |place, text: &Option<String>| match text {
            Some(text) => self.one_line(place, text).map(Some),
            None => Ok(None),
        };
        let (kind, id) = (line(Place::Type, &event.kind)?, line(Place::Id, &event.id)?);
        let retry = line(Place::Retry, &event.retry)?;
        self.events += 1;
        let mut lines = data_lines(&event.data, &self.defects);
        if event.data.is_empty() && self.defects.has(Defect::EmptyDataWithoutField) {
            lines.clear();
        }
        let block = Block { kind: self.kind(kind), id: self.id(id), lines, retry, ..Block::default() };
        self.last_kind = event.kind.clone().or(self.last_kind.take());
        Ok(block)
    }

    /// A value that must be one line: returned unchanged, or refused because a line break would start another field.
    fn one_line(&self, place: Place, text: &str) -> Result<String, Refusal> {
        if self.passes(place, text) {
            return Ok(text.to_owned());
        }
        let has_break = text.contains(['\n', '\r']);
        if has_break && self.flattens(place) {
            return Ok(text.replace(['\n', '\r', '\0'], ""));
        }
        if has_break {
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

    /// Decides whether text with line breaks is sent unchanged.
    fn passes(&self, place: Place, text: &str) -> bool {
        let has = |defect| self.defects.has(defect);
        let (line_feed, carriage_return, nul) = match place {
            Place::Type => (Defect::TypeLineFeedSent, Defect::TypeReturnSent, Defect::NulIsLineBreak),
            Place::Id => (Defect::IdLineFeedSent, Defect::IdReturnSent, Defect::IdNulSent),
            Place::Retry => return has(Defect::RetryTextSent) || has(Defect::RetryTextSentFirst),
        };
        let has_line_feed = text.contains('\n');
        let has_return = text.contains('\r') && !has_line_feed;
        let has_nul = text.contains('\0') && !has_line_feed && !has_return;
        (has_line_feed && has(line_feed)) || (has_return && has(carriage_return)) || (has_nul && has(nul))
    }

    /// Decides whether line breaks are removed instead of refused.
    fn flattens(&self, place: Place) -> bool {
        match place {
            Place::Type => self.defects.has(Defect::TypeFlattened),
            Place::Id => self.defects.has(Defect::IdFlattened),
            Place::Retry => false,
        }
    }

    /// The type to send: the event's.
    fn kind(&self, kind: Option<String>) -> Option<String> {
        let has = |defect| self.defects.has(defect);
        let Some(kind) = kind else {
            return if self.last_kind.is_some() && has(Defect::TypeKept) {
                self.last_kind.clone()
            } else {
                has(Defect::TypeOfNothing).then(|| "undefined".into())
            };
        };
        if has(Defect::TypeNotSent) {
            None
        } else if kind.chars().any(char::is_uppercase) && has(Defect::TypeLowercased) {
            Some(kind.to_lowercase())
        } else if !kind.is_ascii() && has(Defect::TypeReplacedOutsideAscii) {
            Some(kind.replace(|c: char| !c.is_ascii(), "?"))
        } else if kind == "message" && has(Defect::TypeOfMessagesChanged) {
            Some("default".into())
        } else {
            Some(kind)
        }
    }

    /// The id to send: the event's.
    fn id(&self, id: Option<String>) -> Option<String> {
        let has = |defect| self.defects.has(defect);
        let mut id = id?;
        let number = id.parse::<f64>().ok().map(|number| number.to_string());
        if has(Defect::IdNotSent)
            || (id.is_empty() && has(Defect::EmptyIdNotSent))
            || (id == "0" && has(Defect::IdZeroNotSent))
        {
            return None;
        }
        if has(Defect::IdsNumbered) {
            return Some(self.events.to_string());
        }
        if !id.is_ascii() && has(Defect::IdEncodedOutsideAscii) {
            return Some(id.bytes().map(|byte| format!("%{byte:02X}")).collect());
        }
        if id.len() > 64 && id.is_ascii() && has(Defect::LongIdCut) {
            id.truncate(64);
        } else if let Some(number) = number.filter(|number| *number != id)
            && has(Defect::IdIsNumber)
        {
            return Some(number);
        }
        Some(id)
    }

    /// The reconnection time to send: unchanged, and without an event.
    fn check_retry(&self, block: &mut Block) {
        let has = |defect| self.defects.has(defect);
        let Some(retry) = &mut block.retry else { return };
        if retry == "0" && has(Defect::RetryZeroNotSent) {
            retry.clear();
        } else if has(Defect::RetryInSeconds) {
            *retry = retry.strip_suffix("000").unwrap_or("1").into();
        } else if has(Defect::RetryWithUnit) {
            retry.push_str("ms");
        } else if has(Defect::RetryWithFraction) {
            retry.push_str(".0");
        } else if retry.len() > 7 && has(Defect::RetryCapped) {
            *retry = "3600000".into();
        } else if has(Defect::RetryWithEvent) {
            block.lines.push(String::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoder, Refusal};
    use crate::server::emission::{Emission, Event};

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
    fn blocks() {
        let all = encoded(event(Some("ping"), "a\n b", Some("1"))).unwrap();
        assert_eq!(all, "event: ping\nid: 1\ndata: a\ndata:  b\n\n");
        assert_eq!(encoded(event(None, "", None)).unwrap(), "data: \n\n");
        assert_eq!(encoded(Emission::Comment("a\rb".into())).unwrap(), ": a\n: b\n\n");
        assert_eq!(encoded(Emission::Retry(1500)).unwrap(), "retry: 1500\n\n");
    }

    #[test]
    fn what_no_value_can_carry_is_refused() {
        assert_eq!(encoded(event(Some("a\nb"), "x", None)), Err(Refusal::LineBreak("the type")));
        assert_eq!(encoded(event(None, "x", Some("1\r2"))), Err(Refusal::LineBreak("the id")));
        assert_eq!(encoded(event(None, "x", Some("1\u{0}2"))), Err(Refusal::Nul));
    }
}
