//! Servers of scenarios, and a client that knows nothing of HTTP.

#![allow(dead_code, reason = "each test uses a part")]

use std::io;
use std::time::Duration;

use ssespec_diagnostics::Source;
use ssespec_mock_server::scenario::format::read;
use ssespec_mock_server::scenario::journal::{Entry, EntryKind};
use ssespec_mock_server::scenario::server::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What hangs fails.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), what).await.expect("it hangs")
}

/// A server of these scenarios, and its journal.
pub(crate) async fn serve(scenarios: &[&str]) -> (Server, UnboundedReceiver<Entry>) {
    let read =
        |text: &&str| read(&Source::new("test.toml", text)).unwrap_or_else(|reported| panic!("{reported}"));
    let (tell, journal) = unbounded_channel();
    let address = "127.0.0.1:0".parse().expect("an address");
    let server = Server::start(address, scenarios.iter().map(read).collect(), tell).await.expect("a server");
    (server, journal)
}

/// A route whose connections play these scripts.
pub(crate) fn route(keys: &str, scripts: &[&str]) -> String {
    let one = |script: &&str| format!("[[route.connection]]\nsteps = [{script}]\n");
    format!("[[route]]\n{keys}\n{}", scripts.iter().map(one).collect::<String>())
}

/// A script that answers with this status.
pub(crate) fn status(number: u16) -> String {
    format!("{{ respond = {{ status = {number} }} }}")
}

/// A client that knows nothing of HTTP.
pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) async fn connect(server: &Server) -> Self {
        Self(soon(TcpStream::connect(server.address())).await.expect("a connection"))
    }

    /// A client that has sent this request line and these fields.
    pub(crate) async fn request(server: &Server, line: &str, fields: &str) -> Self {
        let mut client = Self::connect(server).await;
        client.send(line, fields).await;
        client
    }

    /// A client of the server at this address.
    pub(crate) async fn request_at(address: std::net::SocketAddr, line: &str, fields: &str) -> Self {
        let mut client = Self(soon(TcpStream::connect(address)).await.expect("a connection"));
        client.send(line, fields).await;
        client
    }

    pub(crate) async fn get(server: &Server, path: &str) -> Self {
        Self::request(server, &format!("GET {path}"), "").await
    }

    pub(crate) async fn send(&mut self, line: &str, fields: &str) {
        let head = format!("{line} HTTP/1.1\r\nhost: localhost\r\n{fields}\r\n");
        soon(self.0.write_all(head.as_bytes())).await.expect("an open connection");
    }

    /// Reads up to and with this text.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            let mut byte = [0];
            let length =
                soon(self.0.read(&mut byte)).await.unwrap_or_else(|error| panic!("{error} after {text:?}"));
            assert_eq!(length, 1, "it ended after {text:?}");
            text.push(char::from(byte[0]));
        }
        text
    }

    /// Reads a head and returns its status.
    pub(crate) async fn status(&mut self) -> u16 {
        let head = self.until("\r\n\r\n").await;
        head.split(' ').nth(1).and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{head:?}"))
    }

    /// What comes until the connection ends, and how it ends.
    pub(crate) async fn rest(&mut self) -> (String, io::Result<()>) {
        let mut bytes = Vec::new();
        let end = soon(self.0.read_to_end(&mut bytes)).await.map(drop);
        (String::from_utf8(bytes).expect("text"), end)
    }
}

/// The status of the answer to one request.
pub(crate) async fn answer(server: &Server, line: &str, fields: &str) -> u16 {
    Client::request(server, line, fields).await.status().await
}

/// What happened, in short, up to and with the entry that begins so.
pub(crate) async fn until(journal: &mut UnboundedReceiver<Entry>, last: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    while !all.last().is_some_and(|line| line.contains(last)) {
        let entry = soon(journal.recv()).await.expect("an entry");
        if matches!(entry.kind, EntryKind::Sent { .. }) {
            continue;
        }
        let line = entry.line();
        all.push(line.split_once('#').map(|(_, what)| what.to_owned()).expect("a connection"));
    }
    all
}
