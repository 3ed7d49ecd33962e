//! An event block, and how it is written.

use bytes::Bytes;

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;
use crate::server::lines::LONG;

/// A block before it is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    /// Its comments: each is the text after the colon and the space.
    pub(crate) comments: Vec<String>,
    pub(crate) kind: Option<String>,
    pub(crate) id: Option<String>,
    /// The lines of its data.
    pub(crate) lines: Vec<String>,
    pub(crate) retry: Option<String>,
}

impl Block {
    /// Its fields in order, and a blank line. A space follows each colon, so that the first space of a value is its own.
    fn fields(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
            text.push('\n');
        };
        self.comments.iter().for_each(|comment| line("", comment));
        self.kind.iter().for_each(|kind| line("event", kind));
        self.id.iter().for_each(|id| line("id", id));
        self.lines.iter().for_each(|data| line("data", data));
        self.retry.iter().for_each(|retry| line("retry", retry));
        text.push('\n');
        text
    }
}

/// Writes the blocks of one stream.
#[derive(Debug, Default)]
pub(crate) struct BlockWriter {
    defects: Defects,
    /// Whether the blank line of the last block was held back, which only a defect does.
    holds_blank_line: bool,
}

impl BlockWriter {
    pub(crate) fn new(defects: Defects) -> Self {
        Self { defects, holds_blank_line: false }
    }

    /// The bytes of a block.
    pub(crate) fn write(&mut self, block: &Block) -> Bytes {
        let text = match self.replacement(block) {
            Some(text) => text,
            None => self.text(block),
        };
        self.encode(text)
    }

    /// What is written instead of the fields in their order, which only a defect does.
    fn replacement(&self, block: &Block) -> Option<String> {
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
            let others = Block { lines: Vec::new(), ..block.clone() };
            let one = |line: &String| Block { lines: vec![line.clone()], ..others.clone() }.fields();
            return Some(block.lines.iter().map(one).collect());
        }
        if block.lines.iter().any(|line| is_like_field(line)) && has(Defect::LinesLikeFieldsSent) {
            let bare = |line: &str| match line.strip_prefix("data: ") {
                Some(value) if is_like_field(value) => value.to_owned(),
                _ => line.to_owned(),
            };
            return Some(block.fields().split_inclusive('\n').map(bare).collect());
        }
        if block.lines.iter().any(|line| line.starts_with(':')) && has(Defect::LinesLikeCommentsSent) {
            return Some(block.fields().replace("data: :", ":"));
        }
        if let Some(retry) = &block.retry
            && has(Defect::RetryTextSentFirst)
        {
            return Some(format!("retry: {retry}\n{}", Block { retry: None, ..block.clone() }.fields()));
        }
        if block.kind.is_some() && !block.lines.is_empty() && has(Defect::TypeInBlockOfItsOwn) {
            let kind = Block { kind: block.kind.clone(), ..Block::default() };
            return Some(kind.fields() + &Block { kind: None, ..block.clone() }.fields());
        }
        None
    }

    /// The text of a block: its fields.
    fn text(&mut self, block: &Block) -> String {
        let has = |defect| self.defects.has(defect);
        let mut text = block.fields();
        if text.contains(":  ") && has(Defect::SpaceOmitted) {
            text = text.split_inclusive('\n').map(|line| line.replacen(": ", ":", 1)).collect();
        }
        let value_has_colon = |line: &str| line.match_indices(':').nth(1).is_some();
        if !text.starts_with(':') && text.lines().any(value_has_colon) && has(Defect::ValueCutAtColon) {
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
            if std::mem::replace(&mut self.holds_blank_line, true) {
                text.insert(0, '\n');
            }
        } else if has(Defect::BlankLineMissing) {
            text.pop();
        }
        text
    }

    /// "Event streams in this format must always be encoded as UTF-8."
    fn encode(&self, text: String) -> Bytes {
        let has = |defect| self.defects.has(defect);
        let latin_1 = |c: char| u8::try_from(u32::from(c)).unwrap_or(b'?');
        if !text.is_ascii() && has(Defect::InLatin1) {
            return text.chars().map(latin_1).collect();
        }
        if text.contains(|c: char| c.len_utf8() == 4) && has(Defect::SurrogatesEncoded) {
            return text.chars().flat_map(cesu_8).collect();
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

/// A character in CESU-8: the two surrogates of UTF-16, in three bytes each.
fn cesu_8(character: char) -> Vec<u8> {
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
