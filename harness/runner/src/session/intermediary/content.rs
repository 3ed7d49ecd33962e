//! What the origin has sent and what has arrived in front, on one stream.

use std::time::{Duration, Instant};

use ssespec_strict::{EventStreamReader, Item, Limits};

use super::decoder::Decoder;
use crate::adapter::run_delay::RunDelay;
use crate::session::describe::quote;
use crate::session::server::stream_contents::{ResponseHead, Seen, SeenEvent};

/// The most content that is kept until it arrives. More is not compared.
const KEPT: usize = 64 * 1024 * 1024;

/// How much of what differs is shown.
const SHOWN: usize = 40;

/// The most writes whose delays are measured.
const WRITES: usize = 100_000;

/// Delays up to this are not looked into: it is more than a machine that is not busy needs.
const USUAL: Duration = Duration::from_millis(50);

/// One write of the origin.
#[derive(Debug)]
struct Write {
    /// How many bytes were written then.
    end: u64,
    at: Instant,
    /// How long the intermediary and the harness get no processor from then on, if that is left out of the delay.
    run_delay: Option<RunDelay>,
}

impl Write {
    /// How long it took to arrive, if it arrived then.
    fn delay(&mut self, arrived: Instant) -> Duration {
        let delay = arrived.saturating_duration_since(self.at);
        match &mut self.run_delay {
            Some(run_delay) if delay > USUAL => delay.saturating_sub(run_delay.read()),
            _ => delay,
        }
    }
}

/// The content of one stream.
#[derive(Debug)]
pub(super) struct Content {
    decoder: Decoder,
    events: EventStreamReader,
    is_stream: bool,
    last_id: String,
    /// What was sent and has not arrived.
    sent: Vec<u8>,
    /// How many bytes have arrived as they were sent.
    same: u64,
    /// What arrived and was not sent there.
    different: Option<String>,
    /// Whether more was sent than is compared.
    is_too_much: bool,
    writes: Vec<Write>,
    /// How long each of the first writes took to arrive.
    delays: Vec<Duration>,
    /// How many of the delays were judged.
    judged: usize,
    written: u64,
}

