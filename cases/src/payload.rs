//! The event types that the bytes of a script name.

use ssespec_mock_server::stream::lines;

#[cfg(test)]
mod tests;

/// The event types that these bytes may name, for APIs that need to be told: a superset, each once, in order.
pub fn event_types<'a>(streams: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
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
