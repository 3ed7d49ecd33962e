//! How an adapter introduces itself.

use std::fmt;
use std::num::NonZeroUsize;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// The version of the protocol that this harness speaks.
pub const PROTOCOL: u32 = 1;

/// The first message of an adapter: the implementation, and what its API can do and show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The version of the protocol that the adapter speaks; must be [`PROTOCOL`].
    pub protocol: u32,
    /// What the implementation is.
    pub role: HelloRole,
    /// The implementation's name, as its users know it.
    pub name: String,
    /// The implementation's version.
    #[serde(default)]
    pub version: String,
    /// The language it is written in.
    #[serde(default)]
    pub language: String,
    /// Capabilities by their names; unknown names are errors.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// The types of events that a server sends on its own, on every stream; cases ignore them.
    #[serde(default, rename = "ownEvents")]
    pub own_events: Vec<String>,
    /// How many sessions the adapter can run at the same time.
    #[serde(default = "one_session", deserialize_with = "at_least_one")]
    pub sessions: NonZeroUsize,
}

/// The role that an adapter names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum HelloRole {
    /// `client`.
    Client,
    /// `server`.
    Server,
    /// Anything else.
    Other(String),
}

impl From<String> for HelloRole {
    fn from(word: String) -> Self {
        match word.as_str() {
            "client" => Self::Client,
            "server" => Self::Server,
            _ => Self::Other(word),
        }
    }
}

impl From<HelloRole> for String {
    fn from(role: HelloRole) -> Self {
        role.to_string()
    }
}

impl fmt::Display for HelloRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Other(word) => word,
        })
    }
}

fn one_session() -> NonZeroUsize {
    NonZeroUsize::MIN
}

/// The number of sessions. The error names the key and says what is allowed.
fn at_least_one<'de, D: Deserializer<'de>>(source: D) -> Result<NonZeroUsize, D::Error> {
    let value = serde_json::Value::deserialize(source)?;
    let number = value.as_u64().and_then(|number| usize::try_from(number).ok()).and_then(NonZeroUsize::new);
    number.ok_or_else(|| {
        D::Error::custom(format_args!("`sessions` must be a whole number of at least 1, not {value}"))
    })
}
