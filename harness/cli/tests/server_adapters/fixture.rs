//! A small server of event streams that behaves correctly, or misbehaves on the wire in one way.

mod h2;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use ssespec::Emit;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// How the server behaves on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Correct,
    /// Closes each connection without a response.
    Closes,
    /// Answers with bytes that are not HTTP.
    Garbage,
    /// Sends events endlessly when one is emitted.
    Events,
    /// Sends an endless line when an event is emitted.
    Line,
    /// Sends comments endlessly when an event is emitted.
    Comments,
    /// Sends bytes that are not UTF-8.
    Bytes,
    /// Sends each event twice.
    Twice,
    /// Ends connections without the last chunk; over HTTP/2, resets the stream after an event.
    Cut,
    /// Delays the head of the response until there is something to send.
    Lazy,
}

/// Observes the connections of a topic.
pub(crate) trait ConnectionObserver: Send + Sync + 'static {
    fn connected(&self, last_event_id: &str);
    fn disconnected(&self);
}

/// An order to a stream.
enum Order {
    Send(String),
    End,
}

#[derive(Default)]
struct Topic {
    streams: Vec<mpsc::UnboundedSender<Order>>,
    stopped: bool,
    observer: Option<Arc<dyn ConnectionObserver>>,
}

type Topics = Arc<Mutex<HashMap<u64, Topic>>>;

/// The server.
pub(crate) struct Server {
    port: u16,
    topics: Topics,
    wire: Wire,
}

fn locked(topics: &Topics) -> MutexGuard<'_, HashMap<u64, Topic>> {
    topics.lock().expect("not poisoned")
}

impl Server {
    pub(crate) async fn start(wire: Wire) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let topics = Topics::default();
        let served = topics.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, served.clone(), wire));
            }
        });
        Self { port, topics, wire }
    }

    /// Opens a topic, and returns its URL.
    pub(crate) fn open(&self, topic: u64, observer: impl ConnectionObserver) -> String {
        let opened = Topic { observer: Some(Arc::new(observer)), ..Topic::default() };
        locked(&self.topics).insert(topic, opened);
        format!("http://127.0.0.1:{}/{topic}", self.port)
    }

    pub(crate) fn emit(&self, topic: u64, emit: &Emit) -> Result<(), String> {
        let text = encoded(emit)?;
        let copies = if self.wire == Wire::Twice { 2 } else { 1 };
        let topics = locked(&self.topics);
        for stream in topics.get(&topic).into_iter().flat_map(|topic| &topic.streams) {
            for _ in 0..copies {
                // The stream's task notices a client that has disconnected.
                let _ = stream.send(Order::Send(text.clone()));
            }
        }
        Ok(())
    }

    pub(crate) fn end(&self, topic: u64) {
        if let Some(topic) = locked(&self.topics).get_mut(&topic) {
            for stream in topic.streams.drain(..) {
                let _ = stream.send(Order::End);
            }
        }
    }

    pub(crate) fn stop(&self, topic: u64) {
        if let Some(topic) = locked(&self.topics).get_mut(&topic) {
            topic.stopped = true;
        }
    }

    pub(crate) fn close(&self, topic: u64) {
        locked(&self.topics).remove(&topic);
    }
}

/// The bytes of an event, comment or retry field.
fn encoded(emit: &Emit) -> Result<String, String> {
    let lines = |name: &str, text: &str| -> String {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        text.split('\n').map(|line| format!("{name}: {line}\n")).collect()
    };
    Ok(match emit {
        Emit::Event { kind, data, id, .. } => {
            let mut text = String::new();
            for (name, value) in [("event", kind), ("id", id)] {
                if let Some(value) = value {
                    if value.contains(['\r', '\n', '\0']) {
                        return Err(format!("{name} contains a line break"));
                    }
                    text += &format!("{name}: {value}\n");
                }
            }
            text + &lines("data", data) + "\n"
        }
        Emit::Comment { comment } => lines("", comment) + "\n",
        Emit::Retry { retry } => format!("retry: {retry}\n\n"),
        _ => return Err("not supported".into()),
    })
}

