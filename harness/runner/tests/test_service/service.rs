//! A test service as sse-contract-tests specifies it, with a client that reads no more than lines of data, and with flaws.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// What a service does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing.
    None,
    /// Nothing either: an event with the data `a` is reported after the next.
    Overtakes,
    /// It answers orders to create a stream with status 500.
    Refuses,
    /// Its answers name no stream.
    NoLocation,
    /// Its callbacks are not JSON.
    Nonsense,
    /// Nothing that the harness of sse-contract-tests would mind: its callbacks are counted from 0.
    FromZero,
    /// Its streams go on after DELETE.
    Endless,
    /// It does not answer `listen`.
    Deaf,
}

/// A service.
#[derive(Debug, Clone)]
struct Service {
    flaw: Flaw,
    capabilities: Arc<Vec<&'static str>>,
    streams: Arc<Mutex<HashMap<String, Stream>>>,
    tasks: Arc<Mutex<JoinSet<()>>>,
}

/// A stream that its client reads.
#[derive(Debug)]
struct Stream {
    reads: AbortHandle,
    listens: Arc<Mutex<Vec<String>>>,
}

/// Serves in the background, and returns the URL.
pub(crate) async fn serve(flaw: Flaw, capabilities: &[&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let service = Service {
        flaw,
        capabilities: Arc::new(capabilities.to_vec()),
        streams: Arc::default(),
        tasks: Arc::default(),
    };
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let answer = service_fn(move |request| {
                    let service = service.clone();
                    async move { Ok::<_, Infallible>(service.answer(request).await) }
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), answer)
                    .await;
            });
        }
    });
    url
}

impl Service {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let content = request.into_body().collect().await.expect("content").to_bytes();
        let order: Value = serde_json::from_slice(&content).unwrap_or_default();
        let answer = Response::builder();
        let empty = || Full::new(Bytes::new());
        match (method, path.as_str()) {
            (Method::GET, "/") => {
                answer.body(Full::new(json!({ "capabilities": *self.capabilities }).to_string().into()))
            }
            (Method::POST, "/") if self.flaw == Flaw::Refuses => answer.status(500).body(empty()),
            (Method::POST, "/") => {
                let location = self.create(&order);
                let answer = answer.status(StatusCode::CREATED);
                match self.flaw {
                    Flaw::NoLocation => answer.body(empty()),
                    _ => answer.header("location", location).body(empty()),
                }
            }
            (Method::POST, path) => {
                if self.flaw == Flaw::Deaf {
                    std::future::pending::<()>().await;
                }
                let streams = self.streams.lock().expect("streams");
                let kind = order["listen"]["type"].as_str().expect("a type").to_owned();
                streams[path].listens.lock().expect("types").push(kind);
                answer.body(empty())
            }
            (Method::DELETE, path) => {
                let stream = self.streams.lock().expect("streams").remove(path);
                if let Some(stream) = stream.filter(|_| self.flaw != Flaw::Endless) {
                    stream.reads.abort();
                }
                answer.body(empty())
            }
            _ => answer.status(400).body(empty()),
        }
        .expect("an answer")
    }

    /// Creates a stream, and returns its path.
    fn create(&self, order: &Value) -> String {
        let listens = Arc::new(Mutex::new(vec!["message".to_owned()]));
        let all = !self.capabilities.contains(&"event-type-listeners");
        let reads = read(self.flaw, order.clone(), Arc::clone(&listens), all);
        let reads = self.tasks.lock().expect("tasks").spawn(reads);
        let mut streams = self.streams.lock().expect("streams");
        let path = format!("/streams/{}", streams.len() + 1_000_000);
        let path = format!("{path}-{}", order["tag"].as_str().unwrap_or_default().replace([' ', ','], "-"));
        streams.insert(path.clone(), Stream { reads, listens });
        path
    }
}

/// The address and the path of a URL.
fn parts(url: &str) -> (SocketAddr, String) {
    let url: http::Uri = url.parse().expect("a URL");
    (url.authority().expect("an authority").as_str().parse().expect("an address"), url.path().to_owned())
}

/// Reads a stream once, and reports its events of one line of data and a type before it.
async fn read(flaw: Flaw, order: Value, listens: Arc<Mutex<Vec<String>>>, all: bool) {
    let (address, path) = parts(order["streamUrl"].as_str().expect("a URL"));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let mut head = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\n");
    for (name, value) in order["headers"].as_object().into_iter().flatten() {
        head.push_str(&format!("{name}: {}\r\n", value.as_str().unwrap_or_default()));
    }
    if let Some(id) = order["lastEventId"].as_str() {
        head.push_str(&format!("last-event-id: {id}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await.expect("a request");
    let mut text = String::new();
    let mut buffer = [0; 4096];
    let (mut number, mut kind, mut held) = (0, String::from("message"), None);
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or_default();
        if count == 0 {
            return;
        }
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
        while let Some((line, rest)) = text.split_once('\n') {
            let (line, rest) = (line.trim_end().to_owned(), rest.to_owned());
            text = rest;
            if let Some(value) = line.strip_prefix("event: ") {
                value.clone_into(&mut kind);
            }
            let Some(data) = line.strip_prefix("data: ") else { continue };
            let kind = std::mem::replace(&mut kind, "message".into());
            if !all && !listens.lock().expect("types").contains(&kind) {
                continue;
            }
            number += 1;
            let callback = json!({ "kind": "event", "event": { "type": kind, "data": data } }).to_string();
            match flaw {
                Flaw::Overtakes if data == "a" => held = Some((number, callback)),
                Flaw::Nonsense => report(&order, number, "nonsense".into()).await,
                Flaw::FromZero => report(&order, number - 1, callback).await,
                _ => report(&order, number, callback).await,
            }
            if let Some((number, callback)) = held.take_if(|(held, _)| *held < number) {
                report(&order, number, callback).await;
            }
        }
    }
}

async fn report(order: &Value, number: u64, callback: String) {
    let (address, path) = parts(order["callbackUrl"].as_str().expect("a URL"));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let length = callback.len();
    let request = format!(
        "POST {path}/{number} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{callback}"
    );
    stream.write_all(request.as_bytes()).await.expect("a request");
    let _ = stream.read_to_string(&mut String::new()).await;
}
