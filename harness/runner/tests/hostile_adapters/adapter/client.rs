//! A client that is good enough for LF and whole UTF-8: what the sound adapter connects.

use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// Where a URL leads: its authority and its path.
pub(super) fn place(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").unwrap();
    rest.split_at(rest.find('/').unwrap())
}

/// Requests the stream of this URL.
pub(super) fn request(url: &str) -> io::Result<TcpStream> {
    let (host, path) = place(url);
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/event-stream\r\n\r\n")?;
    Ok(stream)
}

/// The size of one read, in bytes.
const LARGE_READ: usize = 1024 * 1024;

/// How many times a client searches everything it holds again for each piece. A single search is so fast on vector
/// units that the rest of its work would hide the quadratic growth.
const REREADINGS: usize = 4;

/// The longest line that is taken, in bytes.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// What a client does with the pieces of a stream in addition to reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    /// Nothing.
    None,
    /// It looks through all that it holds of a line again.
    Rereads,
    /// It copies the rest of a piece for each line that it takes out of it.
    Copies,
    /// It keeps them.
    Keeps,
}

/// Reads a stream to its end, and calls `event` with the data of each event.
pub(super) fn read(stream: TcpStream, habit: Habit, event: &mut dyn FnMut(&str)) -> io::Result<()> {
    let mut stream = BufReader::with_capacity(LARGE_READ, stream);
    while !line(&mut stream)?.is_empty() {
        // The head says nothing that this client needs.
    }
    let mut events = Events { habit, line: Vec::new(), data: None, kept: Vec::new() };
    loop {
        let size = u64::from_str_radix(&line(&mut stream)?, 16).map_err(io::Error::other)?;
        if size == 0 {
            return Ok(());
        }
        let mut chunk = (&mut stream).take(size);
        loop {
            let bytes = chunk.fill_buf()?;
            let count = bytes.len();
            if count == 0 {
                break;
            }
            events.take(bytes, event);
            if events.line.len() > LONGEST_LINE {
                return Err(io::ErrorKind::OutOfMemory.into());
            }
            chunk.consume(count);
        }
        line(&mut stream)?;
    }
}

/// The next line of HTTP, without its end.
fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    match stream.read_line(&mut line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end().to_owned()),
    }
}

/// The event in the making.
struct Events {
    habit: Habit,
    line: Vec<u8>,
    data: Option<String>,
    kept: Vec<u8>,
}

impl Events {
    fn take(&mut self, bytes: &[u8], event: &mut dyn FnMut(&str)) {
        match self.habit {
            Habit::None | Habit::Copies => {}
            Habit::Rereads => {
                for _ in 0..REREADINGS {
                    black_box(self.line.contains(&b'\n'));
                }
            }
            Habit::Keeps => self.kept.extend_from_slice(bytes),
        }
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
            self.add(&rest[..at]);
            rest = &rest[at + 1..];
            if self.habit == Habit::Copies {
                black_box(rest.to_vec());
            }
            self.line_ended(event);
        }
        self.add(rest);
    }

    /// Adds to the line. What a comment or an unknown field says is of no use.
    fn add(&mut self, piece: &[u8]) {
        self.line.extend_from_slice(piece);
        if !self.line.starts_with(b"data") {
            self.line.truncate(4);
        }
    }

    fn line_ended(&mut self, event: &mut dyn FnMut(&str)) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if line.is_empty() {
            if let Some(data) = self.data.take() {
                event(&data);
            }
        } else if let Some(value) = line.strip_prefix("data:") {
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                none => *none = Some(value.to_owned()),
            }
        }
    }
}
