//! A [WebDriver](https://www.w3.org/TR/webdriver2/) client, which sends one JSON request after another.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// How long a command may take. A driver without a display never answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long an answer may be, in bytes.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum WebDriverError {
    /// The connection failed, or the answer is not a WebDriver response.
    #[error("{0}")]
    Connection(String),
    /// The driver started a session without returning its id.
    #[error("a session without an id: {0}")]
    NoSession(Value),
    /// The answer took too long.
    #[error("no answer to {path} within {}", humantime::format_duration(PATIENCE))]
    Slow {
        /// The command.
        path: String,
    },
    /// The driver answered with this error.
    #[error("{0}")]
    Refused(String),
}

/// A driver, and the path prefix of its commands.
#[derive(Debug, Clone)]
pub(super) struct WebDriver {
    address: SocketAddr,
    session: String,
}

impl WebDriver {
    /// A driver that listens at `address`, without a session.
    pub(super) fn at(address: SocketAddr) -> Self {
        Self { address, session: String::new() }
    }

    /// Starts a session. Returns the capabilities that the driver reports.
    pub(super) async fn begin(mut self, capabilities: Value) -> Result<(Self, Value), WebDriverError> {
        let mut answer = self.command(Method::POST, "/session", capabilities).await?;
        let Some(id) = answer["sessionId"].as_str() else {
            return Err(WebDriverError::NoSession(answer));
        };
        self.session = format!("/session/{id}");
        Ok((self, answer["capabilities"].take()))
    }

    /// Sends a command of the session.
    pub(super) async fn session(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<Value, WebDriverError> {
        self.command(method, &format!("{}{path}", self.session), body).await
    }

    /// Sends a command and waits for its answer.
    pub(super) async fn command(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<Value, WebDriverError> {
        tokio::time::timeout(PATIENCE, self.exchange(method, path, body))
            .await
            .unwrap_or_else(|_| Err(WebDriverError::Slow { path: path.to_owned() }))
    }

    async fn exchange(&self, method: Method, path: &str, body: Value) -> Result<Value, WebDriverError> {
        let said = |error: &dyn std::fmt::Display| WebDriverError::Connection(error.to_string());
        let stream = TcpStream::connect(self.address).await.map_err(|error| said(&error))?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| said(&error))?;
        let connection = tokio::spawn(connection);
        let body = if method == Method::POST { body.to_string() } else { String::new() };
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.address.to_string())
            .header("content-type", "application/json; charset=utf-8")
            .header("content-length", body.len())
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| said(&error))?;
        let answer = sender.send_request(request).await.map_err(|error| said(&error))?;
        let ok = answer.status().is_success();
        let bytes =
            Limited::new(answer.into_body(), ANSWER_LIMIT).collect().await.map_err(|error| said(&error))?;
        connection.abort();
        let mut answer: Value = serde_json::from_slice(&bytes.to_bytes()).map_err(|error| said(&error))?;
        let value = answer["value"].take();
        if ok {
            return Ok(value);
        }
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Err(WebDriverError::Refused(format!("{} {}", text("error"), text("message")).trim().to_owned()))
    }
}
