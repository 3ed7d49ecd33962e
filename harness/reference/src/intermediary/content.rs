//! What happens to content on its way. The sound intermediary forwards it immediately and unchanged.

use std::time::{Duration, Instant};

use crate::defect::list::IntermediaryDefect as Defect;
use crate::defect::switches::IntermediaryDefects as Defects;

/// How long content waits for more in an intermediary that joins writes, and in one that loses the last content.
const JOINED: Duration = Duration::from_millis(300);
const LAST: Duration = Duration::from_millis(400);

/// After how long without content a stream counts as silent.
const SILENCE: Duration = Duration::from_millis(500);

/// How much content an intermediary with a defect collects.
const COLLECTED: usize = 4096;

/// How long lines may be in an intermediary with a defect, and how much it forwards.
const LINE: usize = 64 * 1024;
const MOST: usize = 4 * 1024 * 1024;

/// The content of one response on its way.
#[derive(Debug)]
pub(crate) struct Passage {
    defects: Defects,
    /// What is held back.
    held: Vec<u8>,
    /// Until when, if not until something else comes.
    until: Option<Instant>,
    /// When content came last.
    last: Instant,
    /// How much has come.
    total: usize,
    /// The length of the current line.
    line: usize,
    /// The beginning of a character of UTF-8.
    part: Vec<u8>,
}

impl Passage {
    pub(crate) fn new(defects: Defects) -> Self {
        Self {
            defects,
            held: Vec::new(),
            until: None,
            last: Instant::now(),
            total: 0,
            line: 0,
            part: Vec::new(),
        }
    }

    /// Content has come; gives what is forwarded now.
    pub(crate) fn take(&mut self, content: Vec<u8>) -> Vec<u8> {
        let content = self.change(content);
        let was_silent = self.total > content.len() && self.last.elapsed() > SILENCE;
        self.last = Instant::now();
        if self.defects.has(Defect::ContentHeldUntilNext) {
            return std::mem::replace(&mut self.held, content);
        }
        if self.defects.has(Defect::ContentCollected) {
            self.held.extend(content);
            return if self.held.len() < COLLECTED { Vec::new() } else { std::mem::take(&mut self.held) };
        }
        let is_part = content.last().is_some_and(|byte| *byte != b'\n');
        if is_part && self.defects.has(Defect::LinesCollected) {
            self.held.extend(content);
            let whole = self.held.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            return self.held.drain(..whole).collect();
        }
        if was_silent && self.defects.has(Defect::FirstAfterSilenceHeld) {
            self.held.extend(content);
            return Vec::new();
        }
        if self.defects.has(Defect::ResponseCollected) {
            self.held.extend(content);
            return Vec::new();
        }
        for (defect, time) in [(Defect::WritesJoined, JOINED), (Defect::LastContentLost, LAST)] {
            if self.defects.has(defect) {
                self.held.extend(content);
                self.until.get_or_insert_with(|| Instant::now() + time);
                return Vec::new();
            }
        }
        if self.held.is_empty() {
            return content;
        }
        let mut all = std::mem::take(&mut self.held);
        all.extend(content);
        all
    }

    /// Waits until what is held back is forwarded, if nothing else comes; gives it.
    pub(crate) async fn waits(&mut self) -> Vec<u8> {
        match self.until {
            Some(until) => tokio::time::sleep_until(until.into()).await,
            None => std::future::pending().await,
        }
        self.until = None;
        std::mem::take(&mut self.held)
    }

    /// What is forwarded at the end of the response.
    pub(crate) fn end(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    /// What is forwarded where the response broke off.
    pub(crate) fn broken(&mut self) -> Vec<u8> {
        if !self.held.is_empty() && self.defects.has(Defect::LastContentLost) {
            return Vec::new();
        }
        self.end()
    }

    fn change(&mut self, mut content: Vec<u8>) -> Vec<u8> {
        let before = self.total;
        self.total += content.len();
        if content.contains(&0) && self.defects.has(Defect::NulRemoved) {
            content.retain(|byte| *byte != 0);
        }
        if str::from_utf8(&content).is_err() && self.defects.has(Defect::PiecesDecoded) {
            content = String::from_utf8_lossy(&content).into_owned().into_bytes();
        }
        let is_decoded = !self.part.is_empty() || str::from_utf8(&content).is_err();
        if is_decoded && self.defects.has(Defect::InvalidUtf8Replaced) {
            content = self.decode(&content);
        }
        if content.contains(&b'\r') && self.defects.has(Defect::LineEndingsChanged) {
            content.retain(|byte| *byte != b'\r');
        }
        if before == 0
            && content.starts_with(b"\xef\xbb\xbf")
            && self.defects.has(Defect::ByteOrderMarkRemoved)
        {
            content.drain(..3);
        }
        if content.contains(&b':') && self.defects.has(Defect::CommentsRemoved) {
            let lines = content.split_inclusive(|byte| *byte == b'\n');
            content = lines.filter(|line| !line.starts_with(b":")).flatten().copied().collect();
        }
        content = self.lines(content);
        if self.total > MOST && self.defects.has(Defect::LargeResponsesCut) {
            content.truncate(MOST.saturating_sub(before));
        }
        content
    }

    /// Decodes content as UTF-8 and encodes it again, as a decoder does that waits for the rest of a character.
    fn decode(&mut self, content: &[u8]) -> Vec<u8> {
        self.part.extend_from_slice(content);
        let whole = self.part.utf8_chunks().last().map_or(0, |last| {
            let rest = last.invalid();
            let is_part = str::from_utf8(rest).is_err_and(|error| error.error_len().is_none());
            self.part.len() - if is_part { rest.len() } else { 0 }
        });
        let decoded: Vec<u8> = self.part.drain(..whole).collect();
        String::from_utf8_lossy(&decoded).into_owned().into_bytes()
    }

    /// Counts the bytes of the current line, and splits it where the defect does.
    fn lines(&mut self, content: Vec<u8>) -> Vec<u8> {
        if self.line + content.len() >= LINE && self.defects.has(Defect::LongLinesSplit) {
            return self.split(&content);
        }
        self.line = match content.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => content.len() - at - 1,
            None => self.line + content.len(),
        };
        content
    }

    fn split(&mut self, content: &[u8]) -> Vec<u8> {
        let mut split = Vec::with_capacity(content.len());
        for byte in content {
            split.push(*byte);
            self.line = if *byte == b'\n' { 0 } else { self.line + 1 };
            if self.line == LINE {
                split.push(b'\n');
                self.line = 0;
            }
        }
        split
    }
}
