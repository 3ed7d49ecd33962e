//! Many connections, and how clients disconnect.

use std::io::ErrorKind;
use std::time::Duration;

use super::leaving::{Disconnect, disconnecting};
use crate::check::{Check, judging};
use crate::describe::seconds;
use crate::need::Need;
use crate::observe::capacity::{self, Capacity, Excess};
use crate::observe::heads::PROMPT;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::End;
use crate::wire::request::Request;

pub(crate) const CHECKS: &[Check] = &[
    Check::new(
        "parallel",
        "Many streams are served simultaneously",
        "resilience-server/parallel-streams",
        |c| judging(parallel(c)),
    )
    .of_concurrent_streams(),
    Check::new(
        "leave-by-fin",
        "Clients that disconnect do not disturb others",
        "resilience-server/clients-leave",
        |c| judging(disconnecting(c, Disconnect::Close)),
    )
    .may_end_server(),
    Check::new(
        "leave-by-reset",
        "Clients that reset their connection do not disturb others",
        "resilience-server/clients-break-off",
        |c| judging(disconnecting(c, Disconnect::Reset)),
    )
    .may_end_server(),
    Check::new(
        "half-close",
        "Response to a client that closes its sending direction",
        "http/half-close",
        |c| judging(half_close(c)),
    )
    .needs(&[Need::Http1]),
    Check::new("tls-close", "How TLS connections are closed", "http/tls-close", |c| judging(tls_close(c)))
        .needs(&[Need::Tls]),
];

/// How many connections a browser opens to one host.
const BROWSER_CONNECTIONS: usize = 6;

async fn parallel(context: CheckContext) -> Result<Outcome, Outcome> {
    let capacity = context.capacity().await;
    if !capacity.single.may_be_stream() {
        context.stream_response().await?;
    }
    let Capacity { served, release, .. } = &*capacity;
    let Some(unserved) = &capacity.unserved else {
        return match capacity.excess {
            Excess::EndsEarlier => Ok(Breach::new(
                &capacity.single,
                "streams that stay open when another is opened",
                "the first stream ended when the second was opened",
            )
            .hint("browsers open a stream for each tab")
            .suspected()),
            Excess::EndsOldest(stay) => Ok(Breach::new(
                &capacity.single,
                "streams that stay open when others are opened",
                format!(
                    "of {} streams, {stay} stayed open: the earlier ones ended when more were opened",
                    capacity.opened
                ),
            )
            .hint("clients whose stream is ended reconnect, which ends the stream of another one, and so on")
            .suspected()),
            _ if capacity.single.head().is_none() => Err(Outcome::NotJudged(format!(
                "the server did not respond in time: {}",
                capacity.single.summary()
            ))),
            _ => Ok(Outcome::Holds),
        };
    };
    if let Excess::Refused(status @ (409 | 429 | 503)) = capacity.excess {
        let limit = format!("the server limits streams: it served {served}, and others got status {status}");
        // A limit that is stated is no fault; but a user with several tabs meets one this low.
        if *served >= BROWSER_CONNECTIONS {
            return Ok(Outcome::HoldsWithNote(limit));
        }
        return Ok(Breach::new(unserved, "as many streams as a browser opens to a host: 6", limit)
            .hint("the limit is stated, so it may be deliberate; a user with several tabs meets it")
            .suspected());
    }
    if capacity.single.head_time() > PROMPT {
        return Err(Outcome::NotJudged("response heads come too late to count the streams".into()));
    }
    let unit = if *served == 1 { "stream was" } else { "streams were" };
    let mut observed =
        format!("{served} {unit} served at the same time; another one: {}", unserved.summary());
    if capacity.excess == Excess::Unanswered && *release < unserved.duration {
        observed
            .push_str(&format!("; it was served {} after one of the others was closed", seconds(*release)));
    }
    let hint = match capacity.excess {
        Excess::Unanswered => {
            "each stream takes a process, thread or connection of a pool for as long as it is open: serve streams from an event loop, or raise the size of the pool; if there is an event loop, a blocking call such as sleep() stops it"
        }
        _ => "a browser opens up to 6 connections to a host, one for each stream",
    };
    let expected = format!("{} simultaneous streams", capacity::MOST);
    Ok(Breach::new(unserved, expected, observed).hint(hint).proven())
}

async fn half_close(context: CheckContext) -> Result<Outcome, Outcome> {
    context.response().await?;
    let request = context.request(context.for_up_to(Duration::from_secs(1)));
    let exchange = context.send(Request { half_close: true, ..request }).await;
    let response = match (&exchange.end, exchange.head()) {
        (_, None) => "no response",
        (End::StillOpen, Some(_)) => "the stream continues",
        (_, Some(_)) => "the stream ends",
    };
    Ok(fact("after the client closed its sending direction", response))
}

async fn tls_close(context: CheckContext) -> Result<Outcome, Outcome> {
    let observation = context.observed_stream().await?;
    let exchange = &observation.exchange;
    match &exchange.end {
        // The end of the connection without the alert that TLS requires before it.
        End::Broken { kind: ErrorKind::UnexpectedEof, .. } => Ok(fact("TLS", "closed without close_notify")),
        End::Complete | End::ClosedEarly => Ok(fact("TLS", "closed with close_notify, or kept open")),
        _ => Err(Outcome::NotJudged(format!(
            "the connection did not end within {}",
            seconds(exchange.duration)
        ))),
    }
}
