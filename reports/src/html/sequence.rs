//! The sequence drawing of a session: client and server as two lines, with an intermediary as a third one between them, and what
//! went over the wire, from top to bottom.

use super::transcript::{milliseconds, word};
use crate::{
    results::{Role, Row},
    transcript::{Spelled, runs_of_writes},
    visible,
};

/// A drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Drawing {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) left: Lane,
    /// The intermediary, if there is one.
    pub(super) middle: Option<Lane>,
    pub(super) right: Lane,
    pub(super) rows: Vec<Drawn>,
}

/// One of the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) x: usize,
}

/// One row of the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    pub(super) y: usize,
    /// The time, at the left; empty for rows without one.
    pub(super) at: String,
    /// The number in the transcript, at the right; 0 for rows without one.
    pub(super) number: usize,
    pub(super) label: String,
    pub(super) shape: Shape,
    /// Where it begins and ends, from left to right.
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Between which lines a row is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    /// Between the first and the last.
    Whole,
    /// Between a client and an intermediary.
    Front,
    /// Between an intermediary and an origin.
    Behind,
}

impl Span {
    fn of(row: &Row, role: Role) -> Self {
        match row.from.as_str() {
            _ if role != Role::Intermediary => Self::Whole,
            "client to proxy" | "proxy to client" => Self::Front,
            "proxy to origin" | "origin to proxy" => Self::Behind,
            "harness" if row.kind == "hang-up" => Self::Front,
            _ => Self::Whole,
        }
    }

    fn ends(self) -> (usize, usize) {
        match self {
            Self::Whole => (LEFT, RIGHT),
            Self::Front => (LEFT, MIDDLE),
            Self::Behind => (MIDDLE, RIGHT),
        }
    }
}

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Towards the server.
    ToRight(Line),
    /// Towards the client.
    ToLeft(Line),
    /// Something that the left side did or saw.
    AtLeft,
    /// Something that the right side did or saw.
    AtRight,
    /// Nothing happened for so long, or rows are omitted.
    Gap,
}

/// How an arrow is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Bytes.
    Solid,
    /// The beginning or the end of a connection.
    Dashed,
}

const WIDTH: usize = 920;
const LEFT: usize = 96;
const RIGHT: usize = 868;
const MIDDLE: usize = usize::midpoint(LEFT, RIGHT);
const TOP: usize = 56;
const ARROW: usize = 36;
const NOTE: usize = 30;
const BOTTOM: usize = 20;

/// The longest label, in characters.
const LABEL: usize = 92;

/// The longest label between two of three lines, in characters.
const HALF_LABEL: usize = 46;

/// The longest name of a side, in characters.
const NAME: usize = 40;

/// A pause of at least this many microseconds is shown.
const PAUSE: u64 = 100_000;

/// How many rows are drawn at the start and at the end.
const START: usize = 30;
const END: usize = 30;

/// What a row of the transcript looks like.
struct Event {
    at_us: u64,
    number: usize,
    label: String,
    shape: Shape,
    span: Span,
}

/// The drawing of a transcript; `None` if there is nothing to draw.
pub(super) fn drawing(rows: &[Row], role: Role, implementation: &str) -> Option<Drawing> {
    let events = events(rows, role);
    if events.is_empty() {
        return None;
    }
    let omitted = events.len().saturating_sub(START + END);
    let mut drawn = Vec::new();
    let (mut y, mut before) = (TOP, None);
    for (at, event) in events.into_iter().enumerate() {
        if omitted > 0 && (START..START + omitted).contains(&at) {
            if at == START {
                gap(&mut drawn, &mut y, format!("{omitted} more, see the transcript"));
            }
            before = Some(event.at_us);
            continue;
        }
        let pause = before.map_or(0, |before| event.at_us.saturating_sub(before));
        if pause >= PAUSE {
            gap(&mut drawn, &mut y, format!("{} ms", pause / 1000));
        }
        before = Some(event.at_us);
        y += match event.shape {
            Shape::ToRight(_) | Shape::ToLeft(_) => ARROW,
            _ => NOTE,
        };
        let at = milliseconds(event.at_us);
        let (from, to) = event.span.ends();
        drawn.push(Drawn { y, at, number: event.number, label: event.label, shape: event.shape, from, to });
    }
    let (left, right) = match role {
        Role::Client => (implementation, "mock server"),
        Role::Server => ("ssespec", implementation),
        Role::Intermediary => ("client", "mock server"),
    };
    let lane = |name: &str, x| Lane { name: cut(name, NAME), x };
    Some(Drawing {
        width: WIDTH,
        height: y + BOTTOM,
        left: lane(left, LEFT),
        middle: (role == Role::Intermediary).then(|| lane(implementation, MIDDLE)),
        right: lane(right, RIGHT),
        rows: drawn,
    })
}

