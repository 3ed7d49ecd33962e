//! How the actions that only HTTP/2 has are written in TOML.

use std::ops::Range;

use ssespec_diagnostics::value::{self, Value};
use ssespec_diagnostics::{Findings, Key, Shape, Table, Verb};

use crate::action::Drop;
use crate::action::http2::{Control, ErrorCode, GoAway, LastStream, Settings};

/// The verbs of the frames about a connection.
pub static CONTROLS: &[Verb] = &[
    Verb::open(
        "goaway",
        Shape::Table(&GOAWAY),
        "Over HTTP/2, send GOAWAY on the connection of this stream, and leave both open.",
    ),
    Verb::word("ping", "Over HTTP/2, send PING on the connection of this stream."),
    Verb::with(
        "settings",
        Shape::Table(&SETTINGS),
        "Over HTTP/2, send SETTINGS on the connection of this stream.",
    ),
];

/// The argument of `drop` with a code.
pub(super) static DROP: Table = Table {
    what: "`drop`",
    keys: &[Key::required(
        "reset",
        Shape::Word(ErrorCode::WORDS),
        "The code of RST_STREAM over HTTP/2; over HTTP/1.1 the connection is reset.",
    )],
};

static GOAWAY: Table = Table {
    what: "`goaway`",
    keys: &[
        Key::optional(
            "last-stream",
            Shape::Word(LastStream::WORDS),
            "The last stream identifier: \"this\", so that this stream goes on, or \"none\" (0). If absent: \"this\".",
        ),
        Key::optional("code", Shape::Word(ErrorCode::WORDS), "The error code; NO_ERROR if absent."),
    ],
};

static SETTINGS: Table = Table {
    what: "`settings`",
    keys: &[
        Key::optional(
            "initial-window-size",
            Shape::Count(0, 0x7FFF_FFFF),
            "How many bytes of a request's content the client may send before the server widens the window.",
        ),
        Key::optional(
            "max-concurrent-streams",
            Shape::Count(0, u32::MAX as u64),
            "How many streams the client may open at the same time. The server does not enforce it.",
        ),
    ],
};

/// Reads how a connection is dropped.
pub(super) fn drop(how: &Value<'_>) -> Option<Drop> {
    match value::table(how) {
        Some(table) => value::word_of(table, "reset").map(Drop::ResetWith),
        None => Drop::from_word(value::text(how)?),
    }
}

/// Reads a frame about a connection.
pub(super) fn read(
    verb: &str,
    span: Range<usize>,
    argument: Option<&Value<'_>>,
    findings: &mut Findings,
) -> Option<Control> {
    let table = argument.and_then(value::table);
    Some(match verb {
        "goaway" => Control::GoAway(GoAway {
            last: table.and_then(|table| value::word_of(table, "last-stream")).unwrap_or(LastStream::This),
            code: table.and_then(|table| value::word_of(table, "code")).unwrap_or(ErrorCode::NoError),
        }),
        "ping" => Control::Ping,
        "settings" => {
            let count = |key| value::count_of(table?, key).and_then(|count| u32::try_from(count).ok());
            let settings = Settings {
                initial_window_size: count("initial-window-size"),
                max_concurrent_streams: count("max-concurrent-streams"),
            };
            if settings == Settings::default() {
                let hint = "write it like this: { settings = { max-concurrent-streams = 3 } }";
                findings.add_with_hint(span, "`settings` sets nothing", "expected a setting", hint);
                return None;
            }
            Control::Settings(settings)
        }
        _ => return None,
    })
}
