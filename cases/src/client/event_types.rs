//! The event types that a script sends, for APIs that must subscribe to each type.

use ssespec_mock_server::action::{Action, Respond};
use ssespec_mock_server::stream::lines;

use super::implied::may_be_request;
use super::step::ClientStep;
use crate::step::Played;

#[cfg(test)]
mod tests;

/// The event types that a script's bytes may name, for APIs that must subscribe to each type.
pub fn event_types(script: &[Played<ClientStep>]) -> Vec<String> {
    let mut streams: Vec<Vec<u8>> = vec![Vec::new()];
    for step in script {
        let next = match &step.kind {
            ClientStep::Wire(Action::Send(bytes) | Action::Raw(bytes)) => {
                extend(&mut streams, bytes);
                continue;
            }
            ClientStep::Wire(Action::SendRepeat(repeat)) => {
                // More repetitions name nothing new, except in a name that is itself a repetition.
                let times = LONGEST_NAME.div_ceil(repeat.pattern.len().max(1)) as u64;
                (0..repeat.times.min(times)).for_each(|_| extend(&mut streams, &repeat.pattern));
                continue;
            }
            ClientStep::Wire(Action::Respond(Respond { body: Some(body), .. })) => body.clone(),
            ClientStep::Wire(Action::Respond(_)) => Vec::new(),
            ClientStep::Wire(action) if action.is_end() => Vec::new(),
            step if may_be_request(step) => Vec::new(),
            _ => continue,
        };
        streams.push(next);
    }
    named_types(streams.iter().map(Vec::as_slice))
}

/// The maximum length of a type that `send-repeat` writes, in bytes.
const LONGEST_NAME: usize = 64 * 1024;

/// Adds bytes to the last stream.
fn extend(streams: &mut [Vec<u8>], bytes: &[u8]) {
    if let Some(stream) = streams.last_mut() {
        stream.extend_from_slice(bytes);
    }
}

/// The event types that these bytes may name, a superset, each once, in order.
fn named_types<'a>(streams: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut types: Vec<String> = Vec::new();
    for bytes in streams {
        for (line, _) in lines(bytes) {
            let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
            let Some(named) = line.strip_prefix(b"event:") else { continue };
            let named = String::from_utf8_lossy(named.strip_prefix(b" ").unwrap_or(named)).into_owned();
            if !named.is_empty() && !types.contains(&named) {
                types.push(named);
            }
        }
    }
    types
}
