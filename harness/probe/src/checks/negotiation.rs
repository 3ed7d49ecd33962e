//! What the response depends on: HTTP version, media types, content codings, ranges and conditions.

use std::sync::Arc;
use std::time::Duration;

use ssespec_strict::FindingKind;

use crate::check::{Check, judging};
use crate::describe::{field_lines, seconds};
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::{End, Exchange};
use crate::wire::request::{Request, Version};

pub(crate) const CHECKS: &[Check] = &[
    Check::new(
        "http10",
        "The response to an HTTP/1.0 request has no Transfer-Encoding",
        "http/no-transfer-encoding-in-http10",
        |c| judging(http10(c)),
    )
    .needs(&[Need::Http1]),
    Check::new("accept-absent", "The stream does not require an Accept field", "http/accept-absent", |c| {
        judging(accept_absent(c))
    }),
    Check::new(
        "accept-list",
        "The stream is served if Accept lists several media types",
        "http/accept-list",
        |c| judging(accept_list(c)),
    ),
    Check::new(
        "accept-other",
        "Response to a request that accepts only another media type",
        "http/accept-other",
        |c| judging(accept_other(c)),
    ),
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
    Check::new("vary", "Vary lists the request fields that the response depends on", "http/vary", |c| {
        judging(vary(c))
    }),
    Check::new(
        "range",
        "A Range field does not turn the stream into a partial response",
        "http/range-of-a-stream",
        |c| judging(range(c)),
    )
    .needs(&[Need::Get]),
    Check::new(
        "conditional",
        "A conditional request does not get 304 instead of the stream",
        "http/condition-of-a-stream",
        |c| judging(conditional(c)),
    )
    .needs(&[Need::Get]),
];

/// The response to a request that differs from the plain one.
///
/// # Errors
/// If the plain request gets no stream.
async fn variant(context: &CheckContext, request: Request) -> Result<Arc<Exchange>, Outcome> {
    let plain = context.response().await?;
    if !plain.is_stream() && plain.status() != Some(200) {
        return Err(Outcome::NotJudged(format!(
            "a plain request does not get a stream either: {}",
            plain.summary()
        )));
    }
    Ok(context.send(request).await)
}

async fn http10(context: CheckContext) -> Result<Outcome, Outcome> {
    let usual = context.response().await?;
    if let Some(head) = usual.head().filter(|head| head.minor_version == 0)
        && head.values("transfer-encoding").next().is_some()
    {
        let fields = field_lines(head, &["transfer-encoding"]);
        let observed = format!("HTTP/1.0 in the status line, and {fields}");
        return Ok(Breach::new(&usual, "HTTP/1.1 in the status line, or no Transfer-Encoding", observed)
            .hint("HTTP/1.0 has no chunks; clients treat such a response as faulty (Python's http.server: set protocol_version)")
            .proven());
    }
    let request = Request { version: Version::Http10, ..context.request(context.until_first_event()) };
    let exchange = variant(&context, request).await?;
    let Some(head) = exchange.head() else {
        return Err(Outcome::NotJudged(format!("no response over HTTP/1.0: {}", exchange.summary())));
    };
    let fields = field_lines(head, &["transfer-encoding"]);
    if head.values("transfer-encoding").next().is_some() {
        let expected = "no Transfer-Encoding; the end of the connection ends the stream";
        return Ok(Breach::new(&exchange, expected, fields)
            .hint("HTTP/1.0 clients read the chunk sizes as lines of the stream")
            .proven());
    }
    // Chunks without a Transfer-Encoding field are even worse.
    if exchange.http_findings.iter().any(|finding| finding.kind == FindingKind::TransferEncodingInHttp10) {
        return Ok(Breach::new(&exchange, "no Transfer-Encoding", fields).proven());
    }
    Ok(Outcome::Holds)
}

/// Sends a request with another Accept field, which must get the same response as the plain one.
async fn accept(context: &CheckContext, request: Request, hint: &str) -> Result<Outcome, Outcome> {
    let plain = context.prompt_stream_response().await?;
    let exchange = context.send(request).await;
    if exchange.is_same_kind_as(&plain) {
        return Ok(Outcome::Holds);
    }
    let describe = |exchange: &Exchange| match exchange.head() {
        Some(head) => format!("status {}\n{}", head.status, field_lines(head, &["content-type"])),
        None => exchange.summary(),
    };
    Ok(Breach::new(&exchange, describe(&plain), describe(&exchange)).hint(hint).proven())
}