fn gap(drawn: &mut Vec<Drawn>, y: &mut usize, label: String) {
    *y += NOTE;
    drawn.push(Drawn {
        y: *y,
        at: String::new(),
        number: 0,
        label,
        shape: Shape::Gap,
        from: LEFT,
        to: RIGHT,
    });
}

fn events(rows: &[Row], role: Role) -> Vec<Event> {
    let runs = runs_of_writes(rows);
    let mut events = Vec::new();
    for (at, (number, part)) in runs.iter().enumerate() {
        let Some(row) = part.first() else { continue };
        // The request follows its bytes, in words.
        let next = runs.get(at + 1).and_then(|(_, part)| part.first());
        let is_request = |next: &Row| next.kind == "request" && next.connection == row.connection;
        if row.kind == "bytes"
            && matches!(row.from.as_str(), "client" | "proxy to origin")
            && next.is_some_and(is_request)
        {
            continue;
        }
        let (shape, label) = seen(row, part, role);
        let connection = match (row.connection, shape) {
            (Some(number), Shape::ToRight(Line::Dashed) | Shape::ToLeft(Line::Dashed)) => {
                format!(" (connection {number})")
            }
            _ => String::new(),
        };
        let span = Span::of(row, role);
        let label = match (span, shape) {
            (Span::Front | Span::Behind, Shape::ToRight(_) | Shape::ToLeft(_)) => cut(&label, HALF_LABEL),
            _ => label,
        };
        events.push(Event {
            at_us: row.at_us,
            number: *number,
            label: format!("{label}{connection}"),
            shape,
            span,
        });
    }
    events
}

