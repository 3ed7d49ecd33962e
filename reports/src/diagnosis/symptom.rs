//! How a failure looks, in a form that can be compared between implementations and runs.

use std::fmt;
use std::str::FromStr;

use crate::results::Failure;

/// How a failure looks: at which step, and a hash of what was observed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symptom {
    /// The number of the step, from 1; 0 for what is implied after the last step.
    pub step: usize,
    /// A hash of what was observed, without its numbers, which hold times and ports.
    pub observed: u32,
}

impl Symptom {
    /// The symptom of a failure.
    pub fn of(failure: &Failure) -> Self {
        Self { step: failure.step, observed: hash(&failure.observed) }
    }

    /// Whether this failure comes later in the case than another.
    pub(super) fn is_after(self, other: Self) -> bool {
        self.place() > other.place()
    }

    /// Whether both fail the same step.
    pub(super) fn is_at(self, other: Self) -> bool {
        self.step == other.step
    }

    /// The place of the step: what is implied after the last step comes after all others.
    fn place(self) -> usize {
        self.step.checked_sub(1).unwrap_or(usize::MAX)
    }
}

/// FNV-1a of a text, for which all numbers are equal.
fn hash(text: &str) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut add = |byte: u8| hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let mut in_number = false;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' if in_number => {}
            b'0'..=b'9' => add(b'0'),
            _ => add(byte),
        }
        in_number = byte.is_ascii_digit();
    }
    hash
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:08x}", self.step, self.observed)
    }
}

/// A text that is not a symptom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASymptom;

impl FromStr for Symptom {
    type Err = NotASymptom;

    fn from_str(text: &str) -> Result<Self, NotASymptom> {
        let (step, observed) = text.split_once(' ').ok_or(NotASymptom)?;
        Ok(Self {
            step: step.parse().map_err(|_| NotASymptom)?,
            observed: u32::from_str_radix(observed, 16).map_err(|_| NotASymptom)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_count_and_other_text_does() {
        assert_eq!(hash("a request after 312ms"), hash("a request after 7ms"));
        assert_ne!(hash("data \"a\""), hash("data \"b\""));
        assert_ne!(hash("no number"), hash("no number 1"));
    }

    #[test]
    fn marks_are_written_and_read() {
        let symptom = Symptom { step: 3, observed: 0xbeef };
        assert_eq!(symptom.to_string(), "3 0000beef");
        assert_eq!(symptom.to_string().parse(), Ok(symptom));
        for text in ["", "3", "x 1", "3 xyz", "-1 0"] {
            assert_eq!(text.parse::<Symptom>(), Err(NotASymptom), "{text:?}");
        }
    }

    #[test]
    fn the_end_comes_after_every_step() {
        let at = |step| Symptom { step, observed: 0 };
        assert!(at(0).is_after(at(9)) && !at(9).is_after(at(0)) && at(2).is_after(at(1)));
        assert!(!at(0).is_after(at(0)) && at(0).is_at(at(0)));
    }
}
