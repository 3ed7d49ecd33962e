//! The stream over HTTP/2.

use std::sync::Arc;

use ssespec_strict::http2::fields::Field;

use crate::check::{Check, Judging, judging};
use crate::describe::seconds;
use crate::http2::observation::{EVENTS, Http2Observation};
use crate::observe::observations::CheckContext;
use crate::outcome::{Outcome, fact};
use crate::wire::request::ReadLimits;
use ssespec::target::Security;

pub(crate) const CHECKS: &[Check] = &[
    Check::new("h2", "Support for HTTP/2", "resilience-server/connection-limit", |c| judging(support(c))),
    Check::new(
        "h2-fields",
        "Over HTTP/2, responses have no connection-specific fields",
        "http/h2-no-connection-fields",
        |c| judge_http2(c, fields),
    ),
    Check::new(
        "h2-equal",
        "The stream is the same over HTTP/2 and HTTP/1.1",
        "resilience-server/versions-are-equal",
        |c| judging(equal(c)),
    ),
    Check::new(
        "h2-streams",
        "An HTTP/2 connection carries at least 100 streams",
        "http/h2-concurrent-streams",
        |c| judge_http2(c, concurrent_streams),
    ),
    Check::new(
        "h2-reset",
        "Resetting one HTTP/2 stream leaves the others open",
        "http/h2-reset-one-stream",
        |c| judge_http2(c, reset),
    ),
];

async fn support(context: CheckContext) -> Result<Outcome, Outcome> {
    let security = context.options().target.security;
    let support = match (context.http2().await?.as_ref(), security) {
        (Ok(_), Security::Tls) => "yes, over TLS",
        (Ok(_), Security::Plain) => "yes, with prior knowledge",
        (Err(_), _) => "no: browsers open at most six HTTP/1.1 connections to a host",
    };
    Ok(fact("HTTP/2", support))
}

fn judge_http2(context: CheckContext, judge: fn(&Http2Observation) -> Outcome) -> Judging {
    judging(async move {
        match context.http2().await?.as_ref() {
            Ok(observation) => Ok(judge(observation)),
            Err(reason) => Err(Outcome::NotJudged(reason.to_string())),
        }
    })
}

fn fields(observation: &Http2Observation) -> Outcome {
    let Some(fields) = &observation.kept.fields else {
        return Outcome::NotJudged(no_response(observation));
    };
    let describe = |field: &Field| {
        format!("{}: {}", String::from_utf8_lossy(&field.name), String::from_utf8_lossy(&field.value))
    };
    let wrong: Vec<String> =
        fields.iter().filter(|field| field.malformed().is_some()).map(describe).collect();
    if wrong.is_empty() {
        return Outcome::Holds;
    }
    let expected =
        "no Connection, Keep-Alive, Transfer-Encoding or Upgrade field, and field names in lower case";
    observation
        .breach(expected, wrong.join("\n"))
        .hint(
            "clients treat the whole response as malformed; examples for HTTP/1.1 often contain such fields",
        )
        .proven()
}

/// Why there is no response on the stream that stays open.
fn no_response(observation: &Http2Observation) -> String {
    let reason = match (observation.kept.reset_code, &observation.connection_end) {
        (Some(code), _) => format!("the stream was reset with code {code}"),
        (None, Some(reason)) => reason.clone(),
        (None, None) => format!("no response head within {}", seconds(observation.duration)),
    };
    format!("no response over HTTP/2: {reason}")
}

async fn equal(context: CheckContext) -> Result<Outcome, Outcome> {
    let limits = ReadLimits { events: Some(1), ..context.for_up_to(EVENTS) };
    let http1 = context.send(context.request(limits)).await;
    let shared: Arc<_> = context.http2().await?;
    let observation = shared.as_ref().as_ref().map_err(|reason| Outcome::NotJudged(reason.to_string()))?;
    let Some(head) = http1.head() else {
        return Err(Outcome::NotJudged("there is no response over HTTP/1.1".into()));
    };
    let http2 = &observation.kept;
    let Some(status) = http2.status else {
        let expected = format!("status {}, as over HTTP/1.1", head.status);
        return Ok(observation.breach(expected, no_response(observation)).proven());
    };
    let content_type = http2.content_type.as_deref().unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let of_http1 = http1.essence().unwrap_or_default();
    if (status, essence.as_str()) != (head.status, of_http1.as_str()) {
        let describe = |status, essence| format!("status {status}, content-type: {essence}");
        let expected = describe(head.status, &of_http1);
        return Ok(observation.breach(expected, describe(status, &essence)).proven());
    }
    // Our client rejects a malformed response, so its events are not known.
    if http2.events == 0
        && !http2.is_malformed
        && http1.dispatched().next().is_some()
        && http1.duration < EVENTS / 2
    {
        let observed = format!("no event within {}", seconds(EVENTS));
        return Ok(observation.breach("an event, as over HTTP/1.1", observed).proven());
    }
    Ok(Outcome::Holds)
}

fn concurrent_streams(observation: &Http2Observation) -> Outcome {
    match observation.max_concurrent_streams {
        Some(limit) if limit < 100 => observation
            .breach("at least 100 streams, or no limit", format!("SETTINGS_MAX_CONCURRENT_STREAMS {limit}"))
            .hint("each event stream uses one of them for as long as it is open")
            .proven(),
        _ => Outcome::Holds,
    }
}

fn reset(observation: &Http2Observation) -> Outcome {
    let Http2Observation { kept, later, connection_end, reset_stream, .. } = observation;
    if kept.fields.is_none() {
        return Outcome::NotJudged(no_response(observation));
    }
    if kept.is_malformed {
        let reason = "the head is malformed over HTTP/2, so clients reset the stream";
        return Outcome::NotJudged(reason.into());
    }
    let observed = if let Some(reason) = connection_end {
        format!("after RST_STREAM on stream {reset_stream}: {reason}")
    } else if let Some(code) = kept.reset_code {
        format!("the other stream was reset with code {code}")
    } else if later.fields.is_none() {
        "a new stream got no response".into()
    } else {
        return Outcome::Holds;
    };
    observation.breach("the other stream stays open, and a new one gets a response", observed).proven()
}
