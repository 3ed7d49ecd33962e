//! Frames, <https://www.rfc-editor.org/rfc/rfc9113#section-4>.

/// The flags that matter here.
pub(super) mod flag {
    /// Of DATA and HEADERS.
    pub(in super::super) const END_STREAM: u8 = 0x1;
    /// Of SETTINGS and PING.
    pub(in super::super) const ACK: u8 = 0x1;
    /// Of HEADERS and CONTINUATION.
    pub(in super::super) const END_HEADERS: u8 = 0x4;
    /// Of HEADERS.
    pub(super) const PADDED: u8 = 0x8;
    /// Of HEADERS.
    pub(super) const PRIORITY: u8 = 0x20;
}

/// The setting that says how wide the windows of new streams are.
const INITIAL_WINDOW_SIZE: u16 = 4;

/// The types that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Data = 0,
    Headers = 1,
    Reset = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

impl Kind {
    fn from_number(number: u8) -> Option<Self> {
        let all = [
            Self::Data,
            Self::Headers,
            Self::Reset,
            Self::Settings,
            Self::Ping,
            Self::GoAway,
            Self::WindowUpdate,
            Self::Continuation,
        ];
        all.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// None where it is of another type.
    pub(super) kind: Option<Kind>,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    pub(super) fn new(kind: Kind, flags: u8, stream: u32, payload: Vec<u8>) -> Self {
        Self { kind: Some(kind), flags, stream, payload }
    }

    /// Takes the first frame of a buffer; none where it is not complete.
    pub(super) fn take(buffer: &mut Vec<u8>) -> Option<Self> {
        let (head, _) = buffer.split_first_chunk::<9>()?;
        let [a, b, c, kind, flags, stream @ ..] = *head;
        let length = usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()?;
        if buffer.len() < 9 + length {
            return None;
        }
        let rest = buffer.split_off(9 + length);
        let payload = std::mem::replace(buffer, rest).split_off(9);
        let stream = u32::from_be_bytes(stream) & 0x7FFF_FFFF;
        Some(Self { kind: Kind::from_number(kind), flags, stream, payload })
    }

    /// The frame as bytes.
    pub(super) fn written(&self) -> Vec<u8> {
        let length = u32::try_from(self.payload.len()).unwrap_or_default().to_be_bytes();
        let kind = self.kind.map_or(u8::MAX, |kind| kind as u8);
        let [_, a, b, c] = length;
        let mut bytes = vec![a, b, c, kind, self.flags];
        bytes.extend_from_slice(&self.stream.to_be_bytes());
        bytes.extend_from_slice(&self.payload);
        bytes
    }

    /// The fields in a HEADERS frame, without padding and priority.
    pub(super) fn fields(&self) -> Option<&[u8]> {
        let mut rest = self.payload.as_slice();
        let mut padding = 0;
        if self.flags & flag::PADDED != 0 {
            let (length, after) = rest.split_first()?;
            (padding, rest) = (usize::from(*length), after);
        }
        if self.flags & flag::PRIORITY != 0 {
            rest = rest.get(5..)?;
        }
        rest.get(..rest.len().checked_sub(padding)?)
    }

    /// The number in the last four bytes of a short payload: the code of RST_STREAM, the increment of WINDOW_UPDATE.
    pub(super) fn number(&self) -> Option<u32> {
        let bytes: [u8; 4] = self.payload.as_slice().try_into().ok()?;
        Some(u32::from_be_bytes(bytes) & 0x7FFF_FFFF)
    }

    /// The initial window that SETTINGS says, if any.
    pub(super) fn initial_window(&self) -> Option<u32> {
        let (settings, _) = self.payload.as_chunks::<6>();
        let of = |[a, b, value @ ..]: [u8; 6]| (u16::from_be_bytes([a, b]), u32::from_be_bytes(value));
        settings
            .iter()
            .copied()
            .map(of)
            .rev()
            .find(|(name, _)| *name == INITIAL_WINDOW_SIZE)
            .map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Frame, Kind, flag};

    #[test]
    fn a_frame_comes_whole_or_not_at_all() {
        let frame = Frame::new(Kind::Ping, flag::ACK, 0, vec![7; 8]);
        let mut bytes = frame.written();
        bytes.extend_from_slice(&[0, 0, 4]);
        assert_eq!(Frame::take(&mut bytes), Some(frame));
        assert_eq!((Frame::take(&mut bytes), bytes), (None, vec![0, 0, 4]));
    }

    #[test]
    fn padding_and_priority_are_no_fields() {
        let flags = flag::PADDED | flag::PRIORITY;
        let frame = Frame::new(Kind::Headers, flags, 1, vec![2, 0, 0, 0, 0, 0, b'x', 0, 0]);
        assert_eq!(frame.fields(), Some(&b"x"[..]));
        assert_eq!(Frame::new(Kind::Headers, flag::PADDED, 1, vec![9]).fields(), None);
    }

    #[test]
    fn the_last_initial_window_counts() {
        let payload = vec![0, 4, 0, 0, 0, 1, 0, 3, 0, 0, 0, 9, 0, 4, 0, 1, 0, 0];
        assert_eq!(Frame::new(Kind::Settings, 0, 0, payload).initial_window(), Some(65_536));
    }
}
