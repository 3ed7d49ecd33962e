//! Reports in the order of their numbers: each comes in a request of its own, and later ones may overtake.

use std::collections::BTreeMap;

/// How many reports may wait for one before them.
const WAITING: usize = 1024;

/// How many bytes those may have.
const BYTES_WAITING: usize = 16 * 1024 * 1024;

/// The reports of a stream.
#[derive(Debug)]
pub(super) struct InTurn<T> {
    next: u64,
    /// Reports and their sizes, by their numbers.
    waiting: BTreeMap<u64, (T, usize)>,
    bytes: usize,
}

impl<T> Default for InTurn<T> {
    /// The first has the number 1.
    fn default() -> Self {
        Self { next: 1, waiting: BTreeMap::new(), bytes: 0 }
    }
}

impl<T> InTurn<T> {
    /// Takes in a report of this many bytes, and gives those whose turn it is. One whose turn is over is given immediately: some
    /// services count from 0, which the harness of sse-contract-tests accepts.
    ///
    /// # Errors
    /// If too many wait for one that does not come; in words.
    pub(super) fn take(&mut self, number: u64, report: T, bytes: usize) -> Result<Vec<T>, String> {
        let mut due = Vec::new();
        if number > self.next {
            self.bytes += bytes;
            let same = self.waiting.insert(number, (report, bytes));
            self.bytes -= same.map_or(0, |(_, bytes)| bytes);
        } else {
            due.push(report);
            self.next = number.saturating_add(1);
        }
        while let Some((report, bytes)) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.bytes -= bytes;
            due.push(report);
        }
        if self.waiting.len() > WAITING || self.bytes > BYTES_WAITING {
            let (next, later) = (self.next, self.waiting.len());
            return Err(format!("callback {next} of a stream did not come; {later} later ones did"));
        }
        Ok(due)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_ahead_of_its_turn_is_given_at_once() {
        let mut reports = InTurn::default();
        assert_eq!(reports.take(0, 'a', 1), Ok(vec!['a']));
        assert_eq!(reports.take(2, 'c', 1), Ok(vec![]));
        assert_eq!(reports.take(1, 'b', 1), Ok(vec!['b', 'c']));
        assert_eq!(reports.take(u64::MAX, 'e', 1), Ok(vec![]));
        assert_eq!(reports.take(3, 'd', 1), Ok(vec!['d']));
    }

    #[test]
    fn one_that_does_not_come_is_not_waited_for_forever() {
        let mut reports = InTurn::default();
        let mut more = 2..;
        let error = more.find_map(|number| reports.take(number, number, 1).err());
        assert_eq!(error.as_deref(), Some("callback 1 of a stream did not come; 1025 later ones did"));
        let mut reports = InTurn::default();
        assert!(reports.take(2, 2, BYTES_WAITING + 1).is_err());
    }

    proptest! {
        #[test]
        fn whatever_order_they_come_in_each_is_given_in_its_turn(
            order in Just((1..=40).collect::<Vec<u64>>()).prop_shuffle(),
        ) {
            let mut reports = InTurn::default();
            let mut given = Vec::new();
            for number in order {
                given.extend(reports.take(number, number, 1).expect("a new number"));
            }
            prop_assert_eq!(given, (1..=40).collect::<Vec<_>>());
        }
    }
}
