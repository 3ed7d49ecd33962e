//! The head of the answer that opens the stream.

use super::check::{Check, Judging, Takes};
use super::lab::Bench;
use super::outcome::{Breach, Outcome, told};
use super::wire::{End, Exchange};
use ssespec::findings;
use ssespec_strict::FindingKind;
use ssespec_strict::http::{Framing, Head};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "status",
        title: "A request for the stream is answered with 200",
        requirement: "http/stream-status",
        needs: &[],
        takes: Takes::Observation,
        judge: |bench| Box::pin(status(bench)),
    },
    Check::answered(
        "content-type",
        "The stream is labelled text/event-stream",
        "whatwg/server-content-type",
        |b| judged(b, content_type),
    ),
    Check::answered(
        "content-type-plain",
        "The label is spelled as every client compares it",
        "resilience-server/content-type-plain",
        |b| judged(b, content_type_plain),
    ),
    Check::answered("content-type-single", "There is one Content-Type", "http/content-type-single", |b| {
        judged(b, content_type_single)
    }),
    Check::answered("charset", "A charset parameter is utf-8", "whatwg/server-charset-parameter-utf8", |b| {
        judged(b, charset)
    }),
    Check::answered("head-syntax", "The head is well-formed", "http/head-syntax", |b| {
        Box::pin(head_syntax(b))
    }),
    Check {
        name: "content-length",
        title: "An open stream announces no length",
        requirement: "http/content-length-exact",
        needs: &[],
        takes: Takes::Observation,
        judge: |bench| Box::pin(content_length(bench)),
    },
    Check::answered(
        "length-and-transfer-encoding",
        "A Content-Length and a Transfer-Encoding do not come together",
        "http/length-and-transfer-encoding",
        |b| judged(b, |e, h| framing_finding(e, h, FindingKind::LengthAndTransferEncoding)),
    ),
    Check::answered(
        "transfer-encoding",
        "The last transfer coding is chunked",
        "http/chunked-is-last",
        |b| judged(b, |e, h| framing_finding(e, h, FindingKind::NotChunkedLast)),
    ),
    Check::answered(
        "chunked",
        "Over HTTP/1.1 the end of the stream can be told from a broken connection",
        "resilience-server/chunked",
        |b| judged(b, chunked),
    ),
    Check::answered(
        "connection-keep-alive",
        "Connection: keep-alive says nothing in HTTP/1.1",
        "http/keep-alive-is-implied",
        |b| judged(b, keep_alive),
    ),
    Check::answered("cache-control", "The stream is not to be stored", "resilience-server/not-stored", |b| {
        judged(b, cache_control)
    })
    .of_get(),
    Check::answered("freshness", "The stream is never fresh", "resilience-server/never-fresh", |b| {
        judged(b, freshness)
    }),
    Check::answered(
        "no-transform",
        "Proxies are asked not to recode the stream",
        "resilience-server/no-transform",
        |b| judged(b, no_transform),
    ),
    Check::answered(
        "x-accel-buffering",
        "nginx is asked not to buffer the stream",
        "resilience-server/x-accel-buffering",
        |b| judged(b, accel_buffering),
    ),
    Check::answered("date", "The answer has a Date", "http/date", |b| judged(b, date)),
];

/// Judges the head of the stream.
fn judged(bench: Bench, judge: fn(&Exchange, &Head) -> Outcome) -> Judging {
    Box::pin(async move {
        let exchange = match bench.opened().await {
            Ok(exchange) => exchange,
            Err(outcome) => return outcome,
        };
        match exchange.head() {
            Some(head) => judge(&exchange, head),
            None => Outcome::NotJudged("the server did not answer".into()),
        }
    })
}

/// The field lines of these names, as they came.
pub(super) fn lines(head: &Head, names: &[&str]) -> String {
    let is_named = |name: &[u8]| names.iter().any(|n| name.eq_ignore_ascii_case(n.as_bytes()));
    let lines: Vec<String> = head
        .fields
        .iter()
        .filter(|field| is_named(&field.name))
        .map(|field| String::from_utf8_lossy(&field.line()).into_owned())
        .collect();
    if lines.is_empty() { format!("no {}", names.join(" and no ")) } else { lines.join("\n") }
}

