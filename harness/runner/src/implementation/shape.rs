//! What an `ssespec.toml` and a baseline may contain.

use ssespec_cases::Role;
use ssespec_diagnostics::{Key, Shape, Table};
use ssespec_reports::results::{DeliveryKind, Protocol};

use crate::engine::Engine;

/// The name of the file in an implementation's folder.
pub const FILE: &str = "ssespec.toml";

/// An `ssespec.toml`.
pub(super) static SSESPEC: Table = Table {
    what: "an implementation",
    keys: &[
        Key::required("name", Shape::Text, "The implementation's name."),
        Key::required(
            "role",
            Shape::Word(&ROLES),
            "Whether it is a client, a server, or an intermediary (a proxy).",
        ),
        Key::optional(
            "setup",
            Shape::List(&Shape::List(&Shape::Text)),
            "Setup commands, run in this folder.",
        ),
        Key::optional(
            "command",
            Shape::List(&Shape::Text),
            "The command that starts the adapter, run in this folder. For an intermediary: the command that starts the proxy in \
             the foreground, with placeholders: `{listen}` (the address at which it must listen, 127.0.0.1:PORT), `{port}` \
             (the port of that alone), `{upstream}` (the address to which it must forward), `{upstream-port}`, and `{dir}` (an \
             empty folder of this run).",
        ),
        Key::optional(
            "templates",
            Shape::Text,
            "For an intermediary: a folder in this one, whose files are copied into `{dir}` with the placeholders filled in.",
        ),
        Key::optional(
            "reload",
            Shape::Text,
            "For an intermediary: a shell command, with placeholders, run in this folder, that makes it reload its configuration.",
        ),
        Key::optional("version", Shape::Text, "For an intermediary: its version, for the report."),
        Key::optional(
            "version-command",
            Shape::List(&Shape::Text),
            "For an intermediary: a command whose output must contain the version, such as `[\"nginx\", \"-v\"]`.",
        ),
        Key::optional(
            "variants",
            Shape::Map(&Shape::Table(&VARIANT)),
            "For an intermediary: configurations by name, each with its own `templates` or `command`, run and reported on its own.",
        ),
        Key::optional(
            "versions",
            Shape::List(&Shape::Text),
            "With the command of an adapter: versions of the implementation, each run and reported on its own; the setup installs \
             them all. `{version}` in the command is the version.",
        ),
        Key::optional(
            "protocols",
            Shape::List(&Shape::Word(&PROTOCOLS)),
            "For a client: the protocols over which `ssespec run` plays the cases, unless --http or --tls is given; \
             http1 if it is left out.",
        ),
        Key::optional(
            "service",
            Shape::Text,
            "The URL of the client's test service, which speaks the protocol of sse-contract-tests, such as \
             \"http://127.0.0.1:8000\". `command` starts it, if it does not run already.",
        ),
        Key::optional("browser", Shape::Word(Engine::WORDS), "The browser to start instead of a command."),
        Key::optional(
            "page-library",
            Shape::Text,
            "With a browser: a script that exposes a client library to the page, which is tested instead of the browser's own \
             EventSource.",
        ),
        Key::optional("url", Shape::Text, "The URL of the stream of a running server, which is probed."),
        Key::optional("headers", Shape::Map(&Shape::Text), "With a URL: header fields of every request."),
        Key::optional(
            "data",
            Shape::Text,
            "With a URL: open the stream with POST and this content; `@FILE` reads the content from a file.",
        ),
        Key::optional(
            "paths",
            Shape::Map(&Shape::Text),
            "With a URL: paths for single checks, by check name.",
        ),
        Key::optional(
            "emit",
            Shape::Text,
            "With a URL: a shell command, or a URL to POST to, that makes the server emit an event.",
        ),
        Key::optional("known-failure", Shape::List(&Shape::Table(&KNOWN)), "Failures that are known."),
    ],
};

/// The keys that say how the implementation is started.
pub(super) const START_KEYS: [&str; 4] = ["command", "browser", "url", "service"];

/// A configuration of an intermediary.
static VARIANT: Table = Table {
    what: "a variant",
    keys: &[
        Key::optional(
            "templates",
            Shape::Text,
            "The folder with its templates, instead of that of all variants.",
        ),
        Key::optional("command", Shape::List(&Shape::Text), "Its command, instead of that of all variants."),
        Key::optional("reload", Shape::Text, "Its reload command, instead of that of all variants."),
    ],
};

/// The roles that a folder can have.
const ROLES: [&str; 3] = [Role::Client.word(), Role::Server.word(), Role::Intermediary.word()];

/// A file that contains only known failures.
pub(super) static BASELINE: Table = Table {
    what: "a baseline",
    keys: &[Key::optional("known-failure", Shape::List(&Shape::Table(&KNOWN)), "Failures that are known.")],
};

/// The words for deliveries.
const DELIVERIES: [&str; 4] = [
    DeliveryKind::AsWritten.name(),
    DeliveryKind::Whole.name(),
    DeliveryKind::Bytes.name(),
    DeliveryKind::Splits.name(),
];

/// The words for protocols.
const PROTOCOLS: [&str; 4] =
    [Protocol::Http1.name(), Protocol::Http1Tls.name(), Protocol::Http2.name(), Protocol::Http2Tls.name()];

static KNOWN: Table = Table {
    what: "a known failure",
    keys: &[
        Key::required("case", Shape::Text, "A glob over case ids."),
        Key::required("reason", Shape::Text, "Why the cases fail, in one line."),
        Key::optional("link", Shape::Text, "Where it is reported."),
        Key::optional(
            "variants",
            Shape::List(&Shape::Text),
            "For an intermediary: the variants in which they fail; in all if it is left out.",
        ),
        Key::optional(
            "versions",
            Shape::List(&Shape::Text),
            "The versions of the folder in which they fail; in all if it is left out.",
        ),
        Key::optional(
            "deliveries",
            Shape::List(&Shape::Word(&DELIVERIES)),
            "The deliveries in which they fail; in any if it is left out.",
        ),
        Key::optional(
            "protocols",
            Shape::List(&Shape::Word(&PROTOCOLS)),
            "The protocols over which they fail; over any if it is left out.",
        ),
        Key::optional(
            "fails",
            Shape::Text,
            "A part of what fails then, as the report puts it (`expected ..; observed ..`), or of the name of the fact \
             that differs. Other failures are not excused. Required with `flaky`.",
        ),
        Key::optional(
            "flaky",
            Shape::Flag,
            "It fails, or records a different fact, only sometimes: a pass does not contradict it.",
        ),
        Key::renamed("by-chance", "flaky"),
    ],
};