impl Content {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            decoder: Decoder::Identity,
            events: EventStreamReader::new(limits),
            is_stream: false,
            last_id: String::new(),
            sent: Vec::new(),
            same: 0,
            different: None,
            is_too_much: false,
            writes: Vec::new(),
            delays: Vec::new(),
            judged: 0,
            written: 0,
        }
    }

    /// The head of the response has arrived.
    pub(super) fn head(&mut self, head: &ResponseHead) {
        self.decoder = Decoder::new(head.values("content-encoding"));
        self.is_stream = head.is_stream();
    }

    /// The origin is about to send this. `run_delay` counts from now on.
    pub(super) fn sends(&mut self, bytes: &[u8], run_delay: Option<RunDelay>) {
        if bytes.is_empty() || self.is_too_much {
            return;
        }
        if self.sent.len() + bytes.len() > KEPT {
            return self.sends_too_much();
        }
        self.sent.extend_from_slice(bytes);
        self.written += bytes.len() as u64;
        if self.writes.len() < WRITES {
            self.writes.push(Write { end: self.written, at: Instant::now(), run_delay });
        }
    }

    /// The origin sends more than is compared.
    pub(super) fn sends_too_much(&mut self) {
        self.is_too_much = true;
        self.sent = Vec::new();
    }

    /// Content has arrived; gives what a client dispatches.
    pub(super) fn arrives(&mut self, bytes: &[u8], at: Instant, since: Duration) -> Vec<Seen> {
        let bytes = self.decoder.feed(bytes);
        self.compare(&bytes);
        while let Some(write) = self.writes.get_mut(self.delays.len()).filter(|write| write.end <= self.same)
        {
            self.delays.push(write.delay(at));
        }
        let mut seen = Vec::new();
        if self.is_stream {
            let mut items = Vec::new();
            self.events.feed(&bytes, since, &mut items);
            for item in items {
                seen.extend(self.item(item));
            }
        }
        seen
    }

    fn compare(&mut self, bytes: &[u8]) {
        if self.is_too_much || self.different.is_some() {
            return;
        }
        let same = self.sent.iter().zip(bytes).take_while(|(sent, arrived)| sent == arrived).count();
        if same < bytes.len() {
            let (sent, arrived) =
                (self.sent.get(same..).unwrap_or_default(), bytes.get(same..).unwrap_or_default());
            // Replacement characters would look alike on both sides.
            let is_text = str::from_utf8(sent).is_ok() && str::from_utf8(arrived).is_ok();
            let show = |bytes: &[u8]| {
                let bytes = bytes.get(..SHOWN).unwrap_or(bytes);
                if is_text {
                    quote(&String::from_utf8_lossy(bytes))
                } else {
                    format!("\"{}\"", bytes.escape_ascii())
                }
            };
            let at = self.same + same as u64;
            self.different = Some(if sent.is_empty() {
                format!("after the {at} bytes that were sent, {} more: {}", arrived.len(), show(arrived))
            } else {
                format!("at byte {at}, {} in place of {}", show(arrived), show(sent))
            });
        }
        self.sent.drain(..same);
        self.same += same as u64;
    }

    /// Whether all that was sent has arrived and nothing else; otherwise what is missing or wrong.
    pub(super) fn passed(&self) -> Passage {
        if self.decoder.is_lost() {
            let what = "content in a coding that was not asked for, or that cannot be decoded";
            return Passage::Different(what.into());
        }
        match &self.different {
            Some(different) => Passage::Different(different.clone()),
            None if self.sent.is_empty() => Passage::Whole,
            None => Passage::Missing(self.sent.len()),
        }
    }

    /// How many members of gzip have begun.
    pub(super) fn members(&self) -> u64 {
        self.decoder.members()
    }

    /// The median of the delays of the writes that have not been judged yet, and of how many.
    pub(super) fn median(&self) -> Option<(Duration, usize)> {
        let mut delays = self.delays.get(self.judged..)?.to_vec();
        delays.sort_unstable();
        Some((*delays.get(delays.len() / 2)?, delays.len()))
    }

    /// The delays so far are judged.
    pub(super) fn judge_delays(&mut self) {
        self.judged = self.delays.len();
    }

    fn item(&mut self, item: Item) -> Option<Seen> {
        match item {
            Item::Comment(comment) => Some(Seen::Comment(comment.text)),
            Item::Block(block) => {
                if let Some(id) = block.id {
                    self.last_id = id;
                }
                let kind = block.event.filter(|kind| !kind.is_empty()).unwrap_or_else(|| "message".into());
                let (id, length) = (self.last_id.clone(), block.data_length);
                let event = |data| SeenEvent { kind, data, length, id, has_own_id: false };
                block.data.map(|data| Seen::Event(event(data)))
            }
            Item::Field(_) | Item::Finding(_) => None,
        }
    }
}

/// Whether content has arrived as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Passage {
    /// All of it, and nothing else.
    Whole,
    /// This many bytes have not arrived yet.
    Missing(usize),
    /// Something else arrived.
    Different(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrives(content: &mut Content, bytes: &[u8]) {
        content.arrives(bytes, Instant::now(), Duration::ZERO);
    }

    #[test]
    fn content_is_compared_with_what_was_sent() {
        let mut content = Content::new(Limits::default());
        assert_eq!(content.passed(), Passage::Whole);
        content.sends(b"data: a\n\n", None);
        assert_eq!(content.passed(), Passage::Missing(9));
        arrives(&mut content, b"data: ");
        assert_eq!((content.passed(), content.median()), (Passage::Missing(3), None));
        arrives(&mut content, b"a\n\n");
        assert_eq!(content.passed(), Passage::Whole);
        assert_eq!(content.median().map(|(_, writes)| writes), Some(1));
        content.judge_delays();
        assert_eq!(content.median(), None);
        arrives(&mut content, b"x");
        assert_eq!(
            content.passed(),
            Passage::Different("after the 9 bytes that were sent, 1 more: \"x\"".into())
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_time_without_a_processor_is_no_delay() {
        use crate::adapter::run_delay::tests::Crowded;
        let crowded = Crowded::begin();
        let mut content = Content::new(Limits::default());
        content.sends(b"data: a\n\n", Some(RunDelay::of(crowded.processes())));
        let wrote = Instant::now();
        std::thread::sleep(USUAL * 10);
        arrives(&mut content, b"data: a\n\n");
        let (delay, whole) = (content.median().unwrap().0, wrote.elapsed());
        assert!(delay < whole * 3 / 4, "{delay:?} of {whole:?}");
    }

    #[test]
    fn a_changed_byte_is_shown() {
        let mut content = Content::new(Limits::default());
        content.sends(b"a\0b", None);
        arrives(&mut content, b"ab");
        let Passage::Different(what) = content.passed() else { panic!("it differs") };
        assert_eq!(what, r#"at byte 1, "b" in place of "\0b""#);
    }
}
