//! Content codings: whether a stream is compressed only if the client accepts that, and flushed then.

use std::time::Duration;

use super::variant::variant;
use crate::check::{Check, judging};
use crate::describe::seconds;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Exchange};

pub(crate) const CHECKS: &[Check] = &[
    Check::new(
        "coding-offered",
        "The stream uses only content codings that the client accepts",
        "resilience-server/coding-offered",
        |c| judging(coding_offered(c)),
    ),
    Check::new(
        "coding-unasked",
        "Without Accept-Encoding the stream has no content coding",
        "resilience-server/coding-unasked",
        |c| judging(coding_unasked(c)),
    ),
    Check::new(
        "coding-flushed",
        "A compressed stream is flushed after each event",
        "resilience-server/coding-flushed",
        |c| judging(coding_flushed(c)),
    ),
];

/// The content coding of a response, `identity` if there is none.
pub(super) fn coding(exchange: &Exchange) -> String {
    let codings = exchange.head().map(|head| head.list("content-encoding")).unwrap_or_default();
    if codings.is_empty() { "identity".into() } else { codings.join(", ").to_ascii_lowercase() }
}

async fn coding_offered(context: CheckContext) -> Result<Outcome, Outcome> {
    context.stream_response().await?;
    for (accepted, allowed) in [
        ("identity;q=1, *;q=0", &["identity"][..]),
        ("gzip;q=0", &["identity"]),
        ("gzip", &["gzip", "x-gzip", "identity"]),
        ("br", &["br", "identity"]),
    ] {
        let request = context.request(context.until_head()).set_field("accept-encoding", accepted);
        let exchange = variant(&context, request).await?;
        let coding = coding(&exchange);
        if exchange.status() == Some(200) && !allowed.contains(&coding.as_str()) {
            return Ok(Breach::new(&exchange, allowed.join(" or "), coding)
                .hint("a client cannot decode a coding that it does not accept")
                .proven());
        }
    }
    Ok(Outcome::Holds)
}

async fn coding_unasked(context: CheckContext) -> Result<Outcome, Outcome> {
    let request = context.request(context.until_head()).remove_field("accept-encoding");
    let exchange = variant(&context, request).await?;
    Ok(match coding(&exchange).as_str() {
        "identity" => Outcome::Holds,
        coding => Breach::new(&exchange, "no Content-Encoding", coding).proven(),
    })
}

/// How long a compressed stream is read.
const COMPRESSED: Duration = Duration::from_millis(3500);

/// How often the server is made to emit meanwhile.
const EMISSIONS: usize = 4;

async fn coding_flushed(context: CheckContext) -> Result<Outcome, Outcome> {
    context.stream_response().await?;
    let plain = context.request(context.for_up_to(COMPRESSED));
    let accepted = ["gzip", "deflate", "gzip, deflate, br"];
    let requests = accepted.iter().map(|accepted| plain.clone().set_field("accept-encoding", accepted));
    if let Some(trigger) = &context.options().emit {
        trigger.start(EMISSIONS, COMPRESSED / 3, context.options().timeout);
    }
    let all = context.send_all(std::iter::once(plain.clone()).chain(requests)).await;
    let Some((plain, coded)) = all.split_first() else { return Ok(Outcome::Holds) };
    let judged: Vec<Option<Outcome>> = coded.iter().map(|exchange| flushed(plain, exchange)).collect();
    if judged.iter().all(Option::is_none) {
        return Err(Outcome::NotJudged("the stream is never compressed".into()));
    }
    if context.options().emit.is_some() && !context.is_alone {
        return Err(Outcome::JudgeAlone("other checks make the server emit too".into()));
    }
    let severity = |outcome: &Outcome| match outcome {
        Outcome::Broken(_) => 2,
        Outcome::NotJudged(_) => 1,
        _ => 0,
    };
    Ok(judged.into_iter().flatten().max_by_key(severity).unwrap_or(Outcome::Holds))
}

/// Whether a stream that may be compressed is flushed like the plain one; `None` if it is not compressed.
fn flushed(plain: &Exchange, exchange: &Exchange) -> Option<Outcome> {
    let coding = coding(exchange);
    let hint = "the compressor buffers the events: flush it after each one (Z_SYNC_FLUSH, res.flush()), or disable it";
    if exchange.head().is_none() && exchange.end == End::StillOpen && plain.head().is_some() {
        let observed = format!("no response head within {}", seconds(exchange.duration));
        let breach = Breach::new(exchange, "the response head, as without compression", observed);
        return Some(breach.with_exchange(plain, 2).hint(hint).proven());
    }
    if coding == "identity" {
        return None;
    }
    if exchange.is_undecodable && coding == "br" {
        return Some(Outcome::NotJudged("the content coding is br, which the probe cannot decode".into()));
    }
    if exchange.is_undecodable {
        let expected = format!("content that can be decoded as {coding}");
        return Some(Breach::new(exchange, expected, "content that cannot be decoded").proven());
    }
    let count = |exchange: &Exchange| exchange.event_count() + exchange.comments.len();
    let (coded, uncoded) = (count(exchange), count(plain));
    if uncoded == 0 && plain.content_length == 0 {
        return Some(Outcome::NotJudged(
            "whether a compressed stream is flushed cannot be judged, because it was empty: use --emit"
                .into(),
        ));
    }
    // A second stream may start at another moment: a difference of one event means nothing.
    let is_held_back = (coded == 0 && exchange.content_length == 0) || coded + 2 <= uncoded / 2;
    if !is_held_back {
        return Some(
            together(plain, exchange, &coding)
                .map_or(Outcome::Holds, |breach| breach.with_exchange(plain, 2).hint(hint).proven()),
        );
    }
    let observed = format!(
        "{coded} events and comments with {coding} in {}; {uncoded} without compression",
        seconds(exchange.duration)
    );
    let breach = Breach::new(exchange, "as many events as without compression", observed);
    Some(breach.with_exchange(plain, 2).hint(hint).proven())
}

/// Events that come within this time came together.
const TOGETHER: Duration = Duration::from_millis(30);

/// How many events came together each time, once the stream had begun. What this process has read late says nothing.
fn clumps(exchange: &Exchange) -> Vec<usize> {
    let from = exchange.head_time() + TOGETHER * 10;
    let times: Vec<Duration> =
        exchange.dispatched().map(|event| event.block.at).filter(|at| *at > from).collect();
    let is_prompt = |clump: &&[Duration]| {
        clump.first().is_some_and(|at| at.saturating_sub(exchange.earliest_arrival(*at)) < TOGETHER * 2)
    };
    let clumps = times.chunk_by(|a, b| b.saturating_sub(*a) < TOGETHER);
    clumps.filter(is_prompt).map(<[Duration]>::len).collect()
}

/// The breach of a compressed stream whose events come several at a time, although those of the plain one come one by one.
fn together(plain: &Exchange, exchange: &Exchange, coding: &str) -> Option<Breach> {
    let (one_by_one, coded) = (clumps(plain), clumps(exchange));
    let single = one_by_one.iter().filter(|count| **count == 1).count();
    let is_plain_single = single >= 3 && single * 4 >= one_by_one.len() * 3;
    let is_held_back = !coded.is_empty() && coded.iter().all(|count| *count >= 2);
    if !is_plain_single || !is_held_back {
        return None;
    }
    let most = coded.iter().max().copied().unwrap_or_default();
    let observed = format!("events came {most} at a time with {coding}, and one by one without compression");
    Some(Breach::new(exchange, "each event as soon as without compression", observed))
}
