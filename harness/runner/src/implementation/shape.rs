//! What an `ssespec.toml` and a baseline may contain.

use ssespec_cases::Role;
use ssespec_diagnostics::{Key, Shape, Table};

/// The name of the file in an implementation's folder.
pub const FILE: &str = "ssespec.toml";

/// An `ssespec.toml`.
pub(super) static SSESPEC: Table = Table {
    what: "an implementation",
    keys: &[
        Key::required("name", Shape::Text, "The implementation's name."),
        Key::required("role", Shape::Word(&ROLES), "Whether it is a client or a server."),
        Key::optional(
            "setup",
            Shape::List(&Shape::List(&Shape::Text)),
            "Commands that make it ready, run here.",
        ),
        Key::optional("command", Shape::List(&Shape::Text), "The command that starts the adapter, run here."),
        Key::optional("browser", Shape::Word(&BROWSERS), "The browser that is started instead of a command."),
        Key::optional(
            "url",
            Shape::Text,
            "The URL of the stream of a server that runs already; it is probed.",
        ),
        Key::optional("headers", Shape::Map(&Shape::Text), "With a URL: header fields of every request."),
        Key::optional(
            "data",
            Shape::Text,
            "With a URL: ask by POST with this content, or with that of the file after an `@`.",
        ),
        Key::optional(
            "paths",
            Shape::Map(&Shape::Text),
            "With a URL: another path for one check, by its name.",
        ),
        Key::optional(
            "emit",
            Shape::Text,
            "With a URL: a command for the shell, or a URL that gets a POST, that makes the server emit an event.",
        ),
        Key::optional("known-failure", Shape::List(&Shape::Table(&KNOWN)), "Failures that are known."),
    ],
};

/// The keys that say how the implementation is started.
pub(super) const STARTS: [&str; 3] = ["command", "browser", "url"];

/// The roles that a folder can have.
const ROLES: [&str; 2] = [Role::Client.word(), Role::Server.word()];

/// The browsers that can be started.
const BROWSERS: [&str; 3] = ["chromium", "firefox", "webkit"];

/// A file that contains only known failures.
pub(super) static BASELINE: Table = Table {
    what: "a baseline",
    keys: &[Key::optional("known-failure", Shape::List(&Shape::Table(&KNOWN)), "Failures that are known.")],
};

static KNOWN: Table = Table {
    what: "a known failure",
    keys: &[
        Key::required("case", Shape::Text, "A glob over case ids."),
        Key::required("reason", Shape::Text, "What is wrong there, in a line."),
        Key::optional("link", Shape::Text, "Where it is reported."),
        Key::optional(
            "flaky",
            Shape::Flag,
            "It fails, or records a different fact, only sometimes: a pass does not contradict it.",
        ),
        Key::renamed("by-chance", "flaky"),
    ],
};
