//! Many connections, and how clients disconnect.

use std::io::ErrorKind;
use std::time::Duration;

use super::deafness::{deaf, emitted, rhythm, silenced, silenced_when_emitting};
use crate::check::{Check, judging};
use crate::describe::seconds;
use crate::need::Need;
use crate::observe::capacity::{self, Capacity, Excess};
use crate::observe::heads::PROMPT;
use crate::observe::observations::CheckContext;
use crate::options::Length;
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
    ),
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
    if let Some(outcome) = not_admitted(&context, how).await {
        return Ok(outcome);
    }
    let single = match context.prompt_stream_response().await {
        Ok(single) => single,
        Err(outcome) => return ended(&context, how).await.ok_or(outcome),
    };
    if context.capacity().await.excess == Excess::EndsEarlier {
        return Err(Outcome::NotJudged("a stream ends when another is opened: see parallel".into()));
    }
    let limit = context.options().timeout;
    let request = context.request(context.until_head()).path(context.path.clone());
    // One stream stays open.
    let clients = CLIENTS.min(context.places().total().saturating_sub(1));
    if clients == 0 {
        return Err(Outcome::NotJudged("the server serves one stream at a time".into()));
    }
    let places = context.reserve(clients + 1).await;
    let mut other = context.places().open(context.options(), &request).await;
    other.read_until(limit, |exchange| exchange.head().is_some()).await;
    let quiet = if context.is_alone { QUIET } else { Duration::ZERO };
    let moment = other.elapsed() + quiet;
    other.read_until(moment, |_| false).await;
    let ends_on_its_own = other.exchange.end == End::Complete;
    let rhythm = rhythm(&context, &mut other).await;
    if rhythm.is_none()
        && how == Disconnect::Close
        && let Some(breach) = silenced_when_emitting(&context, &request, &mut other).await
    {
        return Ok(breach);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..clients {
        let (context, request) = (context.clone(), request.clone());
        tasks.spawn(async move {
            let mut ongoing = context.places().open(context.options(), &request).await;
            ongoing.read_until(limit, |exchange| exchange.head().is_some()).await;
            if how == Disconnect::Reset {
                ongoing.reset();
            }
        });
    }
    tasks.join_all().await;
    let left_at = other.elapsed();
    // If this disturbs other clients, that shows within a second; or they receive no more events.
    let moment = other.elapsed() + Duration::from_secs(1);
    other.read_until(moment, |_| false).await;
    let event = match how {
        Disconnect::Close => "closed",
        Disconnect::Reset => "reset",
    };
    let left = format!("{clients} others were {event}");
    if !context.is_alone {
        emitted(&context, &mut other).await;
    }
    let deaf = match rhythm {
        Some(rhythm) if other.exchange.end == End::StillOpen => {
            deaf(&context, &request, &mut other, rhythm, &left).await
        }
        _ => None,
    };
    let other = other.finish();
    if let Some(breach) = deaf {
        return Ok(breach);
    }
    if matches!(other.end, End::ClosedEarly | End::Broken { .. }) {
        let observed = format!("{} after {clients} others were {event}", other.describe_end());
        return Ok(Breach::new(&other, "a stream that stays open", observed).proven());
    }
    if other.end == End::Complete && !ends_on_its_own {
        if !context.is_alone {
            // Clients of other checks leave too.
            return Err(Outcome::JudgeAlone(
                "streams end after a short time, perhaps not because clients left".into(),
            ));
        }
        let observed = format!(
            "the stream stayed open for {}, and ended when {clients} others were {event}",
            seconds(quiet)
        );
        return Ok(Breach::new(&other, "a stream that stays open", observed).proven());
    }
    // The server may need some time to notice that they have left.
    tokio::time::sleep(context.places().release().min(limit)).await;
    let mut after = context.places().open(context.options(), &request).await;
    after.read_until(limit, |exchange| exchange.head().is_some()).await;
    let after = after.finish();
    if after.is_same_kind_as(&single) {
        let is_quiet = !other.dispatched().any(|event| event.block.at >= left_at);
        let may_emit = context.options().emit.is_some() || context.seen().has_events();
        let has_time = context.options().length == Length::Full && !context.is_alone;
        let is_doubtful = is_quiet && has_time && how == Disconnect::Close;
        drop(places);
        if is_doubtful && let Some(breach) = silenced(&context).await {
            return Ok(breach);
        }
        return match is_doubtful && may_emit {
            true => Err(Outcome::JudgeAlone("no event came after others left".into())),
            false => Ok(Outcome::Holds),
        };
    }
    let observed = format!("{} after {clients} others were {event}", after.summary());
    Ok(Breach::new(&after, "a stream", observed)
        .hint("the server does not release the resources of a client that disconnected")
        .proven())
}

/// How long a stream is watched before others leave, if nothing else happens on the server.
const QUIET: Duration = Duration::from_millis(1500);

/// The breach of a server that responded to the survey, whose streams were reset, and to nobody after that.
async fn ended(context: &CheckContext, how: Disconnect) -> Option<Outcome> {
    let capacity = context.capacity().await;
    if how != Disconnect::Reset || !capacity.single.may_be_stream() {
        return None;
    }
    let request = context.request(context.until_head()).path(context.path.clone());
    let now = OngoingExchange::open(context.options(), &request).await.finish();
    if !matches!(now.end, End::Unreachable(_)) {
        return None;
    }
    let observed = format!("it responded at first, then no longer: {}", now.summary());
    Some(
        Breach::new(&now, "a server that survives clients that disconnect", observed)
            .hint("the probe closed streams before it had read everything, which resets their connections")
            .proven(),
    )
}

/// The breach of a server that still refuses a new stream long after the survey has closed all others.
async fn not_admitted(context: &CheckContext, how: Disconnect) -> Option<Outcome> {
    let capacity = context.capacity().await;
    let (Excess::Refused(_), Some(refused), Disconnect::Close) = (capacity.excess, &capacity.unserved, how)
    else {
        return None;
    };
    if !capacity.is_never_released {
        return None;
    }
    let closed = format!("after all {} streams were closed", capacity.served);
    Some(never_admitted(refused, &closed, capacity.release))
}

/// The status of a limit of requests in a longer time, which also goes on after all streams were closed.
const RATE_LIMIT: u16 = 429;

/// What follows from a stream that was refused for this long although none is open any more.
pub(crate) fn never_admitted(refused: &Exchange, closed: &str, waited: Duration) -> Outcome {
    let observed =
        format!("{closed}, new ones were refused for {}: {}", seconds(waited), refused.summary());
    if refused.status() == Some(RATE_LIMIT) {
        return Outcome::NotJudged(observed);
    }
    // A limit of requests may have another status.
    Breach::new(refused, "a stream", observed)
        .hint("the server does not release the place of a client that disconnected, or it limits requests for longer")
        .suspected()
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
