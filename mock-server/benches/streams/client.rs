//! The client: it reads as fast as it can, and counts.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::{EVENT, Outcome, TIMED};

/// How many connections are made simultaneously.
const CONNECTING: usize = 200;

pub(crate) fn run(arguments: &[String]) -> Outcome<()> {
    let number =
        |n: usize| -> Outcome<usize> { Ok(arguments.get(n).ok_or("an argument is missing")?.parse()?) };
    let port = u16::try_from(number(0)?)?;
    let width = number(2)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match arguments[1].as_str() {
        "flat" => runtime.block_on(flat(port, width, number(3)?)),
        "hold" => runtime.block_on(hold(port, width)),
        _ => runtime.block_on(timed(port, width)),
    }
}

async fn connect(port: u16) -> std::io::Result<TcpStream> {
    let mut wait = Duration::from_millis(5);
    loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
            Err(_) if wait < Duration::from_secs(2) => {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            result => return result,
        }
    }
}

async fn request(stream: &mut TcpStream, path: &str) -> std::io::Result<()> {
    let text = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n");
    stream.write_all(text.as_bytes()).await
}

/// Connects all, then asks all for events, and prints how many seconds it took until all had all.
async fn flat(port: u16, width: usize, count: usize) -> Outcome<()> {
    let connecting = Arc::new(Semaphore::new(CONNECTING));
    let mut streams = JoinSet::new();
    for _ in 0..width {
        let connecting = Arc::clone(&connecting);
        streams.spawn(async move {
            let _permit = connecting.acquire().await;
            connect(port).await
        });
    }
    let mut open = Vec::new();
    while let Some(stream) = streams.join_next().await {
        open.push(stream??);
    }
    let start = Instant::now();
    let mut reading = JoinSet::new();
    for mut stream in open {
        reading.spawn(async move {
            request(&mut stream, &format!("/flat/{count}")).await?;
            let events = read_all(&stream, count).await?;
            Ok::<_, std::io::Error>(events)
        });
    }
    let mut events = 0;
    while let Some(read) = reading.join_next().await {
        events += read??;
    }
    let elapsed = start.elapsed().as_secs_f64();
    if events != width * count {
        return Err(format!("{events} events instead of {}", width * count).into());
    }
    println!("{elapsed}");
    Ok(())
}

/// Reads a response to the last chunk; returns how many events it had.
async fn read_all(stream: &TcpStream, count: usize) -> std::io::Result<usize> {
    let chunk = format!("{:x}\r\n{EVENT}\r\n", EVENT.len()).len();
    let mut head = 0;
    let mut length = 0;
    let mut end = Vec::new();
    while !end.ends_with(b"0\r\n\r\n") {
        stream.readable().await?;
        // Not held across an await: it is on the stack of the thread.
        let mut bytes = [0; 64 * 1024];
        let read = match stream.try_read(&mut bytes) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        };
        if head == 0 {
            head = bytes[..read].windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
        }
        length += read;
        end.extend_from_slice(&bytes[read.saturating_sub(5)..read]);
        end.drain(..end.len().saturating_sub(5));
    }
    let body = length - head - 5;
    // Go and Node may put several events into one chunk.
    Ok(if body == chunk * count || body >= EVENT.len() * count && body < chunk * count {
        count
    } else {
        body / chunk
    })
}

/// Opens streams of one event, and holds them.
async fn hold(port: u16, width: usize) -> Outcome<()> {
    let connecting = Arc::new(Semaphore::new(CONNECTING));
    let mut streams = JoinSet::new();
    for _ in 0..width {
        let connecting = Arc::clone(&connecting);
        streams.spawn(async move {
            let _permit = connecting.acquire().await;
            let mut stream = connect(port).await?;
            request(&mut stream, "/timed/1").await?;
            let mut events = Events::of(stream);
            events.next().await?;
            Ok::<_, std::io::Error>(events.stream)
        });
    }
    let mut open = Vec::new();
    while let Some(stream) = streams.join_next().await {
        open.push(stream??);
    }
    println!("{}", open.len());
    std::future::pending::<()>().await;
    Ok(())
}

/// A stream that is read event by event.
struct Events {
    stream: TcpStream,
    /// What was read after the last event.
    rest: Vec<u8>,
}

impl Events {
    fn of(stream: TcpStream) -> Self {
        Self { stream, rest: Vec::new() }
    }

    /// Waits for the next event. On a busy machine several arrive in one read.
    async fn next(&mut self) -> std::io::Result<()> {
        const END: &[u8] = b"}\n\n\r";
        let mut bytes = [0; 1024];
        loop {
            if let Some(at) = self.rest.windows(END.len()).position(|end| end == END) {
                self.rest.drain(..at + END.len());
                return Ok(());
            }
            match self.stream.read(&mut bytes).await? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                read => self.rest.extend_from_slice(&bytes[..read]),
            }
        }
    }
}

/// Streams whose events are 100 ms apart, begun one after another; prints how late or early each event was, in
/// milliseconds, measured from the first of its stream.
async fn timed(port: u16, width: usize) -> Outcome<()> {
    let mut streams = JoinSet::new();
    for _ in 0..width {
        let mut stream = connect(port).await?;
        request(&mut stream, &format!("/timed/{TIMED}")).await?;
        streams.spawn(async move {
            let mut events = Events::of(stream);
            events.next().await?;
            let first = Instant::now();
            let mut errors = Vec::new();
            for number in 1..TIMED {
                events.next().await?;
                let due = Duration::from_millis(100) * number as u32;
                errors.push((first.elapsed().as_secs_f64() - due.as_secs_f64()).abs() * 1000.0);
            }
            Ok::<_, std::io::Error>(errors)
        });
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut errors = Vec::new();
    while let Some(stream) = streams.join_next().await {
        errors.extend(stream??);
    }
    errors.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| errors[((errors.len() - 1) as f64 * share) as usize];
    println!("{} {} {}", at(0.5), at(0.99), at(1.0));
    Ok(())
}
