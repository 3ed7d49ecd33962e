//! Bare hyper.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::unfold;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::{Instant, sleep_until};

use crate::Outcome;

type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, Infallible>;

pub(crate) fn serve() -> Outcome<()> {
    let event = Bytes::from(std::env::var("EVENT")?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = listen()?;
        println!("{}", listener.local_addr()?.port());
        loop {
            let (stream, _) = listener.accept().await?;
            let event = event.clone();
            tokio::spawn(async move {
                stream.set_nodelay(true)?;
                let service = service_fn(|request| answer(request, event.clone()));
                // A client that leaves is an error.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                Ok::<_, std::io::Error>(())
            });
        }
    })
}

/// With the same backlog as the mock server.
fn listen() -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    socket.listen(4096)
}

async fn answer(request: Request<Incoming>, event: Bytes) -> Result<Response<Body>, Infallible> {
    let mut parts = request.uri().path().split('/').skip(1);
    let is_flat = parts.next() == Some("flat");
    let count: usize = parts.next().and_then(|count| count.parse().ok()).unwrap_or(1);
    let start = Instant::now();
    let frames = unfold((0, event), move |(sent, event)| async move {
        if sent == count {
            if !is_flat {
                std::future::pending::<()>().await;
            }
            return None;
        }
        if !is_flat && sent > 0 {
            sleep_until(start + Duration::from_millis(100) * sent as u32).await;
        }
        Some((Ok(Frame::data(event.clone())), (sent + 1, event)))
    });
    let response = Response::builder()
        .header("content-type", "text/event-stream")
        .header("cache-control", "no-store")
        .body(StreamBody::new(frames).boxed_unsync());
    Ok(response.unwrap_or_default())
}