async fn status(bench: Bench) -> Outcome {
    match bench.opened().await {
        Ok(exchange) if exchange.status() == Some(200) => Outcome::Held,
        Ok(exchange) => {
            let status = exchange.status().unwrap_or_default();
            let hint = match status {
                401 | 403 => "--header 'authorization: Bearer ..' sends what the server asks for",
                405 => {
                    "the probe asks with GET, as an EventSource does; a stream that wants POST cannot be probed"
                }
                _ => "every other status ends an EventSource for good: it does not reconnect",
            };
            Breach::of(&exchange, "status 200", format!("status {status}")).hint(hint).broken()
        }
        Err(_) => {
            let watched = bench.watched().await;
            let first = bench.exchange(bench.ask(bench.head_only())).await;
            let exchange = if first.end == End::Left { &watched.exchange } else { &*first };
            Breach::of(exchange, "status 200", exchange.instead())
                .hint("is this the URL of the stream? a path and headers can be given")
                .broken()
        }
    }
}

fn content_type(exchange: &Exchange, head: &Head) -> Outcome {
    if exchange.status() != Some(200) {
        return Outcome::NotJudged(format!("the answer is no stream: {}", exchange.instead()));
    }
    if exchange.essence().as_deref() == Some("text/event-stream") {
        return Outcome::Held;
    }
    Breach::of(exchange, "content-type: text/event-stream", lines(head, &["content-type"]))
        .hint("clients refuse another type and do not reconnect")
        .broken()
}

fn content_type_plain(_: &Exchange, head: &Head) -> Outcome {
    told("content type", lines(head, &["content-type"]))
}

fn content_type_single(exchange: &Exchange, head: &Head) -> Outcome {
    match head.values("content-type").count() {
        0 => Outcome::NotJudged("there is no Content-Type".into()),
        1 => Outcome::Held,
        _ => Breach::of(exchange, "one Content-Type line", lines(head, &["content-type"])).broken(),
    }
}

fn charset(exchange: &Exchange, head: &Head) -> Outcome {
    let Some(value) = head.first("content-type") else {
        return Outcome::NotJudged("there is no Content-Type".into());
    };
    let parameters = value.split(';').skip(1).filter_map(|part| part.split_once('='));
    let named = parameters.map(|(name, value)| (name.trim(), value.trim().trim_matches('"')));
    let other = named
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .find(|(_, value)| !value.eq_ignore_ascii_case("utf-8"));
    match other {
        None => Outcome::Held,
        Some(_) => Breach::of(exchange, "charset=utf-8, or no charset", lines(head, &["content-type"]))
            .hint("streams are always read as UTF-8; Chromium refuses one that is labelled otherwise")
            .broken(),
    }
}

async fn head_syntax(bench: Bench) -> Outcome {
    let exchange = bench.exchange(bench.ask(bench.head_only())).await;
    let of_head = |kind: FindingKind| {
        matches!(
            kind,
            FindingKind::NotHttp
                | FindingKind::HeadTooLong
                | FindingKind::StatusLine
                | FindingKind::BareLineFeed
                | FindingKind::FoldedField
                | FindingKind::SpaceBeforeColon
                | FindingKind::FieldWithoutColon
                | FindingKind::FieldName
                | FindingKind::ControlInField
                | FindingKind::CutHead
                | FindingKind::InvalidLength
                | FindingKind::FramingWithoutContent
        )
    };
    let found: Vec<String> =
        exchange.http.iter().filter(|finding| of_head(finding.kind)).map(findings::describe).collect();
    match (found.is_empty(), exchange.head()) {
        (false, _) => Breach::of(&exchange, "a head as HTTP/1.1 has it", found.join("\n")).broken(),
        (true, Some(_)) => Outcome::Held,
        (true, None) => Outcome::NotJudged(format!("the server did not answer: {}", exchange.instead())),
    }
}

async fn content_length(bench: Bench) -> Outcome {
    let exchange = match bench.opened().await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    let Some(head) = exchange.head() else { return Outcome::Held };
    if exchange.status() != Some(200) || head.values("content-length").next().is_none() {
        return Outcome::Held;
    }
    let shown = lines(head, &["content-length"]);
    let watched = bench.watched().await;
    let hint = "the client stops at that length, and takes less for a broken connection";
    if watched.exchange.end == End::Complete {
        return Breach::of(
            &watched.exchange,
            "no Content-Length",
            format!("{shown}\nand a content of that length"),
        )
        .hint("right for a finite stream whose length is known; an open one must go without")
        .suspected();
    }
    let came = watched.exchange.content_length;
    let observed = format!("{shown}\n{came} bytes of content; {}", watched.exchange.ending());
    Breach::of(&watched.exchange, "no Content-Length on an open stream", observed).hint(hint).broken()
}

