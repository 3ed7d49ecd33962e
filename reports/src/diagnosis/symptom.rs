//! How a failure looks, in a form that can be compared between implementations and runs.

use std::fmt;
use std::str::FromStr;

use crate::results::Failure;

/// How a failure looks: at which step, and what was observed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symptom {
    /// The number of the step, from 1; 0 for what is implied after the last step.
    pub step: usize,
    /// What kind of thing was observed.
    pub kind: Kind,
    /// A hash of what was observed, without its numbers, which hold times and ports.
    pub observed: u32,
}

/// What was observed instead of what was expected. How two implementations say that they stopped differs, but one that stops
/// is never taken for one that sends another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An event.
    Event,
    /// A request.
    Request,
    /// Nothing, or the end.
    Silence,
    /// Memory or time that grows, or a client that stops reading.
    Growth,
    /// Anything else.
    Other,
}

impl Kind {
    const WORDS: [(Self, &str); 5] = [
        (Self::Event, "event"),
        (Self::Request, "request"),
        (Self::Silence, "silence"),
        (Self::Growth, "growth"),
        (Self::Other, "other"),
    ];

    /// How observations of growth begin.
    const GROWTH: [&str; 5] =
        ["more than ", "a unit of work ", "a span ", "it read nothing ", "it had not read "];

    /// The kind of an observation, by its first word.
    fn of(observed: &str) -> Self {
        let observed = observed.strip_prefix("emitted; ").unwrap_or(observed);
        if Self::GROWTH.iter().any(|start| observed.starts_with(start)) {
            return Self::Growth;
        }
        match observed.split([' ', ':']).next().unwrap_or_default() {
            "event" => Self::Event,
            "nothing" | "closed" | "no" | "error" => Self::Silence,
            word if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase()) => Self::Request,
            _ => Self::Other,
        }
    }

    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(kind, _)| *kind == self).map_or("other", |(_, word)| word)
    }
}

impl Symptom {
    /// The symptom of a failure.
    pub fn of(failure: &Failure) -> Self {
        Self::at(failure.step, &failure.observed)
    }

    /// The symptom of a failure at a step, from 1 (0: after the last), that observed this.
    pub fn at(step: usize, observed: &str) -> Self {
        Self { step, kind: Kind::of(observed), observed: hash(&comparable(observed)) }
    }

    /// Whether this failure comes later in the case than another.
    pub(super) fn is_after(self, other: Self) -> bool {
        self.place() > other.place()
    }

    /// Whether both fail the same step, in a similar way.
    pub(super) fn is_like(self, other: Self) -> bool {
        // Memory and time may be judged by the same step.
        let is_same = self.kind != Kind::Growth || self.observed == other.observed;
        self.step == other.step && self.kind == other.kind && is_same
    }

    /// The place of the step: what is implied after the last step comes after all others.
    fn place(self) -> usize {
        self.step.checked_sub(1).unwrap_or(usize::MAX)
    }
}

/// What was observed, without what only some interfaces show, or show only if it is not as usual.
fn comparable(observed: &str) -> String {
    let ends = [", origin \"", ", readyState ", ", isTrusted "].map(|start| observed.find(start));
    let end = ends.into_iter().flatten().min().unwrap_or(observed.len());
    let shown = observed.get(..end).unwrap_or(observed);
    shown.replace("type \"message\", ", "").replace(", id \"\"", "")
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
        write!(f, "{} {} {:08x}", self.step, self.kind.word(), self.observed)
    }
}

/// A text that is not a symptom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASymptom;

impl FromStr for Symptom {
    type Err = NotASymptom;

    fn from_str(text: &str) -> Result<Self, NotASymptom> {
        let mut words = text.split(' ');
        let (Some(step), Some(kind), Some(observed), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(NotASymptom);
        };
        let (kind, _) = Kind::WORDS.into_iter().find(|(_, word)| *word == kind).ok_or(NotASymptom)?;
        Ok(Self {
            step: step.parse().map_err(|_| NotASymptom)?,
            kind,
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
        let symptom = Symptom { step: 3, kind: Kind::Silence, observed: 0xbeef };
        assert_eq!(symptom.to_string(), "3 silence 0000beef");
        assert_eq!(symptom.to_string().parse(), Ok(symptom));
        for text in ["", "3", "3 1", "x event 1", "3 event xyz", "3 else 1", "-1 event 0", "3 event 1 1"] {
            assert_eq!(text.parse::<Symptom>(), Err(NotASymptom), "{text:?}");
        }
    }

    #[test]
    fn the_end_comes_after_every_step() {
        let at = |step| Symptom { step, kind: Kind::Other, observed: 0 };
        assert!(at(0).is_after(at(9)) && !at(9).is_after(at(0)) && at(2).is_after(at(1)));
        assert!(!at(0).is_after(at(0)) && at(0).is_like(at(0)));
    }

    #[test]
    fn what_an_interface_lacks_makes_no_difference() {
        let full = comparable(
            "event type \"message\", data \"a\", id \"\", origin \"http://[::1]:8\", readyState 1",
        );
        assert_eq!(full, "event data \"a\"");
        assert_ne!(comparable("event type \"ping\", data \"a\", id \"7\""), full);
        assert_eq!(comparable("nothing within 2s"), "nothing within 2s");
    }

    #[test]
    fn kinds_of_observations() {
        for (observed, kind) in [
            ("event type \"message\", data \"a\"", Kind::Event),
            ("GET \"/1/\", 14ms after the end, which is earlier than 700ms", Kind::Request),
            ("nothing within 2s, but GET \"/8/\" came", Kind::Silence),
            ("closed: the client has stopped", Kind::Silence),
            ("emitted; event type \"message\", data \"x\"", Kind::Event),
            ("more attempts", Kind::Other),
            ("more than 64 MiB above the peak of the first span", Kind::Growth),
            ("it read nothing for 15s", Kind::Growth),
            ("", Kind::Other),
        ] {
            assert_eq!(Kind::of(observed), kind, "{observed}");
        }
    }
}
