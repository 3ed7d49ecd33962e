//! Requests by a raw connection.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// How long bytes may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection with a request on it.
pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Fin,
    Reset,
}

/// Asks for a URL, with these header lines (each with its line end).
pub(crate) fn get(url: &str, headers: &str) -> Connection {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\n{headers}\r\n").unwrap();
    Connection { stream, read: Vec::new() }
}

impl Connection {
    /// Reads until this has come, and gives all that has come so far.
    #[track_caller]
    pub(crate) fn until(&mut self, part: &str) -> String {
        while !self.text().contains(part) {
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer) {
                Ok(count) if count > 0 => self.read.extend_from_slice(&buffer[..count]),
                other => panic!("{part:?} did not come: {other:?} after {:?}", self.text()),
            }
        }
        self.text()
    }

    /// Reads to the end of the connection.
    pub(crate) fn end(mut self) -> (String, End) {
        let end = match self.stream.read_to_end(&mut self.read) {
            Ok(_) => End::Fin,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
            Err(error) => panic!("the connection does not end: {error}"),
        };
        (self.text(), end)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.read).into_owned()
    }
}
