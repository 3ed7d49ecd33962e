//! The response head that opens the stream.

mod caching;
mod date;

use ssespec_strict::FindingKind;
use ssespec_strict::http::{Framing, Head};

use self::caching::{cache_control, freshness};
use self::date::date;
use super::stream::no_stream;
use crate::check::{Check, Judging, judging};
use crate::describe::{field_lines, finding};
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::{End, Exchange};

pub(crate) const CHECKS: &[Check] = &[
    Check::new("status", "A request for the stream gets status 200", "http/stream-status", |c| {
        judging(status(c))
    })
    .of_response_time(),
    Check::new(
        "content-type",
        "The media type of the stream is text/event-stream",
        "whatwg/server-content-type",
        |c| judge_head(c, content_type),
    ),
    Check::new(
        "content-type-plain",
        "Spelling of the Content-Type value",
        "resilience-server/content-type-plain",
        |c| judge_head(c, content_type_plain),
    ),
    Check::new(
        "content-type-single",
        "There is exactly one Content-Type field",
        "http/content-type-single",
        |c| judge_head(c, content_type_single),
    ),
    Check::new(
        "charset",
        "The charset parameter, if present, is utf-8",
        "whatwg/server-charset-parameter-utf8",
        |c| judge_head(c, charset),
    ),
    Check::new("head-syntax", "The response head is well-formed", "http/head-syntax", |c| {
        judging(head_syntax(c))
    })
    .needs(&[Need::Http1]),
    Check::new("content-length", "An open stream has no Content-Length", "http/content-length-exact", |c| {
        judging(content_length(c))
    }),
    Check::new(
        "length-and-transfer-encoding",
        "Content-Length and Transfer-Encoding are not sent together",
        "http/length-and-transfer-encoding",
        |c| judge_head(c, |e, _| framing_finding(e, FindingKind::LengthAndTransferEncoding)),
    )
    .needs(&[Need::Http1]),
    Check::new("transfer-encoding", "The last transfer coding is chunked", "http/chunked-is-last", |c| {
        judge_head(c, transfer_encoding)
    })
    .needs(&[Need::Http1]),
    Check::new(
        "chunked",
        "Over HTTP/1.1, clients can distinguish the end of the stream from a broken connection",
        "resilience-server/chunked",
        |c| judge_head(c, chunked),
    )
    .needs(&[Need::Http1]),
    Check::new(
        "connection-keep-alive",
        "Use of Connection and Keep-Alive over HTTP/1.1",
        "http/keep-alive-is-implied",
        |c| judge_head(c, keep_alive),
    )
    .needs(&[Need::Http1]),
    Check::new(
        "cache-control",
        "Cache-Control contains no-store or no-cache",
        "resilience-server/not-stored",
        |c| judge_head(c, cache_control),
    )
    .needs(&[Need::Get]),
    Check::new(
        "freshness",
        "Caches never consider the response fresh",
        "resilience-server/never-fresh",
        |c| judge_head(c, freshness),
    ),
    Check::new("no-transform", "Use of Cache-Control: no-transform", "resilience-server/no-transform", |c| {
        judge_head(c, no_transform)
    }),
    Check::new(
        "x-accel-buffering",
        "Use of X-Accel-Buffering, which controls buffering in nginx",
        "resilience-server/x-accel-buffering",
        |c| judge_head(c, accel_buffering),
    ),
    Check::new("date", "The response has a Date field", "http/date", |c| judging(date(c))),
];

/// Judges the head of the response to a plain request.
fn judge_head(context: CheckContext, judge: fn(&Exchange, &Head) -> Outcome) -> Judging {
    judging(async move {
        let exchange = context.response().await?;
        Ok(match exchange.head() {
            Some(head) => judge(&exchange, head),
            None => Outcome::NotJudged("the server did not respond".into()),
        })
    })
}

async fn status(context: CheckContext) -> Result<Outcome, Outcome> {
    let Ok(exchange) = context.response().await else {
        let observation = context.long_observation().await;
        let first = context.send(context.request(context.until_head())).await;
        let exchange = if first.end == End::StillOpen { &observation.exchange } else { &*first };
        return Ok(Breach::new(exchange, "status 200", exchange.summary())
            .hint("check the URL of the stream; `--header` adds header fields")
            .proven());
    };
    let status = exchange.status().unwrap_or_default();
    let hint = match status {
        200 => return Ok(Outcome::Holds),
        401 | 403 => "`--header 'authorization: Bearer ..'` sends credentials",
        405 if context.options().content.is_some() => "the server does not accept POST for this URL",
        405 => "the probe sends GET, as EventSource does; `--data` opens the stream with POST",
        _ => "EventSource fails the connection on any other status: it does not reconnect",
    };
    Ok(Breach::new(&exchange, "status 200", format!("status {status}")).hint(hint).proven())
}

fn content_type(exchange: &Exchange, head: &Head) -> Outcome {
    if exchange.status() != Some(200) {
        return no_stream(exchange);
    }
    if exchange.essence().as_deref() == Some("text/event-stream") {
        return Outcome::Holds;
    }
    Breach::new(exchange, "content-type: text/event-stream", field_lines(head, &["content-type"]))
        .hint("clients reject any other media type and do not reconnect")
        .proven()
}

