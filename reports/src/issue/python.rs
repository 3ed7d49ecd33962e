//! A session as a server in one file of Python.

use std::fmt::Write;

use super::bytes;
use super::session::{Action, Answer, Coding, Session, Timed};
use crate::limits;
use crate::visible;

/// The script, with marks where the session goes.
const TEMPLATE: &str = include_str!("server.py");

/// A pause of less than this only separates two writes, in microseconds: the harness waited until the client had read.
const SEPARATING: u64 = 15_000;

/// From this many writes on, the pauses between them are short.
const MANY: usize = 300;

/// The script that serves a session.
pub(super) fn script(session: &Session) -> String {
    let writes: usize = session.answers.iter().map(|answer| answer.actions.len()).sum();
    let pause = if writes < MANY { 10 } else { 2 };
    let responses: String =
        session.answers.iter().enumerate().map(|(at, answer)| response(at + 1, answer, pause)).collect();
    let needs_other = responses.contains("+ OTHER +");
    TEMPLATE
        .lines()
        .map(|line| match (line.strip_prefix("#OTHER#"), line.strip_prefix("#RESPONSES#")) {
            (Some(line), _) if needs_other => format!("{line}\n"),
            (Some(_), _) => String::new(),
            (None, Some(line)) => format!("{responses}{line}\n"),
            (None, None) => format!("{line}\n"),
        })
        .collect()
}

fn response(number: usize, answer: &Answer, separating: u64) -> String {
    let request = visible::line(&answer.request, limits::ID);
    let mut text =
        format!("    [  # {number}: {request}, on connection {} of the session\n", answer.connection);
    let mut actions = answer.actions.as_slice();
    let mut is_first = true;
    while let Some((first, rest)) = actions.split_first() {
        let pause = if first.pause_us >= SEPARATING {
            first.pause_us / 1000
        } else if is_first {
            0
        } else {
            separating
        };
        let single = actions.iter().take_while(|timed| is_one_byte(timed, first)).count();
        // Writing to a String cannot fail.
        let _ = if single > 2 {
            let bytes: Vec<u8> = actions.iter().take(single).flat_map(written).copied().collect();
            let code = code(first);
            writeln!(text, "        *each_byte({separating}, {code}, {}),", bytes::python(&bytes, 12))
        } else {
            writeln!(text, "        ({pause}, {}),", action(&first.action))
        };
        actions = if single > 2 { actions.get(single..).unwrap_or_default() } else { rest };
        is_first = false;
    }
    text.push_str("    ],\n");
    text
}

/// Whether this is a write of one byte that follows the one before without a pause.
fn is_one_byte(timed: &Timed, first: &Timed) -> bool {
    written(timed).len() == 1
        && (std::ptr::eq(timed, first) || timed.pause_us < SEPARATING)
        && code(timed) == code(first)
}

fn written(timed: &Timed) -> &[u8] {
    match &timed.action {
        Action::Write { bytes, .. } => bytes,
        _ => &[],
    }
}

/// The function of the script that makes the bytes of the wire.
fn code(timed: &Timed) -> &'static str {
    match &timed.action {
        Action::Write { coding, .. } | Action::Repeat { coding, .. } => function(*coding),
        _ => "",
    }
}

fn function(coding: Coding) -> &'static str {
    match coding {
        Coding::Exact => "bytes",
        Coding::Chunk => "chunk",
    }
}

fn action(action: &Action) -> String {
    match action {
        Action::Write { bytes, coding: Coding::Exact } => bytes::python(bytes, 12),
        Action::Write { bytes, coding: Coding::Chunk } => format!("chunk({})", bytes::python(bytes, 12)),
        Action::Repeat { pattern, total, coding } => {
            format!("repeat({}, {}, {total})", function(*coding), bytes::python(pattern, 12))
        }
        Action::LastChunk => "LAST_CHUNK".to_owned(),
        Action::Fin => "FIN".to_owned(),
        Action::Reset => "RESET".to_owned(),
        Action::Refuse { ms } => format!("refuse({ms})"),
    }
}

/// The bytes of a response, as the script writes them; `None` if a pattern makes it too long for a file.
pub(super) fn raw(answer: &Answer) -> Option<Vec<u8>> {
    let mut raw = Vec::new();
    for timed in &answer.actions {
        match &timed.action {
            Action::Write { bytes, coding: Coding::Exact } => raw.extend(bytes),
            Action::Write { bytes, coding: Coding::Chunk } => {
                raw.extend(format!("{:x}\r\n", bytes.len()).bytes());
                raw.extend(bytes);
                raw.extend(b"\r\n");
            }
            Action::Repeat { .. } => return None,
            Action::LastChunk => raw.extend(b"0\r\n\r\n"),
            Action::Fin | Action::Reset | Action::Refuse { .. } => {}
        }
    }
    Some(raw)
}
