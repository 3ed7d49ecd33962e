//! Observes adapter processes: each connects to a port of the test and keeps the connection open until it exits.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// How long a process may take to start or to die on a busy machine. Less than an adapter's life span.
const PATIENCE: Duration = Duration::from_secs(60);

/// The adapter processes of one test.
pub(crate) struct AdapterProcesses {
    listener: TcpListener,
}

/// An adapter process.
pub(crate) struct AdapterProcess(BufReader<TcpStream>);

impl AdapterProcesses {
    pub(crate) fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").unwrap() }
    }

    /// The option that makes an adapter connect to this test.
    pub(crate) fn option(&self) -> String {
        format!("observer={}", self.listener.local_addr().unwrap())
    }

    /// Waits for the next adapter.
    pub(crate) fn next(&self) -> AdapterProcess {
        self.listener.set_nonblocking(false).unwrap();
        let (stream, _) = self.listener.accept().unwrap();
        AdapterProcess::new(stream)
    }

    /// The adapters that have started so far.
    pub(crate) fn all(&self) -> Vec<AdapterProcess> {
        self.listener.set_nonblocking(true).unwrap();
        std::iter::from_fn(|| match self.listener.accept() {
            Ok((stream, _)) => Some(AdapterProcess::new(stream)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("cannot accept: {error}"),
        })
        .collect()
    }
}

impl AdapterProcess {
    fn new(stream: TcpStream) -> Self {
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    /// The next URL that it received.
    pub(crate) fn next_url(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    /// Waits for the adapter to exit; the URLs that it received. Panics if it keeps running.
    pub(crate) fn exited(mut self) -> Vec<String> {
        let mut urls = Vec::new();
        match self.0.read_to_end(&mut urls) {
            Ok(_) => {}
            // A killed process may reset the connection.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) => panic!("an adapter is still running: {error}"),
        }
        String::from_utf8(urls).unwrap().lines().map(str::to_owned).collect()
    }
}
