//! A connection: requests over HTTP/1.x, one after another, or HTTP/2.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::server::http1::{After, Exchange};
use crate::server::http2;
use crate::server::request::{LONGEST, Request};
use crate::server::topics::Topics;

/// Serves a connection until its end.
pub(crate) async fn serve(mut stream: TcpStream, topics: Arc<Topics>) {
    // Small writes are sent immediately. Setting this fails only on a socket that is gone.
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    loop {
        let head = tokio::select! {
            head = read_head(&mut stream, &mut buffer) => head,
            () = topics.closing() => None,
        };
        let Some(head) = head else { return };
        if head == http2::PREFACE_HEAD {
            return http2::serve(stream, [head, buffer].concat(), topics).await;
        }
        let Some(request) = Request::parse(&head) else {
            // The connection ends whether or not this arrives.
            let _ = stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                .await;
            return;
        };
        match Exchange::new(&mut stream, &mut buffer, &request, &topics).run().await {
            Ok(After::Persists) => {}
            Ok(After::Closes) | Err(_) => return,
            Ok(After::Breaks) => {
                // A socket that is gone needs no reset.
                let _ = stream.set_zero_linger();
                return;
            }
        }
    }
}

/// The head of the next request with its blank line, taken from the buffer; `None` if there is no other request.
async fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some(at) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            return Some(buffer.drain(..at + 4).collect());
        }
        if buffer.len() > LONGEST || stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}
