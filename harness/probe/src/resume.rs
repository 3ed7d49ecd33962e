//! Resuming with Last-Event-ID, beside a connection that is never interrupted.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header>

mod hostile;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::Length;
use super::check::Check;
use super::identity::{identified, ids};
use super::lab::Bench;
use super::outcome::{Breach, Outcome, told};
use super::wire::{Exchange, Live, Watch};

pub(super) const CHECKS: &[Check] = &[
    Check::in_seconds(
        "resume",
        "A stream with ids goes on after the last one",
        "resilience-server/resume",
        |b| Box::pin(judged(b, supported)),
    )
    .of_get(),
    Check::in_seconds(
        "resume-no-loss",
        "Resuming loses no event",
        "resilience-server/resume-without-loss",
        |b| Box::pin(judged(b, no_loss)),
    )
    .of_get(),
    Check::in_seconds(
        "resume-no-duplicate",
        "Resuming repeats no event",
        "resilience-server/resume-without-repetition",
        |b| Box::pin(judged(b, no_duplicate)),
    )
    .of_get(),
    Check::in_seconds("resume-order", "Resuming keeps the order", "resilience-server/resume-in-order", |b| {
        Box::pin(judged(b, order))
    })
    .of_get(),
    Check::in_seconds(
        "resume-header-case",
        "Last-Event-ID is read in any case",
        "http/field-names-in-any-case",
        |b| Box::pin(header_case(b)),
    )
    .of_get(),
    Check::in_seconds(
        "resume-unknown-id",
        "An unknown id does not end the stream",
        "resilience-server/unknown-id",
        |b| Box::pin(unknown_id(b)),
    )
    .of_get(),
    Check::in_seconds(
        "resume-utf8",
        "An id beyond ASCII is taken",
        "resilience-server/id-beyond-ascii",
        |b| Box::pin(utf8(b)),
    )
    .of_get(),
    Check::in_seconds(
        "resume-empty",
        "What an empty Last-Event-ID gets",
        "resilience-server/empty-id",
        |b| Box::pin(empty(b)),
    )
    .of_get(),
    Check::in_seconds(
        "hostile-id",
        "A hostile Last-Event-ID does no harm",
        "resilience-server/hostile-id",
        |b| Box::pin(hostile::id(b)),
    ),
    Check::in_seconds(
        "field-injection",
        "Nothing from a request becomes a field of the answer",
        "http/field-values",
        |b| Box::pin(hostile::injection(b)),
    ),
    Check::in_seconds(
        "event-injection",
        "Nothing from a request becomes an event of its own",
        "whatwg/server-payload-newlines-split",
        |b| Box::pin(hostile::event_injection(b)),
    ),
];

/// A stream that was left and resumed.
#[derive(Debug)]
pub(crate) struct Resumed {
    /// The stream that was left.
    first: Exchange,
    /// The one that resumes it.
    again: Exchange,
    /// A stream that was open all the while.
    witness: Exchange,
    /// The id that was resumed from.
    from: String,
    /// The ids that the first stream had up to that one.
    before: Vec<String>,
    /// The ids that it had after that one.
    after: Vec<String>,
}

impl Resumed {
    /// The ids after the one that was resumed from, as the uninterrupted stream had them; else as the first had them.
    fn expected(&self) -> Vec<String> {
        let witnessed = ids(&self.witness);
        match witnessed.iter().position(|id| *id == self.from) {
            Some(at) => witnessed.get(at + 1..).unwrap_or_default().to_vec(),
            None => self.after.clone(),
        }
    }

    fn next(&self) -> &str {
        self.after.first().map_or("", String::as_str)
    }

    fn breach(&self, expected: impl Into<String>, observed: impl Into<String>) -> Breach {
        Breach::of(&self.first, expected, observed).and(&self.again, 2)
    }

    /// What was seen, in words.
    fn seen(&self) -> String {
        format!(
            "ids {} on the first stream; ids {} after last-event-id: {}",
            list(&ids(&self.first)),
            list(&ids(&self.again)),
            self.from
        )
    }
}

fn list(ids: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut shown: Vec<&str> = ids.iter().take(SHOWN).map(String::as_str).collect();
    shown.extend((ids.len() > SHOWN).then_some("…"));
    if shown.is_empty() { "(none)".into() } else { shown.join(", ") }
}

/// How many events with ids are read before the stream is left.
const ENOUGH: usize = 4;

/// How long the stream is away.
const AWAY: Duration = Duration::from_millis(400);

