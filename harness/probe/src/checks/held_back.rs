//! Whether an event waits for the next one.

use std::time::Duration;

use tokio::time::Instant;

use crate::check::{Check, judging};
use crate::describe::seconds;
use crate::emit::EmitTrigger;
use crate::need::Need;
use crate::observe::before_leaving::FirstEvents;
use crate::observe::heads::PROMPT;
use crate::observe::observations::CheckContext;
use crate::options::Options;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Exchange};
use crate::wire::ongoing::OngoingExchange;

pub(crate) const CHECKS: &[Check] =
    &[Check::new("held-back", "No event waits for the next one", "resilience-server/events-flushed", |c| {
        judging(held_back(c))
    })
    .needs(&[Need::Emit, Need::FullObservation])];

/// How long an event may take after each emission. The times differ: a server that is always late by the same time does not
/// send an event each time that it is made to emit the next one.
const PATIENCE: [Duration; 5] = [
    Duration::from_millis(1100),
    Duration::from_millis(1700),
    Duration::from_millis(1200),
    Duration::from_millis(1800),
    Duration::from_millis(1100),
];

/// How long a new stream is read before the server is made to emit: it must know the stream, and replay its history.
const BEFORE: Duration = Duration::from_millis(800);

/// How long the trigger may run before an event comes that it causes.
const WITH_TRIGGER: Duration = Duration::from_millis(400);

/// Events that come this soon after the trigger were caused by it.
const CAUSED: Duration = Duration::from_millis(300);

/// A stream without events for this long has received all that was emitted.
const QUIET: Duration = Duration::from_millis(2500);

/// How long an event is awaited that comes late.
const LONGEST: Duration = Duration::from_secs(5);

/// One time that the server was made to emit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Emission {
    /// How many events came until the next one.
    events: usize,
    /// How many of them came as soon as it was made to emit.
    prompt: usize,
}

/// What the emissions show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finding {
    /// Each brought an event.
    None,
    /// Each brought the event of the one before it.
    OneBehind,
    /// Some brought none, and the next one all that were held back.
    Together,
    /// They came late, or others came too.
    NotPrompt,
    /// Nothing, for this reason.
    Unknown(&'static str),
}

async fn held_back(context: CheckContext) -> Result<Outcome, Outcome> {
    context.prompt_stream_response().await?;
    if !context.is_alone {
        return Err(Outcome::JudgeAlone("other checks make the server emit too".into()));
    }
    let options = context.options();
    let Some(trigger) = &options.emit else {
        return Err(Outcome::NotJudged("the server was not made to emit".into()));
    };
    let _place = context.reserve(1).await;
    let request = context.request(context.until_head()).path(context.path.clone());
    let mut stream = context.places().open(options, &request).await;
    let emissions = observe(options, trigger, &mut stream).await?;
    let finding = match stream.exchange.end {
        End::StillOpen => judge(&emissions),
        _ => Finding::Unknown("the stream did not stay open"),
    };
    if finding == Finding::NotPrompt {
        return lateness(options, trigger, stream).await;
    }
    let exchange = stream.finish();
    let each: Vec<String> = emissions.iter().map(|emission| emission.events.to_string()).collect();
    let counts = format!("after {} emissions came {} events", each.len(), each.join(", "));
    let how = match finding {
        // All streams may be behind together, so that only the very first emission brings nothing.
        Finding::None
            if context.capacity().await.first_events == FirstEvents::OneBehind
                && emissions.iter().all(|emission| emission.events == 1) =>
        {
            let observed =
                "the first emission of the probe brought no event, and each later one a single event";
            return Ok(Breach::new(&exchange, "an event after each emission", observed)
                .hint("each event may be sent when the next one comes; each POST or command must cause one event")
                .suspected());
        }
        Finding::None | Finding::NotPrompt => return Ok(Outcome::Holds),
        Finding::Unknown(reason) => return Err(Outcome::NotJudged(reason.into())),
        Finding::OneBehind => "each event came only with the next one",
        Finding::Together => "events were held back until a later one came",
    };
    Ok(Breach::new(&exchange, "an event after each emission", format!("{counts}: {how}"))
        .hint("the server writes or flushes what came before, and not the event that it has just added")
        .about_time()
        .proven())
}

