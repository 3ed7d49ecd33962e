//! Cross-origin use, where the server claims it by any Access-Control field.
//!
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>

use std::sync::Arc;

use super::check::Check;
use super::head::lines;
use super::lab::Bench;
use super::outcome::{Breach, Outcome, told};
use super::wire::{Exchange, Method};

pub(super) const CHECKS: &[Check] = &[
    Check::answered(
        "cors-origin",
        "The origin that may read is one, or all",
        "resilience-server/cors-origin",
        |b| Box::pin(origin(b)),
    ),
    Check::answered(
        "cors-credentials",
        "With credentials the origin is named",
        "resilience-server/cors-credentials",
        |b| Box::pin(credentials(b)),
    ),
    Check::answered(
        "cors-vary",
        "An origin that is echoed varies the answer",
        "resilience-server/cors-vary",
        |b| Box::pin(vary(b)),
    ),
    Check::answered(
        "cors-reflection",
        "Not every origin may read with credentials",
        "resilience-server/cors-reflection",
        |b| Box::pin(reflection(b)),
    ),
    Check::answered(
        "cors-preflight",
        "A preflight allows Last-Event-ID",
        "resilience-server/cors-preflight",
        |b| Box::pin(preflight(b)),
    )
    .of_get(),
    Check::answered(
        "cors-on-errors",
        "Whether errors can be read across origins",
        "resilience-server/cors-on-errors",
        |b| Box::pin(on_errors(b)),
    ),
];

/// Origins that no server has reason to trust. Names below `.example` belong to nobody.
const ONE: &str = "https://one.ssespec.example";
const OTHER: &str = "https://other.ssespec.example";

const ACAO: &str = "access-control-allow-origin";
const ACAC: &str = "access-control-allow-credentials";

async fn from(bench: &Bench, origin: &str) -> Arc<Exchange> {
    bench.exchange(bench.ask(bench.head_only()).and("origin", origin)).await
}

/// The answer to a request of another origin.
///
/// # Errors
/// Where the server does not claim cross-origin use.
async fn claimed(bench: &Bench) -> Result<Arc<Exchange>, Outcome> {
    bench.opened().await?;
    let exchange = from(bench, ONE).await;
    let Some(head) = exchange.head() else {
        return Err(Outcome::NotJudged(format!(
            "a request with Origin is not answered: {}",
            exchange.instead()
        )));
    };
    let claims =
        head.fields.iter().any(|field| field.name.to_ascii_lowercase().starts_with(b"access-control-"));
    if claims {
        Ok(exchange)
    } else {
        Err(Outcome::NotJudged("there are no CORS fields: cross-origin use is not claimed".into()))
    }
}

async fn origin(bench: Bench) -> Outcome {
    let exchange = match claimed(&bench).await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    let Some(head) = exchange.head() else { return Outcome::Held };
    let values: Vec<String> =
        head.values(ACAO).map(|value| String::from_utf8_lossy(value).into_owned()).collect();
    let is_one = |value: &str| {
        value == "*"
            || value == "null"
            || (value.contains("://") && !value.contains([',', ' ']) && !value.ends_with('/'))
    };
    let expected = "one line, with * or one origin";
    let breach = |observed: String| Breach::of(&exchange, expected, observed).broken();
    match values.as_slice() {
        [] if head.status >= 400 => Outcome::NotJudged("a request with Origin is refused".into()),
        [] => Outcome::HeldWith("this origin is not allowed".into()),
        [one] if !is_one(one) => breach(lines(head, &[ACAO])),
        [_] => Outcome::Held,
        _ => breach(lines(head, &[ACAO])),
    }
}

async fn credentials(bench: Bench) -> Outcome {
    let exchange = match claimed(&bench).await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    let Some(head) = exchange.head() else { return Outcome::Held };
    let Some(allowed) = head.first(ACAC) else {
        return Outcome::NotJudged("credentials are not allowed".into());
    };
    let shown = lines(head, &[ACAO, ACAC]);
    if head.first(ACAO).as_deref() == Some("*") && allowed == "true" {
        return Breach::of(&exchange, "the origin by its name", shown)
            .hint("browsers refuse * for a request with credentials")
            .broken();
    }
    if allowed != "true" {
        return Breach::of(&exchange, "access-control-allow-credentials: true, or none", shown)
            .hint("browsers compare with \"true\", in lower case")
            .broken();
    }
    Outcome::Held
}

/// Whether the origin that is allowed is that of the request.
fn echoes(exchange: &Exchange, origin: &str) -> bool {
    exchange.head().and_then(|head| head.first(ACAO)).as_deref() == Some(origin)
}

async fn vary(bench: Bench) -> Outcome {
    let exchange = match claimed(&bench).await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    let other = from(&bench, OTHER).await;
    if !(echoes(&exchange, ONE) && echoes(&other, OTHER)) {
        return Outcome::NotJudged("the origin is not echoed".into());
    }
    for (side, number) in [(&exchange, 1), (&other, 2)] {
        let Some(head) = side.head() else { continue };
        if !head.lists("vary", "origin") && !head.lists("vary", "*") {
            return Breach::of(&exchange, "vary: Origin", lines(head, &[ACAO, "vary"]))
                .and(&other, number.max(2))
                .hint("a cache gives one origin's answer to another, which may not read it")
                .broken();
        }
    }
    Outcome::Held
}

async fn reflection(bench: Bench) -> Outcome {
    let exchange = match claimed(&bench).await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    let Some(head) = exchange.head() else { return Outcome::Held };
    if echoes(&exchange, ONE) && head.first(ACAC).as_deref() == Some("true") {
        return Breach::of(&exchange, "credentials for origins that are known", lines(head, &[ACAO, ACAC]))
            .hint("every site can read the stream in the name of its visitors")
            .broken();
    }
    Outcome::Held
}

async fn preflight(bench: Bench) -> Outcome {
    let exchange = match claimed(&bench).await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    if exchange.head().is_some_and(|head| head.values(ACAO).next().is_none()) {
        return Outcome::NotJudged("this origin is not allowed".into());
    }
    let ask = bench
        .ask(bench.head_only())
        .method(Method::Options)
        .without("accept")
        .and("accept", "*/*")
        .and("origin", ONE)
        .and("access-control-request-method", "GET")
        .and("access-control-request-headers", "last-event-id");
    let answer = bench.exchange(ask).await;
    let Some(head) = answer.head() else {
        return Breach::of(&answer, "an answer to the preflight", answer.instead()).broken();
    };
    let names = ["access-control-allow-origin", "access-control-allow-headers"];
    let allows = |name: &str, value: &str| head.lists(name, value) || head.lists(name, "*");
    let is_ok = (200..300).contains(&head.status)
        && allows(ACAO, ONE)
        && allows("access-control-allow-headers", "last-event-id");
    if is_ok {
        return Outcome::Held;
    }
    let observed = format!("status {}\n{}", head.status, lines(head, &names));
    Breach::of(&answer, "status 2xx that allows the origin and last-event-id", observed)
        .hint("clients that use fetch send Last-Event-ID after a preflight, and cannot resume otherwise")
        .broken()
}

async fn on_errors(bench: Bench) -> Outcome {
    if let Err(outcome) = claimed(&bench).await {
        return outcome;
    }
    let ask = bench.ask(bench.head_only()).path(Some(super::ending::NOWHERE.into())).and("origin", ONE);
    let answer = bench.exchange(ask).await;
    match answer.head() {
        Some(head) if head.status >= 400 => told("CORS fields of an error", lines(head, &[ACAO])),
        _ => Outcome::NotJudged("no error was seen".into()),
    }
}
