//! What comes of defects in what is written.

use bytes::Bytes;

use super::super::defect::ServerDefect as Defect;
use super::super::{Emission, Event};
use super::{Block, Encoder, Place, lines, written};

/// The longest line that a server of the field sends whole.
const LONG: usize = 32 * 1024;

/// What a defect remembers of earlier blocks.
#[derive(Debug, Default)]
pub(super) struct Memory {
    kind: Option<String>,
    events: u64,
    blank_line_held: bool,
}

impl Encoder {
    /// Text with line breaks or U+0000 that a defect lets through where one line is taken.
    pub(super) fn passed_wrongly(&self, place: Place, text: &str) -> Option<String> {
        let has = |defect| self.defects.has(defect);
        let (feed, cr, nul, flat) = match place {
            Place::Type => (
                Defect::TypeLineFeedSent,
                Defect::TypeReturnSent,
                Defect::NulIsLineBreak,
                Defect::TypeFlattened,
            ),
            Place::Id => {
                (Defect::IdLineFeedSent, Defect::IdReturnSent, Defect::IdNulSent, Defect::IdFlattened)
            }
            Place::Retry => return has(Defect::RetryTextSent).then(|| text.to_owned()),
        };
        let breaks = text.contains(['\n', '\r']);
        if breaks && has(flat) {
            return Some(text.replace(['\n', '\r', '\0'], ""));
        }
        let passes = (text.contains('\n') && has(feed))
            || (text.contains('\r') && !text.contains('\n') && has(cr))
            || (text.contains('\0') && !breaks && has(nul));
        passes.then(|| text.to_owned())
    }