async fn observe(bench: &Bench) -> Result<Resumed, String> {
    let options = bench.options();
    let (patience, later) = match options.length {
        Length::Whole => (Duration::from_secs(9), Duration::from_secs(6)),
        Length::Quick => (Duration::from_millis(2200), Duration::from_millis(1600)),
    };
    let watch = Watch { head: options.timeout, body: Duration::ZERO, events: 0 };
    let ask = bench.ask(watch).path(bench.path.clone());
    let mut witness = Live::open(options, &ask).await;
    let mut first = Live::open(options, &ask).await;
    first.until(options.timeout, |exchange| exchange.head().is_some()).await;
    witness.until(options.timeout, |exchange| exchange.head().is_some()).await;
    emit(bench, ENOUGH);
    let limit = first.elapsed() + patience;
    first.until(limit, |exchange| identified(exchange).nth(ENOUGH - 1).is_some()).await;
    // What comes with the event that was enough is read as well.
    let moment = first.elapsed() + Duration::from_millis(100);
    first.until(moment, |_| false).await;
    let first = first.finish();
    let all = ids(&first);
    if all.len() < 2 {
        return Err(if all.is_empty() {
            "no event had an id".into()
        } else {
            "too few events with an id came to resume from".into()
        });
    }
    // Not the first, where there are more: a stream that begins anew would look as if it repeated the last event.
    let at = (all.len() - 1) / 2;
    let (before, after) = all.split_at(at + 1);
    let (before, after) = (before.to_vec(), after.to_vec());
    let from = before.last().cloned().unwrap_or_default();
    emit(bench, 1);
    let away = witness.elapsed() + AWAY;
    witness.until(away, |_| false).await;
    let mut again = Live::open(options, &ask.clone().and("last-event-id", &from)).await;
    again.until(options.timeout, |exchange| exchange.head().is_some()).await;
    emit(bench, 2);
    let limit = again.elapsed() + later;
    let enough = after.len() + 2;
    again.until(limit, |exchange| identified(exchange).nth(enough - 1).is_some()).await;
    let again = again.finish();
    let moment = witness.elapsed() + Duration::from_millis(100);
    witness.until(moment, |_| false).await;
    Ok(Resumed { first, again, witness: witness.finish(), from, before, after })
}

