//! What the answer depends on: versions, media types, codings, ranges and conditions.

use std::sync::Arc;
use std::time::Duration;

use super::check::{Check, Takes};
use super::head::lines;
use super::lab::Bench;
use super::outcome::{Breach, Outcome, told};
use super::wire::exchange::seconds;
use super::wire::{Ask, End, Exchange, Version, Watch};
use ssespec_strict::FindingKind;

pub(super) const CHECKS: &[Check] = &[
    Check::answered(
        "http10",
        "An HTTP/1.0 request gets no Transfer-Encoding",
        "http/no-transfer-encoding-in-http10",
        |b| Box::pin(http10(b)),
    ),
    Check::answered("accept-absent", "The stream needs no Accept", "http/accept-absent", |b| {
        Box::pin(accept_absent(b))
    }),
    Check::answered("accept-list", "The stream is found in a list of types", "http/accept-list", |b| {
        Box::pin(accept_list(b))
    }),
    Check::answered("accept-other", "What another type gets", "http/accept-other", |b| {
        Box::pin(accept_other(b))
    }),
    Check::answered(
        "coding-offered",
        "The stream is coded only as the client offers",
        "resilience-server/coding-offered",
        |b| Box::pin(coding_offered(b)),
    ),
    Check::answered(
        "coding-unasked",
        "Without Accept-Encoding the stream is not coded",
        "resilience-server/coding-unasked",
        |b| Box::pin(coding_unasked(b)),
    ),
    Check {
        name: "coding-flushed",
        title: "A compressed stream is flushed event by event",
        requirement: "resilience-server/coding-flushed",
        needs: &[],
        takes: Takes::Seconds,
        judge: |bench| Box::pin(coding_flushed(bench)),
    },
    Check::answered("vary", "Vary names what the answer depends on", "http/vary", |b| Box::pin(vary(b))),
    Check::answered("range", "A Range does not cut the stream", "http/range-of-a-stream", |b| {
        Box::pin(range(b))
    })
    .of_get(),
    Check::answered(
        "conditional",
        "A condition does not answer for the stream",
        "http/condition-of-a-stream",
        |b| Box::pin(conditional(b)),
    )
    .of_get(),
];

/// Asks in another way, where the plain request is answered by a stream.
///
/// # Errors
/// Where it is not, or where the other is not answered.
async fn variant(bench: &Bench, ask: Ask) -> Result<Arc<Exchange>, Outcome> {
    let plain = bench.opened().await?;
    if !plain.is_stream() && plain.status() != Some(200) {
        return Err(Outcome::NotJudged(format!(
            "the plain request has no stream either: {}",
            plain.instead()
        )));
    }
    Ok(bench.exchange(ask).await)
}

async fn http10(bench: Bench) -> Outcome {
    let ask = Ask { version: Version::Http10, ..bench.ask(bench.briefly()) };
    let exchange = match variant(&bench, ask).await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    let Some(head) = exchange.head() else {
        return Outcome::NotJudged(format!("no answer over HTTP/1.0: {}", exchange.instead()));
    };
    if head.values("transfer-encoding").next().is_some() {
        return Breach::of(
            &exchange,
            "no Transfer-Encoding, and a stream to the end of the connection",
            lines(head, &["transfer-encoding"]),
        )
        .hint("a client of HTTP/1.0 takes the chunk sizes for lines of the stream")
        .broken();
    }
    // Chunks without a word about them are worse still.
    if exchange.http.iter().any(|finding| finding.kind == FindingKind::TransferEncodingInHttp10) {
        return Breach::of(&exchange, "no Transfer-Encoding", lines(head, &["transfer-encoding"])).broken();
    }
    Outcome::Held
}

/// An answer to an Accept that must let the stream through.
fn must_be_like(plain: &Exchange, exchange: &Exchange, hint: &str) -> Outcome {
    if exchange.is_like(plain) {
        return Outcome::Held;
    }
    let of = |exchange: &Exchange| match exchange.head() {
        Some(head) => format!("status {}\n{}", head.status, lines(head, &["content-type"])),
        None => exchange.instead(),
    };
    Breach::of(exchange, of(plain), of(exchange)).hint(hint).broken()
}

