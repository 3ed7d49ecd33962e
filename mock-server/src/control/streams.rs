//! Open streams: listing, pushing, dropping, ending.

use std::time::Duration;

use http::{Request, StatusCode};
use hyper::body::Incoming;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Refusal, json};
use super::input::{self, Query};
use crate::action::Drop;
use crate::event::Event;
use crate::scenario::control::Control;
use crate::scenario::streams::{OpenStream, Selection};

#[derive(Serialize)]
struct Listed {
    streams: Vec<OpenStream>,
}

#[derive(Serialize)]
struct Ended {
    connections: Vec<u32>,
}

/// What to push: an event, or exact text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Push {
    connection: Option<u32>,
    path: Option<String>,
    data: Option<String>,
    id: Option<String>,
    event: Option<String>,
    /// In milliseconds.
    retry: Option<u64>,
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DropBody {
    connection: Option<u32>,
    path: Option<String>,
    how: Option<How>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum How {
    Fin,
    Reset,
}

/// How a push is written.
const PUSH: &str = r#"{"data": "hello", "id": "7"}, or {"text": "data: hel"} for exact text"#;

pub(super) fn list(control: &Control, request: &Request<Incoming>) -> Result<Answer, Refusal> {
    let selection = Query::of(request, &["connection", "path"])?.selection()?;
    Ok(json(StatusCode::OK, &Listed { streams: control.streams().list(&selection) }))
}

pub(super) async fn push(control: &Control, request: Request<Incoming>) -> Result<Answer, Refusal> {
    let push: Push = input::json(request, PUSH).await?;
    let bytes = push.bytes()?;
    let selection = Selection { connection: push.connection, path: push.path };
    Ok(json(StatusCode::OK, &control.push(&selection, bytes.as_bytes())))
}

impl Push {
    fn bytes(&self) -> Result<String, Refusal> {
        let Self { data, id, event, retry, text, .. } = self;
        let fields = data.is_some() || id.is_some() || event.is_some() || retry.is_some();
        let hint = format!("write it like this: {PUSH}");
        match text {
            Some(_) if fields => {
                Err(Refusal::malformed("`text` stands alone: it is written exactly as it is", hint))
            }
            Some(text) if text.is_empty() => Err(Refusal::malformed("`text` is empty", hint)),
            Some(text) => Ok(text.clone()),
            None if !fields => Err(Refusal::malformed("there is nothing to push", hint)),
            None => {
                for (name, value) in [("id", id), ("event", event)] {
                    if value.as_ref().is_some_and(|value| value.contains(['\r', '\n', '\0'])) {
                        let message = format!("`{name}` is not one line");
                        return Err(Refusal::malformed(
                            message,
                            "use `text` for bytes that are not an event",
                        ));
                    }
                }
                let mut built = data.as_ref().map_or_else(Event::without_data, Event::new);
                if let Some(id) = id {
                    built = built.id(id);
                }
                if let Some(event) = event {
                    built = built.kind(event);
                }
                if let Some(retry) = retry {
                    built = built.retry(Duration::from_millis(*retry));
                }
                Ok(built.text())
            }
        }
    }
}

pub(super) async fn drop_streams(control: &Control, request: Request<Incoming>) -> Result<Answer, Refusal> {
    let body: DropBody =
        input::json(request, r#"{"how": "reset"}, or {"how": "fin", "connection": 3}"#).await?;
    let selection = Selection { connection: body.connection, path: body.path };
    let how = match body.how {
        Some(How::Reset) | None => Drop::Reset,
        Some(How::Fin) => Drop::Fin,
    };
    let connections = control.streams().drop_connections(&selection, how);
    Ok(json(StatusCode::OK, &Ended { connections }))
}

pub(super) async fn end(control: &Control, request: Request<Incoming>) -> Result<Answer, Refusal> {
    let meant: input::Meant =
        input::json(request, r#"{}, or {"connection": 3}, or {"path": "/events"}"#).await?;
    let connections = control.streams().end(&meant.into());
    Ok(json(StatusCode::OK, &Ended { connections }))
}
