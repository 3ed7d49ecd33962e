//! HEAD, OPTIONS and methods that are not offered.

use std::sync::Arc;
use std::time::Duration;

use ssespec_strict::FindingKind;

use crate::check::{Check, judging};
use crate::describe::{field_lines, seconds};
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Exchange};
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::{Method, ReadLimits, Version};

pub(crate) const CHECKS: &[Check] = &[
    Check::new("head", "The response to HEAD ends after its head", "http/head-ends", |c| {
        judging(head_ends(c))
    })
    .needs(&[Need::Get]),
    Check::new(
        "head-length",
        "The response to HEAD does not add a Content-Length",
        "http/head-length",
        |c| judging(head_length(c)),
    )
    .needs(&[Need::Get]),
    Check::new("head-fields", "HEAD gets the status and media type that GET gets", "http/head-fields", |c| {
        judging(head_fields(c))
    })
    .needs(&[Need::Get]),
    Check::new("options", "OPTIONS gets a response that ends", "http/options", |c| judging(options(c))),
    Check::new("allow", "A 405 response lists the allowed methods", "http/allow-with-405", |c| {
        judging(allow(c))
    }),
    Check::new(
        "other-method",
        "A method that is not offered does not open a stream",
        "http/method-not-offered",
        |c| judging(other_method(c)),
    ),
];

/// How long a response without a stream may take, if the response to GET is immediate.
const IMMEDIATE: Duration = Duration::from_secs(3);

/// How long to wait for content that should not come.
const UNEXPECTED_CONTENT: Duration = Duration::from_millis(2000);

/// How long a response without a stream may take: a server that is slow to respond to GET may be slow here too.
fn response_limit(context: &CheckContext, get: &Exchange) -> Duration {
    context.options().shortened(IMMEDIATE) + get.head_time().max(context.heads().slowest()) * 2
}

async fn head_ends(context: CheckContext) -> Result<Outcome, Outcome> {
    let get = context.response().await?;
    let limit = response_limit(&context, &get);
    let options = context.options();
    let request = context.request(context.until_head()).method(Method::Head).path(context.path.clone());
    let _place = context.reserve(1).await;
    let mut ongoing = OngoingExchange::open(options, &request).await;
    ongoing.read_head(limit).await;
    let hint = "end the response to HEAD after its head; do not register the client";
    let Some(head) = ongoing.exchange.head() else {
        let exchange = ongoing.finish();
        let observed = if exchange.end == End::StillOpen && exchange.http_findings.is_empty() {
            format!("nothing within {}", seconds(exchange.duration))
        } else {
            exchange.summary()
        };
        return Ok(Breach::new(&exchange, "the response head that GET gets", observed).hint(hint).proven());
    };
    let status = head.status;
    let will_close = head.lists("connection", "close") || head.minor_version == 0;
    if status >= 400 {
        return Ok(Outcome::HoldsWithNote(format!("HEAD gets status {status}")));
    }
    if will_close {
        // The end of the connection shows that the response has ended.
        if let Some(problem) = ongoing.wait_for_close(options.shortened(IMMEDIATE)).await {
            let exchange = ongoing.finish();
            let expected = "the end of the connection after the head";
            return Ok(Breach::new(&exchange, expected, problem).hint(hint).proven());
        }
        return Ok(Outcome::Holds);
    }
    if request.version == Version::Http2 {
        ongoing.read_until(limit, |exchange| exchange.end != End::StillOpen).await;
        let exchange = ongoing.finish();
        if exchange.end != End::StillOpen {
            return Ok(Outcome::Holds);
        }
        let observed = format!("the stream was still open after {}", seconds(exchange.duration));
        return Ok(Breach::new(&exchange, "END_STREAM with the head", observed).hint(hint).proven());
    }
    ongoing.read_past_end(options.shortened(UNEXPECTED_CONTENT)).await;
    let hint = "clients read what follows the head of a response to HEAD as the next response";
    if ongoing.exchange.http_findings.iter().any(|finding| finding.kind == FindingKind::AfterEnd) {
        let exchange = ongoing.finish();
        return Ok(Breach::new(&exchange, "no content", "content after the head").hint(hint).proven());
    }
    // The next response on the connection comes when this one has ended.
    let heads = ongoing.exchange.heads.len();
    let next = context.request(context.until_head()).method(Method::Head).add_field("connection", "close");
    let bytes = next.bytes(&options.target.authority, context.target_path(), &options.headers);
    if !ongoing.send_again(&bytes, &Method::Head).await {
        return Ok(Outcome::HoldsWithNote("the server closed the connection after HEAD".into()));
    }
    let next_limit = ongoing.elapsed() + limit;
    ongoing.read_until(next_limit, |exchange| exchange.heads.len() > heads).await;
    let exchange = ongoing.finish();
    let is_content = |kind: FindingKind| matches!(kind, FindingKind::AfterEnd | FindingKind::NotHttp);
    if exchange.http_findings.iter().any(|finding| is_content(finding.kind)) {
        return Ok(Breach::new(&exchange, "no content", exchange.summary()).hint(hint).proven());
    }
    if exchange.heads.len() > heads || exchange.end != End::StillOpen {
        return Ok(Outcome::Holds);
    }
    // For the client the response ended with its head; but the connection cannot be used again.
    let observed = format!("no response to a second request on the connection within {}", seconds(limit));
    Ok(Breach::new(&exchange, "the end of the response to HEAD", observed)
        .hint("the handler writes a stream that nobody reads and never ends: end the response to HEAD")
        .proven())
}

