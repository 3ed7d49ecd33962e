//! How clients that leave disturb others.

use std::time::{Duration, Instant};

use super::deafness::{both_hear, deaf, emitted, rhythm, silenced, silenced_when_emitting, skipped};
use crate::describe::seconds;
use crate::observe::before_leaving::FirstEvents;
use crate::observe::capacity::Excess;
use crate::observe::observations::CheckContext;
use crate::options::Length;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Exchange};
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::Request;

/// How clients disconnect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disconnect {
    /// FIN.
    Close,
    /// RST.
    Reset,
}

/// How many clients connect and disconnect.
const CLIENTS: u32 = 10;

pub(super) async fn disconnecting(context: CheckContext, how: Disconnect) -> Result<Outcome, Outcome> {
    if let Some(outcome) = not_admitted(&context, how).await {
        return Ok(outcome);
    }
    let single = match context.prompt_stream_response().await {
        Ok(single) => single,
        Err(outcome) => return ended(&context, how).await.ok_or(outcome),
    };
    if matches!(context.capacity().await.excess, Excess::EndsEarlier | Excess::EndsOldest(_)) {
        return Err(Outcome::NotJudged("a stream ends when another is opened: see parallel".into()));
    }
    let limit = context.options().timeout;
    let request = context.request(context.until_head()).path(context.path.clone());
    // One stream stays open.
    let clients = CLIENTS.min(context.places().total().saturating_sub(1));
    if clients == 0 {
        return Err(Outcome::NotJudged("the server serves one stream at a time".into()));
    }
    let newest = u32::from(context.places().total() > clients + 1);
    let places = context.reserve(clients + 1 + newest).await;
    let mut other = quiet_stream(&context, &request).await?;
    let ends_on_its_own = other.exchange.end == End::Complete;
    let rhythm = rhythm(&context, &mut other).await;
    if rhythm.is_none()
        && how == Disconnect::Close
        && let Some(breach) = silenced_when_emitting(&context, &request, &mut other).await
    {
        return Ok(breach);
    }
    let leavers = open(&context, &request, clients).await;
    // Code that keeps only the latest client in a variable removes that one when another leaves.
    let mut newest = open(&context, &request, newest).await.pop();
    // A stream that receives nothing before they leave says nothing about that.
    let (other_hears, newest_hears) = match rhythm {
        Some(rhythm) => both_hear(&context, &mut other, newest.as_mut(), rhythm).await,
        None => (false, false),
    };
    for leaver in leavers {
        if how == Disconnect::Reset {
            leaver.reset();
        }
    }
    let left_at = (other.elapsed(), newest.as_ref().map(OngoingExchange::elapsed));
    // If this disturbs other clients, that shows within a second; or they receive no more events.
    read_both(&mut other, newest.as_mut(), Duration::from_secs(1)).await;
    let event = match how {
        Disconnect::Close => "closed",
        Disconnect::Reset => "reset",
    };
    let left = format!("{clients} others were {event}");
    if !context.is_alone {
        emitted(&context, &mut other).await;
        read_both(&mut other, newest.as_mut(), SOON).await;
    }
    if let Some(rhythm) = rhythm {
        let newest = newest.as_mut().filter(|_| newest_hears);
        for stream in [Some(&mut other).filter(|_| other_hears), newest].into_iter().flatten() {
            if stream.exchange.end == End::StillOpen
                && let Some(breach) = deaf(&context, &request, stream, rhythm, &left).await
            {
                return Ok(breach);
            }
        }
    }
    let (other, newest) = (other.finish(), newest.map(OngoingExchange::finish));
    if rhythm.is_some()
        && let Some(breach) = skipped(&other, left_at.0, &left)
    {
        return Ok(breach);
    }
    for stream in [Some(&other), newest.as_ref()].into_iter().flatten() {
        if stream.end.is_malformed() {
            return Err(Outcome::NotJudged("HTTP/2 does not allow the head: see h2-fields".into()));
        }
        if matches!(stream.end, End::ClosedEarly | End::Broken { .. }) {
            if !context.is_alone {
                return Err(Outcome::JudgeAlone(ENDS_SOON.into()));
            }
            if ends_undisturbed(&context, &request, stream.duration).await {
                return Err(Outcome::NotJudged("streams end about as soon if nobody leaves".into()));
            }
            let observed = format!("{} after {clients} others were {event}", stream.describe_end());
            return Ok(Breach::new(stream, "a stream that stays open", observed).proven());
        }
    }
    if other.end == End::Complete && !ends_on_its_own {
        if !context.is_alone {
            return Err(Outcome::JudgeAlone(ENDS_SOON.into()));
        }
        drop(places);
        if ends_undisturbed(&context, &request, other.duration).await {
            let reason = "streams end about as soon if nobody leaves";
            return Err(Outcome::NotJudged(reason.into()));
        }
        let observed = format!(
            "the stream stayed open for {}, and ended when {clients} others were {event}",
            seconds(QUIET)
        );
        return Ok(Breach::new(&other, "a stream that stays open", observed).proven());
    }
    // The server may need some time to notice that they have left.
    tokio::time::sleep(context.places().release().min(limit)).await;
    let mut after = context.places().open(context.options(), &request).await;
    after.read_head(limit).await;
    let after = after.finish();
    if after.is_same_kind_as(&single) {
        let is_quiet = !has_events_since(&other, left_at.0)
            || newest.is_some_and(|newest| !has_events_since(&newest, left_at.1.unwrap_or_default()));
        let has_events = other.dispatched().next().is_some()
            || context.seen().has_events()
            || context.capacity().await.first_events != FirstEvents::Unknown;
        let may_emit = context.options().emit.is_some() || has_events;
        let has_time = context.options().length == Length::Full && !context.is_alone;
        let may_be_silenced = has_time && how == Disconnect::Close;
        let is_doubtful = is_quiet && may_be_silenced;
        drop(places);
        if may_be_silenced && let Some(breach) = silenced(&context).await {
            return Ok(breach);
        }
        return match is_doubtful && may_emit {
            true => Err(Outcome::JudgeAlone("no event came after others left".into())),
            false => Ok(Outcome::Holds),
        };
    }
    let observed = format!("{} after {clients} others were {event}", after.summary());
    if after.status() == Some(RATE_LIMIT) {
        return Err(Outcome::NotJudged(format!("the server limits requests: {observed}")));
    }
    Ok(Breach::new(&after, "a stream", observed)
        .hint("the server does not release the resources of a client that disconnected")
        .proven())
}

