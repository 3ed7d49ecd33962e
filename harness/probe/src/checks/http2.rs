//! The stream over HTTP/2.

mod events;
mod same_fields;

use std::sync::Arc;

use ssespec_strict::http2::fields::Field;

use self::events::{lost_events, other_data};
use self::same_fields::other_fields;
use crate::check::{Check, Judging, judging};
use crate::describe::{counted, field_lines, id_list, seconds};
use crate::http2::observation::{EVENTS, Http2Observation};
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::options::HttpVersion;
use crate::outcome::{Outcome, fact};
use crate::wire::exchange::End;
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
    )
    .needs(&[Need::Http1]),
    Check::new(
        "h2-head",
        "The response head has the same fields over HTTP/2 as over HTTP/1.1",
        "resilience-server/versions-are-equal",
        |c| judging(same_fields(c)),
    )
    .needs(&[Need::Http1]),
    Check::new(
        "h2-resume",
        "A stream that resumes over HTTP/1.1 resumes over HTTP/2",
        "resilience-server/versions-are-equal",
        |c| judging(resume(c)),
    )
    .needs(&[Need::Get, Need::Http1]),
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
    let is_only = context.options().version == HttpVersion::Http2;
    let support = match (context.http2().await?.as_ref(), security) {
        (Ok(_), Security::Tls) if is_only => "yes, over TLS, and nothing else",
        (Ok(_), Security::Plain) if is_only => "yes, with prior knowledge, and nothing else",
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
    let reason = match (observation.kept.reset, &observation.connection_end) {
        (Some(code), _) => format!("the stream was reset with code {code}"),
        (None, Some(reason)) => reason.clone(),
        (None, None) => format!("no response head within {}", seconds(observation.duration)),
    };
    format!("no response over HTTP/2: {reason}")
}

/// The fields that caches and browsers act on. Others may come with some responses only, or name what answered.
const COMPARED: [&str; 10] = [
    "cache-control",
    "vary",
    "date",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-expose-headers",
    "content-security-policy",
    "cross-origin-resource-policy",
    "strict-transport-security",
    "x-content-type-options",
];

const LENGTH: &str = "content-length";

async fn same_fields(context: CheckContext) -> Result<Outcome, Outcome> {
    let first = context.prompt_stream_response().await?;
    let second = context.send(context.request(context.until_first_event())).await;
    let shared = context.http2().await?;
    let observation = shared.as_ref().as_ref().map_err(|reason| Outcome::NotJudged(reason.to_string()))?;
    let (Some(one), Some(other)) = (first.head(), second.head()) else {
        return Err(Outcome::NotJudged("there is no response over HTTP/1.1".into()));
    };
    let responses = [&observation.kept, &observation.later].into_iter();
    let heads: Vec<&Vec<Field>> = responses.filter_map(|response| response.fields.as_ref()).collect();
    if heads.is_empty() || observation.kept.status != first.status() {
        return Err(Outcome::NotJudged("there is no response like that over HTTP/1.1".into()));
    }
    // A field that is not on each of the responses says nothing about the version.
    let missing = COMPARED.iter().filter(|name| {
        let is_sent = [one, other].iter().all(|head| head.values(name).next().is_some());
        is_sent && !heads.iter().any(|fields| fields.iter().any(|field| field.name == name.as_bytes()))
    });
    let missing: Vec<&str> = missing.copied().collect();
    let is_sized = |fields: &&Vec<Field>| fields.iter().any(|field| field.name == LENGTH.as_bytes());
    let has_own_length = first.status() == Some(200)
        && [one, other].iter().all(|head| head.values(LENGTH).next().is_none())
        && heads.iter().all(is_sized);
    if missing.is_empty() && has_own_length {
        let hint = "clients end the stream at that length, or treat a shorter one as broken";
        return Ok(observation.breach("no Content-Length, as over HTTP/1.1", LENGTH).hint(hint).proven());
    }
    if missing.is_empty() {
        return Ok(Outcome::Holds);
    }
    let observed = format!("no {}", missing.join(" and no "));
    let expected = format!("{}\nas over HTTP/1.1", field_lines(one, &missing));
    let hint = "HTTP/2 is answered by other code or another proxy, which does not set it";
    Ok(observation.breach(expected, observed).hint(hint).proven())
}

