//! How a stream ends, and how failures are told.

use std::time::Duration;

use super::check::Check;
use super::identity::short;
use super::lab::Bench;
use super::outcome::{Breach, Outcome};
use super::wire::{End, Exchange, Watch};
use ssespec_strict::FindingKind;

pub(super) const CHECKS: &[Check] = &[
    Check::answered("no-content", "A 204 has no content", "http/no-content", |b| Box::pin(no_content(b))),
    Check::answered("reset-content", "A 205 has no content", "http/reset-content", |b| {
        Box::pin(reset_content(b))
    }),
    Check::observed(
        "finite-stream",
        "A stream that ends is not the same when it is asked for again",
        "resilience-server/finite-streams",
        |b| Box::pin(finite(b)),
    )
    .of_get(),
    Check::in_seconds(
        "error-status",
        "Failures have a status that says so",
        "resilience-server/error-status",
        |b| Box::pin(error_status(b)),
    ),
];

/// A path where nothing is.
pub(super) const NOWHERE: &str = "/ssespec-probe-no-such-path";

async fn no_content(bench: Bench) -> Outcome {
    without_content(&bench, 204).await
}

async fn reset_content(bench: Bench) -> Outcome {
    without_content(&bench, 205).await
}

async fn without_content(bench: &Bench, status: u16) -> Outcome {
    let watch = Watch { head: bench.options().timeout, body: Duration::from_millis(500), events: 0 };
    let exchange = bench.exchange(bench.ask(watch)).await;
    if exchange.status() != Some(status) {
        return Outcome::NotJudged(format!("no {status} was seen"));
    }
    if exchange.http.is_empty() && exchange.content_length == 0 {
        return Outcome::Held;
    }
    Breach::of(&exchange, "no content, and no field about it", exchange.instead()).broken()
}

/// What a stream said.
fn said(exchange: &Exchange) -> Vec<(Option<&str>, Option<&str>)> {
    exchange.dispatched().map(|event| (event.block.id.as_deref(), event.block.data.as_deref())).collect()
}

async fn finite(bench: Bench) -> Outcome {
    let watched = match bench.stream().await {
        Ok(watched) => watched,
        Err(outcome) => return outcome,
    };
    let first = &watched.exchange;
    if first.end != End::Complete {
        return Outcome::NotJudged("the stream did not end while it was watched".into());
    }
    let events = said(first);
    if events.is_empty() {
        return Outcome::NotJudged("the stream ended without an event".into());
    }
    // As a client comes back: with the last id, where there is one.
    let watch =
        Watch { head: bench.options().timeout, body: first.watched + Duration::from_millis(500), events: 0 };
    let mut ask = bench.ask(watch);
    if let Some(id) = super::identity::ids(first).last() {
        ask = ask.and("last-event-id", id);
    }
    let again = bench.exchange(ask).await;
    if again.status() != Some(200) || said(&again) != events {
        return Outcome::Held;
    }
    let observed = format!(
        "the same {} events, beginning with {:?}",
        events.len(),
        short(events[0].1.unwrap_or_default())
    );
    Breach::of(first, "204, an end within the stream, or other events", observed)
        .and(&again, 2)
        .hint("a client reconnects when a stream ends, and so gets it again and again")
        .broken()
}

/// Words of pages that tell an error.
const WORDS: [&str; 6] = ["error", "not found", "404", "exception", "forbidden", "unauthori"];

async fn error_status(bench: Bench) -> Outcome {
    // A path of the user's is one that fails; without it only what tells an error is one.
    let (path, is_users) = match &bench.path {
        Some(path) => (path.clone(), true),
        None => (NOWHERE.to_owned(), false),
    };
    if let Err(outcome) = (Bench { path: None, ..bench.clone() }).opened().await {
        return outcome;
    }
    let watch = Watch { head: bench.options().timeout, body: Duration::from_millis(500), events: 1 };
    let exchange = bench.exchange(bench.ask(watch).path(Some(path))).await;
    let Some(status) = exchange.status() else {
        return Outcome::NotJudged(format!("the path is not answered: {}", exchange.instead()));
    };
    let text = String::from_utf8_lossy(&exchange.content).to_lowercase();
    let start: String = text.chars().take(2000).collect();
    let is_document = exchange.findings.iter().any(|finding| finding.kind == FindingKind::Document)
        || exchange.content.trim_ascii_start().starts_with(b"<");
    let is_page = !exchange.is_stream() || is_document;
    // The page of an application holds scripts, and whatever words.
    let is_application = text.contains("<script");
    let tells_error = is_page && !is_application && WORDS.iter().any(|word| start.contains(word));
    let is_event = |word: &str| {
        exchange.dispatched().next().is_some_and(|event| event.block.event.as_deref() == Some(word))
    };
    if status == 200 && (is_users || tells_error || (exchange.is_stream() && is_event("error"))) {
        let observed = format!(
            "status 200, {}, beginning with {:?}",
            exchange.essence().unwrap_or_else(|| "no type".into()),
            short(&String::from_utf8_lossy(&exchange.content))
        );
        return Breach::of(&exchange, "a status that says what is wrong, such as 404", observed)
            .hint("a client can tell a failure by its status only; a page with 200 is one that never becomes a stream")
            .broken();
    }
    if status < 400 && !is_users {
        return Outcome::NotJudged(
            "no failure could be provoked; --path error-status=PATH names a path that fails".into(),
        );
    }
    Outcome::Held
}
