//! Attacks through the id and query of a request.

use std::time::Duration;

use crate::check::{Check, judging};
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Exchange};
use crate::wire::request::{ReadLimits, Request};

pub(crate) const CHECKS: &[Check] = &[
    Check::new("hostile-id", "A hostile Last-Event-ID does no harm", "resilience-server/hostile-id", |c| {
        judging(hostile_id(c))
    })
    .may_end_server(),
    Check::new("field-injection", "Request input cannot inject response fields", "http/field-values", |c| {
        judging(field_injection(c))
    }),
    Check::new(
        "event-injection",
        "Request input cannot inject events",
        "whatwg/server-payload-newlines-split",
        |c| judging(event_injection(c)),
    ),
];

/// The name of a field and the type of an event that no server sends on its own.
const INJECTED: &str = "ssespec-injected";

/// Markup that no server sends on its own.
const MARKUP: &str = "<script>ssespec</script>";

/// Hostile ids. Each is a list of values, sent as one Last-Event-ID field each.
fn hostile_ids() -> Vec<Vec<Vec<u8>>> {
    vec![
        vec![MARKUP.as_bytes().to_vec()],
        vec![b"' OR '1'='1'; --".to_vec()],
        vec![b"../../../../etc/passwd".to_vec()],
        vec![b"-1".to_vec()],
        vec![b"99999999999999999999999999".to_vec()],
        vec![b"NaN".to_vec()],
        vec![b"{\"$gt\":\"\"}".to_vec()],
        vec![b"\xFF\xFE\xC0\x80".to_vec()],
        vec![b"1".to_vec(), b"2".to_vec()],
        vec![vec![b'x'; 8 * 1024]],
    ]
}

async fn hostile_id(context: CheckContext) -> Result<Outcome, Outcome> {
    let plain = context.response().await?;
    if let Some(status) = plain.status().filter(|status| *status >= 500) {
        return Err(Outcome::NotJudged(format!("a plain request gets status {status} too")));
    }
    let limits = ReadLimits { events: Some(1), ..context.for_up_to(Duration::from_millis(300)) };
    let requests = hostile_ids().into_iter().map(|values| {
        let request = context.request(limits);
        values.iter().fold(request, |request, value| request.add_field("last-event-id", value))
    });
    let requests: Vec<Request> = requests.collect();
    let mut exchanges = Vec::new();
    // A few at a time, because servers may limit concurrent streams.
    for few in requests.chunks(3) {
        exchanges.extend(context.send_all(few.iter().cloned()).await);
    }
    for exchange in exchanges {
        if let Some(status) = exchange.status().filter(|status| *status >= 500) {
            return Ok(server_failed(&exchange, format!("status {status}")));
        }
        if plain.head().is_some() && exchange.head().is_none() && exchange.end != End::StillOpen {
            return Ok(server_failed(&exchange, exchange.summary()));
        }
        let is_cut = matches!(exchange.end, End::ClosedEarly | End::Broken { .. });
        if plain.may_be_stream() && exchange.may_be_stream() && is_cut && stays_open(&context).await {
            return Ok(server_failed(
                &exchange,
                format!("a stream that breaks off: {}", exchange.describe_end()),
            ));
        }
        let text = String::from_utf8_lossy(&exchange.content);
        if !exchange.is_stream() && text.contains(MARKUP) {
            let observed = format!("{MARKUP} in {} content", exchange.essence().unwrap_or_default());
            return Ok(
                Breach::new(&exchange, "no markup from the request in the response", observed).proven()
            );
        }
        if plain.may_be_stream() && exchange.status() == Some(200) && !exchange.may_be_stream() {
            let essence = exchange.essence().unwrap_or_else(|| "no Content-Type".into());
            let observed = format!("status 200, {essence}");
            return Ok(Breach::new(&exchange, "a stream, or an error status", observed).proven());
        }
    }
    // The server must have survived.
    let request = context.request(context.until_head()).add_field("x-ssespec-probe", "after hostile ids");
    let after = context.send(request).await;
    if matches!(after.end, End::Unreachable(_)) || after.status().is_some_and(|status| status >= 500) {
        return Ok(Breach::new(&after, "a response as before", after.summary())
            .hint("one of the ids crashed the server")
            .proven());
    }
    Ok(Outcome::Holds)
}

/// Whether a stream without a hostile id stays open.
async fn stays_open(context: &CheckContext) -> bool {
    let observation = context.long_observation().await;
    observation.exchange.may_be_stream() && observation.exchange.end == End::StillOpen
}

fn server_failed(exchange: &Exchange, observed: String) -> Outcome {
    Breach::new(exchange, "a stream, or a 4xx status", observed)
        .hint("Last-Event-ID is input from the client, which may be anything")
        .proven()
}

