//! Scenarios that people copy: the streams of well-known APIs, and how they fail.

use ssespec_diagnostics::Source;

use crate::scenario::format::read;

#[cfg(test)]
mod tests;

/// A scenario that comes with the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Its name; a variant has the name of its API before a slash.
    pub name: &'static str,
    /// The scenario.
    pub text: &'static str,
}

impl Preset {
    /// What it demonstrates.
    pub fn title(&self) -> String {
        read(&Source::new(self.name, self.text)).map(|scenario| scenario.title).unwrap_or_default()
    }
}

macro_rules! presets {
    ($($name:literal,)+) => {
        &[$(Preset { name: $name, text: include_str!(concat!("../presets/", $name, ".toml")) },)+]
    };
}

/// Every preset, sorted by name.
pub const ALL: &[Preset] = presets![
    "anthropic-messages",
    "anthropic-messages/cut-in-mid-token",
    "anthropic-messages/error-event",
    "anthropic-messages/no-terminator",
    "anthropic-messages/overloaded",
    "anthropic-messages/rate-limited",
    "anthropic-messages/stall",
    "mcp-streamable-http",
    "mcp-streamable-http/cut-in-mid-event",
    "mcp-streamable-http/error-response",
    "mcp-streamable-http/rate-limited",
    "mcp-streamable-http/stall",
    "openai-chat",
    "openai-chat/cut-in-mid-token",
    "openai-chat/empty-choices",
    "openai-chat/error-event",
    "openai-chat/no-terminator",
    "openai-chat/rate-limited",
    "openai-chat/stall",
    "openai-responses",
    "openai-responses/cut-in-mid-token",
    "openai-responses/error-event",
    "openai-responses/no-terminator",
    "openai-responses/rate-limited",
    "openai-responses/stall",
];
