//! The same stream over HTTP/2.
//!
//! - `session`: a connection

mod session;

use std::sync::Arc;
use std::time::Duration;

use ssespec_strict::http2::fields::Field;

use self::session::{MAX_CONCURRENT_STREAMS, Session};
use super::check::Check;
use super::lab::Bench;
use super::outcome::{Breach, Outcome, told};
use super::target::Security;
use super::wire::Watch;
use super::wire::exchange::seconds;

pub(super) const CHECKS: &[Check] = &[
    Check::in_seconds("h2", "Whether HTTP/2 is offered", "resilience-server/connection-limit", |b| {
        Box::pin(offered(b))
    }),
    Check::in_seconds(
        "h2-fields",
        "Over HTTP/2 there are no fields of the connection",
        "http/h2-no-connection-fields",
        |b| Box::pin(judged(b, fields)),
    ),
    Check::in_seconds(
        "h2-equal",
        "The stream is the same over HTTP/2",
        "resilience-server/versions-are-equal",
        |b| Box::pin(equal(b)),
    ),
    Check::in_seconds(
        "h2-streams",
        "A connection of HTTP/2 carries 100 streams",
        "http/h2-concurrent-streams",
        |b| Box::pin(judged(b, concurrency)),
    ),
    Check::in_seconds(
        "h2-reset",
        "A stream that is reset leaves the others",
        "http/h2-reset-one-stream",
        |b| Box::pin(judged(b, reset)),
    ),
];

/// A connection with one stream that is kept, one that is reset, and one that comes after.
#[derive(Debug)]
pub(crate) struct Observed {
    session: Session,
    kept: u32,
    reset: u32,
    /// `None` if the connection ended before.
    later: Option<u32>,
    method: &'static str,
    path: String,
}

impl Observed {
    fn breach(&self, expected: impl Into<String>, observed: impl Into<String>) -> Breach {
        Breach {
            asked: format!("{} {} over HTTP/2", self.method, self.path),
            expected: expected.into(),
            observed: observed.into(),
            hint: None,
            rows: self.session.rows.clone(),
            waited: false,
            refused: false,
        }
    }
}

/// How long events are awaited.
const EVENTS: Duration = Duration::from_millis(2000);

async fn observe(bench: &Bench) -> Result<Observed, String> {
    let options = bench.options();
    let path = bench.path.clone().unwrap_or_else(|| options.target.path.clone());
    let mut session = Session::open(options).await?;
    let kept = session.ask(options, &path).await?;
    let reset = session.ask(options, &path).await?;
    let has_head = |session: &Session, stream| {
        session
            .responses
            .get(&stream)
            .is_some_and(|response| response.fields.is_some() || response.reset.is_some())
    };
    let limit = session.elapsed() + options.timeout;
    session.until(limit, |session| has_head(session, kept) && has_head(session, reset)).await;
    let limit = session.elapsed() + EVENTS;
    let has_event = |session: &Session| {
        session
            .responses
            .get(&kept)
            .is_some_and(|response| response.blocks.iter().any(|block| block.is_event()))
    };
    session.until(limit, has_event).await;
    session.cancel(reset).await;
    let later = session.ask(options, &path).await.ok();
    let limit = session.elapsed() + options.timeout;
    session.until(limit, |session| later.is_none_or(|later| has_head(session, later))).await;
    Ok(Observed { session, kept, reset, later, method: options.method().name(), path })
}

async fn observed(bench: &Bench) -> Result<Arc<Result<Observed, String>>, Outcome> {
    bench.opened().await?;
    Ok(bench.lab.over_http2.get(bench.path.clone(), observe(bench)).await)
}

async fn offered(bench: Bench) -> Outcome {
    let is_tls = bench.options().target.security == Security::Tls;
    match observed(&bench).await {
        Ok(observed) => match observed.as_ref() {
            Ok(_) if is_tls => told("HTTP/2", "chosen over TLS"),
            Ok(_) => told("HTTP/2", "spoken with prior knowledge"),
            Err(_) => {
                told("HTTP/2", "not spoken: browsers open six connections of HTTP/1.1 to a host at most")
            }
        },
        Err(outcome) => outcome,
    }
}

async fn judged(bench: Bench, judge: fn(&Observed) -> Outcome) -> Outcome {
    match observed(&bench).await {
        Ok(observed) => match observed.as_ref() {
            Ok(observed) => judge(observed),
            Err(why) => Outcome::NotJudged(format!("no HTTP/2: {why}")),
        },
        Err(outcome) => outcome,
    }
}