/// The shape and the label of a row.
fn seen(row: &Row, part: &[Row], role: Role) -> (Shape, String) {
    let text = short(&row.text);
    let said = |words: &str| if text.is_empty() { words.to_owned() } else { format!("{words}: {text}") };
    let kind = word(&row.kind);
    let server = role == Role::Server;
    // Where the implementation is.
    let here = if server { Shape::AtRight } else { Shape::AtLeft };
    let there = if server { Shape::AtLeft } else { Shape::AtRight };
    // From the harness to the implementation over the wire, and back.
    let out = |line| if server { Shape::ToRight(line) } else { Shape::ToLeft(line) };
    let back = |line| if server { Shape::ToLeft(line) } else { Shape::ToRight(line) };
    match (row.from.as_str(), row.kind.as_str()) {
        // Behind an intermediary.
        ("origin to proxy", "bytes") => (Shape::ToLeft(Line::Solid), content(part)),
        ("origin to proxy", "end") => (Shape::ToLeft(Line::Dashed), "end of the response".to_owned()),
        ("origin to proxy", "drop") => (Shape::ToLeft(Line::Dashed), said("connection dropped")),
        ("origin to proxy", _) => (Shape::AtRight, said(&kind)),
        ("proxy to origin", "request") => (Shape::ToRight(Line::Solid), text),
        ("proxy to origin", "bytes") => (Shape::ToRight(Line::Solid), content(part)),
        ("proxy to origin", "connect") => (Shape::ToRight(Line::Dashed), "connects".to_owned()),
        ("proxy to origin", "disconnect") => (Shape::ToRight(Line::Dashed), said("disconnects")),
        // In front of it.
        ("proxy to client", "bytes") => (Shape::ToLeft(Line::Solid), content(part)),
        ("proxy to client", "end") => (Shape::ToLeft(Line::Dashed), "end of the response".to_owned()),
        ("proxy to client", "broken") => (Shape::ToLeft(Line::Dashed), text),
        ("client to proxy", "bytes") => (Shape::ToRight(Line::Solid), content(part)),
        ("client to proxy", "request") => (Shape::ToRight(Line::Solid), text),
        ("harness", "hang-up") if role == Role::Intermediary => {
            (Shape::ToRight(Line::Dashed), said("disconnects"))
        }
        ("proxy to client" | "client to proxy", _) => (Shape::AtLeft, format!("{kind} {text}")),
        ("harness", "bytes") => (out(Line::Solid), content(part)),
        ("harness", "request") => (out(Line::Solid), text),
        ("harness", "end") if !server => (out(Line::Dashed), "end of the response".to_owned()),
        ("harness", "drop" | "dropped") => (out(Line::Dashed), said("connection dropped")),
        ("harness", "hang-up") => (out(Line::Dashed), said("disconnects")),
        ("harness", "close") if row.connection.is_some() => (out(Line::Dashed), "closed".to_owned()),
        ("harness", "connect" | "close" | "emit" | "end" | "run" | "evaluate" | "enter") => {
            (here, said(&format!("{kind} is called")))
        }
        ("harness", _) => (there, said(&kind)),
        ("client", "connect") => (back(Line::Dashed), "connects".to_owned()),
        ("client", "request") => (back(Line::Solid), text),
        ("client" | "server", "bytes") => (back(Line::Solid), content(part)),
        ("client" | "server", "disconnect") => (back(Line::Dashed), said("disconnects")),
        ("server", "end") => (back(Line::Dashed), "end of the response".to_owned()),
        ("client" | "server", _) => (there, said(&kind)),
        // What an implementation reports is a sentence already.
        ("implementation", "closed") if text.is_empty() => (here, kind),
        ("implementation", _) if !text.is_empty() => (here, text),
        _ => (here, said(&kind)),
    }
}

/// Bytes in a label: of a head only its first line, before the body.
fn content(part: &[Row]) -> String {
    let mut all = String::new();
    for row in part {
        if all.len() > 8 * LABEL {
            break;
        }
        all.push_str(&Spelled::new(&row.text).readable());
    }
    let is_head = all.starts_with("HTTP/1.") || all.contains(" HTTP/1.1\\r\\n");
    let label = match (is_head, all.split_once("\\r\\n\\r\\n"), all.split_once("\\r\\n")) {
        (true, Some((head, body)), _) => {
            let first = head.split("\\r\\n").next().unwrap_or_default();
            if body.is_empty() { first.to_owned() } else { format!("{first} … {body}") }
        }
        (true, None, Some((first, _))) => format!("{first} …"),
        _ => all,
    };
    match part.len() {
        1 => short(&label),
        writes => format!("{writes} writes: {}", short(&label)),
    }
}

fn short(text: &str) -> String {
    cut(text, LABEL)
}

