//! What defects make of byte-order marks, cut characters and what is not UTF-8.

use super::super::defect::Defect;
use super::{BYTE_ORDER_MARK, Decoder, Start};

impl Decoder {
    /// A later connection of the client, for which some know no byte-order mark.
    pub(in super::super) fn is_later(&mut self) {
        self.later = true;
    }

    /// The bytes are to be taken for Latin-1 from here on.
    pub(in super::super) fn honour_charset(&mut self) {
        self.latin_1 = true;
    }

    /// Takes over the character that the stream before this one left unfinished.
    pub(in super::super) fn carry_over(&mut self, before: &Self) {
        if before.bytes_needed > 0 && self.defects.has(Defect::CharacterCarriedOver) {
            *self = Self { start: Start::Decided, ..before.clone() };
        }
    }

    pub(super) fn is_in_latin_1(&self, bytes: &[u8]) -> bool {
        let other = !bytes.is_ascii();
        (other && (self.latin_1 || self.defects.has(Defect::Latin1Always)))
            || (str::from_utf8(bytes).is_err() && self.defects.has(Defect::Latin1Guessed))
    }

    /// A byte-order mark was found and skipped.
    pub(super) fn after_mark(&mut self, text: &mut String) {
        let kept = (self.later && self.defects.has(Defect::MarkOfLaterConnectionsKept))
            || self.defects.has(Defect::MarkKept);
        if kept {
            text.push('\u{FEFF}');
        } else if self.defects.has(Defect::MarksAllRemoved) {
            self.start = Start::Peeking(0);
        } else if self.defects.has(Defect::MarkCutByOneByte) {
            self.process(&BYTE_ORDER_MARK[1..], text);
        }
    }

    /// The bytes without marks that a sound client does not skip.
    pub(super) fn without_other_marks<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        if let (Start::Decided, Some(rest)) = (self.start, bytes.strip_prefix(&BYTE_ORDER_MARK))
            && self.defects.has(Defect::MarkOfEveryReadRemoved)
        {
            return rest;
        }
        if let (Start::Peeking(0), Some(rest)) = (self.start, bytes.strip_prefix(b"\xFE\xFF"))
            && self.defects.has(Defect::Utf16MarkRemoved)
        {
            return rest;
        }
        bytes
    }

    /// Whether the byte after a broken sequence gets lost with it.
    pub(super) fn loses(&self, byte: u8) -> bool {
        self.defects.has(Defect::ByteAfterBrokenSequenceLost)
            || (byte == b'\n' && self.defects.has(Defect::LineEndAfterBrokenSequenceLost))
    }

    /// A read has ended inside a character.
    pub(super) fn after_cut_character(&mut self, text: &mut String) {
        if self.defects.has(Defect::ReadsDecodedAlone) {
            self.reset();
            text.push(char::REPLACEMENT_CHARACTER);
        } else if self.defects.has(Defect::CutCharacterDropped) {
            self.reset();
        }
    }
}
