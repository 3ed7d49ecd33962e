//! Whether every open stream receives the events.

mod groups;

use std::collections::HashSet;

use crate::check::{Check, judging};
use crate::describe::{counted, seconds};
use crate::need::Need;
use crate::observe::batches;
use crate::observe::crowd::{self, Crowd};
use crate::observe::observations::CheckContext;
use crate::observe::pair::{self, Common, Key, Pair, key};
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Event};

pub(crate) const CHECKS: &[Check] = &[Check::new(
    "every-stream",
    "Streams that are open at the same time receive the same events",
    "resilience-server/open-streams-receive",
    |c| judging(every_stream(c)),
)
.needs(&[Need::FullObservation])];

async fn every_stream(context: CheckContext) -> Result<Outcome, Outcome> {
    context.prompt_stream_response().await?;
    if context.places().total() < 2 {
        return Err(Outcome::NotJudged("the server serves one stream at a time".into()));
    }
    if let Some(outcome) = several(&context).await? {
        return Ok(outcome);
    }
    if let Some(outcome) = without_emission(&context).await? {
        return Ok(outcome);
    }
    let pair = {
        let _places = context.reserve(2).await;
        pair::observe(context.options(), context.path.clone(), context.places()).await
    };
    let outcome = judge(&pair);
    // Events may have gone to the streams of other checks, and other checks make the server emit too.
    let is_doubtful = match &outcome {
        Outcome::Broken(_) | Outcome::Suspected(_) => true,
        Outcome::NotJudged(_) => pair.emissions > 0 || are_elsewhere(&context).await,
        _ => false,
    };
    if is_doubtful && !context.is_alone {
        let reason = "two streams received different events, perhaps because of other streams";
        return Err(Outcome::JudgeAlone(reason.into()));
    }
    Ok(outcome)
}

/// The fewest streams whose events are compared. With fewer, two of them are.
const SEVERAL: u32 = 3;

/// The breach of a server whose events reach only some of several streams, each time others, although it can be made to emit.
///
/// # Errors
/// If other checks make the server emit, too: the outcome of the check.
async fn several(context: &CheckContext) -> Result<Option<Outcome>, Outcome> {
    let Some(trigger) = context.options().emit.clone() else { return Ok(None) };
    if context.places().total() < SEVERAL {
        return Ok(None);
    }
    if !context.is_alone {
        return Err(Outcome::JudgeAlone("other checks make the server emit too".into()));
    }
    let _places = context.reserve(context.places().total()).await;
    let crowd = crowd::observe(context.options(), &trigger, context.path.clone(), context.places()).await;
    Ok(reaches_some(&crowd))
}

/// The breach of a server that emits on its own, and whose events do not reach all of several streams.
///
/// # Errors
/// If other streams may be the reason: the outcome of the check.
async fn without_emission(context: &CheckContext) -> Result<Option<Outcome>, Outcome> {
    if context.options().emit.is_some() {
        return Ok(None);
    }
    let members = {
        let _places = context.reserve(batches::MOST).await;
        batches::observe(context.options(), context.path.clone(), context.places()).await
    };
    let Some(members) = members else { return Ok(None) };
    let outcome = groups::judge(&members);
    let are_all_silent = members.iter().all(|member| member.live().next().is_none());
    let is_doubtful = outcome.is_some() || (are_all_silent && are_elsewhere(context).await);
    if is_doubtful && !context.is_alone {
        return Err(Outcome::JudgeAlone("several streams received different events, or none".into()));
    }
    Ok(outcome)
}

/// The breach of events that each reach some streams and not others. What reaches only one stream each time is for the
/// comparison of two.
fn reaches_some(crowd: &Crowd) -> Option<Outcome> {
    let (total, emissions) = (crowd.streams.len(), crowd.reached.len());
    let missed = crowd.reached.iter().filter(|reached| **reached < total).count();
    let several = crowd.reached.iter().filter(|reached| **reached > 1).count();
    let short = crowd.received.iter().filter(|received| **received + 2 <= emissions).count();
    // Events that come together, or late, or that nobody made the server emit, are something else.
    let is_one_each = crowd.received.iter().sum::<usize>() == crowd.reached.iter().sum::<usize>();
    let are_open = crowd.streams.iter().all(|stream| stream.end == End::StillOpen);
    if missed < 2 || several < 2 || short < 2 || !is_one_each || !are_open {
        return None;
    }
    let least = crowd.received.iter().min().copied().unwrap_or_default();
    let most = crowd.received.iter().max().copied().unwrap_or_default();
    let (one, other) = (
        crowd.streams.iter().zip(&crowd.received).find(|(_, received)| **received == least)?.0,
        crowd.streams.iter().zip(&crowd.received).find(|(_, received)| **received == most)?.0,
    );
    let reached: Vec<String> = crowd.reached.iter().map(ToString::to_string).collect();
    let observed = format!(
        "of {total} open streams, {emissions} events reached {}; a stream received {least} to {most} of them",
        reached.join(", "),
    );
    let breach = Breach::new(one, "each event on every stream", observed)
        .with_exchange(other, 2)
        .hint(
            "several processes serve the streams, and each sends only its own events: connect them, for example with a message broker, or run one process",
        );
    Some(breach.proven())
}

