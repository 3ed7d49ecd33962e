//! Frames that scripts write between those of the `h2` crate, and the answers of the peer, which `h2` must not see.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::frame::Frame;

/// The length of the preface of a client, <https://www.rfc-editor.org/rfc/rfc9113#section-3.4>.
const PREFACE: usize = 24;

/// The length of a frame's header.
const HEADER: usize = 9;

/// A type that no frame has, so that it is ignored, <https://www.rfc-editor.org/rfc/rfc9113#section-5.5>.
const NO_TYPE: u8 = 0xF8;

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

/// The flag of an answer to SETTINGS or PING.
const ACK: u8 = 1;

/// The flag of the last frame of a field block.
const END_HEADERS: u8 = 4;

/// What the PING of a script carries.
const PAYLOAD: &[u8] = b"ssespec.";

/// PING, as a script sends it.
pub(super) fn ping() -> Frame {
    Frame { kind: PING, flags: 0, stream: 0, payload: PAYLOAD.to_vec() }
}

/// GOAWAY.
pub(super) fn go_away(last_stream: u32, code: u32) -> Frame {
    let payload = [last_stream.to_be_bytes(), code.to_be_bytes()].concat();
    Frame { kind: GOAWAY, flags: 0, stream: 0, payload }
}

/// SETTINGS with the number of streams that the peer may open at the same time.
pub(super) fn max_concurrent_streams(count: u32) -> Frame {
    let payload = [&[0, 3][..], &count.to_be_bytes()].concat();
    Frame { kind: SETTINGS, flags: 0, stream: 0, payload }
}

/// Who has sent SETTINGS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    H2,
    Script,
}

/// What scripts write on a connection.
#[derive(Debug, Default)]
pub(super) struct Interjected(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<Frame>,
    /// Who sent the SETTINGS that were not acknowledged.
    unacknowledged: VecDeque<Sender>,
}

impl Interjected {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a frame as soon as `h2` is between two of its own.
    pub(super) fn push(&self, frame: Frame) {
        self.waiting().frames.push_back(frame);
    }

    /// Whether a frame waits.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting().frames.is_empty()
    }

    /// The bytes of the next frame, which must be written now.
    pub(super) fn next(&self) -> Option<Vec<u8>> {
        let mut waiting = self.waiting();
        let frame = waiting.frames.pop_front()?;
        if frame.kind == SETTINGS {
            waiting.unacknowledged.push_back(Sender::Script);
        }
        Some(frame.to_bytes())
    }

    fn sent_by_h2(&self, header: [u8; HEADER]) {
        let [.., kind, flags, _, _, _, _] = header;
        if kind == SETTINGS && flags & ACK == 0 {
            self.waiting().unacknowledged.push_back(Sender::H2);
        }
    }

    /// Whether the next SETTINGS that are acknowledged are those of a script.
    fn acknowledged(&self) -> bool {
        self.waiting().unacknowledged.pop_front() == Some(Sender::Script)
    }
}

/// A place in the frames of one direction.
#[derive(Debug, Default)]
struct Position {
    header: Vec<u8>,
    /// How many bytes of the payload are left.
    payload: usize,
    /// Whether the next frame continues a field block.
    in_fields: bool,
}

impl Position {
    /// Goes on to the end of the header or of the payload, at most; returns how far, and the header if it is complete.
    fn advance(&mut self, bytes: &[u8]) -> (usize, Option<[u8; HEADER]>) {
        if self.payload > 0 {
            let length = self.payload.min(bytes.len());
            self.payload -= length;
            return (length, None);
        }
        let length = (HEADER - self.header.len()).min(bytes.len());
        self.header.extend_from_slice(bytes.get(..length).unwrap_or_default());
        let Ok(header) = <[u8; HEADER]>::try_from(self.header.as_slice()) else { return (length, None) };
        self.header.clear();
        let [a, b, c, kind, flags, ..] = header;
        self.payload = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        if matches!(kind, HEADERS | CONTINUATION) {
            self.in_fields = flags & END_HEADERS == 0;
        }
        (length, Some(header))
    }

    /// How many bytes may be written until a frame of a script may follow; 0 if it may follow now.
    fn rest(&self) -> usize {
        match (self.payload, self.header.len()) {
            (0, 0) if self.in_fields => HEADER,
            (0, 0) => 0,
            (0, begun) => HEADER - begun,
            (left, _) => left,
        }
    }
}

/// The frames to the peer.
#[derive(Debug, Default)]
pub(super) struct Outgoing(Position);

