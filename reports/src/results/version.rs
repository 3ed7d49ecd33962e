//! The version of the results format, as a type that has no other value.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Version 1 of the results format: the `"v":1` of every line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct V1;

impl V1 {
    /// The number on the line.
    pub const NUMBER: u64 = 1;
}

impl Serialize for V1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(Self::NUMBER)
    }
}

impl<'de> Deserialize<'de> for V1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            Self::NUMBER => Ok(Self),
            other => Err(de::Error::invalid_value(de::Unexpected::Unsigned(other), &"version 1")),
        }
    }
}
