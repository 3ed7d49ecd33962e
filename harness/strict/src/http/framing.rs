//! Where the content of a message ends, <https://www.rfc-editor.org/rfc/rfc9112#section-6.3> and §7.

use super::super::finding::{Finder, FindingKind};
use super::{Asked, FieldLine, Head, Piece, push_body};

/// How content is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    None,
    /// So many bytes.
    Length(u64),
    /// In chunks.
    Chunked,
    /// To the end of the connection.
    Close,
}

/// The longest line of a chunk's size or of a trailer.
const LINE: usize = 16 * 1024;

/// How the content after a head is framed; what the head says wrongly about it goes to `wrong`.
pub(super) fn framing<'h>(
    head: &'h Head,
    asked: Asked,
    wrong: &mut Vec<(FindingKind, &'h FieldLine)>,
) -> Framing {
    let named = |name: &'static str| {
        head.fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name.as_bytes()))
    };
    let coding = named("transfer-encoding").next_back();
    let lengths: Vec<&FieldLine> = named("content-length").collect();
    let length = lengths.first().copied();
    let has_no_content = (100..200).contains(&head.status) || head.status == 204;
    if has_no_content {
        wrong.extend(coding.or(length).map(|field| (FindingKind::FramingWithoutContent, field)));
    }
    if let (Some(coding), Some(_)) = (coding, length) {
        wrong.push((FindingKind::LengthAndTransferEncoding, coding));
    }
    if let (Some(coding), 0) = (coding, head.minor_version) {
        wrong.push((FindingKind::TransferEncodingInHttp10, coding));
    }
    let is_chunked = head.list("transfer-encoding").last().map(|last| last.eq_ignore_ascii_case("chunked"));
    if let (Some(coding), Some(false)) = (coding, is_chunked) {
        wrong.push((FindingKind::NotChunkedLast, coding));
    }
    let mut values = head.list("content-length");
    values.dedup();
    let number = match values.as_slice() {
        [one] if one.bytes().all(|byte| byte.is_ascii_digit()) => one.parse().ok(),
        _ => None,
    };
    if let (Some(length), None) = (length, number) {
        wrong.push((FindingKind::InvalidLength, length));
    }
    if asked == Asked::Head || has_no_content || head.status == 304 {
        return Framing::None;
    }
    match (is_chunked, number) {
        (Some(true), _) => Framing::Chunked,
        (None, Some(number)) => Framing::Length(number),
        _ => Framing::Close,
    }
}

/// What became of bytes of the chunked coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It goes on.
    More,
    /// The last chunk and the trailers have come.
    Complete,
    /// It is malformed.
    Lost,
}

/// How far a chunked content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// In the line with a chunk's size.
    #[default]
    Size,
    /// In its data, of which so much is left.
    Data(u64),
    /// In the CRLF after its data.
    End,
    /// After the last chunk.
    Trailers,
}

/// The reader of the chunked coding, <https://www.rfc-editor.org/rfc/rfc9112#section-7.1>.
#[derive(Debug, Clone, Default)]
pub(super) struct Chunks {
    place: Place,
    line: Vec<u8>,
}

impl Chunks {
    /// Reads some of the bytes, of which the first stands at `offset`; gives how many.
    pub(super) fn feed(
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
            // What can no longer become CRLF or a size is told at once: nothing else may follow.
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
    // RFC 9112 §7.1.1 lets recipients put up with white space before the extension only.
    let digits = if digits.len() < line.len() { digits.trim_ascii_end() } else { digits };
    let text = std::str::from_utf8(digits).ok()?;
    let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}
