//! A right server that serves few streams at the same time, or responds late.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::date;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What a server has little of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scarce {
    /// As many threads; other requests wait. Like those of waitress and gunicorn, they notice that a client has left when
    /// they write the next event.
    Threads(usize),
    /// As many streams; others are refused with this status.
    Streams(usize, &'static str),
    /// Streams, which count until they cannot be written to any more, as with a thread for each. As many more as the second number get
    /// in at first, before the others were counted.
    CountedLate(usize, usize),
    /// Streams altogether: after as many, all are refused.
    Leaky(usize),
    /// As many threads as with [`Scarce::Threads`], and events this far apart; the head comes together with a comment.
    Greeting(usize, Duration),
    /// Events: the next comes after this time, and the head with it.
    Events(Duration),
}

/// The time between two events.
const TICK: Duration = Duration::from_millis(300);

/// The streams of a server that counts them.
struct Counted {
    /// How many are open.
    open: AtomicUsize,
    /// How many were opened.
    opened: AtomicUsize,
}

impl Counted {
    /// Whether another stream gets in. The first ones get in before the others were counted.
    fn admits(&self, limit: usize, surplus: usize) -> bool {
        let is_admitted = self.open.load(Relaxed) < limit || self.opened.load(Relaxed) < limit + surplus;
        if is_admitted {
            self.open.fetch_add(1, Relaxed);
            self.opened.fetch_add(1, Relaxed);
        }
        is_admitted
    }
}

/// Starts a server. Returns the URL of its stream.
pub(crate) async fn start(scarce: Scarce) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let places = match scarce {
        Scarce::Threads(count) | Scarce::Streams(count, _) => count,
        Scarce::Leaky(count) | Scarce::Greeting(count, _) => count,
        Scarce::CountedLate(..) | Scarce::Events(_) => 1000,
    };
    let counted = Arc::new(Counted { open: AtomicUsize::new(0), opened: AtomicUsize::new(0) });
    let places = Arc::new(Semaphore::new(places));
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection, scarce, Arc::clone(&places), Arc::clone(&counted)));
        }
    });
    format!("http://{address}/events")
}

async fn serve(
    mut connection: TcpStream,
    scarce: Scarce,
    places: Arc<Semaphore>,
    counted: Arc<Counted>,
) -> Option<()> {
    // A thread serves a connection from the start; a limit of streams concerns only those.
    let _thread = match scarce {
        Scarce::Threads(_) | Scarce::Greeting(..) => Some(places.acquire().await.ok()?),
        _ => None,
    };
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let date = format!("date: {}\r\nconnection: close\r\n", date::now());
    let is_http10 = head.contains(" HTTP/1.0\r\n");
    let coding = if is_http10 { "" } else { "transfer-encoding: chunked\r\n" };
    let stream = format!(
        "HTTP/1.1 200 OK\r\n{date}content-type: text/event-stream\r\ncache-control: no-store\r\n{coding}\r\n"
    );
    let brief = |status: &str| format!("HTTP/1.1 {status}\r\n{date}allow: GET, HEAD, OPTIONS\r\n\r\n");
    let mut words = head.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    let text = match (method, path.split('?').next()?) {
        (_, other) if other != "/events" => brief("404 Not Found"),
        ("GET", _) => stream,
        ("HEAD", _) => stream.replace(coding, ""),
        ("OPTIONS", _) => brief("204 No Content"),
        _ => brief("405 Method Not Allowed"),
    };
    if !text.contains("event-stream") || method == "HEAD" {
        return connection.write_all(text.as_bytes()).await.ok();
    }
    let status = if let Scarce::Streams(_, status) = scarce { status } else { "503 Service Unavailable" };
    let refusal = format!("HTTP/1.1 {status}\r\n{date}content-length: 0\r\nretry-after: 1\r\n\r\n");
    let place = match scarce {
        Scarce::Streams(..) | Scarce::Leaky(_) => Some(places.try_acquire()),
        Scarce::CountedLate(limit, surplus) if !counted.admits(limit, surplus) => {
            return connection.write_all(refusal.as_bytes()).await.ok();
        }
        _ => None,
    };
    let place = match place {
        Some(Err(_)) => return connection.write_all(refusal.as_bytes()).await.ok(),
        Some(Ok(place)) => Some(place),
        None => None,
    };
    let end = events(&mut connection, scarce, text, is_http10).await;
    if let Scarce::CountedLate(..) = scarce {
        counted.open.fetch_sub(1, Relaxed);
    }
    if let (Scarce::Leaky(_), Some(place)) = (scarce, place) {
        place.forget();
    }
    end
}

async fn events(connection: &mut TcpStream, scarce: Scarce, head: String, is_http10: bool) -> Option<()> {
    let tick = if let Scarce::Events(tick) | Scarce::Greeting(_, tick) = scarce { tick } else { TICK };
    let greeting = match (scarce, is_http10) {
        (Scarce::Greeting(..), true) => ": hi\n\n",
        (Scarce::Greeting(..), false) => "6\r\n: hi\n\n\r\n",
        _ => "",
    };
    let head = head + greeting;
    let mut head = Some(head);
    if !matches!(scarce, Scarce::Events(_)) {
        connection.write_all(head.take()?.as_bytes()).await.ok()?;
    }
    for number in 1.. {
        // A server with threads looks at the connection only when it writes.
        if let Scarce::Threads(_) | Scarce::Greeting(..) | Scarce::CountedLate(..) = scarce {
            tokio::time::sleep(tick).await;
        } else {
            let mut ignored = [0; 1024];
            tokio::select! {
                () = tokio::time::sleep(tick) => {}
                length = connection.read(&mut ignored) => if length.ok()? == 0 { return None },
            }
        }
        let event = format!("data: {number}\n\n");
        let event = if is_http10 { event } else { format!("{:x}\r\n{event}\r\n", event.len()) };
        let text = format!("{}{event}", head.take().unwrap_or_default());
        connection.write_all(text.as_bytes()).await.ok()?;
    }
    None
}
