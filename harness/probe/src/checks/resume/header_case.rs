//! Whether Last-Event-ID is recognized in any case.

use std::collections::HashSet;
use std::time::Duration;

use super::resumed::{DOES_NOT_RESUME, breach};
use crate::describe::id_list;
use crate::observe::observations::CheckContext;
use crate::observe::resumption::Resumption;
use crate::outcome::{Breach, Outcome};
use crate::wire::request::ReadLimits;

pub(super) async fn header_case(context: CheckContext) -> Result<Outcome, Outcome> {
    let resumption = context.resumption().await?;
    let resumption = match resumption.as_ref() {
        Ok(resumption) => resumption,
        Err(reason) => return Err(Outcome::NotJudged(reason.to_string())),
    };
    let limits = ReadLimits { events: Some(2), ..context.for_up_to(Duration::from_secs(2)) };
    let ids = resumption.first.ids();
    if ids.iter().collect::<HashSet<_>>().len() < ids.len() {
        return Err(Outcome::NotJudged("ids repeat on a single stream".into()));
    }
    if !resumption.continued() {
        return in_one_case(&context, resumption, limits).await;
    }
    for name in ["Last-Event-ID", "LAST-EVENT-ID"] {
        let exchange = context.send(context.request(limits).add_field(name, &resumption.last_event_id)).await;
        let received = exchange.ids();
        let first = received.iter().find(|id| **id != resumption.last_event_id);
        if first.is_some_and(|first| first != resumption.next()) {
            // The server may keep events for so short a time, or send them again only once.
            let again = ReadLimits { events: Some(3), ..limits };
            let usual = context.request(again).add_field("last-event-id", &resumption.last_event_id);
            let usual = context.send(usual).await.ids();
            if usual.iter().find(|id| **id != resumption.last_event_id).map(String::as_str)
                != Some(resumption.next())
            {
                let reason = "the stream resumed once from the same id, and later no longer";
                return Err(Outcome::NotJudged(reason.into()));
            }
            let expected = format!("an event with id {} first, as with last-event-id", resumption.next());
            let observed = format!("ids {} with {name}", id_list(&received));
            return Ok(Breach::new(&exchange, expected, observed).proven());
        }
    }
    Ok(Outcome::Holds)
}

/// Whether a server that does not resume with `last-event-id` does so with another spelling.
async fn in_one_case(
    context: &CheckContext,
    resumption: &Resumption,
    limits: ReadLimits,
) -> Result<Outcome, Outcome> {
    for name in ["Last-Event-ID", "Last-Event-Id", "LAST-EVENT-ID"] {
        let exchange = context.send(context.request(limits).add_field(name, &resumption.last_event_id)).await;
        let received = exchange.ids();
        let missed = received.iter().find(|id| **id != resumption.last_event_id);
        if missed.is_some_and(|missed| missed == resumption.next()) {
            let expected = format!("the same with {name} and with last-event-id");
            let observed = format!(
                "ids {} with {name}; ids {} with last-event-id",
                id_list(&received),
                id_list(&resumption.second.ids())
            );
            return Ok(breach(resumption, expected, observed)
                .with_exchange(&exchange, 3)
                .hint("field names are case-insensitive, and HTTP/2 sends them in lower case")
                .proven());
        }
    }
    Err(Outcome::NotJudged(DOES_NOT_RESUME.into()))
}