/// Makes the server emit, where it can be made to, so many times a moment apart.
fn emit(bench: &Bench, times: usize) {
    let Some(emit) = bench.options().emit.clone() else { return };
    let limit = bench.options().timeout;
    tokio::spawn(async move {
        for _ in 0..times {
            // Where it fails, no event comes, and the check on latency says why.
            let _ = emit.clone().perform(limit).await;
            // Apart in time, as events of a live server are: what comes while it replays shall be two events.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
}

async fn resumed(bench: &Bench) -> Result<Arc<Result<Resumed, String>>, Outcome> {
    bench.streaming().await?;
    Ok(bench.lab.resumed.get(bench.path.clone(), observe(bench)).await)
}

async fn judged(bench: Bench, judge: fn(&Resumed) -> Outcome) -> Outcome {
    let resumed = match resumed(&bench).await {
        Ok(resumed) => resumed,
        Err(outcome) => return outcome,
    };
    match resumed.as_ref() {
        Err(why) => Outcome::NotJudged(why.clone()),
        Ok(resumed) => {
            let mut seen = HashSet::new();
            // Where ids repeat by themselves nothing can be said about resuming.
            if ids(&resumed.first).iter().all(|id| seen.insert(id.clone())) {
                judge(resumed)
            } else {
                Outcome::NotJudged("ids repeat on one stream".into())
            }
        }
    }
}

/// Whether it goes on where it was left, perhaps with the last event once more.
fn is_supported(resumed: &Resumed) -> bool {
    let came = ids(&resumed.again);
    let came = match came.first() {
        Some(first) if *first == resumed.from => came.get(1..).unwrap_or_default(),
        _ => &came,
    };
    came.first().is_some_and(|first| first == resumed.next())
}

fn supported(resumed: &Resumed) -> Outcome {
    if is_supported(resumed) {
        return Outcome::Held;
    }
    let hint = "keep the last events, and send those after the id that a client comes back with";
    if !resumed.again.is_like(&resumed.first) {
        let observed = format!("{} after last-event-id: {}", resumed.again.instead(), resumed.from);
        return resumed.breach("a stream that goes on", observed).hint(hint).broken();
    }
    let expected = format!("an event with id {} first", resumed.next());
    resumed.breach(expected, resumed.seen()).hint(hint).broken()
}

fn no_loss(resumed: &Resumed) -> Outcome {
    let came = ids(&resumed.again);
    let is_partial = came.iter().any(|id| resumed.after.contains(id));
    let restarts = came.first().is_some_and(|id| resumed.before.contains(id) && *id != resumed.from);
    if !is_partial || restarts {
        return Outcome::NotJudged("the stream does not resume".into());
    }
    let expected = resumed.expected();
    // What comes after the last event that was seen need not have come yet.
    let Some(last) = expected.iter().rposition(|id| came.contains(id)) else { return Outcome::Held };
    let expected = expected.get(..=last).unwrap_or_default();
    let lost: Vec<String> = expected.iter().filter(|id| !came.contains(id)).cloned().collect();
    if lost.is_empty() {
        return Outcome::Held;
    }
    resumed
        .breach(format!("ids {}", list(expected)), format!("without {}; {}", list(&lost), resumed.seen()))
        .and(&resumed.witness, 3)
        .hint("subscribe before the missed events are looked up, and send what comes meanwhile after them")
        .broken()
}

fn no_duplicate(resumed: &Resumed) -> Outcome {
    let came = ids(&resumed.again);
    if came.is_empty() {
        return Outcome::NotJudged("no event with an id came after resuming".into());
    }
    if let Some(old) = came.iter().find(|id| resumed.before.contains(id)) {
        let hint = if *old == resumed.from {
            "the client has the event whose id it sends: begin after it"
        } else {
            "the stream begins anew, and its ids name other events than before, or the same ones again"
        };
        let expected = format!("only events after id {}", resumed.from);
        let observed = format!("id {old} again; {}", resumed.seen());
        return resumed.breach(expected, observed).hint(hint).broken();
    }
    let mut seen = HashSet::new();
    if let Some(twice) = came.iter().find(|id| !seen.insert(id.as_str())) {
        return resumed
            .breach("each event once", format!("id {twice} twice; {}", resumed.seen()))
            .hint("what is replayed and what is live overlap")
            .broken();
    }
    Outcome::Held
}

fn order(resumed: &Resumed) -> Outcome {
    if !is_supported(resumed) {
        return Outcome::NotJudged("the stream does not resume".into());
    }
    let expected = resumed.expected();
    let places: Vec<usize> =
        ids(&resumed.again).iter().filter_map(|id| expected.iter().position(|other| other == id)).collect();
    if places.windows(2).all(|pair| pair[0] <= pair[1]) {
        return Outcome::Held;
    }
    resumed
        .breach(format!("ids in the order {}", list(&expected)), resumed.seen())
        .and(&resumed.witness, 3)
        .broken()
}

async fn header_case(bench: Bench) -> Outcome {
    let resumed = match resumed(&bench).await {
        Ok(resumed) => resumed,
        Err(outcome) => return outcome,
    };
    let resumed = match resumed.as_ref() {
        Ok(resumed) if is_supported(resumed) => resumed,
        Ok(_) => return Outcome::NotJudged("the stream does not resume".into()),
        Err(why) => return Outcome::NotJudged(why.clone()),
    };
    let watch = Watch { head: bench.options().timeout, body: Duration::from_secs(2), events: 2 };
    for name in ["Last-Event-ID", "LAST-EVENT-ID"] {
        let exchange = bench.exchange(bench.ask(watch).and(name, &resumed.from)).await;
        let came = ids(&exchange);
        let first = came.iter().find(|id| **id != resumed.from);
        if first.is_some_and(|first| first != resumed.next()) {
            let expected = format!("an event with id {} first, as with last-event-id", resumed.next());
            return Breach::of(&exchange, expected, format!("ids {} with {name}", list(&came))).broken();
        }
    }
    Outcome::Held
}

/// The answer to a request that resumes from an id, where the plain one is answered by a stream.
async fn with_id(bench: &Bench, id: &[u8]) -> Result<Arc<Exchange>, Outcome> {
    let opened = bench.streaming().await?;
    if opened.head().is_some_and(|head| head.at > bench.options().timeout) {
        return Err(Outcome::NotJudged("the head comes too late to compare answers".into()));
    }
    Ok(bench.exchange(bench.ask(bench.head_only()).and("last-event-id", id)).await)
}

async fn unknown_id(bench: Bench) -> Outcome {
    match with_id(&bench, b"ssespec-unknown-0f9a6c").await {
        Ok(exchange) if exchange.may_be_stream() => Outcome::Held,
        Ok(exchange) => Breach::of(&exchange, "a stream", exchange.instead())
            .hint("a client whose id has expired stops for good; tell it within the stream")
            .broken(),
        Err(outcome) => outcome,
    }
}

async fn utf8(bench: Bench) -> Outcome {
    match with_id(&bench, "\u{2026}\u{1f600}".as_bytes()).await {
        Ok(exchange) if exchange.may_be_stream() => Outcome::Held,
        Ok(exchange) => Breach::of(&exchange, "a stream", exchange.instead())
            .hint("browsers send an id as UTF-8 bytes")
            .broken(),
        Err(outcome) => outcome,
    }
}

async fn empty(bench: Bench) -> Outcome {
    match with_id(&bench, b"").await {
        Ok(exchange) if exchange.may_be_stream() => told("an empty Last-Event-ID gets", "a stream"),
        Ok(exchange) => match exchange.status() {
            Some(status) => told("an empty Last-Event-ID gets", format!("status {status}")),
            None => told("an empty Last-Event-ID gets", "no answer"),
        },
        Err(outcome) => outcome,
    }
}
