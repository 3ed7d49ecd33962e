//! What the response depends on: HTTP version, media types, ranges and conditions.

use ssespec_strict::FindingKind;

use super::coding::coding;
use super::variant::variant;
use crate::check::{Check, judging};
use crate::describe::field_lines;
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::Exchange;
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
