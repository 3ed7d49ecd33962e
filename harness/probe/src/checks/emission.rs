//! Whether each emission brings one event, also if many follow each other quickly.

use std::time::Duration;

use crate::check::{Check, judging};
use crate::describe::{counted, id_list, seconds};
use crate::emit::EmitTrigger;
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::observe::pair::key;
use crate::observe::replay::REPLAYED;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Event};
use crate::wire::ongoing::OngoingExchange;

pub(crate) const CHECKS: &[Check] = &[Check::new(
    "each-emission",
    "Each emission brings one event, also if many follow each other quickly",
    "resilience-server/one-event-each",
    |c| judging(each_emission(c)),
)
.needs(&[Need::Emit, Need::FullObservation])];

/// How often the server is made to emit while nothing else happens.
const CALM: usize = 3;

/// How long each of these events may take.
const ARRIVAL: Duration = Duration::from_millis(1500);

/// How long another event that the same emission causes may take.
const SETTLED: Duration = Duration::from_millis(150);

/// How long a stream is read that should receive nothing.
const QUIET: Duration = Duration::from_secs(1);

/// How often the server is made to emit quickly, with a URL and with a command.
const TIMES: (usize, usize) = (96, 24);

/// How many of these emissions run at the same time.
const WIDTH: usize = 8;

/// How long is read at a time while the server is made to emit.
const SLICE: Duration = Duration::from_millis(10);

/// No event for this long means that no more come.
const REST: Duration = Duration::from_millis(2500);

/// How long events may take that still come.
const LONGEST: Duration = Duration::from_secs(8);

/// A server that merges what happens in a short time sends fewer events than this after the last emission, and none with the id just
/// before it.
const QUEUED: usize = 3;

async fn each_emission(context: CheckContext) -> Result<Outcome, Outcome> {
    context.prompt_stream_response().await?;
    if !context.is_alone {
        return Err(Outcome::JudgeAlone("other checks make the server emit too".into()));
    }
    let Some(trigger) = &context.options().emit else {
        return Err(Outcome::NotJudged("the server was not made to emit".into()));
    };
    let _place = context.reserve(1).await;
    let request = context.request(context.until_head()).path(context.path.clone());
    let mut stream = context.places().open(context.options(), &request).await;
    let limit = context.options().timeout;
    stream.read_head(limit).await;
    stream.read_for(REPLAYED).await;
    let before = stream.exchange.event_count();
    stream.read_for(QUIET).await;
    let is_quiet = stream.exchange.event_count() == before;
    let mut calm = Vec::new();
    for _ in 0..CALM {
        calm.push(emitted(trigger, &mut stream, limit).await?);
    }
    if stream.exchange.end != End::StillOpen {
        return Err(Outcome::NotJudged("the stream did not stay open".into()));
    }
    if calm.iter().any(|emission| emission.is_empty()) {
        return Err(Outcome::NotJudged("not every emission brings an event".into()));
    }
    if is_quiet && calm.iter().all(|emission| is_repeated(emission)) {
        let counts: Vec<String> = calm.iter().map(|emission| emission.len().to_string()).collect();
        let observed = format!("after {CALM} emissions came the same event {} times", counts.join(", "));
        return Ok(Breach::new(&stream.finish(), "one event after each emission", observed)
            .hint("the handler of each request registers one more listener that writes to all streams, or the stream is registered twice; each POST or command must cause one event")
            .suspected());
    }
    let mut lost = None;
    // What is lost once may have another reason.
    for _ in 0..2 {
        let calm = [emitted(trigger, &mut stream, limit).await?];
        let burst = quickly(trigger, &mut stream, limit).await?;
        if burst.received >= burst.emitted {
            return Ok(Outcome::Holds);
        }
        if !burst.is_dropped(&calm) {
            return Err(Outcome::NotJudged(format!(
                "{}: the server may merge events on purpose",
                burst.describe()
            )));
        }
        lost = Some(burst);
    }
    let (exchange, lost) = (stream.finish(), lost.map(|burst| burst.describe()).unwrap_or_default());
    Ok(Breach::new(&exchange, "one event for each emission", lost)
        .hint("each stream may have a queue for a few events, and what does not fit is dropped without a word: make room for more, or end the stream, so that the client resumes")
        .suspected())
}