impl Outgoing {
    /// How many bytes `h2` may write before the script's turn; 0 if that is now.
    pub(super) fn rest(&self) -> usize {
        self.0.rest()
    }

    /// `h2` has written these bytes.
    pub(super) fn wrote(&mut self, mut bytes: &[u8], interjected: &Interjected) {
        while !bytes.is_empty() {
            let (length, header) = self.0.advance(bytes);
            bytes = bytes.get(length..).unwrap_or_default();
            if let Some(header) = header {
                interjected.sent_by_h2(header);
            }
        }
    }
}

/// The frames of the peer.
#[derive(Debug)]
pub(super) struct Incoming {
    preface: usize,
    position: Position,
    /// What an answer to PING carries, while it is read.
    answer: Option<Vec<u8>>,
}

impl Incoming {
    pub(super) fn new() -> Self {
        Self { preface: PREFACE, position: Position::default(), answer: None }
    }

    /// Passes bytes of the peer on to `h2`, which ignores the answers to what it has not sent. Returns how often the peer has
    /// answered the PING of a script.
    pub(super) fn pass(&mut self, mut bytes: &[u8], on: &mut Vec<u8>, interjected: &Interjected) -> usize {
        let mut answers = 0;
        let (preface, rest) = bytes.split_at(self.preface.min(bytes.len()));
        self.preface -= preface.len();
        on.extend_from_slice(preface);
        bytes = rest;
        while !bytes.is_empty() {
            let is_payload = self.position.payload > 0;
            let (length, header) = self.position.advance(bytes);
            let (passed, rest) = bytes.split_at(length);
            bytes = rest;
            if is_payload {
                on.extend_from_slice(passed);
            }
            if let Some(mut header) = header {
                let [_, _, _, kind, flags, ..] = &mut header;
                let is_answer = *flags & ACK != 0;
                if *kind == PING && is_answer {
                    *kind = NO_TYPE;
                    self.answer = Some(Vec::new());
                } else if *kind == SETTINGS && is_answer && interjected.acknowledged() {
                    *kind = NO_TYPE;
                }
                on.extend_from_slice(&header);
            } else if let (true, Some(answer)) = (is_payload, &mut self.answer) {
                answer.extend_from_slice(passed);
            }
            if self.position.rest() == 0
                && let Some(answer) = self.answer.take_if(|_| self.position.header.is_empty())
            {
                answers += usize::from(answer == PAYLOAD);
            }
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::{ACK, Frame, Incoming, Interjected, Outgoing, PREFACE, max_concurrent_streams, ping};

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        Frame { kind, flags, stream: 0, payload: payload.to_vec() }.to_bytes()
    }

    #[test]
    fn a_frame_of_a_script_waits_for_the_end_of_a_field_block() {
        let (mut outgoing, interjected) = (Outgoing::default(), Interjected::default());
        let block = [frame(1, 0, b"ab"), frame(9, 4, b"c")].concat();
        let rests: Vec<usize> = block
            .iter()
            .map(|byte| {
                outgoing.wrote(&[*byte], &interjected);
                outgoing.rest()
            })
            .collect();
        assert_eq!(rests, [8, 7, 6, 5, 4, 3, 2, 1, 2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 0]);
    }

    #[test]
    fn answers_to_a_script_are_hidden_however_they_are_split() {
        let settings = frame(4, 0, b"");
        let answers = [
            frame(4, ACK, b""),
            frame(4, ACK, b""),
            frame(6, ACK, b"ssespec."),
            frame(6, ACK, b"another."),
            frame(0, 1, b"data"),
        ]
        .concat();
        let bytes = [&[b'P'; PREFACE][..], &answers].concat();
        let shown = [
            &[b'P'; PREFACE][..],
            &frame(4, ACK, b""),
            &frame(0xF8, ACK, b""),
            &frame(0xF8, ACK, b"ssespec."),
            &frame(0xF8, ACK, b"another."),
            &frame(0, 1, b"data"),
        ]
        .concat();
        for size in 1..bytes.len() {
            let interjected = Interjected::default();
            Outgoing::default().wrote(&settings, &interjected);
            interjected.push(max_concurrent_streams(3));
            interjected.push(ping());
            while interjected.next().is_some() {}
            let (mut incoming, mut passed, mut answered) = (Incoming::new(), Vec::new(), 0);
            for piece in bytes.chunks(size) {
                answered += incoming.pass(piece, &mut passed, &interjected);
            }
            assert_eq!((&passed, answered), (&shown, 1), "in pieces of {size}");
        }
    }
}
