//! When the blank line after an event arrives, and whether it does.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ssespec_reports::visible;

use crate::describe::seconds;
use crate::observe::heads::{PAUSE, TOGETHER};
use crate::outcome::{Breach, Outcome};
use crate::wire::block_fields;
use crate::wire::exchange::{End, Event, Exchange};

pub(super) fn blank_line_delay(exchange: &Exchange) -> Outcome {
    let events: Vec<&Event> = exchange.dispatched().collect();
    let delay =
        |event: &Event| exchange.earliest_arrival(event.block.at).saturating_sub(event.block.last_line);
    let late: Vec<Duration> =
        events.iter().map(|event| delay(event)).filter(|delay| *delay > TOGETHER * 2).collect();
    let longest = late.iter().max().copied().unwrap_or_default();
    let expected = "a blank line immediately after the last field";
    let hint = "clients dispatch the event only when the blank line arrives: with the next event, or never";
    if let Some((time, pieces)) = endless_comment(exchange).or_else(|| slow_comment(exchange)) {
        let observed = format!("a comment without a line ending for {}, in {pieces} pieces", seconds(time));
        return Breach::new(exchange, "a line ending after each comment", observed)
            .hint("the comment swallows the first field of the event that follows it")
            .proven();
    }
    // The last block stays open as long as nothing follows it. A block of comments delays no event.
    let is_hanging = (exchange.block_fields.is_open || exchange.is_within_line)
        && exchange.end == End::StillOpen
        && exchange.duration.saturating_sub(exchange.last_byte) > Duration::from_secs(1)
        && exchange.content_length > 0;
    if is_hanging {
        let open = exchange.duration.saturating_sub(exchange.last_byte);
        let observed = format!("an event block without its blank line for {}", seconds(open));
        return Breach::new(exchange, expected, observed).hint(hint).proven();
    }
    if events.is_empty() {
        return Outcome::NotJudged("no event came".into());
    }
    if late.len() * 2 >= events.len() && (longest > PAUSE || late.len() >= 3) {
        let observed = format!("the blank line up to {} later", seconds(longest));
        return Breach::new(exchange, expected, observed).hint(hint).proven();
    }
    if longest > PAUSE {
        let observed = format!("the blank line up to {} later, {} times", seconds(longest), late.len());
        return Breach::new(exchange, expected, observed).suspected();
    }
    Outcome::Holds
}

