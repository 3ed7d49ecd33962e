//! Whether caches may store the stream.

use ssespec_strict::http::Head;

use super::date::imf_date;
use crate::checks::stream::no_stream;
use crate::describe::field_lines;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::Exchange;

fn has_directive(directives: &[String], name: &str) -> bool {
    directives.iter().any(|directive| directive.eq_ignore_ascii_case(name))
}

pub(super) fn cache_control(exchange: &Exchange, head: &Head) -> Outcome {
    if exchange.status() != Some(200) {
        return no_stream(exchange);
    }
    let directives = head.list("cache-control");
    if has_directive(&directives, "no-store") || has_directive(&directives, "no-cache") {
        return Outcome::Holds;
    }
    Breach::new(exchange, "cache-control: no-store (or no-cache)", field_lines(head, &["cache-control"]))
        .hint("without it, a cache may store a 200 response and send it to other clients")
        .proven()
}

/// Fields that caches of a content delivery network prefer to Cache-Control: RFC 9213, and one of Fastly and Varnish.
const TARGETED: [&str; 3] = ["cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control"];

/// Whether a list of directives gives a lifetime.
fn has_lifetime(directives: &[String]) -> bool {
    let is_positive = |name: &str| {
        directives.iter().any(|directive| {
            let (key, value) = directive.split_once('=').unwrap_or((directive, ""));
            let seconds: u64 = value.trim().trim_matches('"').parse().unwrap_or_default();
            key.trim().eq_ignore_ascii_case(name) && seconds > 0
        })
    };
    ["max-age", "s-maxage"].into_iter().any(is_positive)
}

pub(super) fn freshness(exchange: &Exchange, head: &Head) -> Outcome {
    if let Some(field) = TARGETED.into_iter().find(|field| has_lifetime(&head.list(field))) {
        return Breach::new(exchange, "no freshness lifetime", field_lines(head, &[field]))
            .hint("a content delivery network obeys this field instead of Cache-Control, and sends one client's stream to others")
            .proven();
    }
    let directives = head.list("cache-control");
    if has_directive(&directives, "no-store") || has_directive(&directives, "no-cache") {
        return Outcome::Holds;
    }
    let has_max_age = directives.iter().any(|d| d.to_ascii_lowercase().starts_with("max-age"));
    let expires = head.first("expires").is_some_and(|value| value.trim() != "0" && value.trim() != "-1");
    // Clocks differ, so Expires is compared with the Date of the same response.
    let expires_later = expires && !has_max_age && head.first("expires") != head.first("date");
    if has_lifetime(&directives) || (expires_later && expires_after_date(head)) {
        let observed = field_lines(head, &["cache-control", "expires", "date"]);
        return Breach::new(exchange, "no freshness lifetime", observed).proven();
    }
    Outcome::Holds
}

/// Whether Expires is after Date. Only dates in the preferred format are compared.
fn expires_after_date(head: &Head) -> bool {
    let parsed = |name: &str| head.first(name).as_deref().and_then(imf_date);
    match (parsed("expires"), parsed("date")) {
        (Some(expires), Some(date)) => expires > date,
        _ => false,
    }
}
