//! The order to connect.

use serde::{Deserialize, Serialize};
use ssespec_cases::client::Moment;

/// The handler in which the implementation's user calls `close()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CloseIn {
    /// That of `open`.
    Opened,
    /// The handler of the first event.
    Event,
    /// That of `error`.
    Error,
}

impl From<Moment> for CloseIn {
    fn from(moment: Moment) -> Self {
        match moment {
            Moment::Opened => Self::Opened,
            Moment::Event => Self::Event,
            Moment::Error => Self::Error,
        }
    }
}

/// The order to connect: what a user of the implementation would pass to its constructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectRequest {
    /// Where to connect.
    pub url: String,
    /// The event types that the stream will carry, for APIs that need to know them.
    #[serde(default)]
    pub types: Vec<String>,
    /// Request headers to send, in this order.
    #[serde(default, with = "ordered")]
    pub headers: Vec<(String, String)>,
    /// The last event ID to start from; empty if there is none.
    #[serde(default)]
    pub last_event_id: String,
    /// The request method.
    #[serde(default = "get")]
    pub method: String,
    /// The request body; empty if there is none.
    #[serde(default)]
    pub body: String,
    /// Whether to send credentials to other origins.
    #[serde(default)]
    pub with_credentials: bool,
    /// The handler in which the adapter must call `close()`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_in: Option<CloseIn>,
    /// How long the client may receive nothing before it treats the connection as lost, in milliseconds; as it is by default
    /// if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_timeout: Option<u64>,
    /// Whether the adapter takes one event, and no more until it gets the order to close.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pause: bool,
    /// Whether to report comments. Not while growth is measured: reporting them would be measured too.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub comments: bool,
    /// Whether the server speaks HTTP/2 alone: over TLS it says so in the handshake, without TLS the client must know.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub http2: bool,
    /// A PEM file with the certificate that the client must trust; absent without TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
}

fn yes() -> bool {
    true
}

fn is_yes(value: &bool) -> bool {
    *value
}

fn get() -> String {
    "GET".into()
}

/// Headers as a JSON object whose order is kept.
pub(super) mod ordered {
    use serde::de::{MapAccess, Visitor};
    use serde::ser::SerializeMap;
    use serde::{Deserializer, Serializer};

    pub(in crate::protocol) fn serialize<S: Serializer>(
        headers: &[(String, String)],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(headers.len()))?;
        for (name, value) in headers {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }

    pub(in crate::protocol) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<(String, String)>, D::Error> {
        struct Headers;
        impl<'de> Visitor<'de> for Headers {
            type Value = Vec<(String, String)>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of header names and values")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut headers = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    headers.push(entry);
                }
                Ok(headers)
            }
        }
        from.deserialize_map(Headers)
    }
}