    /// The lines of data.
    pub(super) fn lines_wrongly(&self, data: &str) -> Vec<String> {
        let has = |defect| self.defects.has(defect);
        let data = self.data_wrongly(data);
        if data.contains(['\n', '\r']) {
            if data.contains('\n') && has(Defect::DataLineFeedSent) {
                return vec![data];
            }
            if data.contains('\r') && has(Defect::DataReturnSent) {
                return data
                    .split('\n')
                    .map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned())
                    .collect();
            }
            if data.contains("\r\n") && has(Defect::CrlfIsTwoBreaks) {
                return lines(&data.replace("\r\n", "\n\n"));
            }
            if has(Defect::LineBreaksEscaped) {
                return vec![data.replace('\r', "\\r").replace('\n', "\\n")];
            }
        }
        let data = if data.contains(['\u{85}', '\u{2028}', '\u{2029}']) && has(Defect::SplitAtSeparators) {
            data.replace(['\u{85}', '\u{2028}', '\u{2029}'], "\n")
        } else if data.contains(['\u{b}', '\u{c}', '\u{1c}']) && has(Defect::SplitAtControls) {
            data.replace(['\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}'], "\n")
        } else {
            data
        };
        let mut lines = lines(&data);
        if lines.len() > 1 {
            if lines.iter().any(String::is_empty) && has(Defect::EmptyLinesLost) {
                lines.retain(|line| !line.is_empty());
            } else if lines.last().is_some_and(String::is_empty) && has(Defect::LastBreakLost) {
                lines.pop();
            } else if lines.first().is_some_and(String::is_empty) && has(Defect::FirstBreakLost) {
                lines.remove(0);
            } else if has(Defect::LinesInReverse) {
                lines.reverse();
            } else if lines.len() > 1000 && has(Defect::ManyLinesCut) {
                lines.truncate(1000);
            }
        }
        if lines.iter().any(|line| line.ends_with(' ')) && has(Defect::TrailingSpacesLost) {
            lines.iter_mut().for_each(|line| line.truncate(line.trim_end_matches(' ').len()));
        }
        if lines.iter().any(|line| line.len() > LONG) && has(Defect::LongLinesFolded) {
            lines = lines.iter().flat_map(|line| pieces(line, LONG)).collect();
        }
        lines
    }

    /// The data as text.
    fn data_wrongly(&self, data: &str) -> String {
        let has = |defect| self.defects.has(defect);
        let marks = data.contains('\u{feff}');
        if data.contains('\0') && has(Defect::DataCutAtNul) {
            return data.split('\0').next().unwrap_or_default().into();
        }
        if data.contains('\0') && has(Defect::NulLost) {
            return data.replace('\0', "");
        }
        if data.starts_with('\u{feff}') && has(Defect::MarkLost) {
            return data.trim_start_matches('\u{feff}').into();
        }
        if marks && has(Defect::MarksLost) {
            return data.replace('\u{feff}', "");
        }
        if data.starts_with(['\t', ' ']) && data.trim() != data && has(Defect::DataTrimmed) {
            return data.trim().into();
        }
        if data.contains(['<', '&']) && has(Defect::MarkupEscaped) {
            return data.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        }
        if data.starts_with(['{', '[', '"']) && has(Defect::JsonAgain) {
            return serde_json::to_string(data).unwrap_or_default();
        }
        if data.contains('\\') && has(Defect::EscapesInterpreted) {
            return data.replace("\\n", "\n").replace("\\\\", "\\");
        }
        if ["0", "null", "false"].contains(&data) && has(Defect::FalsyDataLost) {
            return String::new();
        }
        if data.len() > 65_535 && has(Defect::LongDataCut) {
            return pieces(data, 65_535).swap_remove(0);
        }
        if data.contains(|c: char| c.len_utf8() == 4) && has(Defect::AstralReplaced) {
            return data.replace(|c: char| c.len_utf8() == 4, "??");
        }
        data.into()
    }

    /// The comments of a text.
    pub(super) fn comments_wrongly(&self, text: &str) -> Vec<String> {
        let has = |defect| self.defects.has(defect);
        let passes = (text.contains('\n') && has(Defect::CommentLineFeedSent))
            || (text.contains('\r') && !text.contains('\n') && has(Defect::CommentReturnSent));
        if passes {
            return vec![text.into()];
        }
        if text.contains(['\n', '\r']) && has(Defect::CommentFlattened) {
            return vec![text.replace(['\n', '\r'], " ")];
        }
        lines(text)
    }

    /// A block as bytes, from the draft of a sound server.
    pub(super) fn written_wrongly(&mut self, mut block: Block, emission: &Emission) -> Bytes {
        if let Emission::Event(event) = emission {
            self.change_event(&mut block, event);
        }
        self.change_other(&mut block);
        let text = match self.replaced(&block) {
            Some(text) => text,
            None => self.lines_changed(written(&block)),
        };
        self.bytes_wrongly(text)
    }

    /// What is changed in the fields of an event.
    fn change_event(&mut self, block: &mut Block, event: &Event) {
        let has = |defect| self.defects.has(defect);
        self.memory.events += 1;
        if let Some(kind) = &mut block.kind {
            if has(Defect::TypeNotSent) {
                block.kind = None;
            } else if kind.chars().any(char::is_uppercase) && has(Defect::TypeLowercased) {
                *kind = kind.to_lowercase();
            } else if !kind.is_ascii() && has(Defect::TypeReplacedOutsideAscii) {
                *kind = kind.replace(|c: char| !c.is_ascii(), "?");
            } else if kind == "message" && has(Defect::TypeOfMessagesChanged) {
                *kind = "default".into();
            }
        } else if self.memory.kind.is_some() && has(Defect::TypeKept) {
            block.kind.clone_from(&self.memory.kind);
        } else if has(Defect::TypeOfNothing) {
            block.kind = Some("undefined".into());
        }
        self.memory.kind = event.kind.clone().or(self.memory.kind.take());
        if let Some(id) = &mut block.id {
            let number = id.parse::<f64>().ok().map(|number| number.to_string());
            if has(Defect::IdNotSent)
                || (id.is_empty() && has(Defect::EmptyIdNotSent))
                || (id == "0" && has(Defect::IdZeroNotSent))
            {
                block.id = None;
            } else if has(Defect::IdsNumbered) {
                *id = self.memory.events.to_string();
            } else if !id.is_ascii() && has(Defect::IdEncodedOutsideAscii) {
                *id = id.bytes().map(|byte| format!("%{byte:02X}")).collect();
            } else if id.len() > 64 && id.is_ascii() && has(Defect::LongIdCut) {
                id.truncate(64);
            } else if let Some(number) = number.filter(|number| number != id)
                && has(Defect::IdIsNumber)
            {
                *id = number;
            }
        }
        if event.data.is_empty() && has(Defect::EmptyDataWithoutField) {
            block.lines.clear();
        }
    }

    /// What is changed in comments and reconnection times.
    fn change_other(&self, block: &mut Block) {
        let has = |defect| self.defects.has(defect);
        if let Some(retry) = &mut block.retry {
            if retry == "0" && has(Defect::RetryZeroNotSent) {
                *retry = String::new();
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

    /// Text that a defect writes in place of a block.
    fn replaced(&self, block: &Block) -> Option<String> {
        let has = |defect| self.defects.has(defect);
        if !block.comments.is_empty() {
            let is_field = |text: &String| text.contains(':') && !text.contains(['\n', '\r']);
            if has(Defect::CommentsNotSent) {
                return Some(String::new());
            }
            if has(Defect::CommentsAreEvents) {
                return Some(format!("data: {}\n\n", block.comments.join("\ndata: ")));
            }
            if has(Defect::CommentsNotEnded) {
                return Some(format!(": {}", block.comments.join("\n: ")));
            }
            if block.comments.iter().any(is_field) && has(Defect::CommentsLikeFieldsSent) {
                return Some(format!("{}\n\n", block.comments.join("\n")));
            }
            if block.comments.iter().all(String::is_empty) && has(Defect::EmptyCommentsNotSent) {
                return Some(String::new());
            }
        }
        if block.lines.len() > 1 && has(Defect::LinesAreEvents) {
            let one = |line: &String| written(&Block { lines: vec![line.clone()], ..block.clone() });
            return Some(block.lines.iter().map(one).collect());
        }
        if block.lines.iter().any(|line| is_like_field(line)) && has(Defect::LinesLikeFieldsSent) {
            let bare = |line: &str| match line.strip_prefix("data: ") {
                Some(value) if is_like_field(value) => value.to_owned(),
                _ => line.to_owned(),
            };
            return Some(written(block).split_inclusive('\n').map(bare).collect());
        }
        if block.lines.iter().any(|line| line.starts_with(':')) && has(Defect::LinesLikeCommentsSent) {
            return Some(written(block).replace("data: :", ":"));
        }
        if block.kind.is_some() && !block.lines.is_empty() && has(Defect::TypeInBlockOfItsOwn) {
            let kind = Block { kind: block.kind.clone(), ..Block::default() };
            return Some(written(&kind) + &written(&Block { kind: None, ..block.clone() }));
        }
        None
    }

    /// What is changed in the lines of a block.
    fn lines_changed(&mut self, mut text: String) -> String {
        let has = |defect| self.defects.has(defect);
        if text.contains(":  ") && has(Defect::SpaceOmitted) {
            text = text.split_inclusive('\n').map(|line| line.replacen(": ", ":", 1)).collect();
        }
        let value_has_colon = |line: &str| line.match_indices(':').nth(1).is_some();
        if text.lines().any(value_has_colon) && !text.starts_with(':') && has(Defect::ValueCutAtColon) {
            let cut = |line: &str| match line.match_indices(':').nth(1) {
                Some((at, _)) => line[..at].to_owned() + "\n",
                None => line.to_owned() + "\n",
            };
            text = text.lines().map(cut).collect();
        }
        if text.contains('\0') && has(Defect::NulIsLineBreak) {
            text = text.replace('\0', "\n");
        }
        if has(Defect::MarkBeforeEach) {
            text.insert(0, '\u{feff}');
        }
        if has(Defect::FieldNameInCapitals) {
            text = text.replace("data:", "Data:");
        }
        if has(Defect::BlankLineHeldBack) {
            text.pop();
            if std::mem::replace(&mut self.memory.blank_line_held, true) {
                text.insert(0, '\n');
            }
        } else if has(Defect::BlankLineMissing) {
            text.pop();
        }
        text
    }

    /// Text in another encoding.
    fn bytes_wrongly(&self, text: String) -> Bytes {
        let has = |defect| self.defects.has(defect);
        let in_latin1 = |c: char| u8::try_from(u32::from(c)).unwrap_or(b'?');
        if !text.is_ascii() && has(Defect::InLatin1) {
            return text.chars().map(in_latin1).collect();
        }
        if text.contains(|c: char| c.len_utf8() == 4) && has(Defect::SurrogatesEncoded) {
            return text.chars().flat_map(surrogates).collect();
        }
        if text.len() > LONG && !text.is_ascii() && has(Defect::CharactersCut) {
            let cut = |(at, byte): (usize, u8)| if at % 16_384 == 16_383 { b'?' } else { byte };
            return text.into_bytes().into_iter().enumerate().map(cut).collect();
        }
        text.into()
    }
}

/// Whether a line of data looks like a field.
fn is_like_field(line: &str) -> bool {
    ["data:", "event:", "id:", "retry:"].iter().any(|name| line.starts_with(name))
}

/// Text in pieces of so many bytes at most, cut between characters.
fn pieces(text: &str, most: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for character in text.chars() {
        if pieces.last().is_some_and(|piece| piece.len() + character.len_utf8() > most) {
            pieces.push(String::new());
        }
        pieces.last_mut().into_iter().for_each(|piece| piece.push(character));
    }
    pieces
}

/// A character as CESU-8 writes it: the two halves of UTF-16, each in three bytes.
fn surrogates(character: char) -> Vec<u8> {
    let mut units = [0; 2];
    let units = character.encode_utf16(&mut units);
    if units.len() == 1 {
        return character.to_string().into_bytes();
    }
    let three = |unit: &u16| {
        let [high, low] = unit.to_be_bytes();
        [0xE0 | (high >> 4), 0x80 | ((high & 0x0F) << 2) | (low >> 6), 0x80 | (low & 0x3F)]
    };
    units.iter().flat_map(three).collect()
}
