//! Whether streams that were opened at different times end at the same moment.

use std::time::Duration;

use tokio::time::Instant;

use crate::check::{Check, judging};
use crate::describe::seconds;
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Exchange};
use crate::wire::request::Request;

pub(crate) const CHECKS: &[Check] = &[Check::new(
    "own-end",
    "Streams that were opened at different times do not end at the same moment",
    "resilience-server/own-end",
    |c| judging(own_end(c)),
)
.needs(&[Need::Get, Need::FullObservation])];

/// A stream that lives longer is not compared with another one.
const LONGEST: Duration = Duration::from_secs(22);

/// How often two streams are opened: a timer that all share may end the first before the second is open, but not each time.
const ATTEMPTS: usize = 5;

/// How much later the second stream is opened.
const LATER: Duration = Duration::from_secs(2);

/// How long the second stream must be open before the first ends.
const BOTH_OPEN: Duration = Duration::from_millis(500);

/// How long pairs of streams are watched.
const WATCHED: Duration = Duration::from_secs(26);

/// Streams that end within this time end at the same moment.
const SAME: Duration = Duration::from_millis(120);

/// Two streams, and one that was closed but may still count.
const STREAMS: u32 = 3;

async fn own_end(context: CheckContext) -> Result<Outcome, Outcome> {
    context.prompt_stream_response().await?;
    if context.places().total() < STREAMS {
        return Err(Outcome::NotJudged("the server serves too few streams at the same time".into()));
    }
    if !context.is_alone {
        let observation = context.long_observation().await;
        let exchange = &observation.exchange;
        if !has_ended(exchange) {
            return Err(Outcome::NotJudged("the stream did not end while it was observed".into()));
        }
        if exchange.last_byte > LONGEST {
            return Err(Outcome::NotJudged(
                "the stream ended too late to compare it with another one".into(),
            ));
        }
        return Err(Outcome::JudgeAlone("streams may end because clients of other checks leave".into()));
    }
    let _places = context.reserve(STREAMS).await;
    let request = context.request(context.until_head()).path(context.path.clone());
    let (began, mut is_second) = (Instant::now(), false);
    for _ in 0..ATTEMPTS {
        let left = WATCHED.saturating_sub(began.elapsed());
        let Some((first, second, apart)) = pair(&context, &request, left).await else { continue };
        if !has_ended(&first) {
            break;
        }
        if !has_ended(&second) || apart > SAME {
            return Ok(Outcome::Holds);
        }
        // Once may be a coincidence.
        if !is_second && WATCHED.saturating_sub(began.elapsed()) > first.last_byte + LATER {
            is_second = true;
            continue;
        }
        let observed = format!(
            "a stream that was open for {} and one that was open for {} ended within {}",
            seconds(first.last_byte),
            seconds(second.last_byte),
            seconds(apart.max(Duration::from_millis(1)))
        );
        return Ok(Breach::new(&first, "streams that end after a time of their own", observed)
            .with_exchange(&second, 2)
            .hint("a single timer, such as one that begins with the first client, ends all streams: it cuts new ones early, and all clients reconnect together")
            .suspected());
    }
    Err(Outcome::NotJudged("no stream ended while two were open".into()))
}

fn has_ended(exchange: &Exchange) -> bool {
    matches!(exchange.end, End::Complete | End::ClosedEarly | End::Broken { .. }) && exchange.may_be_stream()
}

/// Two streams, one opened later, and how far apart they ended. `None` if the first ended before both had been open.
async fn pair(
    context: &CheckContext,
    request: &Request,
    left: Duration,
) -> Option<(Exchange, Exchange, Duration)> {
    let mut first = context.places().open(context.options(), request).await;
    first.read_for(LATER).await;
    if first.exchange.end != End::StillOpen {
        return None;
    }
    let mut second = context.places().open(context.options(), request).await;
    let opened = first.elapsed();
    first.read_for(BOTH_OPEN).await;
    if first.exchange.end != End::StillOpen {
        return None;
    }
    // Both are read as soon as something comes, so that their ends are seen when they happen.
    tokio::join!(first.read_until(left, |_| false), second.read_until(left, |_| false));
    let (first, second): (Exchange, Exchange) = (first.finish(), second.finish());
    let ends = (first.last_byte, opened + second.last_byte);
    let apart = ends.0.abs_diff(ends.1);
    Some((first, second, apart))
}
