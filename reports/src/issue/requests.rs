//! What the harness asked of a server, as steps that a person can repeat.

use bstr::ByteVec;

use super::bytes::{printf, word};
use crate::limits;
use crate::results::{CaseResult, Implementation, Row};
use crate::visible;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A line for a shell.
    Command(String),
    /// Something that the server's own code does.
    Words(String),
}

/// How many steps are listed.
const STEPS: usize = 40;

/// The steps of a session with a server.
pub(super) fn steps(result: &CaseResult, implementation: &Implementation) -> Vec<Step> {
    let given = result.failure.iter().flat_map(|failure| failure.step_text.lines());
    let commands: Vec<Step> = given
        .filter(|line| line.starts_with("curl "))
        .map(|line| Step::Command(visible::line(line, limits::COMMAND)))
        .collect();
    if !commands.is_empty() {
        return commands;
    }
    let origin = origin(implementation);
    result.transcript.iter().filter_map(|row| step(row, &origin)).take(STEPS).collect()
}

/// Where a server that is probed is; the others are wherever their authors start them.
fn origin(implementation: &Implementation) -> String {
    let authority = implementation.name.strip_prefix("http://").and_then(|rest| rest.split('/').next());
    let is_plain = |text: &&str| text.chars().all(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(c));
    authority.filter(is_plain).unwrap_or("127.0.0.1:8080").to_owned()
}

fn step(row: &Row, origin: &str) -> Option<Step> {
    let words = |words: &str| Some(Step::Words(words.to_owned()));
    match (row.from.as_str(), row.kind.as_str()) {
        ("harness", "request") => Some(curl(&row.text, origin).map_or_else(
            || Step::Words(format!("Send the request {}", visible::line(&row.text, limits::PARAGRAPH))),
            Step::Command,
        )),
        ("harness", "bytes") => Some(Step::Command(netcat(&Vec::unescape_bytes(&row.text), origin))),
        ("harness", "emit") => Some(Step::Words(format!(
            "Make the server send {}.",
            visible::line(&row.text, limits::PARAGRAPH)
        ))),
        ("harness", "end") if row.connection.is_none() => words("End the stream."),
        ("harness", "shutdown") => words("Shut the server down."),
        ("harness", "hang-up") => words("Close the connection as the client."),
        _ => None,
    }
}

/// `GET /3 HTTP/1.1 with host: "server.test", accept: "text/event-stream"` for curl.
fn curl(text: &str, origin: &str) -> Option<String> {
    let (line, fields) = text.split_once(" with ").unwrap_or((text, ""));
    let mut words = line.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    if !target.starts_with('/') || !method.chars().all(|c| c.is_ascii_uppercase()) {
        return None;
    }
    let mut command = match method {
        "GET" => "curl -isN".to_owned(),
        "HEAD" => "curl -sI".to_owned(),
        other => format!("curl -isN -X {other}"),
    };
    if words.next() == Some("HTTP/1.0") {
        command.push_str(" --http1.0");
    }
    for (name, value) in quoted(fields) {
        if name != "host" {
            command.push_str(&format!(" -H {}", word(&format!("{name}: {value}"))));
        }
    }
    Some(visible::line(&format!("{command} {}", word(&format!("http://{origin}{target}"))), limits::COMMAND))
}

/// `name: "value", name: "value"` in pairs.
fn quoted(fields: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = fields;
    while let Some((name, after)) = rest.split_once(": \"") {
        let mut value = String::new();
        let mut characters = after.char_indices();
        let mut end = after.len();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    end = at + 1;
                    break;
                }
                '\\' => value.extend(characters.next().map(|(_, character)| character)),
                plain => value.push(plain),
            }
        }
        pairs.push((name.trim_start_matches([',', ' ']).to_owned(), value));
        rest = after.get(end..).unwrap_or_default();
    }
    pairs
}

fn netcat(request: &[u8], origin: &str) -> String {
    let (host, port) = origin.rsplit_once(':').unwrap_or((origin, "80"));
    format!("(printf {}; sleep 5) | nc {} {}", printf(request), word(host), word(port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_line_for_curl() {
        let origin = "127.0.0.1:8080";
        assert_eq!(
            curl("GET /3 HTTP/1.1 with host: \"server.test\", accept: \"text/event-stream\"", origin)
                .as_deref(),
            Some("curl -isN -H 'accept: text/event-stream' http://127.0.0.1:8080/3")
        );
        assert_eq!(
            curl("POST /3 HTTP/1.0 with x: \"a\\\"b, c: \\\\\", y: \"1\"", origin).as_deref(),
            Some("curl -isN -X POST --http1.0 -H 'x: a\"b, c: \\' -H 'y: 1' http://127.0.0.1:8080/3")
        );
        assert_eq!(curl("GET http://x/ HTTP/1.1", origin), None);
        assert_eq!(
            netcat(b"GET / HTTP/1.1\r\n\r\n", origin),
            "(printf 'GET / HTTP/1.1\\r\\n\\r\\n'; sleep 5) | nc 127.0.0.1 8080"
        );
    }
}
