//! Whether a process is gone: each hostile adapter holds a connection, which ends with it.

use std::io::{ErrorKind, Read as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// How long the death of a killed process may take on a busy machine. Much less than a hostile adapter's life span.
const EXIT: Duration = Duration::from_secs(20);

/// The port that the processes of one test are connected to.
pub(crate) struct Liveness {
    listener: TcpListener,
}

impl Liveness {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self { listener }
    }

    /// Where a process ties itself.
    pub(crate) fn address(&self) -> String {
        self.listener.local_addr().unwrap().to_string()
    }

    /// A process that has been connected since this was asked last.
    pub(crate) fn connected(&self) -> Option<TcpStream> {
        match self.listener.accept() {
            Ok((stream, _)) => Some(stream),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("the liveness: {error}"),
        }
    }

    /// The processes that were connected, in order of arrival; panics if one is still running.
    pub(crate) fn all_gone(&self) -> Vec<String> {
        std::iter::from_fn(|| self.connected()).map(await_end).collect()
    }
}

/// Waits until the process at the other end is gone, and tells its name.
pub(crate) fn await_end(mut stream: TcpStream) -> String {
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(EXIT)).unwrap();
    let mut name = Vec::new();
    let mut buffer = [0; 64];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => name.extend_from_slice(&buffer[..count]),
            // Other children of this process die as well, and their signals come here.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // A killed process may leave by a reset.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{} still lives: {error}", String::from_utf8_lossy(&name).trim()),
        }
    }
    String::from_utf8_lossy(&name).trim().to_owned()
}
