//! What the harness sent, request by request.

use bstr::ByteVec;

use crate::results::Row;

/// A session with a client, as far as a server can repeat it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Session {
    /// The requests in the order of their arrival.
    pub(super) answers: Vec<Answer>,
    /// What the wire log does not have, in words.
    pub(super) missing: Vec<String>,
}

/// A request and what it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// `GET /1/`.
    pub(super) request: String,
    /// The connection that it came on.
    pub(super) connection: u32,
    /// What happened then, in order.
    pub(super) actions: Vec<Timed>,
}

/// An action, after a pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Timed {
    /// How long after the action before, or after the request, in microseconds.
    pub(super) pause_us: u64,
    /// What is done.
    pub(super) action: Action,
}

/// What a server does with a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Writes these bytes.
    Write { bytes: Vec<u8>, coding: Coding },
    /// Writes a pattern until it has written so many bytes.
    Repeat { pattern: Vec<u8>, total: u64, coding: Coding },
    /// Writes the last chunk.
    LastChunk,
    /// Closes the connection.
    Fin,
    /// Resets the connection.
    Reset,
    /// Refuses connections for so many milliseconds.
    Refuse { ms: u64 },
}

/// How bytes become those on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// They are written as they are.
    Exact,
    /// They are the data of one chunk.
    Chunk,
}

/// Where a response is. The wire log has the data of chunks without their framing, but a response that a case spells out
/// (`raw`) as it was written: only a head that ends with its write is one whose body the harness framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    /// No final head was written.
    Unopened,
    /// In chunks.
    Chunked,
    /// Of a known length; so much of it is missing.
    Length { rest: u64 },
    /// Until the connection ends.
    UntilFin,
}

/// An answer while it is read.
struct Open {
    answer: Answer,
    at_us: u64,
    body: Body,
    closes: bool,
}

/// The session that a transcript records.
pub(super) fn session(transcript: &[Row]) -> Session {
    let mut open: Vec<Open> = Vec::new();
    let mut missing = Vec::new();
    for row in transcript {
        let of = |open: &Open| Some(open.answer.connection) == row.connection;
        match (row.from.as_str(), row.kind.as_str()) {
            ("client", "request") => open.push(Open {
                answer: Answer {
                    request: row.text.clone(),
                    connection: row.connection.unwrap_or_default(),
                    actions: Vec::new(),
                },
                at_us: row.at_us,
                body: Body::Unopened,
                closes: false,
            }),
            ("harness", "bytes") => match open.iter_mut().rev().find(|open| of(open)) {
                Some(open) => open.write(row, &mut missing),
                None => missing.push("bytes that were sent before any request".to_owned()),
            },
            ("harness", "end") => {
                open.iter_mut().rev().find(|open| of(open)).into_iter().for_each(|open| open.end(row))
            }
            ("harness", "drop") => {
                let action = if row.text == "reset" { Action::Reset } else { Action::Fin };
                open.iter_mut()
                    .rev()
                    .find(|open| of(open))
                    .into_iter()
                    .for_each(|open| open.push(row, action.clone()));
            }
            ("harness", "refuse") => {
                let action = Action::Refuse { ms: milliseconds(&row.text).unwrap_or(1000) };
                open.last_mut().into_iter().for_each(|open| open.push(row, action.clone()));
            }
            ("harness", "left-out") => missing.push(format!("the end of the session: {}", row.text)),
            _ => {}
        }
    }
    missing.dedup();
    Session { answers: open.into_iter().map(|open| open.answer).collect(), missing }
}

impl Open {
    fn push(&mut self, row: &Row, action: Action) {
        let pause_us = row.at_us.saturating_sub(self.at_us);
        self.at_us = row.at_us;
        self.answer.actions.push(Timed { pause_us, action });
    }

    fn write(&mut self, row: &Row, missing: &mut Vec<String>) {
        let bytes = Vec::unescape_bytes(&row.text);
        let mut coding = if self.body == Body::Chunked { Coding::Chunk } else { Coding::Exact };
        let length = row.length.unwrap_or(bytes.len() as u64);
        if self.body == Body::Unopened {
            coding = Coding::Exact;
            self.head(&bytes, row.length.is_some());
        } else if let Body::Length { rest } = &mut self.body {
            *rest = rest.saturating_sub(length);
        }
        let is_complete = self.closes && self.body == Body::Length { rest: 0 };
        let action = match (row.length, period(&bytes)) {
            (None, _) => Action::Write { bytes, coding },
            (Some(total), Some(length)) => {
                Action::Repeat { pattern: bytes.get(..length).unwrap_or_default().to_vec(), total, coding }
            }
            (Some(total), None) => {
                missing.push(format!("all but the first {} bytes of a write of {total} bytes", bytes.len()));
                Action::Write { bytes, coding }
            }
        };
        self.push(row, action);
        if is_complete {
            self.push(row, Action::Fin);
        }
    }

