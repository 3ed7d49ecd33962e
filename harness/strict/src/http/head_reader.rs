//! The reader of a head, <https://www.rfc-editor.org/rfc/rfc9112#section-4> and §5.

use std::time::Duration;

use crate::finding::{Finder, FindingKind};
use crate::http::framing::Framing;
use crate::http::head::{FieldLine, Head};
use crate::http::piece::Piece;

/// What every response begins with.
const START: &[u8] = b"HTTP/1.";

/// The result of reading some bytes.
#[derive(Debug)]
pub(crate) struct Reading {
    /// How many were read.
    pub(crate) taken: usize,
    /// The head, if it is complete.
    pub(crate) head: Option<Head>,
    /// Whether the rest has no defined meaning.
    pub(crate) lost: bool,
}

/// The reader of one head.
#[derive(Debug, Clone)]
pub(crate) struct HeadReader {
    limit: usize,
    start: u64,
    length: u64,
    line: Vec<u8>,
    has_status_line: bool,
    minor_version: u8,
    status: u16,
    reason: Vec<u8>,
    fields: Vec<FieldLine>,
}

impl HeadReader {
    /// A reader for a head that begins at this offset.
    pub(crate) fn new(start: u64, limit: usize) -> Self {
        Self {
            limit,
            start,
            length: 0,
            line: Vec::new(),
            has_status_line: false,
            minor_version: 0,
            status: 0,
            reason: Vec::new(),
            fields: Vec::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        at: Duration,
        finder: &mut Finder,
        pieces: &mut Vec<Piece>,
    ) -> Reading {
        for (index, byte) in bytes.iter().enumerate() {
            let taken = index + 1;
            let begins = self.start + self.length - self.line.len() as u64;
            self.length += 1;
            let mut lose = |kind, line: &[u8]| {
                pieces.extend(finder.find(kind, begins, line).map(Piece::Finding));
                Reading { taken, head: None, lost: true }
            };
            if self.length > self.limit as u64 {
                return lose(FindingKind::HeadTooLong, &self.line);
            }
            self.line.push(*byte);
            if !self.has_status_line && !START.starts_with(&self.line) && !self.line.starts_with(START) {
                // More bytes would show better what it is, but the excerpt must not depend on cuts.
                return lose(FindingKind::NotHttp, &self.line);
            }
            if *byte != b'\n' {
                continue;
            }
            let mut line = std::mem::take(&mut self.line);
            line.pop();
            let mut tell = |kind| pieces.extend(finder.find(kind, begins, &line).map(Piece::Finding));
            if line.last() != Some(&b'\r') {
                tell(FindingKind::BareLineFeed);
            }
            let text = line.strip_suffix(b"\r").unwrap_or(&line);
            if text.iter().any(|byte| is_control(*byte)) {
                tell(FindingKind::ControlInField);
            }
            if !self.has_status_line {
                self.has_status_line = true;
                if !self.status_line(text) {
                    tell(FindingKind::StatusLine);
                }
            } else if text.is_empty() {
                return Reading { taken, head: Some(self.head(at)), lost: false };
            } else if let Some(kind) = self.field_line(text, begins) {
                tell(kind);
            }
        }
        Reading { taken: bytes.len(), head: None, lost: false }
    }

    fn head(&mut self, at: Duration) -> Head {
        Head {
            offset: self.start,
            length: self.length,
            at,
            minor_version: self.minor_version,
            status: self.status,
            reason: std::mem::take(&mut self.reason),
            fields: std::mem::take(&mut self.fields),
            framing: Framing::None,
        }
    }

    /// `status-line = HTTP-version SP status-code SP [ reason-phrase ]`; returns whether it is valid.
    fn status_line(&mut self, line: &[u8]) -> bool {
        let rest = line.strip_prefix(START).unwrap_or_default();
        let mut parts = rest.splitn(3, |byte| *byte == b' ');
        let (minor, status, reason) = (parts.next(), parts.next(), parts.next());
        let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
        let minor = minor.and_then(|minor| if let [byte] = minor { digit(*byte) } else { None });
        let number = status.and_then(|status| match status {
            [a, b, c] => {
                Some(u16::from(digit(*a)?) * 100 + u16::from(digit(*b)?) * 10 + u16::from(digit(*c)?))
            }
            _ => None,
        });
        // The minor version decides about framing; the safe guess is 1.
        self.minor_version = minor.unwrap_or(1);
        self.status = number.unwrap_or_default();
        self.reason = reason.unwrap_or_default().to_vec();
        minor.is_some() && number.is_some_and(|number| number >= 100) && reason.is_some()
    }

    /// `field-line = field-name ":" OWS field-value OWS`; returns what is wrong with it.
    fn field_line(&mut self, line: &[u8], offset: u64) -> Option<FindingKind> {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if let Some(last) = self.fields.last_mut() {
                last.value.push(b' ');
                last.value.extend_from_slice(trim(line));
            }
            return Some(FindingKind::FoldedField);
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return Some(FindingKind::FieldWithoutColon);
        };
        let (name, value) = line.split_at(colon);
        let value = trim(value.get(1..).unwrap_or_default()).to_vec();
        let bare = trim(name);
        self.fields.push(FieldLine { offset, name: bare.to_vec(), value });
        if bare.len() < name.len() {
            return Some(FindingKind::SpaceBeforeColon);
        }
        let is_token = !bare.is_empty() && bare.iter().all(|byte| is_token(*byte));
        (!is_token).then_some(FindingKind::FieldName)
    }
}

/// Removes `OWS` at both ends.
fn trim(bytes: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = bytes.iter().position(|byte| !is_space(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

/// <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// What is not allowed in a field value, <https://www.rfc-editor.org/rfc/rfc9110#section-5.5>.
fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}