async fn head_length(context: CheckContext) -> Result<Outcome, Outcome> {
    let get = context.response().await?;
    let exchange = context.send(context.request(context.until_head()).method(Method::Head)).await;
    let Some(head) = exchange.head() else {
        return Err(Outcome::NotJudged(format!("HEAD gets no response: {}", exchange.summary())));
    };
    let of_get = get.head().and_then(|head| head.first("content-length"));
    if head.status >= 400 || head.status == 204 {
        return Err(Outcome::NotJudged(format!("HEAD gets status {}", head.status)));
    }
    Ok(match head.first("content-length") {
        None => Outcome::Holds,
        length if length == of_get => Outcome::Holds,
        Some(length) => {
            let observed = format!("content-length: {length}");
            Breach::new(&exchange, "no Content-Length, as for GET", observed).proven()
        }
    })
}

async fn head_fields(context: CheckContext) -> Result<Outcome, Outcome> {
    let get = context.response().await?;
    if let Some(status) = get.status().filter(|status| *status >= 500) {
        return Err(Outcome::NotJudged(format!("a plain request gets status {status}")));
    }
    let exchange = context.send(context.request(context.until_head()).method(Method::Head)).await;
    let (Some(head), Some(of_get)) = (exchange.head(), get.head()) else {
        return Err(Outcome::NotJudged(format!("HEAD gets no response: {}", exchange.summary())));
    };
    if head.status == 405 || head.status == 501 {
        return Ok(Outcome::HoldsWithNote(format!("HEAD gets status {}", head.status)));
    }
    if head.status == of_get.status && exchange.essence() == get.essence() {
        return Ok(Outcome::Holds);
    }
    let describe = |status: u16, head| format!("status {status}\n{}", field_lines(head, &["content-type"]));
    Ok(Breach::new(&exchange, describe(of_get.status, of_get), describe(head.status, head)).proven())
}

async fn options(context: CheckContext) -> Result<Outcome, Outcome> {
    let get = context.response().await?;
    if let Some(status) = get.status().filter(|status| *status >= 400) {
        return Err(Outcome::NotJudged(format!("a plain request gets status {status}")));
    }
    let limits = ReadLimits {
        head: response_limit(&context, &get),
        body: context.options().shortened(IMMEDIATE),
        events: Some(1),
    };
    let exchange = context.send(context.request(limits).method(Method::Options)).await;
    let Some(head) = exchange.head() else {
        let observed = format!("{} within {}", exchange.summary(), seconds(exchange.duration));
        return Ok(Breach::new(&exchange, "a response", observed)
            .hint("the response to OPTIONS must not wait for events")
            .proven());
    };
    if exchange.is_stream() || (exchange.end == End::StillOpen && exchange.status() == Some(200)) {
        let fields = field_lines(head, &["content-type"]);
        let observed = format!("status {}\n{fields}; {}", head.status, exchange.describe_end());
        return Ok(Breach::new(&exchange, "a response that ends", observed)
            .hint("respond to OPTIONS with 204 and Allow, not with a stream")
            .proven());
    }
    let lists_methods = head.fields.iter().any(|field| {
        field.name.eq_ignore_ascii_case(b"allow")
            || field.name.to_ascii_lowercase().starts_with(b"access-control-")
    });
    Ok(match head.status {
        status @ (405 | 501) => Outcome::HoldsWithNote(format!("OPTIONS gets status {status}")),
        status @ 300.. => {
            Breach::new(&exchange, "status 200 or 204 with Allow", format!("status {status}")).proven()
        }
        _ if lists_methods => Outcome::Holds,
        _ => Breach::new(&exchange, "an Allow field, or CORS fields", "neither").proven(),
    })
}

/// The response to PROPFIND, which no event stream server offers.
async fn unsupported_method(context: &CheckContext) -> Result<Arc<Exchange>, Outcome> {
    let get = context.response().await?;
    let limits =
        ReadLimits { head: response_limit(context, &get), body: Duration::from_millis(500), events: Some(1) };
    Ok(context.send(context.request(limits).method(Method::Propfind)).await)
}

async fn allow(context: CheckContext) -> Result<Outcome, Outcome> {
    let unsupported = unsupported_method(&context).await?;
    let head = context.request(context.until_head()).method(Method::Head);
    // HEAD is not sent where the stream is opened with POST.
    let head = if context.options().content.is_none() { Some(context.send(head).await) } else { None };
    let mut judged = None;
    for exchange in std::iter::once(unsupported.clone()).chain(head) {
        let Some(head) = exchange.head().filter(|head| head.status == 405) else { continue };
        if head.values("allow").next().is_none() {
            let observed = field_lines(head, &["allow"]);
            return Ok(Breach::new(&exchange, "an Allow field in the 405 response", observed).proven());
        }
        judged = Some(Outcome::Holds);
    }
    judged.ok_or_else(|| {
        Outcome::NotJudged(match unsupported.status() {
            Some(status) => format!("PROPFIND gets status {status}"),
            None => format!("PROPFIND gets no response: {}", unsupported.summary()),
        })
    })
}

async fn other_method(context: CheckContext) -> Result<Outcome, Outcome> {
    let exchange = unsupported_method(&context).await?;
    let is_open = exchange.end == End::StillOpen;
    if exchange.status() == Some(200) && is_open && exchange.may_be_stream() {
        return Ok(Breach::new(&exchange, "status 405 or 501", "a stream")
            .hint("check the method before opening a stream")
            .proven());
    }
    if exchange.head().is_none() && is_open {
        let observed = format!("nothing within {}", seconds(exchange.duration));
        return Ok(Breach::new(&exchange, "status 405 or 501", observed).proven());
    }
    if exchange.status() == Some(500) && context.response().await?.status() == Some(200) {
        return Ok(Breach::new(&exchange, "status 405 or 501", "status 500")
            .hint("the handler fails on a method that it does not know: check the method first")
            .proven());
    }
    Ok(Outcome::Holds)
}