fn content_type_plain(_: &Exchange, head: &Head) -> Outcome {
    fact("content type", field_lines(head, &["content-type"]))
}

fn content_type_single(exchange: &Exchange, head: &Head) -> Outcome {
    match head.values("content-type").count() {
        0 => Outcome::NotJudged("there is no Content-Type".into()),
        1 => Outcome::Holds,
        _ => Breach::new(exchange, "one Content-Type field", field_lines(head, &["content-type"])).proven(),
    }
}

fn charset(exchange: &Exchange, head: &Head) -> Outcome {
    let Some(value) = head.first("content-type") else {
        return Outcome::NotJudged("there is no Content-Type".into());
    };
    let parameters = value.split(';').skip(1).filter_map(|part| part.split_once('='));
    let parameters = parameters.map(|(name, value)| (name.trim(), value.trim().trim_matches('"')));
    let other = parameters
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .find(|(_, value)| !value.eq_ignore_ascii_case("utf-8"));
    match other {
        None => Outcome::Holds,
        Some(_) => {
            Breach::new(exchange, "charset=utf-8, or no charset", field_lines(head, &["content-type"]))
                .hint("streams are always decoded as UTF-8; Chromium rejects any other charset")
                .proven()
        }
    }
}

async fn head_syntax(context: CheckContext) -> Result<Outcome, Outcome> {
    let exchange = context.send(context.request(context.until_head())).await;
    let is_about_head = |kind: FindingKind| {
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
    let found: Vec<String> = exchange
        .http_findings
        .iter()
        .filter(|finding| is_about_head(finding.kind))
        .map(|found| finding(found, "the response"))
        .collect();
    Ok(match (found.is_empty(), exchange.head()) {
        (false, _) => {
            Breach::new(&exchange, "a response head as defined by HTTP/1.1", found.join("\n")).proven()
        }
        (true, Some(_)) => Outcome::Holds,
        (true, None) => Outcome::NotJudged(format!("the server did not respond: {}", exchange.summary())),
    })
}

async fn content_length(context: CheckContext) -> Result<Outcome, Outcome> {
    let exchange = context.response().await?;
    let Some(head) = exchange.head() else { return Ok(Outcome::Holds) };
    if exchange.status() != Some(200) || head.values("content-length").next().is_none() {
        return Ok(Outcome::Holds);
    }
    let field = field_lines(head, &["content-length"]);
    let observation = context.long_observation().await;
    let exchange = &observation.exchange;
    if exchange.end == End::Complete {
        let observed = format!("{field}\nand content of that length");
        return Ok(Breach::new(exchange, "no Content-Length", observed)
            .hint("right for a finite stream of known length; an open stream must not have one")
            .suspected());
    }
    let length = exchange.content_length;
    let observed = format!("{field}\n{length} bytes of content; {}", exchange.describe_end());
    Ok(Breach::new(exchange, "no Content-Length on an open stream", observed)
        .hint("clients stop reading at that length, and treat shorter content as a broken connection")
        .proven())
}

fn framing_finding(exchange: &Exchange, kind: FindingKind) -> Outcome {
    let is_found = exchange.http_findings.iter().any(|finding| finding.kind == kind);
    match exchange.head() {
        Some(head) if is_found => {
            let observed = field_lines(head, &["content-length", "transfer-encoding"]);
            Breach::new(exchange, "Transfer-Encoding: chunked, and no Content-Length", observed).proven()
        }
        _ => Outcome::Holds,
    }
}

fn transfer_encoding(exchange: &Exchange, head: &Head) -> Outcome {
    let times =
        head.list("transfer-encoding").iter().filter(|coding| coding.eq_ignore_ascii_case("chunked")).count();
    if times > 1 {
        let observed = field_lines(head, &["transfer-encoding"]);
        return Breach::new(exchange, "chunked once", observed)
            .hint("the code sets the field, and so does the server: leave it to the server")
            .proven();
    }
    framing_finding(exchange, FindingKind::NotChunkedLast)
}

fn chunked(exchange: &Exchange, head: &Head) -> Outcome {
    if exchange.status() != Some(200) {
        return no_stream(exchange);
    }
    match head.framing {
        Framing::Close => {
            let fields = field_lines(head, &["transfer-encoding", "content-length", "connection"]);
            let observed = format!("HTTP/1.{}\n{fields}", head.minor_version);
            Breach::new(exchange, "Transfer-Encoding: chunked", observed)
                .hint("if the stream ends with the connection, a broken connection looks like a clean end")
                .proven()
        }
        _ => Outcome::Holds,
    }
}

fn keep_alive(_: &Exchange, head: &Head) -> Outcome {
    fact("connection fields over HTTP/1.1", field_lines(head, &["connection", "keep-alive"]))
}

fn no_transform(_: &Exchange, head: &Head) -> Outcome {
    let value = if head.lists("cache-control", "no-transform") { "yes" } else { "no" };
    fact("cache-control: no-transform", value)
}

fn accel_buffering(_: &Exchange, head: &Head) -> Outcome {
    fact("x-accel-buffering", head.first("x-accel-buffering").unwrap_or_else(|| "absent".into()))
}
