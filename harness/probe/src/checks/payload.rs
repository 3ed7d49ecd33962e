//! Payloads that show a mistake in the server's code.

mod encoded;
mod mistake;
mod object;

use std::collections::BTreeMap;

use ssespec_reports::visible;
use ssespec_strict::FindingKind;

use self::mistake::Mistake;
use super::stream::judge_stream;
use crate::check::Check;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Exchange};

pub(crate) const CHECKS: &[Check] = &[Check::new(
    "payload-is-text",
    "No payload shows a mistake in the server's code",
    "resilience-server/payload-is-text",
    |c| judge_stream(c, payloads),
)];

/// How many characters of a payload are shown.
const SHOWN: usize = 100;

/// How many payloads are there only for the others: a greeting before them, and a last one such as `[DONE]` if the stream ended.
fn framing(payloads: &[&str], has_ended: bool) -> usize {
    let is_text = |payload: Option<&&str>| payload.is_some_and(|payload| Mistake::of(payload).is_none());
    let (greeting, rest) = payloads.split_at(usize::from(is_text(payloads.first())));
    greeting.len() + usize::from(has_ended && is_text(rest.last()))
}

fn payloads(exchange: &Exchange) -> Outcome {
    let mut types: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in exchange.dispatched() {
        let block = &event.block;
        let payload = block.data.as_deref().unwrap_or_default().trim();
        types.entry(block.event.as_deref().unwrap_or("message")).or_default().push(payload);
    }
    if types.is_empty() {
        return Outcome::NotJudged("no event came".into());
    }
    let has_invalid_utf8 =
        exchange.stream_findings.iter().any(|finding| finding.kind == FindingKind::InvalidUtf8);
    for (kind, payloads) in types {
        let mut found: BTreeMap<Mistake, Vec<&str>> = BTreeMap::new();
        for payload in &payloads {
            // Where bytes are no UTF-8, the characters are lost here.
            let is_own = |mistake: &Mistake| *mistake == Mistake::Replaced && has_invalid_utf8;
            if let Some(mistake) = Mistake::of(payload).filter(|mistake| !is_own(mistake)) {
                found.entry(mistake).or_default().push(payload);
            }
        }
        if let Some(breach) = always_empty(exchange, kind, &payloads) {
            return breach;
        }
        let total = payloads.len().saturating_sub(framing(&payloads, exchange.end == End::Complete));
        let sure = found.into_iter().find(|(mistake, of)| {
            let are_equal = of.windows(2).all(|pair| pair.first() == pair.last());
            mistake.is_sure(of.len(), total) && (are_equal || !mistake.is_always_the_same())
        });
        if let Some((mistake, wrong)) = sure {
            let shown = visible::line(wrong.first().copied().unwrap_or_default(), SHOWN);
            let observed = format!("{shown} in {} of {} events", wrong.len(), payloads.len());
            return Breach::new(exchange, "the text that was meant", observed)
                .hint(mistake.hint())
                .suspected();
        }
    }
    Outcome::Holds
}

/// How many events show that an object without members is not a coincidence.
const EMPTY: usize = 4;

/// The breach of a type whose payload is always `{}`: a Map, a Set, an Error or a Promise of JavaScript becomes that.
fn always_empty(exchange: &Exchange, kind: &str, payloads: &[&str]) -> Option<Outcome> {
    let is_life_sign = ["ping", "heart", "alive"].iter().any(|word| kind.to_ascii_lowercase().contains(word));
    let is_empty = payloads.len() >= EMPTY && payloads.iter().all(|payload| *payload == "{}");
    (is_empty && !is_life_sign).then(|| {
        let observed = format!("{{}} in all {} events of the type {kind}", payloads.len());
        Breach::new(exchange, "the text that was meant", observed)
            .hint("JSON.stringify() makes {} of a Map, a Set, an Error and a Promise: convert it first")
            .suspected()
    })
}

#[cfg(test)]
mod tests {
    use super::framing;

    #[test]
    fn a_greeting_and_a_last_payload_do_not_count() {
        let twice = ["data: a", "data: b", "[DONE]"];
        assert_eq!((framing(&twice, true), framing(&twice, false)), (1, 0));
        assert_eq!(framing(&["hello", "data: a", "[DONE]"], true), 2);
        assert_eq!((framing(&["hello"], true), framing(&["data: a"], true), framing(&[], true)), (1, 0, 0));
    }
}
