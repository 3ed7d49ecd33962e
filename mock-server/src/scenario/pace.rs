//! When writes happen: at a rate, and with random delays from a seed.

use std::time::Duration;

use super::step::Pace;

#[cfg(test)]
mod tests;

/// The time between two pieces of a write that is limited to a number of bytes per second.
const TICK: Duration = Duration::from_millis(20);

/// Random delays that depend only on a seed.
#[derive(Debug, Clone)]
pub(super) struct Jitter {
    state: u64,
    most: Duration,
}

impl Jitter {
    /// No delays until [`Jitter::limit`] is called.
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed, most: Duration::ZERO }
    }

    /// From now on, delays of up to this.
    pub(super) fn limit(&mut self, most: Duration) {
        self.most = most;
    }

    /// The next delay.
    pub(super) fn next(&mut self) -> Duration {
        if self.most.is_zero() {
            return Duration::ZERO;
        }
        // SplitMix64, see https://doi.org/10.1145/2714064.2660195.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let microseconds = u64::try_from(self.most.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(mixed % microseconds.saturating_add(1))
    }
}

/// A piece of a write, and how long it takes at the rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) time: Duration,
}

/// The pieces of a write at a rate, in order.
pub(super) fn pieces(bytes: &[u8], pace: Pace) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (length, time) = match pace {
            Pace::Bytes(rate) => {
                let tick = u64::try_from(TICK.as_millis()).unwrap_or(1);
                let length = usize::try_from((rate.saturating_mul(tick) / 1000).max(1)).unwrap_or(rest.len());
                let length = length.min(rest.len());
                (length, seconds(length as u64, rate))
            }
            Pace::Events(rate) => (block(rest), seconds(1, rate)),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(Piece { bytes: piece, time })
    })
}

/// How long a number of things takes at a rate.
fn seconds(count: u64, rate: u64) -> Duration {
    let nanoseconds = u128::from(count) * 1_000_000_000 / u128::from(rate.max(1));
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

/// The length of the first event block, with its blank line.
fn block(bytes: &[u8]) -> usize {
    let mut length = 0;
    let mut content = false;
    let mut rest = bytes;
    while let Some((line, ended)) = lines_first(rest) {
        length += ended;
        if line == 0 && content {
            return length;
        }
        content |= line > 0;
        rest = &bytes[length..];
    }
    bytes.len()
}

/// The length of the first line without and with its line ending.
fn lines_first(bytes: &[u8]) -> Option<(usize, usize)> {
    if bytes.is_empty() {
        return None;
    }
    let line = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len());
    let ending = match bytes.get(line) {
        None => 0,
        Some(b'\r') if bytes.get(line + 1) == Some(&b'\n') => 2,
        Some(_) => 1,
    };
    Some((line, line + ending))
}