async fn accept_absent(bench: Bench) -> Outcome {
    let hint = "clients may leave Accept out, and many tools send */*";
    for ask in
        [bench.ask(bench.head_only()).without("accept"), bench.ask(bench.head_only()).with("accept", "*/*")]
    {
        match compared(&bench, ask).await.map(|(plain, exchange)| must_be_like(&plain, &exchange, hint)) {
            Ok(Outcome::Held) => {}
            Ok(outcome) | Err(outcome) => return outcome,
        }
    }
    Outcome::Held
}

/// As [`variant`], with the answer to the plain request, which must come in time to compare.
async fn compared(bench: &Bench, ask: Ask) -> Result<(Arc<Exchange>, Arc<Exchange>), Outcome> {
    let plain = bench.streaming().await?;
    if plain.head().is_some_and(|head| head.at > bench.options().timeout) {
        return Err(Outcome::NotJudged("the head comes too late to compare answers".into()));
    }
    Ok((plain, bench.exchange(ask).await))
}

async fn accept_list(bench: Bench) -> Outcome {
    let ask = bench.ask(bench.head_only()).with("accept", "text/html;q=0.5, text/event-stream");
    match compared(&bench, ask).await {
        Ok((plain, exchange)) => must_be_like(&plain, &exchange, "compare media types, not the whole field"),
        Err(outcome) => outcome,
    }
}

async fn accept_other(bench: Bench) -> Outcome {
    match compared(&bench, bench.ask(bench.head_only()).with("accept", "text/html")).await {
        Ok((_, exchange)) => {
            let status = exchange.status().map_or_else(|| "no answer".into(), |status| status.to_string());
            let essence = exchange.essence().unwrap_or_else(|| "no type".into());
            told("answer to Accept: text/html", format!("{status}, {essence}"))
        }
        Err(outcome) => outcome,
    }
}

/// The coding of an answer; `identity` for none.
fn coding(exchange: &Exchange) -> String {
    let codings = exchange.head().map(|head| head.list("content-encoding")).unwrap_or_default();
    if codings.is_empty() { "identity".into() } else { codings.join(", ").to_ascii_lowercase() }
}

async fn coding_offered(bench: Bench) -> Outcome {
    if let Err(outcome) = bench.streaming().await {
        return outcome;
    }
    for (offer, allowed) in [
        ("identity;q=1, *;q=0", &["identity"][..]),
        ("gzip", &["gzip", "x-gzip", "identity"]),
        ("br", &["br", "identity"]),
    ] {
        let exchange =
            match variant(&bench, bench.ask(bench.head_only()).with("accept-encoding", offer)).await {
                Ok(exchange) => exchange,
                Err(outcome) => return outcome,
            };
        let coding = coding(&exchange);
        if exchange.status() == Some(200) && !allowed.contains(&coding.as_str()) {
            return Breach::of(&exchange, allowed.join(" or "), coding)
                .hint("a client cannot read what it did not offer to decode")
                .broken();
        }
    }
    Outcome::Held
}

async fn coding_unasked(bench: Bench) -> Outcome {
    match variant(&bench, bench.ask(bench.head_only()).without("accept-encoding")).await {
        Ok(exchange) if coding(&exchange) == "identity" => Outcome::Held,
        Ok(exchange) => Breach::of(&exchange, "no Content-Encoding", coding(&exchange)).broken(),
        Err(outcome) => outcome,
    }
}

async fn coding_flushed(bench: Bench) -> Outcome {
    if let Err(outcome) = bench.streaming().await {
        return outcome;
    }
    let watch = Watch { head: bench.options().timeout, body: CODED, events: 0 };
    let offers = ["gzip", "deflate", "gzip, deflate, br"];
    let asks = std::iter::once(bench.ask(watch))
        .chain(offers.iter().map(|offer| bench.ask(watch).with("accept-encoding", offer)));
    let all = bench.exchanges(asks).await;
    let Some((plain, coded)) = all.split_first() else { return Outcome::Held };
    let judged: Vec<Option<Outcome>> = coded.iter().map(|exchange| flushed(plain, exchange)).collect();
    if judged.iter().all(Option::is_none) {
        return Outcome::NotJudged("the stream is never compressed".into());
    }
    let worst = |outcome: &Outcome| match outcome {
        Outcome::Broken(_) => 2,
        Outcome::NotJudged(_) => 1,
        _ => 0,
    };
    judged.into_iter().flatten().max_by_key(worst).unwrap_or(Outcome::Held)
}

/// How long a compressed stream is read.
const CODED: Duration = Duration::from_millis(3500);