/// What has arrived is read within this time.
const SOON: Duration = Duration::from_millis(50);

/// Clients of other checks leave too.
const ENDS_SOON: &str = "streams end after a short time, perhaps not because clients left";

/// For how long streams are opened again that end before others leave: the server may notice late that clients of earlier
/// checks left, and end them because of that.
const AFTERMATH: Duration = Duration::from_secs(5);

/// A stream that has been open for some time, or ends on its own.
///
/// # Errors
/// If it ended while other checks run: the outcome of the check.
async fn quiet_stream(context: &CheckContext, request: &Request) -> Result<OngoingExchange, Outcome> {
    let began = Instant::now();
    loop {
        let opened = Instant::now();
        let mut stream = context.places().open(context.options(), request).await;
        stream.read_head(context.options().timeout).await;
        if context.is_alone {
            stream.read_for(QUIET).await;
        }
        match stream.exchange.end {
            End::Complete if !context.is_alone => return Err(Outcome::JudgeAlone(ENDS_SOON.into())),
            // A server whose streams all end soon must not be flooded with requests.
            End::Complete if began.elapsed() < AFTERMATH => {
                tokio::time::sleep_until((opened + QUIET).into()).await;
            }
            _ => return Ok(stream),
        }
    }
}

/// Whether a stream ends by about this time although no client leaves.
async fn ends_undisturbed(context: &CheckContext, request: &Request, time: Duration) -> bool {
    // The streams of this check were closed just now, which the server may notice late.
    tokio::time::sleep(QUIET).await;
    let mut stream = context.places().open(context.options(), request).await;
    stream.read_until(time * 3 / 2, |_| false).await;
    stream.finish().end != End::StillOpen
}

/// Opens streams together, and waits for their heads.
async fn open(context: &CheckContext, request: &Request, count: u32) -> Vec<OngoingExchange> {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..count {
        let (context, request) = (context.clone(), request.clone());
        tasks.spawn(async move {
            let mut ongoing = context.places().open(context.options(), &request).await;
            ongoing.read_head(context.options().timeout).await;
            ongoing
        });
    }
    tasks.join_all().await
}

/// Reads both streams for this long.
async fn read_both(other: &mut OngoingExchange, newest: Option<&mut OngoingExchange>, time: Duration) {
    let limit = other.elapsed() + time;
    let reading = async {
        if let Some(newest) = newest {
            newest.read_for(time).await;
        }
    };
    tokio::join!(other.read_until(limit, |_| false), reading);
}

fn has_events_since(exchange: &Exchange, moment: Duration) -> bool {
    exchange.dispatched().any(|event| event.block.at >= moment)
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
    let observed = format!("{closed}, new ones were refused for {}: {}", seconds(waited), refused.summary());
    if refused.status() == Some(RATE_LIMIT) {
        return Outcome::NotJudged(observed);
    }
    // A limit of requests may have another status.
    Breach::new(refused, "a stream", observed)
        .hint("the server does not release the place of a client that disconnected, or it limits requests for longer")
        .suspected()
}