async fn accept_absent(context: CheckContext) -> Result<Outcome, Outcome> {
    let hint = "clients may omit Accept, and many tools send */*";
    let plain = context.request(context.until_head());
    let requests = [plain.clone().remove_field("accept"), plain.set_field("accept", "*/*")];
    for request in requests {
        match accept(&context, request, hint).await? {
            Outcome::Holds => {}
            outcome => return Ok(outcome),
        }
    }
    Ok(Outcome::Holds)
}

async fn accept_list(context: CheckContext) -> Result<Outcome, Outcome> {
    let request = context.request(context.until_head());
    let request = request.set_field("accept", "text/html;q=0.5, text/event-stream");
    accept(&context, request, "compare the media types in the list, not the whole field value").await
}

async fn accept_other(context: CheckContext) -> Result<Outcome, Outcome> {
    context.prompt_stream_response().await?;
    let request = context.request(context.until_head()).set_field("accept", "text/html");
    let exchange = context.send(request).await;
    let status = exchange.status().map_or_else(|| "no response".into(), |status| status.to_string());
    let essence = exchange.essence().unwrap_or_else(|| "no Content-Type".into());
    Ok(fact("response to Accept: text/html", format!("{status}, {essence}")))
}

/// The content coding of a response, `identity` if there is none.
fn coding(exchange: &Exchange) -> String {
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
    let count = |exchange: &Exchange| exchange.dispatched().count() + exchange.comments.len();
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
        return Some(Outcome::Holds);
    }
    let observed = format!(
        "{coded} events and comments with {coding} in {}; {uncoded} without compression",
        seconds(exchange.duration)
    );
    let breach = Breach::new(exchange, "as many events as without compression", observed);
    Some(breach.with_exchange(plain, 2).hint(hint).proven())
}

/// The parts of a response by which a cache must distinguish it from others.
#[derive(Debug, PartialEq, Eq)]
struct Representation {
    status: u16,
    essence: String,
    coding: String,
    allowed_origin: String,
}

impl Representation {
    fn of(exchange: &Exchange) -> Option<Self> {
        let head = exchange.head()?;
        Some(Self {
            status: head.status,
            essence: exchange.essence().unwrap_or_default(),
            coding: coding(exchange),
            allowed_origin: head.first("access-control-allow-origin").unwrap_or_default(),
        })
    }
}

async fn vary(context: CheckContext) -> Result<Outcome, Outcome> {
    let plain = variant(&context, context.request(context.until_head())).await?;
    let Some(usual) = Representation::of(&plain) else {
        return Err(Outcome::NotJudged("the server did not respond".into()));
    };
    let mut depends = false;
    for (name, value) in [("accept", "text/html"), ("accept-encoding", "gzip"), ("accept-encoding", "br")] {
        let exchange = context.send(context.request(context.until_head()).set_field(name, value)).await;
        let Some(other) = Representation::of(&exchange).filter(|other| *other != usual) else { continue };
        // An error response is not another representation.
        if other.status >= 400 {
            continue;
        }
        depends = true;
        for side in [&plain, &exchange] {
            let Some(head) = side.head() else { continue };
            if !head.lists("vary", name) && !head.lists("vary", "*") {
                let observed = format!(
                    "status {}, {}, {} with {name}: {value}; {}",
                    other.status,
                    other.essence,
                    other.coding,
                    field_lines(head, &["vary"])
                );
                return Ok(Breach::new(side, format!("vary: {name}"), observed)
                    .hint("without it, a cache sends the response for one client to another")
                    .proven());
            }
        }
    }
    if depends {
        Ok(Outcome::Holds)
    } else {
        Err(Outcome::NotJudged("the response does not depend on the request".into()))
    }
}

async fn range(context: CheckContext) -> Result<Outcome, Outcome> {
    let request = context.request(context.until_head()).add_field("range", "bytes=0-99");
    Ok(without_status(&*variant(&context, request).await?, &[206, 416]))
}

async fn conditional(context: CheckContext) -> Result<Outcome, Outcome> {
    for (name, value) in [("if-none-match", "*"), ("if-modified-since", "Fri, 31 Dec 2100 23:59:59 GMT")] {
        let request = context.request(context.until_head()).add_field(name, value);
        match without_status(&*variant(&context, request).await?, &[304]) {
            Outcome::Holds => {}
            outcome => return Ok(outcome),
        }
    }
    Ok(Outcome::Holds)
}

fn without_status(exchange: &Exchange, wrong: &[u16]) -> Outcome {
    if let Some(status) = exchange.status().filter(|status| wrong.contains(status)) {
        return Breach::new(exchange, "status 200, as without the field", format!("status {status}"))
            .hint("EventSource fails the connection on any status other than 200 and does not reconnect")
            .proven();
    }
    Outcome::Holds
}
