//! Use from other origins, if the server claims to support it by any Access-Control field.
//!
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>

use std::sync::Arc;

use crate::check::{Check, judging};
use crate::describe::field_lines;
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::Exchange;
use crate::wire::request::{Method, NONEXISTENT_PATH};

pub(crate) const CHECKS: &[Check] = &[
    Check::new(
        "cors-origin",
        "Access-Control-Allow-Origin is a single origin or *",
        "resilience-server/cors-origin",
        |c| judging(origin(c)),
    ),
    Check::new(
        "cors-credentials",
        "A response that allows credentials names the origin",
        "resilience-server/cors-credentials",
        |c| judging(credentials(c)),
    ),
    Check::new(
        "set-cookie",
        "A stream that allows credentials sets no cookie",
        "resilience-server/no-cookie-with-credentials",
        |c| judging(set_cookie(c)),
    ),
    Check::new(
        "cors-vary",
        "A response that echoes the origin has Vary: Origin",
        "resilience-server/cors-vary",
        |c| judging(vary(c)),
    ),
    Check::new(
        "cors-reflection",
        "Arbitrary origins may not read the stream with credentials",
        "resilience-server/cors-reflection",
        |c| judging(reflection(c)),
    ),
    Check::new(
        "cors-preflight",
        "The preflight response allows Last-Event-ID",
        "resilience-server/cors-preflight",
        |c| judging(preflight(c)),
    )
    .needs(&[Need::Get]),
    Check::new("cors-on-errors", "CORS fields of error responses", "resilience-server/cors-on-errors", |c| {
        judging(on_errors(c))
    }),
];

/// Two origins that no server has reason to trust: names below `.example` are reserved.
const ONE: &str = "https://one.ssespec.example";
const OTHER: &str = "https://other.ssespec.example";

const ALLOW_ORIGIN: &str = "access-control-allow-origin";
const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";
const SET_COOKIE: &str = "set-cookie";
const ALLOW_HEADERS: &str = "access-control-allow-headers";

async fn send_from(context: &CheckContext, origin: &str) -> Arc<Exchange> {
    context.send(context.request(context.until_head()).add_field("origin", origin)).await
}

/// The response to a request from another origin.
///
/// # Errors
/// If the server does not claim to support other origins.
async fn cross_origin_response(context: &CheckContext) -> Result<Arc<Exchange>, Outcome> {
    context.response().await?;
    let exchange = send_from(context, ONE).await;
    let Some(head) = exchange.head() else {
        return Err(Outcome::NotJudged(format!(
            "a request with Origin gets no response: {}",
            exchange.summary()
        )));
    };
    let is_supported =
        head.fields.iter().any(|field| field.name.to_ascii_lowercase().starts_with(b"access-control-"));
    if is_supported {
        Ok(exchange)
    } else {
        Err(Outcome::NotJudged(
            "there are no CORS fields: the server does not claim to support other origins".into(),
        ))
    }
}

/// The response to the preflight of a client that resumes.
async fn send_preflight(context: &CheckContext) -> Arc<Exchange> {
    let request = context
        .request(context.until_head())
        .method(Method::Options)
        .without_users_fields()
        .set_field("accept", "*/*")
        .add_field("origin", ONE)
        .add_field("access-control-request-method", "GET")
        .add_field("access-control-request-headers", "last-event-id");
    context.send(request).await
}

/// The breach of a server that allows the origin in the response to OPTIONS only: the stream is sent by code that the
/// framework's CORS support does not reach.
async fn allowed_by_preflight_only(context: &CheckContext) -> Option<Outcome> {
    if context.options().content.is_some() {
        return None;
    }
    let stream = send_from(context, ONE).await;
    let response = send_preflight(context).await;
    let (of_stream, head) = (stream.head()?, response.head()?);
    let is_allowed =
        (200..300).contains(&head.status) && (head.lists(ALLOW_ORIGIN, ONE) || head.lists(ALLOW_ORIGIN, "*"));
    if of_stream.status != 200 || of_stream.values(ALLOW_ORIGIN).next().is_some() || !is_allowed {
        return None;
    }
    let allowed = field_lines(head, &[ALLOW_ORIGIN]);
    let observed = format!("none on the stream, although the response to OPTIONS has {allowed}");
    let hint =
        "browsers refuse the stream; a framework adds CORS fields only to responses that it sends itself";
    let expected = format!("{allowed} on the stream too");
    Some(Breach::new(&stream, expected, observed).with_exchange(&response, 2).hint(hint).suspected())
}

async fn origin(context: CheckContext) -> Result<Outcome, Outcome> {
    let response = cross_origin_response(&context).await;
    let is_unclear = match &response {
        Ok(exchange) => exchange.head().is_some_and(|head| head.values(ALLOW_ORIGIN).next().is_none()),
        Err(_) => true,
    };
    if is_unclear && let Some(breach) = allowed_by_preflight_only(&context).await {
        return Ok(breach);
    }
    let exchange = response?;
    let Some(head) = exchange.head() else { return Ok(Outcome::Holds) };
    let values: Vec<String> =
        head.values(ALLOW_ORIGIN).map(|value| String::from_utf8_lossy(value).into_owned()).collect();
    let is_valid = |value: &str| {
        value == "*" || (value.contains("://") && !value.contains([',', ' ']) && !value.ends_with('/'))
    };
    Ok(match values.as_slice() {
        [] if head.status >= 400 => {
            Outcome::NotJudged(format!("a request with Origin gets status {}", head.status))
        }
        [] => Outcome::HoldsWithNote("this origin is not allowed".into()),
        [value] if is_valid(value) => Outcome::Holds,
        _ => {
            let expected = "one field, with * or a single origin";
            let hint = match values.as_slice() {
                [value] if value == "null" => {
                    "null is what sandboxed frames and local files send: any of them may read the stream, and no website"
                }
                _ => "browsers compare the whole value with the origin of the page",
            };
            Breach::new(&exchange, expected, field_lines(head, &[ALLOW_ORIGIN])).hint(hint).proven()
        }
    })
}