async fn field_injection(context: CheckContext) -> Result<Outcome, Outcome> {
    context.response().await?;
    let value = format!("a%0d%0a{INJECTED}:%201%0d%0a");
    let path = context.target_path();
    let separator = if path.contains('?') { '&' } else { '?' };
    let query =
        format!("{path}{separator}lastEventId={value}&last-event-id={value}&origin={value}&callback={value}");
    let plain = context.request(context.until_head());
    let requests = [
        plain.clone().add_field("last-event-id", &value),
        plain.clone().add_field("last-event-id", format!("a\\r\\n{INJECTED}: 1")),
        plain.clone().add_field("origin", format!("https://a.example{value}")),
        plain.clone().path(Some(query)),
    ];
    let of_parameters = with_value(path, &value).into_iter().map(|target| plain.clone().path(Some(target)));
    for exchange in context.send_all(requests.into_iter().chain(of_parameters)).await {
        if exchange.heads.iter().any(|head| head.values(INJECTED).next().is_some()) {
            let expected = "no line break from the request in a response field";
            return Ok(Breach::new(&exchange, expected, format!("a field {INJECTED}"))
                .hint("remove CR, LF and NUL from request input before it goes into a field")
                .proven());
        }
    }
    Ok(Outcome::Holds)
}

/// How long a stream is read for input from the request.
const ECHO: Duration = Duration::from_millis(2500);

/// Values, percent-encoded, with line breaks that end an event and then forge another one.
const FORGERIES: [&str; 2] = [
    "a%0A%0Aevent:%20ssespec-injected%0Adata:%20forged%0A%0A",
    "a%0D%0Devent:%20ssespec-injected%0Ddata:%20forged%0D%0D",
];

/// Query parameters that servers often have.
const COMMON_PARAMETERS: [&str; 6] = ["lastEventId", "last-event-id", "channel", "topic", "name", "message"];

/// How many parameters of the user's query are tried.
const MAX_PARAMETERS: usize = 8;

/// Variants of a path that carry a value in a query parameter: one for each parameter that the path has, with the others
/// unchanged, and one with all common parameters.
fn with_value(target: &str, value: &str) -> Vec<String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let own: Vec<&str> = query.split('&').filter(|parameter| !parameter.is_empty()).collect();
    let name = |parameter: &str| parameter.split('=').next().unwrap_or_default().to_owned();
    let mut targets: Vec<String> = (0..own.len().min(MAX_PARAMETERS))
        .map(|changed| {
            let parameters = own.iter().enumerate().map(|(index, parameter)| {
                if index == changed {
                    format!("{}={value}", name(parameter))
                } else {
                    (*parameter).to_owned()
                }
            });
            format!("{path}?{}", parameters.collect::<Vec<_>>().join("&"))
        })
        .collect();
    let is_own = |common: &str| own.iter().any(|parameter| name(parameter) == common);
    let common = COMMON_PARAMETERS.iter().filter(|common| !is_own(common));
    let common = common.map(|common| format!("{common}={value}"));
    let all: Vec<String> = own.iter().map(|parameter| (*parameter).to_owned()).chain(common).collect();
    targets.push(format!("{path}?{}", all.join("&")));
    targets
}

async fn event_injection(context: CheckContext) -> Result<Outcome, Outcome> {
    context.stream_response().await?;
    let targets = FORGERIES.iter().flat_map(|value| with_value(context.target_path(), value));
    let limits = context.for_up_to(ECHO);
    let of_query = targets.map(|target| context.request(limits).path(Some(target)));
    let of_id = FORGERIES.iter().map(|value| context.request(limits).add_field("last-event-id", value));
    let exchanges = context.send_all(of_query.chain(of_id)).await;
    for exchange in &exchanges {
        if exchange.events.iter().any(|event| event.block.event.as_deref() == Some(INJECTED)) {
            let observed = format!("an event of type {INJECTED}");
            return Ok(Breach::new(exchange, "input from the request only as data", observed)
                .hint("split data at LF, CR and CRLF, and reject line breaks in event types and ids")
                .proven());
        }
    }
    if !exchanges.iter().any(|exchange| exchange.may_be_stream()) {
        return Err(Outcome::NotJudged("requests with such a query get no stream".into()));
    }
    if exchanges.iter().any(|exchange| String::from_utf8_lossy(&exchange.content).contains(INJECTED)) {
        return Ok(Outcome::Holds);
    }
    Ok(Outcome::HoldsWithNote("the stream does not repeat any input from the query".into()))
}

#[cfg(test)]
mod tests {
    use super::with_value;

    #[test]
    fn every_parameter_gets_the_value() {
        let targets = with_value("/a?token=c&name", "x%0A");
        assert_eq!(targets[..2], ["/a?token=x%0A&name", "/a?token=c&name=x%0A"]);
        assert!(targets[2].starts_with("/a?token=c&name&lastEventId=x%0A&"), "{targets:?}");
        assert!(!targets[2].contains("&name=") && targets.len() == 3);
        assert!(with_value("/a", "x")[0].starts_with("/a?lastEventId=x&"));
    }
}