const HEAD: &str = "content-type: text/event-stream\r\ncache-control: no-store\r\n";

async fn serve(socket: TcpStream, topics: Topics, wire: Wire) {
    let _ = socket.set_nodelay(true);
    let mut socket = BufReader::new(socket);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        match socket.read_line(&mut line).await {
            Ok(1..) if line.trim().is_empty() => break,
            Ok(1..) => lines.push(line.trim().to_owned()),
            _ => return,
        }
    }
    if lines.first().is_some_and(|line| line.starts_with("PRI ")) {
        return h2::serve(socket, topics, wire).await;
    }
    let field = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name).map(str::trim));
    let mut words = lines.first().map(String::as_str).unwrap_or_default().split(' ').skip(1);
    let topic: u64 = words.next().unwrap_or_default().trim_matches('/').parse().unwrap_or_default();
    let is_old = words.next() == Some("HTTP/1.0");
    if lines.first().is_some_and(|line| line.starts_with("HEAD ")) {
        let _ = socket.write_all(format!("HTTP/1.1 200 OK\r\n{HEAD}\r\n").as_bytes()).await;
        return;
    }
    let (orders, mut queue) = mpsc::unbounded_channel();
    let observer = {
        let mut topics = locked(&topics);
        match topics.get_mut(&topic) {
            Some(topic) if !topic.stopped => {
                topic.streams.push(orders);
                topic.observer.clone()
            }
            _ => None,
        }
    };
    let Some(observer) = observer else {
        let _ = socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        return;
    };
    match wire {
        Wire::Closes => return,
        Wire::Garbage => {
            let _ = socket.write_all(b"220 mail.example ready\r\n").await;
            return;
        }
        _ => {}
    }
    let framing = if is_old { "" } else { "transfer-encoding: chunked\r\n" };
    let version = if is_old { "1.0" } else { "1.1" };
    let mut head = Some(format!("HTTP/{version} 200 OK\r\n{HEAD}{framing}\r\n"));
    if let Some(head) = head.take_if(|_| wire != Wire::Lazy)
        && socket.write_all(head.as_bytes()).await.is_err()
    {
        return;
    }
    observer.connected(field("last-event-id:").unwrap_or_default());
    let mut rest = [0; 16];
    loop {
        let order = tokio::select! {
            order = queue.recv() => order,
            read = socket.read(&mut rest) => match read {
                Ok(1..) => continue,
                _ => return observer.disconnected(),
            },
        };
        if let Some(head) = head.take() {
            let _ = socket.write_all(head.as_bytes()).await;
        }
        let written = match order {
            Some(Order::Send(text)) => match wire {
                Wire::Events => forever(&mut socket, b"data: trigger\n\n").await,
                Wire::Line => forever(&mut socket, b"data: trigger ").await,
                Wire::Comments => forever(&mut socket, b": trigger\n\n").await,
                Wire::Bytes => chunk(&mut socket, b"data: tr\xFFgger\n\n", is_old).await,
                _ => chunk(&mut socket, text.as_bytes(), is_old).await,
            },
            Some(Order::End) | None if wire == Wire::Cut || is_old => return,
            Some(Order::End) | None => {
                let _ = socket.write_all(b"0\r\n\r\n").await;
                let _ = socket.shutdown().await;
                return;
            }
        };
        if written.is_err() {
            return observer.disconnected();
        }
    }
}

async fn chunk(socket: &mut BufReader<TcpStream>, bytes: &[u8], is_old: bool) -> std::io::Result<()> {
    if is_old {
        return socket.write_all(bytes).await;
    }
    let head = format!("{:x}\r\n", bytes.len());
    socket.write_all(&[head.as_bytes(), bytes, b"\r\n"].concat()).await
}

/// Writes ten gigabytes of this, more than any client should accept.
async fn forever(socket: &mut BufReader<TcpStream>, pattern: &[u8]) -> std::io::Result<()> {
    let many = pattern.repeat(64 * 1024 / pattern.len());
    for _ in 0..10 * 16 * 1024 {
        chunk(socket, &many, false).await?;
    }
    Ok(())
}
