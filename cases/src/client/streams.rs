//! Steps about further streams of the same client, in addition to that of the session.

use std::time::Duration;

use ssespec_diagnostics::{Key, Shape, Table, Verb, value};
use toml::de::DeTable;

use crate::capability::HERD;

/// Something that happens with further streams of the client. They are at the origin of the session, and closed at the end of
/// the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Streams {
    /// The client opens this many, which are answered with event streams and stay open.
    Open(u64),
    /// The client is ordered to open this many; each is answered when it comes, and stays open. Others may wait.
    Try {
        /// How many.
        count: u64,
        /// How long the next one may take before the others are given up.
        within: Duration,
    },
    /// An event is sent on each of them, and the client shows it.
    Deliver {
        /// On how many connections they and the session's stream may be at most.
        connections: Option<u64>,
    },
    /// The client opens one after another, and closes each in the middle of what it receives.
    Abort {
        /// How many.
        times: u64,
        /// How many bytes are sent on each.
        bytes: u64,
    },
    /// The client opens one, whose user takes one event, and no more while the server sends.
    Stall {
        /// How many bytes are sent on it, unless its window has no room for them.
        bytes: u64,
    },
}

/// The verbs of these steps.
pub(super) static STREAMS: &[Verb] = &[
    Verb::with(
        "open-streams",
        Shape::Count(1, HERD as u64 - 1),
        "The client opens this many further streams at the session's origin. Each is answered with an event stream, and stays \
         open until the script ends.",
    ),
    Verb::with(
        "try-streams",
        Shape::Table(&Table {
            what: "`try-streams`",
            keys: &[
                Key::required("count", Shape::Count(1, HERD as u64 - 1), "How many."),
                Key::required(
                    "within",
                    Shape::Duration,
                    "How long the next one may take before the others are given up.",
                ),
            ],
        }),
        "The client is ordered to open this many further streams at the session's origin. Those that come are answered with event \
         streams, and stay open until the script ends; those that the client lets wait are closed. It cannot fail.",
    ),
    Verb::open(
        "expect-streams",
        Shape::Table(&Table {
            what: "`expect-streams`",
            keys: &[Key::optional(
                "connections",
                Shape::Count(1, HERD as u64),
                "On how many connections these streams and that of the session may be at most.",
            )],
        }),
        "An event is sent on each of the further streams, and the client shows it.",
    ),
    Verb::with(
        "abort-streams",
        Shape::Table(&Table {
            what: "`abort-streams`",
            keys: &[
                Key::required("times", Shape::Count(1, 1000), "How many."),
                Key::required(
                    "bytes",
                    Shape::Count(1, 16 << 20),
                    "How many bytes of an unfinished event are sent on each: half of them before close(), half meanwhile.",
                ),
            ],
        }),
        "The client opens further streams, one after another, and closes each while the server is sending. Each must be left \
         before the next is opened.",
    ),
    Verb::with(
        "stall-stream",
        Shape::Table(&Table {
            what: "`stall-stream`",
            keys: &[Key::required(
                "bytes",
                Shape::Count(1, 256 << 20),
                "How many bytes of further events are sent on it, unless its window has no room for them.",
            )],
        }),
        "The client opens a further stream, whose user takes one event and no more until the script ends.",
    ),
];

/// Reads a step with one of these verbs; `None` if it is another.
pub(super) fn read(verb: &str, count: Option<u64>, table: Option<&DeTable<'_>>) -> Option<Streams> {
    Some(match verb {
        "open-streams" => Streams::Open(count?),
        "try-streams" => Streams::Try {
            count: value::count_of(table?, "count")?,
            within: value::duration_of(table?, "within")?,
        },
        "expect-streams" => {
            Streams::Deliver { connections: table.and_then(|table| value::count_of(table, "connections")) }
        }
        "abort-streams" => Streams::Abort {
            times: value::count_of(table?, "times")?,
            bytes: value::count_of(table?, "bytes")?,
        },
        "stall-stream" => Streams::Stall { bytes: value::count_of(table?, "bytes")? },
        _ => return None,
    })
}

/// A step in words, as something that must be observed.
pub fn words(streams: Streams) -> String {
    match streams {
        Streams::Open(1) => "one further stream of the client".into(),
        Streams::Open(count) => format!("{count} further streams of the client"),
        Streams::Try { count, within } => format!(
            "as many of {count} further streams as the client opens, each within {}",
            humantime::format_duration(within)
        ),
        Streams::Deliver { connections: None } => "an event on each of the further streams".into(),
        Streams::Deliver { connections: Some(1) } => {
            "an event on each of the further streams, which share one connection with that of the session"
                .into()
        }
        Streams::Deliver { connections: Some(count) } => format!(
            "an event on each of the further streams, which are on at most {count} connections with that of the session"
        ),
        Streams::Abort { times, bytes } => {
            format!("{times} further streams in a row, each closed while {bytes} bytes are sent")
        }
        Streams::Stall { bytes } => {
            format!("a further stream of the client, on which it shows one event and {bytes} bytes follow")
        }
    }
}
