//! A client that is good enough for LF and whole UTF-8: what the sound adapter connects.

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

/// Reads a stream to its end, and calls `event` with the data of each event.
pub(super) fn read(stream: TcpStream, event: &mut dyn FnMut(&str)) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while !line(&mut stream)?.is_empty() {
        // The head says nothing that this client needs.
    }
    let mut events = Events { line: Vec::new(), data: None };
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
    line: Vec<u8>,
    data: Option<String>,
}

impl Events {
    fn take(&mut self, bytes: &[u8], event: &mut dyn FnMut(&str)) {
        for byte in bytes {
            if *byte == b'\n' {
                self.line_ended(event);
            } else {
                self.line.push(*byte);
            }
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
                Some(data) => *data = format!("{data}\n{value}"),
                none => *none = Some(value.to_owned()),
            }
        }
    }
}
