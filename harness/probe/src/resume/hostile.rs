//! What a request may bring: ids and targets of an attacker.

use std::time::Duration;

use super::super::lab::Bench;
use super::super::outcome::{Breach, Outcome};
use super::super::wire::{Ask, End, Exchange, Watch};

/// A field that no server sends by itself.
const INJECTED: &str = "ssespec-injected";

/// Markup that no server sends by itself.
const MARKUP: &str = "<script>ssespec</script>";

/// The ids of an attacker, each a list of field lines.
fn ids() -> Vec<Vec<Vec<u8>>> {
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

pub(super) async fn id(bench: Bench) -> Outcome {
    let opened = match bench.opened().await {
        Ok(opened) => opened,
        Err(outcome) => return outcome,
    };
    let watch = Watch { head: bench.options().timeout, body: Duration::from_millis(300), events: 1 };
    let asks = ids()
        .into_iter()
        .map(|lines| lines.iter().fold(bench.ask(watch), |ask, line| ask.and("last-event-id", line)));
    let asks: Vec<Ask> = asks.collect();
    let mut exchanges = Vec::new();
    // A few at a time: to limit streams is no mistake.
    for few in asks.chunks(3) {
        exchanges.extend(bench.exchanges(few.iter().cloned()).await);
    }
    for exchange in exchanges {
        if let Some(status) = exchange.status().filter(|status| *status >= 500) {
            return Breach::of(&exchange, "a stream, or a refusal with 4xx", format!("status {status}"))
                .hint("the id is a text of the client's, which may be anything")
                .broken();
        }
        if opened.head().is_some() && exchange.head().is_none() && exchange.end != End::Left {
            return Breach::of(&exchange, "a stream, or a refusal with 4xx", exchange.instead())
                .hint("the id is a text of the client's, which may be anything")
                .broken();
        }
        let text = String::from_utf8_lossy(&exchange.content);
        if !exchange.is_stream() && text.contains(MARKUP) {
            let observed =
                format!("{MARKUP} in a content of type {}", exchange.essence().unwrap_or_default());
            return Breach::of(&exchange, "no markup of the client's in the answer", observed).broken();
        }
        if opened.may_be_stream() && exchange.status() == Some(200) && !exchange.may_be_stream() {
            let observed = format!("status 200, {}", exchange.essence().unwrap_or_else(|| "no type".into()));
            return Breach::of(&exchange, "a stream, or a status that says what is wrong", observed).broken();
        }
    }
    // It must have survived.
    let ask = bench.ask(bench.head_only()).and("x-ssespec-probe", "after hostile ids");
    let after = bench.exchange(ask).await;
    if matches!(after.end, End::Unreachable(_)) || after.status().is_some_and(|status| status >= 500) {
        return Breach::of(&after, "an answer as before", after.instead())
            .hint("an id has brought the server down")
            .broken();
    }
    Outcome::Held
}

/// Whether a field was injected.
fn is_injected(exchange: &Exchange) -> bool {
    exchange.heads.iter().any(|head| head.values(INJECTED).next().is_some())
}

pub(super) async fn injection(bench: Bench) -> Outcome {
    let opened = match bench.opened().await {
        Ok(opened) => opened,
        Err(outcome) => return outcome,
    };
    let value = format!("a%0d%0a{INJECTED}:%201%0d%0a");
    let path = bench.path.clone().unwrap_or_else(|| bench.options().target.path.clone());
    let joint = if path.contains('?') { '&' } else { '?' };
    let query =
        format!("{path}{joint}lastEventId={value}&last-event-id={value}&origin={value}&callback={value}");
    let asks = [
        bench.ask(bench.head_only()).and("last-event-id", &value),
        bench.ask(bench.head_only()).and("last-event-id", format!("a\\r\\n{INJECTED}: 1")),
        bench.ask(bench.head_only()).and("origin", format!("https://a.example{value}")),
        bench.ask(bench.head_only()).path(Some(query)),
    ];
    for exchange in bench.exchanges(asks).await {
        if is_injected(&exchange) {
            return Breach::of(
                &exchange,
                "no line break from a request in a field",
                format!("a field {INJECTED}"),
            )
            .hint("remove CR, LF and NUL from what comes from a request before it goes into a field")
            .broken();
        }
    }
    if opened.head().is_some() {
        Outcome::Held
    } else {
        Outcome::NotJudged("the server did not answer".into())
    }
}

/// How long a stream is read for what a request has brought into it.
const ECHOED: Duration = Duration::from_millis(2500);

/// Line breaks that end an event, and one of the attacker's after them; percent-encoded.
const FORGERIES: [&str; 2] = [
    "a%0A%0Aevent:%20ssespec-injected%0Adata:%20forged%0A%0A",
    "a%0D%0Devent:%20ssespec-injected%0Ddata:%20forged%0D%0D",
];

/// Parameters that servers are known to take.
const KNOWN: [&str; 6] = ["lastEventId", "last-event-id", "channel", "topic", "name", "message"];

/// How many parameters of a query are tried.
const MOST: usize = 8;

/// The targets that have this value in a parameter: each of the query's own, the others as they are, and then those that
/// servers are known to take.
fn with_value(target: &str, value: &str) -> Vec<String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let own: Vec<&str> = query.split('&').filter(|parameter| !parameter.is_empty()).collect();
    let name = |parameter: &str| parameter.split('=').next().unwrap_or_default().to_owned();
    let mut targets: Vec<String> = (0..own.len().min(MOST))
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
    let known = KNOWN.iter().filter(|known| !own.iter().any(|parameter| name(parameter) == **known));
    let known = known.map(|known| format!("{known}={value}"));
    let all: Vec<String> = own.iter().map(|parameter| (*parameter).to_owned()).chain(known).collect();
    targets.push(format!("{path}?{}", all.join("&")));
    targets
}

pub(super) async fn event_injection(bench: Bench) -> Outcome {
    if let Err(outcome) = bench.streaming().await {
        return outcome;
    }
    let path = bench.path.clone().unwrap_or_else(|| bench.options().target.path.clone());
    let watch = Watch { head: bench.options().timeout, body: ECHOED, events: 0 };
    let targets = FORGERIES.iter().flat_map(|value| with_value(&path, value));
    let exchanges = bench.exchanges(targets.map(|target| bench.ask(watch).path(Some(target)))).await;
    for exchange in &exchanges {
        let forged = exchange.events.iter().any(|event| event.block.event.as_deref() == Some(INJECTED));
        if forged {
            return Breach::of(exchange, "text of the query as text", format!("an event of type {INJECTED}"))
                .hint("split what goes into data at LF, CR and CRLF, and refuse line breaks in types and ids")
                .broken();
        }
    }
    if !exchanges.iter().any(|exchange| exchange.may_be_stream()) {
        return Outcome::NotJudged("with such a query there is no stream".into());
    }
    if exchanges.iter().any(|exchange| String::from_utf8_lossy(&exchange.content).contains(INJECTED)) {
        return Outcome::Held;
    }
    Outcome::HeldWith("nothing of the query came back".into())
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
