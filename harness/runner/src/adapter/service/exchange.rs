//! One request to a test service, on a connection of its own.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, LOCATION};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long an answer may be, in bytes.
const LIMIT: usize = 1024 * 1024;

/// An answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// The value of `Location`.
    pub(super) location: Option<String>,
    pub(super) content: Bytes,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        self.status.is_success()
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum ExchangeError {
    /// Connecting failed.
    #[error("cannot connect: {0}")]
    Unreachable(String),
    /// The connection ended before the answer did.
    #[error("{0}")]
    Broken(String),
    /// The answer took too long.
    #[error("no answer within {}", humantime::format_duration(PATIENCE))]
    Slow,
}

/// Sends a request for a target to the service at this URL, with a JSON text if there is one.
pub(super) async fn exchange(
    method: &Method,
    service: &Uri,
    target: &Uri,
    json: Option<String>,
) -> Result<Answer, ExchangeError> {
    tokio::time::timeout(PATIENCE, at_once(method, service, target, json))
        .await
        .unwrap_or(Err(ExchangeError::Slow))
}

async fn at_once(
    method: &Method,
    service: &Uri,
    target: &Uri,
    json: Option<String>,
) -> Result<Answer, ExchangeError> {
    let broken = |error: &dyn std::fmt::Display| ExchangeError::Broken(error.to_string());
    let host = service.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, service.port_u16().unwrap_or(80)))
        .await
        .map_err(|error| ExchangeError::Unreachable(error.to_string()))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    let connection = crate::adapter::task::Task::spawn(async move {
        // What goes wrong is what the request learns.
        let _ = connection.await;
    });
    let path = target.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder().method(method).uri(path);
    request = request.header(HOST, service.authority().map_or("", |authority| authority.as_str()));
    if json.is_some() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    let content = Full::new(Bytes::from(json.unwrap_or_default()));
    let request = request.body(content).map_err(|error| broken(&error))?;
    let answer = sender.send_request(request).await.map_err(|error| broken(&error))?;
    let status = answer.status();
    let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let content = Limited::new(answer.into_body(), LIMIT).collect().await.map_err(|error| broken(&error))?;
    drop(connection);
    Ok(Answer { status, location, content: content.to_bytes() })
}
