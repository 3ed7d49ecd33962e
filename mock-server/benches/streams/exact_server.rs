//! A thread that does nothing but write events at their times: what it seems to be late is the delay of the client.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::{Outcome, TIMED};

pub(crate) fn serve() -> Outcome<()> {
    let event = std::env::var("EVENT")?;
    let chunk = format!("{:x}\r\n{event}\r\n", event.len()).into_bytes();
    let first = [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(), chunk.clone()].concat();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    let (begun, streams) = channel();
    std::thread::spawn(move || write_all(&streams, &chunk));
    loop {
        let (mut stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let mut request = [0; 1024];
        // The client sends its request in one write.
        let _ = stream.read(&mut request)?;
        stream.write_all(&first)?;
        begun.send((Instant::now(), stream))?;
    }
}

/// Writes the events of all streams, each 100 ms after the previous one.
fn write_all(streams: &std::sync::mpsc::Receiver<(Instant, TcpStream)>, chunk: &[u8]) {
    let mut open: Vec<(Instant, TcpStream)> = Vec::new();
    let mut due: BinaryHeap<Reverse<(Instant, usize, u32)>> = BinaryHeap::new();
    loop {
        let next = due.peek().map(|Reverse((at, ..))| *at);
        let wait = next.map_or(Duration::from_secs(3600), |at| at.saturating_duration_since(Instant::now()));
        match streams.recv_timeout(wait) {
            Ok((start, stream)) => {
                due.push(Reverse((start + Duration::from_millis(100), open.len(), 1)));
                open.push((start, stream));
            }
            Err(RecvTimeoutError::Timeout) => {
                let Some(Reverse((_, number, count))) = due.pop() else { continue };
                let (start, stream) = &mut open[number];
                // A client that has left wants no more.
                if stream.write_all(chunk).is_ok() && count + 1 < TIMED as u32 {
                    due.push(Reverse((*start + Duration::from_millis(100) * (count + 1), number, count + 1)));
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
