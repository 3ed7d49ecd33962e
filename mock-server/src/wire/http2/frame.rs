//! Frames as bytes, <https://www.rfc-editor.org/rfc/rfc9113#section-4.1>.

/// The length of a frame's header.
const HEADER: usize = 9;

/// A frame, whether or not it is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The type.
    pub kind: u8,
    /// The flags.
    pub flags: u8,
    /// The stream identifier; 0 for the connection.
    pub stream: u32,
    /// What follows the header. At most 2^24 - 1 bytes of it are written.
    pub payload: Vec<u8>,
}

impl Frame {
    /// Takes the first frame of a buffer; `None` if it is incomplete.
    pub fn take(buffer: &mut Vec<u8>) -> Option<Self> {
        let [a, b, c, kind, flags, stream @ ..] = *buffer.first_chunk::<HEADER>()?;
        let end = HEADER + (usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c));
        let payload = buffer.get(HEADER..end)?.to_vec();
        buffer.drain(..end);
        Some(Self { kind, flags, stream: u32::from_be_bytes(stream) & 0x7FFF_FFFF, payload })
    }

    /// The header and the payload.
    pub fn to_bytes(&self) -> Vec<u8> {
        let payload = self.payload.get(..0xFF_FFFF).unwrap_or(&self.payload);
        let [.., a, b, c] = payload.len().to_be_bytes();
        let [s1, s2, s3, s4] = self.stream.to_be_bytes();
        [&[a, b, c, self.kind, self.flags, s1, s2, s3, s4][..], payload].concat()
    }
}

/// A literal field that is in no table, <https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2>. It may be appended to
/// any complete field block.
pub fn literal(name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0];
    for text in [name, value] {
        bytes.extend(length(text.len()));
        bytes.extend_from_slice(text);
    }
    bytes
}

/// The length of an uncompressed string, <https://www.rfc-editor.org/rfc/rfc7541#section-5.1>.
fn length(value: usize) -> Vec<u8> {
    let Some(mut left) = value.checked_sub(127) else { return vec![value as u8] };
    let mut bytes = vec![127];
    while left >= 128 {
        bytes.push(0x80 | (left & 0x7F) as u8);
        left >>= 7;
    }
    bytes.push(left as u8);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Frame, literal};

    #[test]
    fn an_incomplete_frame_is_left() {
        let frame = Frame { kind: 6, flags: 1, stream: 0, payload: vec![7; 8] };
        let mut bytes = frame.to_bytes();
        bytes.extend_from_slice(&[0, 0, 4]);
        assert_eq!(Frame::take(&mut bytes), Some(frame));
        assert_eq!((Frame::take(&mut bytes), bytes), (None, vec![0, 0, 4]));
    }

    #[test]
    fn literal_fields() {
        assert_eq!(literal(b"a", b"b"), [0, 1, b'a', 1, b'b']);
        let long = literal(b"a", &[b'x'; 300]);
        assert_eq!(long[..6], [0, 1, b'a', 127, 0xAD, 1]);
        assert_eq!(long.len(), 306);
        assert_eq!(literal(b"", &[b'x'; 127])[..4], [0, 0, 127, 0]);
    }
}