/// Whether a stream that may be compressed is flushed as one that is not; none where it is not compressed.
fn flushed(plain: &Exchange, exchange: &Exchange) -> Option<Outcome> {
    let coding = coding(exchange);
    let hint = "the compression keeps what it is given: flush it after each event (Z_SYNC_FLUSH, res.flush()), or leave it out";
    if exchange.head().is_none() && exchange.end == End::Left && plain.head().is_some() {
        let observed = format!("no head within {}", seconds(exchange.watched));
        let breach = Breach::of(exchange, "the head, as without a coding", observed).and(plain, 2);
        return Some(breach.hint(hint).broken());
    }
    if coding == "identity" {
        return None;
    }
    if exchange.is_opaque && coding == "br" {
        return Some(Outcome::NotJudged("the stream is coded as br, which cannot be read here".into()));
    }
    if exchange.is_opaque {
        let expected = format!("content that can be decoded as {coding}");
        return Some(Breach::of(exchange, expected, "content that cannot").broken());
    }
    let came = |exchange: &Exchange| exchange.dispatched().count() + exchange.comments.len();
    let (coded, uncoded) = (came(exchange), came(plain));
    if uncoded == 0 && plain.content_length == 0 {
        return Some(Outcome::NotJudged("nothing came on the stream".into()));
    }
    // A second stream may begin at another moment: one event more or less says nothing.
    let is_held_back = (coded == 0 && exchange.content_length == 0) || coded + 2 <= uncoded / 2;
    if !is_held_back {
        return Some(Outcome::Held);
    }
    let observed = format!(
        "{coded} events and comments as {coding} in {}; {uncoded} without a coding",
        seconds(exchange.watched)
    );
    let breach = Breach::of(exchange, "as many events as without a coding", observed).and(plain, 2);
    Some(breach.hint(hint).broken())
}

/// What of an answer a cache would have to tell apart.
fn selected(exchange: &Exchange) -> Option<(u16, String, String, String)> {
    let status = exchange.status()?;
    let origin = exchange.head()?.first("access-control-allow-origin").unwrap_or_default();
    Some((status, exchange.essence().unwrap_or_default(), coding(exchange), origin))
}

async fn vary(bench: Bench) -> Outcome {
    let plain = match variant(&bench, bench.ask(bench.head_only())).await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    let Some(usual) = selected(&plain) else { return Outcome::NotJudged("the server did not answer".into()) };
    let mut depends = false;
    for (name, value) in [("accept", "text/html"), ("accept-encoding", "gzip"), ("accept-encoding", "br")] {
        let exchange = bench.exchange(bench.ask(bench.head_only()).with(name, value)).await;
        let Some(other) = selected(&exchange).filter(|other| *other != usual) else { continue };
        // A refusal is no other representation.
        if other.0 >= 400 {
            continue;
        }
        depends = true;
        for side in [&plain, &exchange] {
            let Some(head) = side.head() else { continue };
            if !head.lists("vary", name) && !head.lists("vary", "*") {
                let observed = format!(
                    "status {}, {}, {} with {name}: {value}; {}",
                    other.0,
                    other.1,
                    other.2,
                    lines(head, &["vary"])
                );
                return Breach::of(side, format!("vary: {name}"), observed)
                    .hint("a cache gives one client's answer to another")
                    .broken();
            }
        }
    }
    if depends {
        Outcome::Held
    } else {
        Outcome::NotJudged("the answer does not depend on the request".into())
    }
}

async fn range(bench: Bench) -> Outcome {
    match variant(&bench, bench.ask(bench.head_only()).and("range", "bytes=0-99")).await {
        Ok(exchange) => not_partial(&exchange, 206),
        Err(outcome) => outcome,
    }
}

async fn conditional(bench: Bench) -> Outcome {
    for (name, value) in [("if-none-match", "*"), ("if-modified-since", "Fri, 31 Dec 2100 23:59:59 GMT")] {
        match variant(&bench, bench.ask(bench.head_only()).and(name, value)).await {
            Ok(exchange) => match not_partial(&exchange, 304) {
                Outcome::Held => {}
                other => return other,
            },
            Err(outcome) => return outcome,
        }
    }
    Outcome::Held
}

fn not_partial(exchange: &Exchange, status: u16) -> Outcome {
    if exchange.status() == Some(status) {
        return Breach::of(exchange, "status 200, or a refusal", format!("status {status}"))
            .hint("every status but 200 ends an EventSource for good")
            .broken();
    }
    Outcome::Held
}
