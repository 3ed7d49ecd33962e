//! The client on the wire, against a server that each test scripts.

mod closing;
mod failing;
mod reconnecting;
mod redirects;

use std::time::{Duration, Instant};

use ssespec_cases::client::ReadyState;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::adapters::client;
use ssespec::adapter::incoming::Incoming;
use ssespec::adapter::running::Adapter;
use ssespec::protocol::{CloseIn, ConnectRequest, Observation, Order};

/// How long anything may take that must happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait for what must not happen.
const SILENCE: Duration = Duration::from_millis(150);

const STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

struct Server(TcpListener);

impl Server {
    async fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.0.local_addr().unwrap())
    }

    /// The next request.
    async fn request(&self) -> Request {
        let (mut stream, _) = timeout(PATIENCE, self.0.accept()).await.expect("a connection").unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        Request { stream, head: String::from_utf8(head).unwrap() }
    }

    async fn no_request(&self) {
        assert!(timeout(SILENCE, self.0.accept()).await.is_err(), "a connection");
    }

    /// Answers the next request with this and the end of the connection.
    async fn answer(&self, response: &str) {
        let mut request = self.request().await;
        request.send(response).await;
        request.stream.shutdown().await.unwrap();
        request.left().await;
    }
}

struct Request {
    stream: TcpStream,
    head: String,
}

impl Request {
    fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines.filter(|(other, _)| *other == name).map(|(_, value)| value);
        let value = values.next();
        assert_eq!(values.next(), None, "{name} twice");
        value
    }

    /// So many bytes of its body.
    async fn body(&mut self, length: usize) -> String {
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.unwrap();
        String::from_utf8(body).unwrap()
    }

    async fn send(&mut self, bytes: &str) {
        self.stream.write_all(bytes.as_bytes()).await.unwrap();
    }

    /// Waits until the client has left.
    async fn left(&mut self) {
        let mut rest = Vec::new();
        // A reset is as good as an end.
        let _ = timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await.expect("the client leaves");
    }

    fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }
}

struct User(Adapter);

impl User {
    fn connect(options: ConnectRequest) -> Self {
        let adapter = client().start();
        adapter.order(1, Order::Connect(Box::new(options)));
        Self(adapter)
    }

    async fn next(&mut self) -> Observation {
        match timeout(PATIENCE, self.0.receive()).await.expect("something is shown") {
            Incoming::Observation { shown, .. } => shown,
            Incoming::Fault(fault) => panic!("{fault}"),
        }
    }

    async fn nothing(&mut self) {
        if let Ok(heard) = timeout(SILENCE, self.0.receive()).await {
            panic!("{heard:?}");
        }
    }

    async fn opened(&mut self) {
        assert!(matches!(self.next().await, Observation::Opened { .. }));
    }

    async fn event(&mut self, data: &str) {
        let shown = self.next().await;
        assert!(
            matches!(&shown, Observation::Event(event) if event.data.as_deref() == Some(data)),
            "{shown:?}"
        );
    }

    async fn error(&mut self, state: ReadyState) -> String {
        match self.next().await {
            Observation::Error { message, ready_state } if ready_state == Some(state) => message,
            shown => panic!("{shown:?}"),
        }
    }

    async fn state(&mut self, state: ReadyState) {
        self.0.order(1, Order::State);
        assert_eq!(self.next().await, Observation::State(state));
    }

    async fn failed(&mut self, message: &str) {
        assert_eq!(self.error(ReadyState::Closed).await, message);
        // The client's future is gone, so that nothing can follow.
        assert_eq!(self.next().await, Observation::Closed);
    }

    async fn close(&mut self) {
        self.0.order(1, Order::Close);
        assert_eq!(self.next().await, Observation::Closed);
    }
}

fn options(url: String) -> ConnectRequest {
    ConnectRequest {
        url,
        types: Vec::new(),
        headers: Vec::new(),
        last_event_id: String::new(),
        method: "GET".into(),
        body: String::new(),
        with_credentials: false,
        close_in: None,
        read_timeout: None,
        pause: false,
        comments: true,
        http2: false,
        ca_file: None,
    }
}

fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
}
