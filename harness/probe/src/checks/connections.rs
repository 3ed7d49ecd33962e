//! Many connections, and how clients disconnect.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use crate::check::{Check, judging};
use crate::describe::seconds;
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::{End, Exchange};
use crate::wire::ongoing::OngoingExchange;
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
    ),
    Check::new(
        "leave-by-reset",
        "Clients that reset their connection do not disturb others",
        "resilience-server/clients-break-off",
        |c| judging(disconnecting(c, Disconnect::Reset)),
    ),
    Check::new(
        "half-close",
        "Response to a client that closes its sending direction",
        "http/half-close",
        |c| judging(half_close(c)),
    ),
    Check::new("tls-close", "How TLS connections are closed", "http/tls-close", |c| judging(tls_close(c)))
        .needs(&[Need::Tls]),
];

/// How many connections a browser opens to one host.
const BROWSER_CONNECTIONS: usize = 6;

/// How many streams are opened simultaneously.
const STREAMS: u32 = 20;

async fn parallel(context: CheckContext) -> Result<Outcome, Outcome> {
    let single = context.stream_response().await?;
    let _slots = context.reserve_slots(STREAMS).await;
    let mut tasks = tokio::task::JoinSet::new();
    let all_open = Arc::new(tokio::sync::Barrier::new(STREAMS as usize));
    for _ in 0..STREAMS {
        let (context, all_open) = (context.clone(), Arc::clone(&all_open));
        tasks.spawn(async move {
            let request = context.request(context.until_head()).path(context.path.clone());
            let mut ongoing = OngoingExchange::open(context.options(), &request).await;
            ongoing.read_until(context.options().timeout, |exchange| exchange.head().is_some()).await;
            // No stream is closed before all are served.
            all_open.wait().await;
            ongoing.finish()
        });
    }
    let exchanges: Vec<Exchange> = tasks.join_all().await;
    let is_served = |exchange: &Exchange| exchange.is_same_kind_as(&single);
    let is_limit = |exchange: &Exchange| matches!(exchange.status(), Some(429 | 503));
    let Some(refused) = exchanges.iter().find(|exchange| !is_served(exchange)) else {
        return Ok(Outcome::Holds);
    };
    if single.head().is_some_and(|head| head.at > context.options().timeout) {
        return Err(Outcome::NotJudged("the response head comes too late to compare responses".into()));
    }
    let served = exchanges.iter().filter(|exchange| is_served(exchange)).count();
    // A server may limit streams on purpose if it says so and serves as many as a browser opens.
    if exchanges.iter().all(|exchange| is_served(exchange) || is_limit(exchange))
        && served >= BROWSER_CONNECTIONS
    {
        let status = refused.status().unwrap_or_default();
        return Ok(Outcome::HoldsWithNote(format!(
            "the server limits streams: it served {served} of {STREAMS}, others got status {status}"
        )));
    }
    let count = exchanges.len() - served;
    let observed = format!("{count} of {STREAMS} got no stream; one of them: {}", refused.summary());
    Ok(Breach::new(refused, format!("{STREAMS} simultaneous streams"), observed)
        .hint("a server that uses a process or thread for each stream runs out of them")
        .proven())
}

/// How clients disconnect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disconnect {
    /// FIN.
    Close,
    /// RST.
    Reset,
}

/// How many clients connect and disconnect.
const CLIENTS: u32 = 10;

async fn disconnecting(context: CheckContext, how: Disconnect) -> Result<Outcome, Outcome> {
    let single = context.prompt_stream_response().await?;
    let limit = context.options().timeout;
    let request = context.request(context.until_head()).path(context.path.clone());
    let _slots = context.reserve_slots(CLIENTS).await;
    let mut other = OngoingExchange::open(context.options(), &request).await;
    other.read_until(limit, |exchange| exchange.head().is_some()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let (context, request) = (context.clone(), request.clone());
        tasks.spawn(async move {
            let mut ongoing = OngoingExchange::open(context.options(), &request).await;
            ongoing.read_until(limit, |exchange| exchange.head().is_some()).await;
            if how == Disconnect::Reset {
                ongoing.reset();
            }
        });
    }
    tasks.join_all().await;
    // If this disturbs other clients, that shows within a second.
    let moment = other.elapsed() + Duration::from_secs(1);
    other.read_until(moment, |_| false).await;
    let other = other.finish();
    let event = match how {
        Disconnect::Close => "closed",
        Disconnect::Reset => "reset",
    };
    if matches!(other.end, End::ClosedEarly | End::Broken { .. }) {
        let observed = format!("{} after {CLIENTS} others were {event}", other.describe_end());
        return Ok(Breach::new(&other, "a stream that stays open", observed).proven());
    }
    let mut after = OngoingExchange::open(context.options(), &request).await;
    after.read_until(limit, |exchange| exchange.head().is_some()).await;
    let after = after.finish();
    if after.is_same_kind_as(&single) {
        return Ok(Outcome::Holds);
    }
    let observed = format!("{} after {CLIENTS} others were {event}", after.summary());
    Ok(Breach::new(&after, "a stream", observed)
        .hint("the server does not release the resources of a client that disconnected")
        .proven())
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