    /// What follows the head that these bytes begin with.
    fn head(&mut self, bytes: &[u8], is_cut: bool) {
        let end = bytes.windows(4).position(|end| end == b"\r\n\r\n");
        let (Some(end), true) = (end, bytes.starts_with(b"HTTP/1.")) else {
            self.body = Body::UntilFin;
            return;
        };
        let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).to_lowercase();
        let status = head.split(' ').nth(1).unwrap_or_default();
        if status.starts_with('1') && status != "101" {
            return;
        }
        let field = |name: &str| {
            let value = |line: &'_ str| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim().to_owned());
            head.lines().find_map(value)
        };
        let sent = (bytes.len() - end - 4) as u64;
        let promised = field("content-length").and_then(|value| value.parse::<u64>().ok());
        self.closes = field("connection").is_some_and(|value| value == "close");
        self.body = match promised {
            _ if is_cut => Body::UntilFin,
            _ if matches!(status, "204" | "304") => Body::Length { rest: 0 },
            None if sent == 0 && field("transfer-encoding").is_some_and(|value| value == "chunked") => {
                Body::Chunked
            }
            Some(promised) => Body::Length { rest: promised.saturating_sub(sent) },
            None => Body::UntilFin,
        };
    }

    /// The response ends as its framing requires.
    fn end(&mut self, row: &Row) {
        match self.body {
            Body::Chunked => self.push(row, Action::LastChunk),
            Body::Length { rest: 0 } => {}
            Body::Length { .. } | Body::UntilFin | Body::Unopened => self.closes = true,
        }
        if self.closes {
            self.push(row, Action::Fin);
        }
    }
}

/// The length of the pattern that these bytes repeat, if they repeat one at least twice.
fn period(bytes: &[u8]) -> Option<usize> {
    (1..=bytes.len() / 2).find(|length| bytes.iter().zip(bytes.iter().skip(*length)).all(|(a, b)| a == b))
}

/// `300ms`, `1s 200ms` in milliseconds.
fn milliseconds(text: &str) -> Option<u64> {
    text.split_whitespace().try_fold(0_u64, |sum, part| {
        let (number, unit) = part.split_at(part.find(|c: char| !c.is_ascii_digit())?);
        let number: u64 = number.parse().ok()?;
        let factor = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            _ => return None,
        };
        sum.checked_add(number.checked_mul(factor)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at_us: u64, from: &str, kind: &str, text: &str) -> Row {
        Row {
            at_us,
            from: from.into(),
            connection: Some(1),
            kind: kind.into(),
            text: text.into(),
            length: None,
        }
    }

    fn actions(rows: &[(&str, &str)]) -> Vec<Action> {
        let mut all = vec![row(0, "client", "request", "GET /")];
        all.extend(rows.iter().map(|(kind, text)| row(5, "harness", kind, text)));
        let session = session(&all);
        session.answers[0].actions.iter().map(|timed| timed.action.clone()).collect()
    }

    fn write(text: &str, coding: Coding) -> Action {
        Action::Write { bytes: Vec::unescape_bytes(text), coding }
    }

    #[test]
    fn a_framed_body_is_framed_again() {
        let head = "HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n";
        assert_eq!(
            actions(&[("bytes", head), ("bytes", "data: a\\n\\n"), ("end", "")]),
            [write(head, Coding::Exact), write("data: a\\n\\n", Coding::Chunk), Action::LastChunk]
        );
    }

    #[test]
    fn bytes_that_a_case_spells_out_are_written_as_they_are() {
        let raw = "HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n9\\r\\ndata: a\\n\\n\\r\\n";
        assert_eq!(
            actions(&[("bytes", raw), ("bytes", "zz\\r\\n"), ("drop", "reset")]),
            [write(raw, Coding::Exact), write("zz\\r\\n", Coding::Exact), Action::Reset]
        );
    }

    #[test]
    fn the_end_of_other_bodies_is_that_of_the_connection() {
        let close = "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n";
        assert_eq!(
            actions(&[("bytes", close), ("bytes", "x"), ("end", "")]),
            [write(close, Coding::Exact), write("x", Coding::Exact), Action::Fin]
        );
        let short = "HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\n";
        assert_eq!(
            actions(&[("bytes", short), ("bytes", "xy"), ("end", "")]).len(),
            2,
            "the connection stays open"
        );
        assert_eq!(actions(&[("bytes", short), ("bytes", "x"), ("end", "")])[2], Action::Fin);
        let over = "HTTP/1.1 500 No\\r\\ncontent-length: 0\\r\\nconnection: close\\r\\n\\r\\n";
        assert_eq!(actions(&[("bytes", over)]), [write(over, Coding::Exact), Action::Fin]);
        let interim = "HTTP/1.1 103 Early Hints\\r\\n\\r\\n";
        let head = "HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n";
        let all = actions(&[("bytes", interim), ("bytes", head), ("bytes", "x")]);
        assert_eq!(all[2], write("x", Coding::Chunk));
    }

    #[test]
    fn a_long_write_is_repeated_and_anything_else_is_missing() {
        let mut long = row(1, "harness", "bytes", &"ab".repeat(2048));
        long.length = Some(1_000_001);
        let request = row(0, "client", "request", "GET /");
        let of = |long: &Row| session(&[request.clone(), long.clone()]);
        let expected = Action::Repeat { pattern: b"ab".to_vec(), total: 1_000_001, coding: Coding::Exact };
        assert_eq!(of(&long).answers[0].actions[0].action, expected);
        long.text.replace_range(4000..4001, "!");
        assert_eq!(of(&long).missing, ["all but the first 4096 bytes of a write of 1000001 bytes"]);
    }

    #[test]
    fn times_are_read() {
        assert_eq!(milliseconds("300ms"), Some(300));
        assert_eq!(milliseconds("1s 200ms"), Some(1200));
        assert_eq!(milliseconds("soon"), None);
    }
}
