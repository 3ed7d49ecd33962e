//! Streams that end, and how failures are reported.

use std::time::Duration;

use ssespec_strict::FindingKind;

use crate::check::{Check, judging};
use crate::describe::start;
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::{End, Exchange};
use crate::wire::request::{NONEXISTENT_PATH, ReadLimits};

pub(crate) const CHECKS: &[Check] = &[
    Check::new("no-content", "A 204 response has no content", "http/no-content", |c| {
        judging(without_content(c, 204))
    }),
    Check::new("reset-content", "A 205 response has no content", "http/reset-content", |c| {
        judging(without_content(c, 205))
    }),
    Check::new(
        "finite-stream",
        "A stream that ends is not sent again when the client reconnects",
        "resilience-server/finite-streams",
        |c| judging(finite(c)),
    )
    .needs(&[Need::Get]),
    Check::new(
        "error-status",
        "Failures are reported by the status",
        "resilience-server/error-status",
        |c| judging(error_status(c)),
    ),
];

async fn without_content(context: CheckContext, status: u16) -> Result<Outcome, Outcome> {
    let exchange = context.send(context.request(context.for_up_to(Duration::from_millis(500)))).await;
    if exchange.status() != Some(status) {
        return Err(Outcome::NotJudged(format!("no {status} response was observed")));
    }
    if exchange.http_findings.is_empty() && exchange.content_length == 0 {
        return Ok(Outcome::Holds);
    }
    Ok(Breach::new(&exchange, "no content, and no field about content", exchange.summary()).proven())
}

/// The ids and data of a stream's events.
fn ids_and_data(exchange: &Exchange) -> Vec<(Option<&str>, Option<&str>)> {
    exchange.dispatched().map(|event| (event.block.id.as_deref(), event.block.data.as_deref())).collect()
}

async fn finite(context: CheckContext) -> Result<Outcome, Outcome> {
    let observation = context.observed_stream().await?;
    let first = &observation.exchange;
    if first.end != End::Complete {
        return Err(Outcome::NotJudged("the stream did not end while it was observed".into()));
    }
    let events = ids_and_data(first);
    let Some((_, first_data)) = events.first() else {
        return Err(Outcome::NotJudged("the stream ended without an event".into()));
    };
    // Reconnect as a client does: with the last event ID, if there is one.
    let mut request = context.request(context.for_up_to(first.duration + Duration::from_millis(500)));
    if let Some(id) = first.ids().last() {
        request = request.add_field("last-event-id", id);
    }
    let second = context.send(request).await;
    if second.status() != Some(200) || ids_and_data(&second) != events {
        return Ok(Outcome::Holds);
    }
    let observed = format!(
        "the same {} events, starting with {:?}",
        events.len(),
        start(first_data.unwrap_or_default())
    );
    Ok(Breach::new(first, "status 204, an event that announces the end, or other events", observed)
        .with_exchange(&second, 2)
        .hint("clients reconnect when a stream ends, so they receive it again and again")
        .proven())
}

/// Whether the response for a path that should not exist is a stream that ends immediately, although that of the URL stays open.
async fn is_brief(context: &CheckContext, exchange: &Exchange) -> bool {
    if !exchange.is_stream() || exchange.end != End::Complete || exchange.event_count() > 1 {
        return false;
    }
    let usual = context.for_path(None).long_observation().await;
    let usual = &usual.exchange;
    usual.is_stream() && usual.end == End::StillOpen
}

/// Words on error pages.
const ERROR_WORDS: [&str; 6] = ["error", "not found", "404", "exception", "forbidden", "unauthori"];

async fn error_status(context: CheckContext) -> Result<Outcome, Outcome> {
    // A path given by the user fails. Without one, only a response that reports an error shows that a path fails.
    let (path, is_users) = match &context.path {
        Some(path) => (path.clone(), true),
        None => (NONEXISTENT_PATH.to_owned(), false),
    };
    context.for_path(None).response().await?;
    let limits = ReadLimits { events: Some(2), ..context.for_up_to(Duration::from_millis(500)) };
    let exchange = context.send(context.request(limits).path(Some(path))).await;
    let Some(status) = exchange.status() else {
        return Err(Outcome::NotJudged(format!(
            "the request that should fail gets no response: {}",
            exchange.summary()
        )));
    };
    let is_brief = !is_users && is_brief(&context, &exchange).await;
    if status == 200 && (is_users || is_brief || is_error_page(&exchange) || is_error_event(&exchange)) {
        let observed = format!(
            "status 200, {}, starting with {:?}",
            exchange.essence().unwrap_or_else(|| "no Content-Type".into()),
            start(&String::from_utf8_lossy(&exchange.content))
        );
        return Ok(Breach::new(&exchange, "an error status, such as 404", observed)
            .hint("clients recognize a failure only by its status: to a URL with a mistake they reconnect forever")
            .proven());
    }
    if status == 200 && exchange.is_stream() && !is_users {
        // A server may make streams of any path on purpose.
        return Ok(fact("response to a path that should not exist", "status 200 and a stream"));
    }
    if status < 400 && !is_users {
        return Err(Outcome::NotJudged(
            "no failure was observed; `--path error-status=PATH` gives a path that fails".into(),
        ));
    }
    Ok(Outcome::Holds)
}

/// Whether the content is a page that reports an error.
fn is_error_page(exchange: &Exchange) -> bool {
    let text = String::from_utf8_lossy(&exchange.content).to_lowercase();
    let beginning: String = text.chars().take(2000).collect();
    let is_document = exchange.stream_findings.iter().any(|finding| finding.kind == FindingKind::Document)
        || exchange.content.trim_ascii_start().starts_with(b"<");
    // The page of a web application contains scripts, and so any of the words.
    let is_application = text.contains("<script");
    (!exchange.is_stream() || is_document)
        && !is_application
        && ERROR_WORDS.iter().any(|word| beginning.contains(word))
}

/// Whether the content is a stream whose first event has the type `error`.
fn is_error_event(exchange: &Exchange) -> bool {
    let first = exchange.dispatched().next();
    exchange.is_stream() && first.is_some_and(|event| event.block.event.as_deref() == Some("error"))
}
