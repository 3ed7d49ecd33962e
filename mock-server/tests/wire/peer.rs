//! Both ends of a connection for the tests.

use std::fmt::Debug;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use ssespec_mock_server::action::Respond;
use ssespec_mock_server::wire::{Captured, Exchange, Listener, Options, WireEvent, WireEventKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, UnboundedReceiver};

/// The plainest request.
pub(crate) const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

/// What hangs fails.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), what).await.expect("it hangs")
}

/// A listener and what it tells.
pub(crate) struct Server {
    pub(crate) listener: Listener,
    pub(crate) events: UnboundedReceiver<WireEvent>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self::at("127.0.0.1:0", options).await
    }

    pub(crate) async fn at(address: &str, options: Options) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let address = address.parse().expect("an address");
        let listener = Listener::bind(address, options, sender, 0).await.expect("a listener");
        Self { listener, events }
    }

    pub(crate) async fn connect(&self) -> Peer {
        Peer::connect(self.listener.address()).await
    }

    /// A connection on which `request` was sent, and the exchange that came of it.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> (Peer, Exchange) {
        let mut peer = self.connect().await;
        peer.write(request).await;
        let exchange = self.request().await;
        (peer, exchange)
    }

    /// A connection with an open chunked body, whose head has been read.
    pub(crate) async fn stream(&mut self) -> (Peer, Exchange) {
        let (mut peer, mut exchange) = self.exchange(GET).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\
                    transfer-encoding: chunked\r\n\r\n";
        both(exchange.respond(&Respond::default(), as_is), peer.expect(head))
            .await
            .0
            .expect("the peer is there");
        (peer, exchange)
    }

    pub(crate) async fn next(&mut self) -> WireEventKind {
        soon(self.events.recv()).await.expect("an event").kind
    }

    /// The next request, whatever comes before it.
    pub(crate) async fn request(&mut self) -> Exchange {
        loop {
            if let WireEventKind::Request(exchange) = self.next().await {
                return exchange;
            }
        }
    }

    /// What comes up to and with `last`, in short.
    pub(crate) async fn until(&mut self, last: &str) -> Vec<String> {
        let mut all = Vec::new();
        while all.last().is_none_or(|event| event != last) {
            let event = name(&self.next().await);
            all.push(event);
        }
        all
    }

    /// The events reported so far.
    pub(crate) fn reported(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.events.try_recv().ok()).map(|event| name(&event.kind)).collect()
    }
}

/// An event in short.
pub(crate) fn name(event: &WireEventKind) -> String {
    let text = |captured: &Captured| String::from_utf8_lossy(&captured.bytes).into_owned();
    match event {
        WireEventKind::Accepted { .. } => "accepted".to_owned(),
        WireEventKind::Received(captured) => format!("received {:?}", text(captured)),
        WireEventKind::Request(exchange) => format!("request {}", exchange.request().target),
        WireEventKind::Malformed { reason } => format!("malformed: {reason}"),
        WireEventKind::HandshakeFailed { reason } => format!("handshake failed: {reason}"),
        WireEventKind::Refused { reason } => format!("refused: {reason}"),
        WireEventKind::Sent(captured) => format!("sent {:?}", text(captured)),
        WireEventKind::CutShort { .. } => "cut short".to_owned(),
        WireEventKind::BoundaryNotKept => "boundary not kept".to_owned(),
        WireEventKind::Ended => "ended".to_owned(),
        WireEventKind::Dropped(how) => format!("dropped {how:?}"),
        WireEventKind::Disconnected(departure) => format!("disconnected {departure:?}"),
        WireEventKind::PingAck => "ping answered".to_owned(),
        WireEventKind::Closed => "closed".to_owned(),
    }
}

/// For values of fields without placeholders.
pub(crate) fn as_is(value: &str) -> String {
    value.to_owned()
}

/// Two operations concurrently, because a write waits for its reader.
pub(crate) async fn both<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    soon(async { tokio::join!(a, b) }).await
}

/// The other end of a connection.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
}

impl Peer {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = soon(TcpStream::connect(address)).await.expect("a connection");
        stream.set_nodelay(true).expect("an open socket");
        Self { stream }
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        soon(self.stream.write_all(bytes)).await.expect("an open connection");
    }

    /// Reads exactly this.
    pub(crate) async fn expect(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let mut read = vec![0; text.len()];
        let result = soon(self.stream.read_exact(&mut read)).await;
        assert_eq!(Text(&read), Text(text), "{result:?}");
    }

    /// What one read gives.
    pub(crate) async fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; 1 << 20];
        let length = soon(self.stream.read(&mut bytes)).await?;
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Reads to the FIN.
    pub(crate) async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        soon(self.stream.read_to_end(&mut bytes)).await.expect("a FIN");
        String::from_utf8(bytes).expect("text")
    }

    /// Requires that the connection ends with FIN, and nothing before.
    pub(crate) async fn expect_fin(&mut self) {
        assert_eq!(self.rest().await, "");
    }

    /// Requires that the connection ends with RST.
    pub(crate) async fn expect_reset(&mut self) {
        let result = self.read().await;
        assert_eq!(result.expect_err("a reset").kind(), io::ErrorKind::ConnectionReset);
    }
}

/// Bytes that a failed assertion shows as text.
#[derive(PartialEq)]
struct Text<'a>(&'a [u8]);

impl Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        String::from_utf8_lossy(self.0).fmt(f)
    }
}
