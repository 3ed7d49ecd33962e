//! How many adapters live, and whether one is gone: each holds a connection, which ends with it.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// How long a process may take to start or to die on a busy machine. Less than an adapter's life span.
const PATIENCE: Duration = Duration::from_secs(60);

/// The port that the adapters of one test are tied to.
pub(crate) struct Tether {
    listener: TcpListener,
}

/// An adapter that was tied.
pub(crate) struct Tied(BufReader<TcpStream>);

impl Tether {
    pub(crate) fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").unwrap() }
    }

    /// The option of an adapter that is to be tied here.
    pub(crate) fn option(&self) -> String {
        format!("tether={}", self.listener.local_addr().unwrap())
    }

    /// Awaits an adapter.
    pub(crate) fn next(&self) -> Tied {
        self.listener.set_nonblocking(false).unwrap();
        let (stream, _) = self.listener.accept().unwrap();
        Tied::new(stream)
    }

    /// The adapters that have been tied so far.
    pub(crate) fn all(&self) -> Vec<Tied> {
        self.listener.set_nonblocking(true).unwrap();
        std::iter::from_fn(|| match self.listener.accept() {
            Ok((stream, _)) => Some(Tied::new(stream)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("the tether: {error}"),
        })
        .collect()
    }
}

impl Tied {
    fn new(stream: TcpStream) -> Self {
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    /// The next URL that it was told.
    pub(crate) fn url(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    /// The URLs that it was told, until it was gone; panics if it still lives.
    pub(crate) fn gone(mut self) -> Vec<String> {
        let mut told = Vec::new();
        match self.0.read_to_end(&mut told) {
            Ok(_) => {}
            // A killed process may leave by a reset.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) => panic!("an adapter still lives: {error}"),
        }
        String::from_utf8(told).unwrap().lines().map(str::to_owned).collect()
    }
}
