//! Requests a stream like a client, and records the responses.

use std::io;
use std::time::Duration;

use ssespec_mock_server::client::{Connection, Target, Trust};
use ssespec_mock_server::record::{RecordedEnd, RecordedResponse, ResponseReader};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::arguments::Arguments;
use crate::error::CommandError;
use crate::output;

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long to wait before a reconnection if the stream does not say.
const RETRY: Duration = Duration::from_millis(500);
/// The size of a read, in bytes.
const BUFFER: usize = 64 * 1024;

/// The request, without Last-Event-ID.
#[derive(Debug)]
pub(super) struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub(super) fn new(target: &Target, given: &[(String, String)], body: Option<Vec<u8>>) -> Self {
        let mut headers = vec![
            ("host".to_owned(), target.authority.clone()),
            ("accept".to_owned(), "text/event-stream".to_owned()),
            ("accept-encoding".to_owned(), "identity".to_owned()),
            ("cache-control".to_owned(), "no-store".to_owned()),
        ];
        if body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        headers.retain(|(name, _)| !given.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
        headers.extend(given.iter().cloned());
        let method = if body.is_some() { "POST" } else { "GET" };
        Self { method, path: target.path.clone(), headers, body: body.unwrap_or_default() }
    }

    pub(super) fn method(&self) -> &'static str {
        self.method
    }

    pub(super) fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    fn bytes(&self, last_event_id: Option<&str>) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        let id = last_event_id.map(|id| ("last-event-id".to_owned(), id.to_owned()));
        for (name, value) in self.headers.iter().chain(&id) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.method == "POST" {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// How a response was cut off, or that it was not.
pub(super) fn end_in_words(end: RecordedEnd) -> &'static str {
    match end {
        RecordedEnd::Open => "still open",
        RecordedEnd::Clean(_) => "ended cleanly",
        RecordedEnd::Fin(_) => "cut off (FIN)",
        RecordedEnd::Reset(_) => "reset (RST)",
    }
}

/// The responses to the request and to its repetitions.
pub(super) async fn responses(
    arguments: &Arguments,
    target: &Target,
    trust: &Trust,
    request: &Request,
    stopped: watch::Receiver<bool>,
) -> Result<Vec<RecordedResponse>, CommandError> {
    let deadline = Instant::now() + arguments.r#for;
    let mut responses: Vec<RecordedResponse> = Vec::new();
    let mut last_event_id = None;
    let mut left = arguments.reconnects;
    loop {
        let reader = ResponseReader::new(request.method, last_event_id.clone(), arguments.limit);
        let bytes = request.bytes(last_event_id.as_deref());
        let one = one(target, trust, &bytes, reader, deadline, &stopped);
        match one.await {
            Ok(Some(response)) => responses.push(response),
            Ok(None) if responses.is_empty() => {
                return Err(CommandError::NothingRecorded(arguments.url.clone()));
            }
            Ok(None) => break,
            // A server that has gone away ends a recording.
            Err(error) if !responses.is_empty() => {
                output::note(&format!("no further connection: {error}"));
                break;
            }
            Err(error) => return Err(CommandError::Record { url: arguments.url.clone(), source: error }),
        }
        let resumption = responses.last().and_then(RecordedResponse::resumption);
        let Some(resumption) = resumption.filter(|_| left > 0) else { break };
        left -= 1;
        last_event_id = resumption.last_event_id;
        let again = Instant::now() + resumption.retry.unwrap_or(RETRY);
        if again >= deadline {
            break;
        }
        tokio::select! {
            () = tokio::time::sleep_until(again) => {}
            () = signal(&stopped) => break,
        }
    }
    Ok(responses)
}

/// One response; `None` if recording stopped before its head.
async fn one(
    target: &Target,
    trust: &Trust,
    request: &[u8],
    mut reader: ResponseReader,
    deadline: Instant,
    stopped: &watch::Receiver<bool>,
) -> io::Result<Option<RecordedResponse>> {
    let mut connection = Connection::open_http1(target, trust, CONNECTING).await?;
    connection.write(request).await?;
    let began = Instant::now();
    let mut buffer = vec![0; BUFFER];
    while !reader.is_over() {
        let read = tokio::select! {
            read = timeout_at(deadline, connection.read(&mut buffer)) => read,
            () = signal(stopped) => break,
        };
        let at = began.elapsed();
        match read {
            // The time is over.
            Err(_) => break,
            Ok(Ok(0)) if !reader.has_head() => {
                let message = "the connection ended without a response";
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
            }
            Ok(Ok(0)) => return Ok(Some(reader.ended(false, at))),
            Ok(Ok(length)) => reader.read(&buffer[..length], at).map_err(io::Error::other)?,
            Ok(Err(error)) if reader.has_head() => {
                let reset = error.kind() == io::ErrorKind::ConnectionReset;
                return Ok(Some(reader.ended(reset, at)));
            }
            Ok(Err(error)) => return Err(error),
        }
    }
    Ok(reader.has_head().then(|| reader.stop()))
}

/// Waits until recording is to stop.
async fn signal(stopped: &watch::Receiver<bool>) {
    if stopped.clone().wait_for(|stopped| *stopped).await.is_err() {
        std::future::pending().await
    }
}