/// The start of a text as it is shown, at most this many characters of it.
fn cut(text: &str, limit: usize) -> String {
    let (shown, left) = visible::start(text, limit);
    let mut cut: String = shown.chars().take(limit).collect();
    if left > 0 || cut.len() < shown.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(from: &str, kind: &str, text: &str, at_us: u64) -> Row {
        let connection = matches!(from, "client" | "server").then_some(1);
        Row { at_us, from: from.into(), connection, kind: kind.into(), text: text.into(), length: None }
    }

    #[test]
    fn a_client_is_at_the_left_and_a_server_at_the_right() {
        let rows = [
            row("harness", "connect", "", 0),
            row("client", "bytes", "GET / HTTP/1.1\\r\\n\\r\\n", 10),
            row("client", "request", "GET /", 20),
            row("harness", "bytes", "HTTP/1.1 200 OK\\r\\na: b\\r\\n\\r\\ndata: a\\n\\n", 30),
            row("implementation", "event", "event data \"a\"", 200_000),
        ];
        let client = drawing(&rows, Role::Client, "mine").unwrap();
        let shapes: Vec<(Shape, &str)> =
            client.rows.iter().map(|row| (row.shape, row.label.as_str())).collect();
        assert_eq!(
            shapes,
            [
                (Shape::AtLeft, "connect is called"),
                (Shape::ToRight(Line::Solid), "GET /"),
                (Shape::ToLeft(Line::Solid), "HTTP/1.1 200 OK … data: a\\n\\n"),
                (Shape::Gap, "199 ms"),
                (Shape::AtLeft, "event data \"a\""),
            ]
        );
        assert_eq!((client.left.name.as_str(), client.right.name.as_str()), ("mine", "mock server"));
        let server = [
            row("harness", "request", "GET /", 0),
            row("server", "bytes", "x", 1),
            row("harness", "emit", "an event", 2),
        ];
        let server = drawing(&server, Role::Server, "mine").unwrap();
        let shapes: Vec<Shape> = server.rows.iter().map(|row| row.shape).collect();
        assert_eq!(shapes, [Shape::ToRight(Line::Solid), Shape::ToLeft(Line::Solid), Shape::AtRight]);
    }

    #[test]
    fn an_intermediary_is_in_the_middle() {
        let rows = [
            row(
                "client to proxy",
                "request",
                "GET /7/ HTTP/1.1 with host: \"proxy.test\", accept: \"text/event-stream\"",
                0,
            ),
            row("proxy to origin", "request", "GET /7/", 10),
            row("origin to proxy", "bytes", "data: a\\n\\n", 20),
            row("proxy to client", "bytes", "data: a\\n\\n", 30),
            row("harness", "hang-up", "fin", 40),
            row("proxy to origin", "disconnect", "fin", 50),
            row("harness", "wait", "1s", 60),
        ];
        let drawing = drawing(&rows, Role::Intermediary, "nginx").unwrap();
        assert_eq!(drawing.middle.map(|lane| (lane.name, lane.x)), Some(("nginx".into(), MIDDLE)));
        assert_eq!((drawing.left.name.as_str(), drawing.right.name.as_str()), ("client", "mock server"));
        let drawn: Vec<(Shape, usize, usize)> =
            drawing.rows.iter().map(|row| (row.shape, row.from, row.to)).collect();
        assert_eq!(
            drawn,
            [
                (Shape::ToRight(Line::Solid), LEFT, MIDDLE),
                (Shape::ToRight(Line::Solid), MIDDLE, RIGHT),
                (Shape::ToLeft(Line::Solid), MIDDLE, RIGHT),
                (Shape::ToLeft(Line::Solid), LEFT, MIDDLE),
                (Shape::ToRight(Line::Dashed), LEFT, MIDDLE),
                (Shape::ToRight(Line::Dashed), MIDDLE, RIGHT),
                (Shape::AtRight, LEFT, RIGHT),
            ]
        );
        assert!(drawing.rows.iter().all(|row| row.label.chars().count() <= HALF_LABEL + 1));
    }

    #[test]
    fn a_long_session_stays_a_drawing() {
        let rows: Vec<Row> =
            (0..100_000).map(|at| row("implementation", "event", &"x".repeat(500), at)).collect();
        let drawing = drawing(&rows, Role::Client, "mine").unwrap();
        assert_eq!(drawing.rows.len(), START + END + 1);
        assert!(drawing.rows.iter().all(|row| row.label.chars().count() <= LABEL + 1));
        assert_eq!(super::drawing(&[], Role::Client, "mine"), None);
    }
}