/// A comment line that goes on and on: for how long, and in how many pieces it came.
fn endless_comment(exchange: &Exchange) -> Option<(Duration, usize)> {
    let kept = u64::try_from(exchange.content.len()).ok()?;
    if !exchange.is_within_line || kept != exchange.content_length {
        return None;
    }
    let line = exchange.content.rsplit(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    line.strip_prefix(b":")?;
    let mut rest = line.len();
    let pieces = exchange.reads.iter().rev().filter(|read| read.content > 0).take_while(|read| {
        let is_of_line = rest > 0;
        rest = rest.saturating_sub(read.content);
        is_of_line
    });
    let times: Vec<Duration> = pieces.map(|read| read.at).collect();
    let time = times.first()?.saturating_sub(*times.last()?);
    (times.len() >= 2 && time > Duration::from_secs(1)).then_some((time, times.len()))
}

/// A comment line that took long to end: how long, and in how many pieces it came.
fn slow_comment(exchange: &Exchange) -> Option<(Duration, usize)> {
    let ends = exchange.reads.iter().scan(0_u64, |total, read| {
        *total += u64::try_from(read.content).ok()?;
        Some((*total, read.at))
    });
    let ends: Vec<(u64, Duration)> = ends.collect();
    exchange.comments.iter().find_map(|comment| {
        let mut pieces =
            ends.iter().filter(|(end, at)| *end > comment.offset && *at <= comment.at).peekable();
        let (_, began) = pieces.peek()?;
        let time = exchange.earliest_arrival(comment.at).saturating_sub(*began);
        (time > Duration::from_secs(1)).then(|| (time, pieces.count()))
    })
}

/// How many characters of a field are shown.
const SHOWN: usize = 200;

/// How long data may wait for its blank line if no event has come.
const UNDISPATCHED: Duration = Duration::from_secs(1);

pub(super) fn blank_lines(exchange: &Exchange) -> Outcome {
    let fields = &exchange.block_fields;
    let expected = "a blank line after the fields of each event";
    let hint =
        "clients dispatch an event when the blank line comes, and merge everything before it into one event";
    let events = exchange.event_count();
    let Some(first_data) = fields.first_data else {
        return lines_of_another_format(exchange).unwrap_or_else(|| escaped_line_break(exchange, expected));
    };
    let waited = exchange.duration.saturating_sub(first_data);
    if events == 0 && exchange.end == End::StillOpen && waited > UNDISPATCHED {
        let observed = format!("{} data fields within {}, but no event", fields.data_count, seconds(waited));
        return Breach::new(exchange, expected, observed).hint(hint).proven();
    }
    // While this process was not scheduled, a field may have come without being seen.
    let is_pause = |(last, field): &&(Duration, Duration)| {
        exchange.earliest_arrival(*field).saturating_sub(*last) > block_fields::PAUSE
    };
    let pauses = fields.pauses.iter().filter(is_pause).count();
    if pauses >= 2 {
        let observed = format!("{pauses} fields that came more than 0.5 s after another one of their block");
        // A buffering proxy also cuts blocks anywhere.
        return Breach::new(exchange, expected, observed).hint(hint).suspected();
    }
    if let Some(repeated) = &fields.repeated {
        let observed = format!("another one in the same block: {}", visible::line(repeated, SHOWN));
        return Breach::new(exchange, "one type and one id in each block", observed)
            .hint("the blank line between two events is missing, or the field is written twice")
            .suspected();
    }
    Outcome::Holds
}

/// How many lines without a field show that the stream has another format.
const LINES: u64 = 3;

/// The breach of a stream of lines without any field that clients know: JSON, XML or CSV, one in each line.
fn lines_of_another_format(exchange: &Exchange) -> Option<Outcome> {
    let fields = &exchange.block_fields;
    let (line, at) = fields.first_other.as_ref()?;
    let took = exchange.last_byte.saturating_sub(*at);
    // No blank line has come since.
    let is_stream =
        exchange.end == End::StillOpen && exchange.events.iter().all(|event| event.block.at <= *at);
    (is_stream && fields.other_count >= LINES && took > UNDISPATCHED).then(|| {
        let observed = format!(
            "{} lines within {}, such as {}, but no event",
            fields.other_count,
            seconds(took),
            visible::line(line, SHOWN)
        );
        Breach::new(exchange, "data: before each payload, and a blank line after it", observed)
            .hint("clients ignore lines that do not begin with the name of a field: lines of JSON, XML or CSV are not an event stream")
            .proven()
    })
}

/// Characters at which other formats end lines.
const NO_ENDINGS: [(&str, char); 5] = [
    ("U+2028", '\u{2028}'),
    ("U+2029", '\u{2029}'),
    ("U+0085", '\u{85}'),
    ("U+000B", '\u{B}'),
    ("U+000C", '\u{C}'),
];

/// The breach of a stream whose lines are Base64 of what should be sent.
fn base64_lines(exchange: &Exchange, text: &str, expected: &str) -> Option<Outcome> {
    let is_field = |decoded: &String| {
        ["data:", "event:", "id:", "retry:", ":"].iter().any(|start| decoded.starts_with(start))
    };
    let decoded = |line: &str| String::from_utf8(STANDARD.decode(line).ok()?).ok().filter(is_field);
    let (line, decoded) = text.lines().find_map(|line| Some((line, decoded(line)?)))?;
    let observed = format!("the line {}, which is Base64 of {decoded:?}", visible::line(line, SHOWN));
    Some(
        Breach::new(exchange, expected, observed)
            .hint("tell the gateway or serverless runtime that the body is Base64, or give it text")
            .proven(),
    )
}

/// Judges a stream without a complete field: its line breaks may be written as `\n`.
fn escaped_line_break(exchange: &Exchange, expected: &str) -> Outcome {
    let text = String::from_utf8_lossy(&exchange.content);
    let line = text.rsplit(['\n', '\r']).next().unwrap_or_default();
    if line.contains("\\n") && exchange.is_within_line && exchange.end == End::StillOpen {
        return Breach::new(exchange, expected, format!("{} bytes without a line ending", line.len()))
            .hint("the line break is written as a backslash followed by n")
            .proven();
    }
    if exchange.end == End::StillOpen && exchange.dispatched().next().is_none() {
        if let Some((name, _)) = NO_ENDINGS.iter().find(|(_, c)| text.contains(*c)) {
            let observed = format!("{name} in {} bytes without an event", exchange.content_length);
            return Breach::new(exchange, expected, observed)
                .hint("lines end with LF, CR or CRLF only; what else Unicode calls a line separator is text")
                .proven();
        }
        if let Some(breach) = base64_lines(exchange, &text, expected) {
            return breach;
        }
    }
    Outcome::NotJudged("no data came".into())
}
