//! How a case's bytes were cut into writes, as in the results file.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One way to cut a case's bytes into writes.
///
/// Ordered as in reports: as written, whole, bytes, then the splits by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// Every `send` is one write.
    AsWritten,
    /// Adjacent sends are joined into one write.
    Whole,
    /// One byte per write.
    Bytes,
    /// One cut, after this many bytes of the case.
    Split(u64),
}

/// A kind of delivery, as on the command line and in a baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryKind {
    /// One write per send.
    AsWritten,
    /// One write per run of sends.
    Whole,
    /// One byte per write.
    Bytes,
    /// One delivery for every single cut point.
    Splits,
}

impl DeliveryKind {
    /// The standard ones.
    pub const STANDARD: &[Self] = &[Self::AsWritten, Self::Whole, Self::Bytes];

    /// All of them, in the order of their deliveries.
    pub const ALL: &[Self] = &[Self::AsWritten, Self::Whole, Self::Bytes, Self::Splits];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsWritten => "as-written",
            Self::Whole => "whole",
            Self::Bytes => "bytes",
            Self::Splits => "splits",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl Delivery {
    /// Its kind.
    pub fn kind(self) -> DeliveryKind {
        match self {
            Self::AsWritten => DeliveryKind::AsWritten,
            Self::Whole => DeliveryKind::Whole,
            Self::Bytes => DeliveryKind::Bytes,
            Self::Split(_) => DeliveryKind::Splits,
        }
    }
}

/// A word that is not a delivery.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown delivery {word:?}, expected as-written, whole, bytes, or split@ followed by a number")]
pub struct UnknownDelivery {
    /// The word.
    pub word: String,
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsWritten => f.pad("as-written"),
            Self::Whole => f.pad("whole"),
            Self::Bytes => f.pad("bytes"),
            Self::Split(at) => f.pad(&format!("split@{at}")),
        }
    }
}

impl FromStr for Delivery {
    type Err = UnknownDelivery;

    fn from_str(word: &str) -> Result<Self, UnknownDelivery> {
        let unknown = || UnknownDelivery { word: word.to_owned() };
        match word {
            "as-written" => Ok(Self::AsWritten),
            "whole" => Ok(Self::Whole),
            "bytes" => Ok(Self::Bytes),
            _ => {
                let at: u64 =
                    word.strip_prefix("split@").and_then(|at| at.parse().ok()).ok_or_else(unknown)?;
                let split = Self::Split(at);
                // Each delivery has one spelling: `split@+7` and `split@07` are rejected.
                if split.to_string() == word { Ok(split) } else { Err(unknown()) }
            }
        }
    }
}

impl Serialize for Delivery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Delivery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_and_nothing_else_is_taken() {
        for delivery in [Delivery::AsWritten, Delivery::Whole, Delivery::Bytes, Delivery::Split(17)] {
            assert_eq!(delivery.to_string().parse(), Ok(delivery));
        }
        for word in ["", "splits", "split@", "split@+7", "split@07", "split@-1", "Whole"] {
            assert!(word.parse::<Delivery>().is_err(), "{word}");
        }
    }

    #[test]
    fn splits_sort_by_number_and_last() {
        let mut deliveries = [Delivery::Split(10), Delivery::Split(9), Delivery::Bytes, Delivery::AsWritten];
        deliveries.sort();
        assert_eq!(
            deliveries,
            [Delivery::AsWritten, Delivery::Bytes, Delivery::Split(9), Delivery::Split(10)]
        );
    }
}
