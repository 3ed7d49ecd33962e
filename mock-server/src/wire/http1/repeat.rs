//! A repeated pattern, cut into writes.

use crate::action::Repeat;

/// The longest write of a repeated pattern, which is held in memory.
const WRITE_LIMIT: usize = 16 * 1024 * 1024;

/// The writes of a repeated pattern, one after another.
#[derive(Debug)]
pub(in crate::wire) struct RepeatedWrites {
    /// Long enough that every write is a slice of it, wherever in the pattern the write begins.
    source: Vec<u8>,
    period: usize,
    write: usize,
    start: usize,
    rest: u64,
}

impl RepeatedWrites {
    pub(in crate::wire) fn new(repeat: &Repeat) -> Self {
        let period = repeat.pattern.len();
        let rest = if period == 0 { 0 } else { repeat.total() };
        let write = rest.min(repeat.write.unwrap_or(Repeat::WRITE).clamp(1, WRITE_LIMIT) as u64) as usize;
        let source = repeat.pattern.iter().copied().cycle().take(period.saturating_add(write)).collect();
        Self { source, period, write, start: 0, rest }
    }

    /// The bytes of the next write; `None` after the last.
    pub(in crate::wire) fn next(&mut self) -> Option<&[u8]> {
        if self.rest == 0 {
            return None;
        }
        let length = self.rest.min(self.write as u64) as usize;
        let bytes = self.source.get(self.start..self.start + length).unwrap_or_default();
        self.rest -= length as u64;
        self.start = (self.start + length) % self.period;
        Some(bytes)
    }

    /// Whether the last write was returned.
    pub(in crate::wire) fn is_over(&self) -> bool {
        self.rest == 0
    }
}

/// The first bytes of a repeated pattern, at most `limit`.
pub(in crate::wire) fn beginning(repeat: &Repeat, limit: usize) -> Vec<u8> {
    let length = repeat.total().min(limit as u64) as usize;
    repeat.pattern.iter().copied().cycle().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::RepeatedWrites;
    use crate::action::Repeat;

    #[test]
    fn writes_follow_each_other_in_the_pattern() {
        let repeat = Repeat { pattern: b"abc".to_vec(), times: 4, write: Some(5) };
        let mut writes = RepeatedWrites::new(&repeat);
        let mut all = Vec::new();
        while let Some(bytes) = writes.next() {
            all.push(String::from_utf8(bytes.to_vec()).unwrap());
        }
        assert_eq!(all, ["abcab", "cabca", "bc"]);
        assert!(writes.is_over());
        let nothing = Repeat { pattern: Vec::new(), times: 4, write: None };
        assert_eq!(RepeatedWrites::new(&nothing).next(), None);
    }
}