async fn credentials(context: CheckContext) -> Result<Outcome, Outcome> {
    let exchange = cross_origin_response(&context).await?;
    let Some(head) = exchange.head() else { return Ok(Outcome::Holds) };
    let Some(allowed) = head.first(ALLOW_CREDENTIALS) else {
        return Err(Outcome::NotJudged("credentials are not allowed".into()));
    };
    let fields = field_lines(head, &[ALLOW_ORIGIN, ALLOW_CREDENTIALS]);
    if head.first(ALLOW_ORIGIN).as_deref() == Some("*") && allowed == "true" {
        return Ok(Breach::new(&exchange, "the origin of the request instead of *", fields)
            .hint("browsers reject * in the response to a request with credentials")
            .proven());
    }
    if allowed != "true" {
        return Ok(Breach::new(
            &exchange,
            "access-control-allow-credentials: true, or no such field",
            fields,
        )
        .hint("browsers compare the value with \"true\", in lower case")
        .proven());
    }
    Ok(Outcome::Holds)
}

async fn set_cookie(context: CheckContext) -> Result<Outcome, Outcome> {
    context.response().await?;
    let exchange = send_from(&context, ONE).await;
    let Some(head) = exchange.head() else {
        return Err(Outcome::NotJudged(format!(
            "a request with Origin gets no response: {}",
            exchange.summary()
        )));
    };
    if head.values(SET_COOKIE).next().is_none() {
        return Ok(fact("set-cookie", "no"));
    }
    if head.first(ALLOW_CREDENTIALS).as_deref() == Some("true") {
        let observed = field_lines(head, &[ALLOW_CREDENTIALS, SET_COOKIE]);
        return Ok(Breach::new(&exchange, "no Set-Cookie, or no Access-Control-Allow-Credentials", observed)
            .hint("set the cookie in the response to another request, before the stream is opened")
            .proven());
    }
    Ok(fact("set-cookie", "yes, on the stream"))
}

/// Whether the allowed origin is that of the request.
fn echoes(exchange: &Exchange, origin: &str) -> bool {
    exchange.head().and_then(|head| head.first(ALLOW_ORIGIN)).as_deref() == Some(origin)
}

async fn vary(context: CheckContext) -> Result<Outcome, Outcome> {
    let exchange = cross_origin_response(&context).await?;
    let other = send_from(&context, OTHER).await;
    if !(echoes(&exchange, ONE) && echoes(&other, OTHER)) {
        return Err(Outcome::NotJudged("the origin is not echoed".into()));
    }
    for side in [&exchange, &other] {
        let Some(head) = side.head() else { continue };
        if !head.lists("vary", "origin") && !head.lists("vary", "*") {
            let observed = field_lines(head, &[ALLOW_ORIGIN, "vary"]);
            return Ok(Breach::new(&exchange, "vary: Origin", observed)
                .with_exchange(&other, 2)
                .hint("a cache sends the response for one origin to another, which may not read it")
                .proven());
        }
    }
    Ok(Outcome::Holds)
}

async fn reflection(context: CheckContext) -> Result<Outcome, Outcome> {
    let exchange = cross_origin_response(&context).await?;
    let Some(head) = exchange.head() else { return Ok(Outcome::Holds) };
    if echoes(&exchange, ONE) && head.first(ALLOW_CREDENTIALS).as_deref() == Some("true") {
        let observed = field_lines(head, &[ALLOW_ORIGIN, ALLOW_CREDENTIALS]);
        return Ok(Breach::new(&exchange, "credentials only for known origins", observed)
            .hint("any website can read the stream with the credentials of its visitors")
            .proven());
    }
    Ok(Outcome::Holds)
}

async fn preflight(context: CheckContext) -> Result<Outcome, Outcome> {
    let exchange = cross_origin_response(&context).await?;
    if exchange.head().is_some_and(|head| head.values(ALLOW_ORIGIN).next().is_none()) {
        return Err(Outcome::NotJudged("this origin is not allowed".into()));
    }
    let response = send_preflight(&context).await;
    let Some(head) = response.head() else {
        return Ok(Breach::new(&response, "a response to the preflight", response.summary()).proven());
    };
    let allows = |name: &str, value: &str| head.lists(name, value) || head.lists(name, "*");
    if (200..300).contains(&head.status)
        && allows(ALLOW_ORIGIN, ONE)
        && allows(ALLOW_HEADERS, "last-event-id")
    {
        return Ok(Outcome::Holds);
    }
    let fields = field_lines(head, &[ALLOW_ORIGIN, ALLOW_HEADERS]);
    let observed = format!("status {}\n{fields}", head.status);
    Ok(Breach::new(&response, "a 2xx status that allows the origin and last-event-id", observed)
        .hint("clients based on fetch() send Last-Event-ID only after a preflight, so they cannot resume")
        .proven())
}

async fn on_errors(context: CheckContext) -> Result<Outcome, Outcome> {
    cross_origin_response(&context).await?;
    let request =
        context.request(context.until_head()).path(Some(NONEXISTENT_PATH.into())).add_field("origin", ONE);
    let response = context.send(request).await;
    match response.head() {
        Some(head) if head.status >= 400 => {
            Ok(fact("CORS fields of an error", field_lines(head, &[ALLOW_ORIGIN])))
        }
        _ => Err(Outcome::NotJudged("no error response was observed".into())),
    }
}
