//! Whether the response to a client that resumes is like that to others.

use std::sync::Arc;

use super::resumed::breach;
use crate::describe::field_lines;
use crate::observe::observations::CheckContext;
use crate::outcome::Outcome;
use crate::wire::exchange::Exchange;
use crate::wire::request::Request;

/// The fields without which browsers give up the stream, or caches keep it.
const COMPARED: [&str; 5] = [
    "content-type",
    "cache-control",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "content-encoding",
];

/// An origin that no server knows.
const ORIGIN: &str = "https://resuming.ssespec.example";

pub(super) async fn resumed_head(context: CheckContext) -> Result<Outcome, Outcome> {
    let resumption = context.resumption().await?;
    let resumption = resumption.as_ref().as_ref().map_err(|e| Outcome::NotJudged(e.to_string()))?;
    let plain = context.request(context.until_head()).add_field("origin", ORIGIN);
    let resuming = plain.clone().add_field("last-event-id", &resumption.last_event_id);
    // Twice each: what differs between equal requests depends on something else.
    let again = |request: &Request| request.clone().add_field("x-ssespec-probe", "again");
    let all = [plain.clone(), resuming.clone(), again(&plain), again(&resuming)];
    let [one, resumed, other, once_more]: [Arc<Exchange>; 4] = context
        .send_all(all)
        .await
        .try_into()
        .map_err(|_| Outcome::NotJudged("not every request was sent".into()))?;
    let (Some(head), Some(first), Some(second)) = (resumed.head(), one.head(), other.head()) else {
        return Err(Outcome::NotJudged("not every request got a response".into()));
    };
    if first.status != 200 || second.status != 200 {
        return Err(Outcome::NotJudged("a plain request does not get status 200".into()));
    }
    // A server may tell the client to stop, and which ids it does not know is for resume-unknown-id.
    if head.status != 200 {
        return Err(Outcome::NotJudged(format!("with the id of an event, the status is {}", head.status)));
    }
    let values = |exchange: &Exchange, name: &str| -> Vec<Vec<u8>> {
        let head = exchange.head();
        head.into_iter().flat_map(|head| head.values(name).map(|value| value.to_ascii_lowercase())).collect()
    };
    let differs = |name: &&&str| {
        values(&one, name) == values(&other, name)
            && values(&resumed, name) == values(&once_more, name)
            && values(&one, name) != values(&resumed, name)
    };
    let different: Vec<&str> = COMPARED.iter().filter(differs).copied().collect();
    if different.is_empty() {
        return Ok(Outcome::Holds);
    }
    let hint = "other code answers clients that resume; a browser that gets another media type, or is not allowed to read the \
                response, does not reconnect again";
    Ok(breach(resumption, field_lines(first, &different), field_lines(head, &different))
        .with_exchange(&resumed, 3)
        .hint(hint)
        .proven())
}