/// Makes the server emit several times while a stream is open.
async fn observe(
    options: &Options,
    trigger: &EmitTrigger,
    stream: &mut OngoingExchange,
) -> Result<Vec<Emission>, Outcome> {
    stream.read_head(options.timeout).await;
    stream.read_for(BEFORE).await;
    let count = |exchange: &Exchange| exchange.event_count();
    let mut emissions = Vec::new();
    for patience in PATIENCE {
        let before = count(&stream.exchange);
        let started = stream.elapsed();
        let emitting = tokio::spawn(trigger.clone().emit(options.timeout));
        stream.read_until(started + WITH_TRIGGER, |exchange| count(exchange) > before).await;
        if !matches!(emitting.await, Ok(Ok(()))) {
            return Err(Outcome::NotJudged("the server could not be made to emit: see event-latency".into()));
        }
        let caused = stream.elapsed() + CAUSED;
        stream.read_until(caused, |_| false).await;
        stream.read_until(started + patience, |exchange| count(exchange) > before).await;
        let came = || stream.exchange.dispatched().skip(before);
        let is_prompt = |at| stream.exchange.earliest_arrival(at) <= caused;
        let prompt = came().filter(|event| is_prompt(event.block.at)).count();
        emissions.push(Emission { events: came().count(), prompt });
    }
    Ok(emissions)
}

/// Judges a server whose events do not come as soon as it is made to emit: makes it emit when nothing else is on its way.
async fn lateness(
    options: &Options,
    trigger: &EmitTrigger,
    mut stream: OngoingExchange,
) -> Result<Outcome, Outcome> {
    let mut shortest = LONGEST;
    for _ in 0..2 {
        stream.read_for(QUIET).await;
        let before = stream.exchange.event_count();
        let emitting = trigger.clone().emit(options.timeout);
        let emitting = tokio::spawn(async move { (emitting.await, Instant::now()) });
        let limit = stream.elapsed() + LONGEST;
        stream.read_until(limit, |exchange| exchange.event_count() > before).await;
        let event = stream.exchange.dispatched().nth(before);
        let (Ok((Ok(()), done)), Some(event)) = (emitting.await, event) else {
            return Err(Outcome::NotJudged("not every emission brings an event".into()));
        };
        // A command may take some time before it does anything.
        let took = stream.exchange.earliest_arrival(event.block.at).saturating_sub(stream.time_of(done));
        shortest = shortest.min(took);
    }
    if shortest <= PROMPT {
        return Ok(Outcome::Holds);
    }
    let observed = format!("an event {} after the server was made to emit", seconds(shortest));
    Ok(Breach::new(&stream.finish(), "each event within 1 s", observed)
        .hint("something buffers the stream: the framework, compression, or a proxy")
        .proven())
}

fn judge(emissions: &[Emission]) -> Finding {
    let total: usize = emissions.iter().map(|emission| emission.events).sum();
    if total == 0 {
        return Finding::Unknown("no event came: see event-latency");
    }
    if emissions.iter().any(|emission| emission.prompt < emission.events) {
        return Finding::NotPrompt;
    }
    if emissions.iter().all(|emission| emission.events > 0) {
        return Finding::None;
    }
    if let [first, later @ ..] = emissions
        && first.events == 0
        && later.iter().all(|emission| emission.events == 1)
    {
        return Finding::OneBehind;
    }
    let silent = emissions.iter().filter(|emission| emission.events == 0).count();
    let releases = |(index, emission): (usize, &Emission)| {
        let before: usize = emissions.iter().take(index).map(|emission| emission.events).sum();
        emission.events >= 2 && before + emission.events >= index && before + emission.events <= index + 1
    };
    if silent >= 2 && emissions.iter().enumerate().any(releases) {
        return Finding::Together;
    }
    Finding::Unknown("not every emission brings an event")
}

#[cfg(test)]
mod tests {
    use super::{Emission, Finding, judge};

    fn judged(counts: &[usize]) -> Finding {
        let emissions = counts.iter().map(|count| Emission { events: *count, prompt: *count });
        judge(&emissions.collect::<Vec<_>>())
    }

    #[test]
    fn events_that_wait_for_the_next_one_are_found() {
        assert_eq!(judged(&[1, 1, 1, 1, 1]), Finding::None);
        assert_eq!(judged(&[2, 2, 3, 2, 2]), Finding::None);
        assert_eq!(judged(&[0, 1, 1, 1, 1]), Finding::OneBehind);
        assert_eq!(judged(&[0, 2, 0, 2, 0]), Finding::Together);
        assert_eq!(judged(&[1, 0, 2, 0, 2]), Finding::Together);
        assert_eq!(judged(&[0, 0, 3, 0, 0]), Finding::Together);
        // A trigger that does not always cause an event.
        assert!(matches!(judged(&[0, 1, 0, 1, 0]), Finding::Unknown(_)));
        assert!(matches!(judged(&[1, 1, 0, 1, 1]), Finding::Unknown(_)));
        assert!(matches!(judged(&[0, 0, 0, 0, 0]), Finding::Unknown(_)));
    }

    #[test]
    fn a_server_that_is_always_late_holds_nothing_back() {
        let late = Emission { events: 1, prompt: 0 };
        let none = Emission { events: 0, prompt: 0 };
        assert!(judge(&[none, late, late, late, late]) == Finding::NotPrompt);
    }
}
