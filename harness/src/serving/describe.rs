//! What was observed of a server, in words; what is expected is put into words beside the case format.

pub(super) use ssespec_cases::words::quote;

use crate::protocol::serving::ServerShown;

/// What an adapter said.
pub(crate) fn shown(shown: &ServerShown) -> String {
    match shown {
        ServerShown::Serving { url } => format!("serving at {}", quote(url)),
        ServerShown::Connected { last_event_id: None } => "connected".into(),
        ServerShown::Connected { last_event_id: Some(id) } => {
            format!("connected with the last event ID {}", quote(id))
        }
        ServerShown::Disconnected => "disconnected".into(),
        ServerShown::Emitted => "emitted".into(),
        ServerShown::Refused { message } if message.is_empty() => "refused".into(),
        ServerShown::Refused { message } => format!("refused: {}", quote(message)),
        ServerShown::Stopped => "stopped".into(),
    }
}

/// The kind of a transcript row.
pub(crate) fn shown_word(shown: &ServerShown) -> &'static str {
    match shown {
        ServerShown::Serving { .. } => "serving",
        ServerShown::Connected { .. } => "connected",
        ServerShown::Disconnected => "disconnected",
        ServerShown::Emitted => "emitted",
        ServerShown::Refused { .. } => "refused",
        ServerShown::Stopped => "stopped",
    }
}
