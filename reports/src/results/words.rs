//! The closed sets of words in a results file. Each word is written once, and that spelling is used to read, to write and
//! in the schema.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Defines an enum whose variants are words of the results file.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All of them, in the order of their definition.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word in the results file.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// The role of an implementation.
    #[derive(PartialOrd, Ord)]
    pub enum Role {
        /// Reads event streams.
        Client = "client",
        /// Writes event streams.
        Server = "server",
        /// Forwards event streams: a proxy (the term of RFC 9110).
        Intermediary = "intermediary",
    }
}

words! {
    /// How the harness reaches an implementation.
    pub enum Transport {
        /// A program that speaks JSON Lines over stdin and stdout.
        Process = "process",
        /// A closure in the same process.
        InProcess = "in-process",
        /// A page in a browser, over a WebSocket.
        Page = "page",
        /// A test service reached over HTTP.
        Service = "service",
        /// Only its URL: a server that is probed.
        Url = "url",
        /// The network on both sides: an intermediary that is running.
        Network = "network",
    }
}

words! {
    /// How binding a requirement is (BCP 14).
    #[derive(PartialOrd, Ord)]
    pub enum Level {
        /// An absolute requirement.
        Must = "must",
        /// A recommendation.
        Should = "should",
        /// Truly optional.
        May = "may",
    }
}

words! {
    /// The verdict on one case in one delivery.
    pub enum Verdict {
        /// Every step held.
        Pass = "pass",
        /// Every `must` held, a `should` did not.
        Warn = "warn",
        /// A `must` did not hold.
        Fail = "fail",
        /// A fact was recorded, or a `may` or disputed behavior was observed.
        Info = "info",
        /// A capability is lacking; the reason says which.
        Skip = "skip",
        /// The adapter, the harness or the machine failed, which says nothing about conformance.
        Error = "error",
    }
}

words! {
    /// How the bodies of the mock server's event streams are framed.
    #[derive(Default)]
    pub enum Framing {
        /// Chunked transfer coding.
        #[default]
        Chunked = "chunked",
        /// The end of the connection is the end of the body.
        Close = "close",
    }
}

words! {
    /// How the mock server loses a connection.
    pub enum Loss {
        /// With FIN, before the end of the body.
        Fin = "fin",
        /// With RST.
        Reset = "reset",
        /// With the clean end of the body.
        End = "end",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_and_no_other() {
        for verdict in Verdict::ALL {
            let json = format!("{:?}", verdict.as_str());
            assert_eq!(serde_json::to_string(verdict).unwrap(), json);
            assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), *verdict);
        }
        assert_eq!(serde_json::to_string(&Transport::InProcess).unwrap(), "\"in-process\"");
        for word in ["", "Pass", "passed"] {
            assert!(serde_json::from_str::<Verdict>(&format!("{word:?}")).is_err(), "{word}");
        }
    }
}

words! {
    /// Which results decide the exit status.
    #[derive(Default)]
    pub enum Deciding {
        /// Failures in the selected suites; if none is selected, in `whatwg` and `http`.
        #[default]
        Suites = "suites",
        /// All failures.
        Failures = "failures",
        /// All failures and warnings.
        FailuresAndWarnings = "failures-and-warnings",
    }
}

impl Deciding {
    /// Whether it is what applies if nothing else is asked for.
    #[cfg(feature = "file")]
    pub(super) fn is_the_default(&self) -> bool {
        *self == Self::default()
    }
}
