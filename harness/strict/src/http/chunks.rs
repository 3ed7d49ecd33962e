//! The chunked coding, <https://www.rfc-editor.org/rfc/rfc9112#section-7.1>.

use crate::finding::{Finder, FindingKind};
use crate::http::piece::{Piece, push_body};

/// The longest line of a chunk's size or of a trailer.
const LINE: usize = 16 * 1024;

/// What follows the bytes that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// More chunks.
    More,
    /// Nothing: the last chunk and the trailers are complete.
    Complete,
    /// Nothing: the coding is malformed.
    Lost,
}

/// A place in chunked content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// In the line with a chunk's size.
    #[default]
    Size,
    /// In its data, of which this much is left.
    Data(u64),
    /// In the CRLF after its data.
    End,
    /// After the last chunk.
    Trailers,
}

/// The reader of the chunked coding, <https://www.rfc-editor.org/rfc/rfc9112#section-7.1>.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chunks {
    place: Place,
    line: Vec<u8>,
}

impl Chunks {
    /// Reads some of the bytes, the first of which is at `offset`, and returns how many.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        offset: u64,
        finder: &mut Finder,
        pieces: &mut Vec<Piece>,
    ) -> (usize, Progress) {
        if let Place::Data(left) = self.place {
            let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
            push_body(bytes.get(..taken).unwrap_or_default(), pieces);
            let left = left - taken as u64;
            self.place = if left == 0 { Place::End } else { Place::Data(left) };
            return (taken, Progress::More);
        }
        for (index, byte) in bytes.iter().enumerate() {
            let begins = (offset + index as u64).saturating_sub(self.line.len() as u64);
            self.line.push(*byte);
            let mut tell =
                |kind, line: &[u8]| pieces.extend(finder.find(kind, begins, line).map(Piece::Finding));
            // What can no longer become CRLF is reported immediately.
            if self.place == Place::End && !matches!(self.line.as_slice(), b"\r" | b"\r\n" | b"\n") {
                tell(FindingKind::ChunkEnd, &self.line);
                return (index + 1, Progress::Lost);
            }
            if self.line.len() > LINE {
                tell(FindingKind::ChunkSize, &self.line);
                return (index + 1, Progress::Lost);
            }
            if *byte != b'\n' {
                continue;
            }
            let mut line = std::mem::take(&mut self.line);
            line.pop();
            if line.last() != Some(&b'\r') {
                tell(FindingKind::BareLineFeed, &line);
            }
            let text = line.strip_suffix(b"\r").unwrap_or(&line);
            match self.place {
                Place::Size => match size(text) {
                    Some(size) => {
                        pieces.push(Piece::Chunk(size));
                        self.place = if size == 0 { Place::Trailers } else { Place::Data(size) };
                    }
                    None => {
                        tell(FindingKind::ChunkSize, &line);
                        return (index + 1, Progress::Lost);
                    }
                },
                Place::End => self.place = Place::Size,
                Place::Trailers if text.is_empty() => return (index + 1, Progress::Complete),
                Place::Trailers | Place::Data(_) => {}
            }
            return (index + 1, Progress::More);
        }
        (bytes.len(), Progress::More)
    }
}

/// `chunk-size [ chunk-ext ]`
fn size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
    // RFC 9112 §7.1.1 lets recipients tolerate white space before the extension only.
    let digits = if digits.len() < line.len() { digits.trim_ascii_end() } else { digits };
    let text = std::str::from_utf8(digits).ok()?;
    let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}