/// Whether events came on other streams.
async fn are_elsewhere(context: &CheckContext) -> bool {
    context.seen().has_events() || context.long_observation().await.exchange.dispatched().next().is_some()
}

fn judge(pair: &Pair) -> Outcome {
    if pair.older.end != End::StillOpen || pair.newer.end != End::StillOpen {
        return Outcome::NotJudged("the streams did not stay open".into());
    }
    let [older, newer] = pair.events();
    if older.len() + newer.len() < 2 {
        return Outcome::NotJudged("too few events came on two streams to compare them".into());
    }
    let known: [HashSet<_>; 2] =
        [&pair.older, &pair.newer].map(|exchange| exchange.dispatched().map(key).collect());
    let lost_by_newer = older.iter().filter(|event| !known[1].contains(&key(event))).count();
    let lost_by_older = newer.iter().filter(|event| !known[0].contains(&key(event))).count();
    if lost_by_newer == 0 && lost_by_older == 0 {
        return Outcome::Holds;
    }
    let own = || {
        Outcome::NotJudged("each stream may have events of its own: with --emit this can be judged".into())
    };
    // Streams that each count for themselves have the same events at different times.
    match pair.common_events() {
        Common::AtOtherTimes => return own(),
        Common::None | Common::AtTheSameTime => {}
    }
    let is_shared = lost_by_newer < older.len() || lost_by_older < newer.len();
    let breach = |observed: String| {
        Breach::new(&pair.older, "the same events on both streams", observed).with_exchange(&pair.newer, 2)
    };
    // What was emitted reaches the streams that the server knows: with --emit a silent one is proof.
    let is_emitted = pair.emissions > 0 && older.len() + newer.len() >= pair.emissions;
    if older.is_empty() || newer.is_empty() {
        let (count, silent, other, when) = if older.is_empty() {
            (newer.len(), "older", "newer", format!(", which was opened {} after it", seconds(pair.opened)))
        } else {
            (older.len(), "newer", "older", String::new())
        };
        let observed = format!(
            "{} on the {other} of two open streams{when}, and none on the {silent}",
            counted(count, "event")
        );
        let breach = breach(observed).hint(
            "keep all open streams in a list; a single variable for the current stream, or a queue that all of them read, serves only one",
        );
        // Without --emit: one received events steadily, and the other none of them.
        let was_steady = count >= 3 && (newer.is_empty() || pair.events_before() >= 3);
        return match (is_emitted, was_steady) {
            (true, _) => breach.proven(),
            (false, true) => breach.suspected(),
            (false, false) => own(),
        };
    }
    let hint =
        "a queue that all streams read gives each event to one of them: give each stream a queue of its own";
    if !is_shared {
        let (count, total) = (older.len().min(newer.len()), older.len() + newer.len());
        let observed =
            format!("{total} events, each on one of two open streams only: {}", describe(&older, &newer));
        return match pair.emissions {
            emitted if is_emitted && total <= emitted + 1 && count > 0 => {
                breach(observed).hint(hint).proven()
            }
            0 if are_dealt(&older, &newer) => breach(observed).hint(hint).suspected(),
            _ => own(),
        };
    }
    let (by_newer, by_older) = (skipped(&older, &known[1]), skipped(&newer, &known[0]));
    if by_newer.max(by_older) < 2 {
        return Outcome::NotJudged("the streams differ by a single event, or one of them is later".into());
    }
    let (which, count, total) = if by_newer >= by_older {
        ("newer", by_newer, older.len())
    } else {
        ("older", by_older, newer.len())
    };
    breach(format!("the {which} of two open streams lost {count} of {total} events, and received later ones"))
        .hint(hint)
        .suspected()
}

/// How many of these events did not come on the other stream, although later ones did.
fn skipped(events: &[&Event], other: &HashSet<Key<'_>>) -> usize {
    let last = events.iter().rposition(|event| other.contains(&key(event))).unwrap_or_default();
    events.iter().take(last).filter(|event| !other.contains(&key(event))).count()
}

/// Whether consecutive numbers are the ids of the events of both streams together, in the order in which the events came.
fn are_dealt(older: &[&Event], newer: &[&Event]) -> bool {
    let number = |event: &&Event| event.block.id.as_deref().and_then(|id| id.parse::<u64>().ok());
    let Some(mut all) = older.iter().chain(newer).map(number).collect::<Option<Vec<u64>>>() else {
        return false;
    };
    all.sort_unstable();
    older.len() >= 2 && newer.len() >= 2 && all.windows(2).all(|pair| pair[0] + 1 == pair[1])
}

/// The ids, or else the numbers of events, in words.
fn describe(older: &[&Event], newer: &[&Event]) -> String {
    let ids = |events: &[&Event]| -> Option<String> {
        let ids: Option<Vec<&str>> = events.iter().map(|event| event.block.id.as_deref()).collect();
        ids.map(|ids| ids.join(", "))
    };
    match (ids(older), ids(newer)) {
        (Some(one), Some(other)) => format!("ids {one} and ids {other}"),
        _ => format!("{} and {}", older.len(), newer.len()),
    }
}
