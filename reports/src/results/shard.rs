//! One part of a selection that is split across machines.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One of several disjoint parts of the selected cases.
///
/// The runner splits cases by what they cost, and everything else by [`contains`](Self::contains).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    part: u32,
    of: u32,
}

/// A word that does not name a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownShard {
    /// Not two numbers.
    #[error("expected the number of a part, a slash and the number of parts, like 1/3")]
    Malformed,
    /// No parts at all.
    #[error("there must be at least one part; parts are written like 1/3")]
    NoParts,
    /// A number that no part has.
    #[error("there is no part {part} of {of}; the parts are 1/{of} to {of}/{of}")]
    OutOfRange {
        /// The number.
        part: u32,
        /// The number of parts.
        of: u32,
    },
}

impl Shard {
    /// The number of this part, from 1.
    pub fn part(self) -> u32 {
        self.part
    }

    /// The number of parts.
    pub fn of(self) -> u32 {
        self.of
    }

    /// All parts, in order.
    pub fn all(self) -> impl Iterator<Item = Self> {
        (1..=self.of).map(move |part| Self { part, of: self.of })
    }

    /// Whether an id belongs to this part, if nothing but the id decides.
    pub fn contains(self, id: &str) -> bool {
        hash(id) % u64::from(self.of) == u64::from(self.part - 1)
    }
}

/// FNV-1a with the finalizer of MurmurHash3, which is the same on every machine and in every version.
fn hash(id: &str) -> u64 {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.part, self.of))
    }
}

impl FromStr for Shard {
    type Err = UnknownShard;

    fn from_str(word: &str) -> Result<Self, UnknownShard> {
        let number = |digits: &str| {
            let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u32>().ok().filter(|_| is_plain).ok_or(UnknownShard::Malformed)
        };
        let (part, of) = word.split_once('/').ok_or(UnknownShard::Malformed)?;
        match (number(part)?, number(of)?) {
            (_, 0) => Err(UnknownShard::NoParts),
            (part, of) if part == 0 || part > of => Err(UnknownShard::OutOfRange { part, of }),
            (part, of) => Ok(Self { part, of }),
        }
    }
}

impl Serialize for Shard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Shard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(word: &str) -> Shard {
        word.parse().unwrap()
    }

    #[test]
    fn words_are_read_back_and_others_are_rejected() {
        for word in ["1/1", "1/3", "3/3", "12/40"] {
            assert_eq!(shard(word).to_string(), word);
        }
        let error = |word: &str| word.parse::<Shard>().unwrap_err();
        for word in ["", "x", "1", "/", "1/", "/3", "1/x", "+1/3", "-1/3", " 1/3", "1/3/5", "1/99999999999"] {
            assert_eq!(error(word), UnknownShard::Malformed, "{word}");
        }
        assert_eq!(error("0/0"), UnknownShard::NoParts);
        assert_eq!(error("0/3").to_string(), "there is no part 0 of 3; the parts are 1/3 to 3/3");
        assert_eq!(error("4/3"), UnknownShard::OutOfRange { part: 4, of: 3 });
    }

    #[test]
    fn each_id_belongs_to_one_part() {
        for of in 1..=7 {
            let first = Shard { part: 1, of };
            for number in 0..100 {
                let id = format!("client/group/case-{number}");
                assert_eq!(first.all().filter(|shard| shard.contains(&id)).count(), 1, "{id} of {of}");
            }
        }
    }

    #[test]
    fn parts_are_about_equal() {
        let ids: Vec<String> = (0..1000).map(|number| format!("client/group/case-{number}")).collect();
        for part in shard("1/4").all() {
            let count = ids.iter().filter(|id| part.contains(id)).count();
            assert!((200..=300).contains(&count), "{part}: {count}");
        }
    }

    #[test]
    fn the_part_of_an_id_never_changes() {
        let part = |id: &str| shard("1/5").all().find(|shard| shard.contains(id)).unwrap().part();
        assert_eq!(["client/lines/cr", "client/lines/crlf", "server/events/one"].map(part), [2, 1, 2]);
    }
}
