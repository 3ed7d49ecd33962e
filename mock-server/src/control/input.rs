//! Reading requests.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::answer::Refusal;
use crate::scenario::streams::Selection;

/// How long a body may be, in bytes.
pub(super) const BODY_LIMIT: usize = 1024 * 1024;

/// The longest wait of a request.
const WAIT_LIMIT: Duration = Duration::from_secs(60);

/// The body of a request.
///
/// # Errors
/// If it is too long, or does not arrive.
pub(super) async fn body(request: Request<Incoming>) -> Result<Bytes, Refusal> {
    match Limited::new(request.into_body(), BODY_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body has more than {BODY_LIMIT} bytes"),
            "send it in parts",
        )),
        Err(error) => Err(Refusal::malformed(format!("the body did not arrive: {error}"), "send it again")),
    }
}

/// A body in JSON; an empty one is an object without members.
///
/// # Errors
/// If it is not JSON of this form, or if there are parameters, which would be ignored.
pub(super) async fn json<T: DeserializeOwned>(
    request: Request<Incoming>,
    example: &str,
) -> Result<T, Refusal> {
    let query = Query::of(&request, &[]);
    query.map_err(|refusal| refusal.hinting(format!("write it in the body, like this: {example}")))?;
    let body = body(request).await?;
    let text = if body.trim_ascii().is_empty() { &b"{}"[..] } else { &body };
    serde_json::from_slice(text).map_err(|error| {
        Refusal::malformed(format!("the body is wrong: {error}"), format!("write it like this: {example}"))
    })
}

/// The parameters of a query.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// The parameters, all of which must be known.
    ///
    /// # Errors
    /// If one is unknown.
    pub(super) fn of<B>(request: &Request<B>, known: &[&str]) -> Result<Self, Refusal> {
        let query = request.uri().query().unwrap_or_default();
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        match pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(Self(pairs)),
            Some((name, _)) => {
                let hint = match known {
                    [] => "this request takes none".to_owned(),
                    known => format!("the parameters are {}", known.join(", ")),
                };
                Err(Refusal::malformed(format!("unknown parameter {name:?}"), hint))
            }
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// A number.
    ///
    /// # Errors
    /// If it is not one.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Refusal::malformed(
                format!("{name} is not a number: {text:?}"),
                format!("write it like this: {name}=1"),
            )),
        }
    }

    /// A time.
    ///
    /// # Errors
    /// If it is not one.
    pub(super) fn time(&self, name: &str) -> Result<Option<Duration>, Refusal> {
        self.text(name).map(|text| time(name, text)).transpose()
    }

    /// The streams that are meant.
    ///
    /// # Errors
    /// If the connection is not a number.
    pub(super) fn selection(&self) -> Result<Selection, Refusal> {
        Ok(Selection { connection: self.number("connection")?, path: self.text("path").map(str::to_owned) })
    }
}

/// A time such as `2s`.
///
/// # Errors
/// If it is not one, or too long.
pub(super) fn time(name: &str, text: &str) -> Result<Duration, Refusal> {
    let hint = format!("write it like this: 500ms, 2s; at most {}", humantime::format_duration(WAIT_LIMIT));
    match humantime::parse_duration(text) {
        Ok(time) if time <= WAIT_LIMIT => Ok(time),
        Ok(_) => Err(Refusal::malformed(format!("{name} is too long: {text:?}"), hint)),
        Err(_) => Err(Refusal::malformed(format!("{name} is not a time: {text:?}"), hint)),
    }
}

/// The streams that a body means.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meant {
    connection: Option<u32>,
    path: Option<String>,
}

impl From<Meant> for Selection {
    fn from(Meant { connection, path }: Meant) -> Self {
        Self { connection, path }
    }
}
