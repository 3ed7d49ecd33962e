//! How a case's bytes were cut into writes, and over which protocol, as in the results file.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Protocol;

/// How a case was played: over which protocol, and with which writes.
///
/// Ordered as in reports: by protocol, and then by the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delivery {
    /// The protocol.
    pub protocol: Protocol,
    /// The writes.
    pub cut: Cut,
}

/// One way to cut a case's bytes into writes.
///
/// Ordered as in reports: as written, whole, bytes, then the splits by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cut {
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
    /// [`Cut::AsWritten`] over HTTP/1.1.
    pub const AS_WRITTEN: Self = Self::of(Cut::AsWritten);
    /// [`Cut::Whole`] over HTTP/1.1.
    pub const WHOLE: Self = Self::of(Cut::Whole);
    /// [`Cut::Bytes`] over HTTP/1.1.
    pub const BYTES: Self = Self::of(Cut::Bytes);

    /// [`Cut::Split`] over HTTP/1.1.
    pub const fn split(at: u64) -> Self {
        Self::of(Cut::Split(at))
    }

    const fn of(cut: Cut) -> Self {
        Self { protocol: Protocol::Http1, cut }
    }

    /// The same over this protocol.
    #[must_use]
    pub const fn over(self, protocol: Protocol) -> Self {
        Self { protocol, ..self }
    }

    /// Its kind.
    pub fn kind(self) -> DeliveryKind {
        match self.cut {
            Cut::AsWritten => DeliveryKind::AsWritten,
            Cut::Whole => DeliveryKind::Whole,
            Cut::Bytes => DeliveryKind::Bytes,
            Cut::Split(_) => DeliveryKind::Splits,
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

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsWritten => f.pad("as-written"),
            Self::Whole => f.pad("whole"),
            Self::Bytes => f.pad("bytes"),
            Self::Split(at) => f.pad(&format!("split@{at}")),
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.protocol {
            Protocol::Http1 => self.cut.fmt(f),
            protocol => f.pad(&format!("{}@{}", self.cut, protocol.name())),
        }
    }
}

impl FromStr for Delivery {
    type Err = UnknownDelivery;

    fn from_str(word: &str) -> Result<Self, UnknownDelivery> {
        let unknown = || UnknownDelivery { word: word.to_owned() };
        let suffix = word.rsplit_once('@').and_then(|(cut, name)| Some((cut, Protocol::from_name(name)?)));
        let (cut, protocol) = suffix.unwrap_or((word, Protocol::Http1));
        let cut = match cut {
            "as-written" => Cut::AsWritten,
            "whole" => Cut::Whole,
            "bytes" => Cut::Bytes,
            _ => Cut::Split(cut.strip_prefix("split@").and_then(|at| at.parse().ok()).ok_or_else(unknown)?),
        };
        let delivery = Self { protocol, cut };
        // Each delivery has one spelling: `split@+7`, `split@07` and `whole@http1` are rejected.
        if delivery.to_string() == word { Ok(delivery) } else { Err(unknown()) }
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
        for cut in [Delivery::AS_WRITTEN, Delivery::WHOLE, Delivery::BYTES, Delivery::split(17)] {
            for protocol in Protocol::ALL {
                let delivery = cut.over(*protocol);
                assert_eq!(delivery.to_string().parse(), Ok(delivery));
            }
        }
        assert_eq!(Delivery::split(3).over(Protocol::Http2Tls).to_string(), "split@3@http2-tls");
        for word in [
            "",
            "splits",
            "split@",
            "split@+7",
            "split@07",
            "split@-1",
            "Whole",
            "whole@http1",
            "whole@http3",
        ] {
            assert!(word.parse::<Delivery>().is_err(), "{word}");
        }
    }

    #[test]
    fn splits_sort_by_number_and_last() {
        let mut deliveries = [Delivery::split(10), Delivery::split(9), Delivery::BYTES, Delivery::AS_WRITTEN];
        deliveries.sort();
        assert_eq!(
            deliveries,
            [Delivery::AS_WRITTEN, Delivery::BYTES, Delivery::split(9), Delivery::split(10)]
        );
    }
}
