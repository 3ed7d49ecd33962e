//! The journal: reading, awaiting, streaming, clearing.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::unfold;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};

use super::answer::{Answer, Refusal, json};
use super::input::Query;
use crate::scenario::control::Control;
use crate::scenario::journal::EntryKind;
use crate::scenario::log::{Log, Part};

/// How many entries one response has at most.
const ENTRIES: usize = 10_000;

/// How often a stream shows that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

pub(super) async fn read(control: &Control, request: &Request<Incoming>) -> Result<Answer, Refusal> {
    let query = Query::of(request, &["after", "wait", "what"])?;
    let after = query.number("after")?.unwrap_or(0);
    if let Some(what) = query.text("what").filter(|what| !EntryKind::NAMES.contains(what)) {
        let hint = format!("the entries are {}", EntryKind::NAMES.join(", "));
        return Err(Refusal::malformed(format!("no entry of the journal is called {what:?}"), hint));
    }
    if let Some(wait) = query.time("wait")? {
        control.log().wait(after, wait).await;
    }
    let mut part = first(control.log().after(after));
    if let Some(what) = query.text("what") {
        part.entries.retain(|numbered| numbered.entry.kind.name() == what);
    }
    Ok(json(StatusCode::OK, &part))
}

/// The first entries of a part.
fn first(mut part: Part) -> Part {
    if part.entries.len() > ENTRIES {
        part.entries.truncate(ENTRIES);
        part.last = part.entries.last().map_or(part.last, |numbered| numbered.number);
    }
    part
}

pub(super) fn clear(control: &Control, request: &Request<Incoming>) -> Result<Answer, Refusal> {
    Query::of(request, &[])?;
    control.log().clear();
    Ok(json(StatusCode::OK, &serde_json::json!({ "last": control.log().last() })))
}

/// The journal as an event stream, whose IDs are the numbers of the entries.
pub(super) fn stream(control: &Control, request: &Request<Incoming>) -> Result<Answer, Refusal> {
    let query = Query::of(request, &["after", "tail"])?;
    let log = control.log().clone();
    let resumed = request.headers().get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let tail: Option<u64> = query.number("tail")?;
    let after = match (resumed, query.number("after")?, tail) {
        (Some(resumed), _, _) => resumed,
        (None, Some(after), _) => after,
        (None, None, Some(tail)) => log.last().saturating_sub(tail),
        (None, None, None) => 0,
    };
    let frames = unfold((log, after, true), |(log, after, is_first)| async move {
        let text = if is_first { "retry: 1000\n\n".to_owned() } else { String::new() };
        let (text, after) =
            if is_first && log.last() <= after { (text, after) } else { next(&log, after, text).await };
        Some((Ok::<_, Infallible>(Frame::data(Bytes::from(text))), (log, after, false)))
    });
    let mut answer = Response::new(StreamBody::new(frames).boxed_unsync());
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// The next entries as events.
async fn next(log: &Log, after: u64, mut text: String) -> (String, u64) {
    log.wait(after, HEARTBEAT).await;
    let part = first(log.after(after));
    if part.discarded > 0 {
        text.push_str(&format!("event: discarded\ndata: {}\n\n", part.discarded));
    }
    for numbered in &part.entries {
        let line = numbered.entry.line();
        let data = serde_json::json!({ "line": line, "entry": numbered });
        text.push_str(&format!("id: {}\ndata: {data}\n\n", numbered.number));
    }
    if text.is_empty() {
        text.push_str(":\n\n");
    }
    (text, part.last.max(after))
}