/// Events that were emitted quickly.
struct Burst {
    emitted: usize,
    took: Duration,
    received: usize,
    /// How many of them came after the last emission was done.
    late: usize,
    /// The ids that came.
    ids: Vec<String>,
}

impl Burst {
    /// Whether events were dropped, and not merged: the last one did not come, or several came that follow each other.
    fn is_dropped(&self, calm: &[Vec<Event>]) -> bool {
        let number = |id: &str| id.parse::<u64>().ok();
        let before: Option<Vec<u64>> =
            calm.iter().flatten().map(|event| number(event.block.id.as_deref()?)).collect();
        let numbers: Option<Vec<u64>> = self.ids.iter().map(|id| number(id)).collect();
        let (Some(before), Some(numbers)) = (before, numbers.filter(|numbers| !numbers.is_empty())) else {
            return self.late >= QUEUED;
        };
        let is_counted = before.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        let (Some(known), Some(last)) = (before.last(), numbers.last()) else { return false };
        let is_last_lost = is_counted && *last < known + self.emitted as u64;
        let end = numbers.get(numbers.len().saturating_sub(QUEUED)..).unwrap_or_default();
        let is_queue = end.len() == QUEUED && end.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        self.received > 0 && (is_last_lost || is_queue || self.late >= QUEUED)
    }

    fn describe(&self) -> String {
        let events = counted(self.emitted, "event");
        let ids = if self.ids.is_empty() { String::new() } else { format!(": ids {}", id_list(&self.ids)) };
        let (took, received) = (seconds(self.took), self.received);
        format!(
            "of {events} that were emitted within {took}, {received} came on a stream that is read all the time{ids}"
        )
    }
}

/// Makes the server emit many times, and reads the stream until no more events come.
async fn quickly(
    trigger: &EmitTrigger,
    stream: &mut OngoingExchange,
    limit: Duration,
) -> Result<Burst, Outcome> {
    let times = if trigger.is_command() { TIMES.1 } else { TIMES.0 };
    let (before, began) = (stream.exchange.event_count(), stream.elapsed());
    let emitting = trigger.burst(times, WIDTH, limit);
    while !emitting.is_finished() && stream.exchange.end == End::StillOpen {
        stream.read_for(SLICE).await;
    }
    let took = stream.elapsed().saturating_sub(began);
    let emitted = emitting.await.unwrap_or_default();
    let known = stream.exchange.event_count();
    loop {
        let seen = stream.exchange.event_count();
        if seen >= before + emitted {
            break;
        }
        let rest = stream.elapsed() + REST;
        stream.read_until(rest, |exchange| exchange.event_count() > seen).await;
        if stream.exchange.event_count() == seen {
            break;
        }
        if stream.elapsed() > began + took + LONGEST {
            return Err(Outcome::NotJudged(
                "the events of many emissions still came after a long time".into(),
            ));
        }
    }
    if stream.exchange.end != End::StillOpen {
        return Err(Outcome::NotJudged("the stream did not stay open".into()));
    }
    let new = stream.exchange.dispatched().skip(before);
    let ids = new.filter_map(|event| event.block.id.clone()).collect();
    Ok(Burst {
        emitted,
        took,
        received: stream.exchange.event_count() - before,
        late: stream.exchange.event_count() - known,
        ids,
    })
}

/// Makes the server emit once. Returns the data of the events that came.
async fn emitted(
    trigger: &EmitTrigger,
    stream: &mut OngoingExchange,
    limit: Duration,
) -> Result<Vec<Event>, Outcome> {
    let before = stream.exchange.event_count();
    let emitting = tokio::spawn(trigger.clone().emit(limit));
    let arrival = stream.elapsed() + ARRIVAL;
    stream.read_until(arrival, |exchange| exchange.event_count() > before).await;
    if !matches!(emitting.await, Ok(Ok(()))) {
        return Err(Outcome::NotJudged("the server could not be made to emit: see event-latency".into()));
    }
    stream.read_for(SETTLED).await;
    Ok(stream.exchange.dispatched().skip(before).cloned().collect())
}

/// Whether these are several times the same event, perhaps each with an id of its own.
fn is_repeated(events: &[Event]) -> bool {
    let content = |event: &Event| {
        let (_, kind, data) = key(event);
        (kind.map(str::to_owned), data.map(str::to_owned))
    };
    events.len() > 1 && events.windows(2).all(|pair| content(&pair[0]) == content(&pair[1]))
}