fn fields(observed: &Observed) -> Outcome {
    let Some(response) = observed.session.responses.get(&observed.kept) else {
        return Outcome::NotJudged("nothing was requested".into());
    };
    let Some(fields) = &response.fields else {
        return not_answered(observed);
    };
    let line = |field: &Field| {
        format!("{}: {}", String::from_utf8_lossy(&field.name), String::from_utf8_lossy(&field.value))
    };
    let wrong: Vec<String> = fields.iter().filter(|field| field.malformed().is_some()).map(line).collect();
    if wrong.is_empty() {
        return Outcome::Held;
    }
    observed
        .breach(
            "no Connection, Keep-Alive, Transfer-Encoding or Upgrade, and names in lowercase",
            wrong.join("\n"),
        )
        .hint(
            "clients treat the entire response as malformed; such fields are copied from examples for HTTP/1.1",
        )
        .broken()
}

fn not_answered(observed: &Observed) -> Outcome {
    let response = observed.session.responses.get(&observed.kept);
    let why = match (response.and_then(|response| response.reset), &observed.session.over) {
        (Some(code), _) => format!("the stream was reset with code {code}"),
        (None, Some(why)) => why.clone(),
        (None, None) => format!("no head within {}", seconds(observed.session.elapsed())),
    };
    Outcome::NotJudged(format!("no answer over HTTP/2: {why}"))
}

async fn equal(bench: Bench) -> Outcome {
    let watch = Watch { head: bench.options().timeout, body: EVENTS, events: 1 };
    let plain = bench.exchange(bench.ask(watch)).await;
    let shared = match observed(&bench).await {
        Ok(shared) => shared,
        Err(outcome) => return outcome,
    };
    let observed = match shared.as_ref() {
        Ok(observed) => observed,
        Err(why) => return Outcome::NotJudged(format!("no HTTP/2: {why}")),
    };
    let (Some(response), Some(head)) = (observed.session.responses.get(&observed.kept), plain.head()) else {
        return Outcome::NotJudged("HTTP/1.1 is not answered".into());
    };
    let Some(status) = response.status() else {
        let Outcome::NotJudged(why) = not_answered(observed) else { return Outcome::Held };
        return observed.breach(format!("status {}, as over HTTP/1.1", head.status), why).broken();
    };
    let content_type = response.value("content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let of_plain = plain.essence().unwrap_or_default();
    if (status, essence.as_str()) != (head.status, of_plain.as_str()) {
        let of = |status, essence| format!("status {status}, content-type: {essence}");
        return observed.breach(of(head.status, &of_plain), of(status, &essence)).broken();
    }
    let has_events = response.blocks.iter().any(|block| block.is_event());
    // Our client rejects a malformed response, so its events are not known.
    if !has_events
        && !response.is_malformed()
        && plain.dispatched().next().is_some()
        && plain.watched < EVENTS / 2
    {
        let observed_text = format!("no event within {}", seconds(EVENTS));
        return observed.breach("an event, as over HTTP/1.1", observed_text).broken();
    }
    Outcome::Held
}

fn concurrency(observed: &Observed) -> Outcome {
    match observed.session.settings.get(&MAX_CONCURRENT_STREAMS) {
        Some(limit) if *limit < 100 => observed
            .breach("100 streams or more, or no limit", format!("SETTINGS_MAX_CONCURRENT_STREAMS {limit}"))
            .hint("each event stream takes one for as long as it is open")
            .broken(),
        _ => Outcome::Held,
    }
}

fn reset(observed: &Observed) -> Outcome {
    let responses = &observed.session.responses;
    let Some(kept) = responses.get(&observed.kept) else {
        return Outcome::NotJudged("nothing was requested".into());
    };
    if kept.fields.is_none() {
        return not_answered(observed);
    }
    if kept.is_malformed() {
        return Outcome::NotJudged("the head is malformed over HTTP/2, so clients reset the stream".into());
    }
    let expected = "the other stream goes on, and a new one is answered";
    if let Some(why) = &observed.session.over {
        return observed.breach(expected, format!("after RST_STREAM on {}: {why}", observed.reset)).broken();
    }
    if let Some(code) = kept.reset {
        return observed.breach(expected, format!("the other stream was reset with code {code}")).broken();
    }
    let later = observed.later.and_then(|later| responses.get(&later));
    if later.is_none_or(|later| later.fields.is_none()) {
        return observed.breach(expected, "a new stream was not answered").broken();
    }
    Outcome::Held
}