fn framing_finding(exchange: &Exchange, head: &Head, kind: FindingKind) -> Outcome {
    match exchange.http.iter().find(|finding| finding.kind == kind) {
        None => Outcome::Held,
        Some(_) => {
            let shown = lines(head, &["content-length", "transfer-encoding"]);
            Breach::of(exchange, "Transfer-Encoding: chunked, and no Content-Length", shown).broken()
        }
    }
}

fn chunked(exchange: &Exchange, head: &Head) -> Outcome {
    if exchange.status() != Some(200) {
        return Outcome::NotJudged(format!("the answer is no stream: {}", exchange.instead()));
    }
    match head.framing {
        Framing::Close => {
            let shown = lines(head, &["transfer-encoding", "content-length", "connection"]);
            Breach::of(
                exchange,
                "Transfer-Encoding: chunked",
                format!("HTTP/1.{}\n{shown}", head.minor_version),
            )
            .hint("where the end of the connection ends the stream, a broken one looks like a finished one")
            .broken()
        }
        _ => Outcome::Held,
    }
}

fn keep_alive(_: &Exchange, head: &Head) -> Outcome {
    let fields = lines(head, &["connection", "keep-alive"]);
    told("connection fields over HTTP/1.1", fields)
}

fn cache_control(exchange: &Exchange, head: &Head) -> Outcome {
    if exchange.status() != Some(200) {
        return Outcome::NotJudged(format!("the answer is no stream: {}", exchange.instead()));
    }
    let directives = head.list("cache-control");
    let has = |name: &str| directives.iter().any(|d| d.eq_ignore_ascii_case(name));
    if has("no-store") || has("no-cache") {
        return Outcome::Held;
    }
    Breach::of(exchange, "cache-control: no-store (or no-cache)", lines(head, &["cache-control"]))
        .hint("a cache on the way may store a 200 without it, or give it to others")
        .broken()
}

fn freshness(exchange: &Exchange, head: &Head) -> Outcome {
    let directives = head.list("cache-control");
    let has = |name: &str| directives.iter().any(|d| d.eq_ignore_ascii_case(name));
    if has("no-store") || has("no-cache") {
        return Outcome::Held;
    }
    let is_positive = |name: &str| {
        directives.iter().any(|directive| {
            let (key, value) = directive.split_once('=').unwrap_or((directive, ""));
            let seconds: u64 = value.trim().trim_matches('"').parse().unwrap_or_default();
            key.trim().eq_ignore_ascii_case(name) && seconds > 0
        })
    };
    let ages = ["max-age", "s-maxage"].into_iter().any(is_positive);
    let has_max_age = directives.iter().any(|d| d.to_ascii_lowercase().starts_with("max-age"));
    let expires = head.first("expires").is_some_and(|value| value.trim() != "0" && value.trim() != "-1");
    // Without a clock in common only what is after the answer's own Date is in the future.
    let is_later = expires && !has_max_age && head.first("expires") != head.first("date");
    if ages || (is_later && is_after(head)) {
        return Breach::of(exchange, "no lifetime", lines(head, &["cache-control", "expires", "date"]))
            .broken();
    }
    Outcome::Held
}

/// Whether Expires is after Date; dates of the preferred form are compared by their parts.
fn is_after(head: &Head) -> bool {
    let parsed = |name: &str| head.first(name).as_deref().and_then(imf_date);
    match (parsed("expires"), parsed("date")) {
        (Some(expires), Some(date)) => expires > date,
        _ => false,
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` as year, month, day and time.
fn imf_date(text: &str) -> Option<(u32, usize, u32, String)> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_whitespace().skip(1);
    let day = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|m| *m == month)?;
    Some((words.next()?.parse().ok()?, month, day, words.next()?.to_owned()))
}

fn no_transform(_: &Exchange, head: &Head) -> Outcome {
    let answer = if head.lists("cache-control", "no-transform") { "yes" } else { "no" };
    told("cache-control: no-transform", answer)
}

fn accel_buffering(_: &Exchange, head: &Head) -> Outcome {
    told("x-accel-buffering", head.first("x-accel-buffering").unwrap_or_else(|| "absent".into()))
}

fn date(exchange: &Exchange, head: &Head) -> Outcome {
    if head.values("date").next().is_some() {
        return Outcome::Held;
    }
    Breach::of(exchange, "a Date field", "none").broken()
}