async fn equal(context: CheckContext) -> Result<Outcome, Outcome> {
    let limits = ReadLimits { events: Some(1), ..context.for_up_to(EVENTS) };
    let http1 = context.send(context.request(limits)).await;
    // Both at the same time, so that the same events come on both.
    let (shared, long) = tokio::join!(context.http2(), context.long_observation());
    let shared: Arc<_> = shared?;
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
    if http2.events.is_empty()
        && !http2.is_malformed
        && http1.dispatched().next().is_some()
        && http1.duration < EVENTS / 2
    {
        let observed = format!("no event within {}", seconds(EVENTS));
        return Ok(observation.breach("an event, as over HTTP/1.1", observed).proven());
    }
    let is_open_over_http1 =
        long.exchange.end == End::StillOpen && long.exchange.duration > observation.duration;
    if is_open_over_http1 && let Some(end) = own_end(observation) {
        let observed = format!("the stream {end} after {}", counted(http2.events.len(), "event"));
        return Ok(observation.breach("a stream that stays open, as over HTTP/1.1", observed).proven());
    }
    if http1.identified().next().is_some()
        && !http2.events.is_empty()
        && http2.events.iter().all(|event| event.id.is_none())
    {
        let observed = format!("{} without ids", counted(http2.events.len(), "event"));
        return Ok(observation.breach("events with ids, as over HTTP/1.1", observed).proven());
    }
    if let Some(breach) = lost_events(observation, &long.exchange) {
        return Ok(breach);
    }
    // What a POST causes may differ each time.
    if context.options().content.is_none()
        && let Some(breach) = other_fields(observation, &http1, &long.exchange)
    {
        return Ok(breach);
    }
    if context.options().content.is_none()
        && let Ok(resumption) = context.resumption().await?.as_ref()
    {
        let other = resumption.uninterrupted.iter().chain([&resumption.second, &http1]);
        // The streams may not have been open at the same time: those events are sent again to a client that resumes.
        let again = match observation.kept.events.iter().find_map(|event| event.id.as_ref()) {
            Some(id) if resumption.continued() => {
                let limits = ReadLimits { events: Some(1), ..context.for_up_to(EVENTS) };
                Some(context.send(context.request(limits).set_field("last-event-id", id)).await)
            }
            _ => None,
        };
        let other = other.chain(again.as_deref());
        return Ok(other_data(observation, &resumption.first, other).unwrap_or(Outcome::Holds));
    }
    Ok(Outcome::Holds)
}

/// How the stream that stays open ended, if the server ended it on its own.
fn own_end(observation: &Http2Observation) -> Option<String> {
    let kept = &observation.kept;
    if kept.is_malformed || kept.fields.is_none() {
        return None;
    }
    match (kept.reset, &observation.connection_end) {
        _ if kept.has_ended => Some("ended".into()),
        (Some(code), _) if observation.reset_at.is_none() => Some(format!("was reset with code {code}")),
        (None, Some(reason)) if observation.reset_at.is_none() => Some(format!("broke ({reason})")),
        _ => None,
    }
}

async fn resume(context: CheckContext) -> Result<Outcome, Outcome> {
    let shared = context.http2().await?;
    let observation = shared.as_ref().as_ref().map_err(|reason| Outcome::NotJudged(reason.to_string()))?;
    let resumption = context.resumption().await?;
    match resumption.as_ref() {
        Err(reason) => return Err(Outcome::NotJudged(reason.to_string())),
        Ok(resumption) if !resumption.continued() => {
            return Err(Outcome::NotJudged("the stream does not resume over HTTP/1.1 either".into()));
        }
        Ok(_) => {}
    }
    let Some(resumed) = &observation.resumed else {
        return Err(Outcome::NotJudged("fewer than two events with an id came over HTTP/2".into()));
    };
    if resumed.continued() {
        return Ok(Outcome::Holds);
    }
    let expected = format!("an event with id {} first, as over HTTP/1.1", resumed.next);
    let observed = format!("ids {} after last-event-id: {}", id_list(&resumed.ids), resumed.last_event_id);
    Ok(observation.breach(expected, observed).hint("Last-Event-ID is not read over HTTP/2").proven())
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
    let Http2Observation { kept, later, connection_end, reset_stream, reset_at, .. } = observation;
    if kept.fields.is_none() {
        return Outcome::NotJudged(no_response(observation));
    }
    if kept.is_malformed {
        let reason = "the head is malformed over HTTP/2, so clients reset the stream";
        return Outcome::NotJudged(reason.into());
    }
    if reset_at.is_none() {
        return Outcome::NotJudged("the server reset the other stream before: see h2-equal".into());
    }
    let observed = if let Some(reason) = connection_end {
        format!("after RST_STREAM on stream {reset_stream}: {reason}")
    } else if let Some(code) = kept.reset {
        format!("the other stream was reset with code {code}")
    } else if later.fields.is_none() {
        "a new stream got no response".into()
    } else {
        return Outcome::Holds;
    };
    observation.breach("the other stream stays open, and a new one gets a response", observed).proven()
}
