//! A stream that is closed and resumed with Last-Event-ID, next to one that is never interrupted.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header>

use std::time::Duration;

use crate::observe::places::Places;
use crate::observe::replay::REPLAYED;
use crate::options::{Length, Options};
use crate::wire::exchange::{End, Exchange};
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::{ReadLimits, Request};

/// How many events with ids are read before the stream is closed.
const ENOUGH: usize = 4;

/// How long the client is disconnected.
const DISCONNECTED: Duration = Duration::from_millis(400);

/// How long after the others the last event is emitted.
const LATER: Duration = Duration::from_millis(400);

/// How often a last event is emitted until it comes.
const LATER_EMISSIONS: usize = 3;

/// An event that comes on one stream may come so much later on another one, if the server looks for new events now and then.
const LATEST: Duration = Duration::from_millis(2500);

/// How many events on the stream that stayed open show that the resumed one receives none.
const UNHEARD: usize = 3;

/// How long the resumed stream is read at a time, before the one that stayed open.
const SLICE: Duration = Duration::from_millis(200);

/// How long it takes to read what is buffered.
const BUFFERED: Duration = Duration::from_millis(20);

/// How many streams this needs: those that are closed may still count when the next is opened.
pub(crate) const RESUMPTION: u32 = 4;

/// How long missed events may take that are sent as soon as the stream is resumed.
const MISSED: Duration = Duration::from_millis(300);

/// How long a stream is read that resumes from the same id once more.
const AGAIN: Duration = Duration::from_millis(1500);

/// A stream that was closed and resumed.
#[derive(Debug)]
pub(crate) struct Resumption {
    /// The stream that was closed.
    pub(crate) first: Exchange,
    /// The stream that resumed it.
    pub(crate) second: Exchange,
    /// A stream that stayed open meanwhile; `None` if the server serves only one at a time.
    pub(crate) uninterrupted: Option<Exchange>,
    /// The id in Last-Event-ID.
    pub(crate) last_event_id: String,
    /// The ids on the first stream up to that id.
    pub(crate) before: Vec<String>,
    /// The ids on the first stream after that id.
    pub(crate) after: Vec<String>,
    /// What the stream that stayed open had received by this time must have come on the resumed stream too. Counted from its own
    /// request; `None` if the probe cannot make the server emit.
    settled: Option<Duration>,
    /// When the second stream was opened, on the clock of the one that stayed open.
    resumed: Option<Duration>,
    /// A stream that resumes from the same id once more, opened as soon as the second had received events, and which ids those were;
    /// `None` if there were none.
    pub(crate) again: Option<(Exchange, Vec<String>)>,
}

/// Why there is nothing to resume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoResumption {
    /// No event had an id.
    #[error("no event had an id")]
    NoIds,
    /// Fewer than two events had an id.
    #[error("fewer than two events had an id, too few to resume from; --emit makes the server send some")]
    TooFewIds,
}

impl Resumption {
    /// The ids to expect after resuming: those on the uninterrupted stream, or else those on the first.
    pub(crate) fn expected(&self) -> Vec<String> {
        let ids = self.uninterrupted.as_ref().map(Exchange::ids).unwrap_or_default();
        match ids.iter().position(|id| *id == self.last_event_id) {
            Some(at) => ids.get(at + 1..).unwrap_or_default().to_vec(),
            None => self.after.clone(),
        }
    }

    /// How many of the expected ids must have come by the end: those that the uninterrupted stream received long before.
    pub(crate) fn settled(&self) -> usize {
        let (Some(settled), Some(uninterrupted)) = (self.settled, &self.uninterrupted) else { return 0 };
        let ids = uninterrupted.identified().skip_while(|(_, id)| *id != self.last_event_id).skip(1);
        ids.take_while(|(event, _)| event.block.at < settled).count()
    }

    /// How many events came on the stream that stayed open, if the resumed one received what was missed and nothing after it
    /// meanwhile: no stream that is still served is so late. `None` also if there were too few.
    pub(crate) fn unheard(&self) -> Option<usize> {
        let (uninterrupted, resumed) = (self.uninterrupted.as_ref()?, self.resumed?);
        let replayed = self.second.head_time() + REPLAYED;
        let is_silent = self.second.dispatched().all(|event| event.block.at < replayed);
        let from = resumed + REPLAYED;
        let to = uninterrupted.duration.saturating_sub(LATEST);
        let live = uninterrupted.dispatched().filter(|event| (from..to).contains(&event.block.at));
        let is_unheard = is_silent && self.second.end == End::StillOpen && self.continued();
        is_unheard.then(|| live.count()).filter(|count| *count >= UNHEARD)
    }

    /// The stream that resumes once more, and the ids that it did not receive although the second did just before. What was sent just
    /// before is in every history, however short.
    pub(crate) fn not_sent_again(&self) -> Option<(&Exchange, &[String])> {
        let (again, sent) = self.again.as_ref()?;
        let received = again.ids();
        let is_missing = again.is_same_kind_as(&self.second)
            && again.end == End::StillOpen
            && !received.iter().any(|id| sent.contains(id));
        (is_missing && self.continued()).then_some((again, sent))
    }

    /// The id to expect first after resuming.
    pub(crate) fn next(&self) -> &str {
        self.after.first().map_or("", String::as_str)
    }

    /// Whether the stream continued where it was closed. It may repeat the last event.
    pub(crate) fn continued(&self) -> bool {
        let received = self.second.ids();
        let received = match received.first() {
            Some(first) if *first == self.last_event_id => received.get(1..).unwrap_or_default(),
            _ => &received,
        };
        received.first().is_some_and(|first| first == self.next())
    }
}

/// Opens a stream, closes it, and resumes it from an event before its last.
///
/// Of `places` only the number counts here: the caller has reserved them.
pub(crate) async fn observe(
    options: &Options,
    path: Option<String>,
    places: &Places,
) -> Result<Resumption, NoResumption> {
    let (first_limit, second_limit) = match options.length {
        Length::Full => (Duration::from_secs(9), Duration::from_secs(6)),
        Length::Quick => (Duration::from_millis(2200), Duration::from_millis(1600)),
    };
    let limits = ReadLimits { head: options.timeout, body: Duration::ZERO, events: None };
    let request = options.request(limits).path(path);
    let mut uninterrupted =
        if places.total() > 1 { Some(places.open(options, &request).await) } else { None };
    let mut first = places.open(options, &request).await;
    first.read_head(options.timeout).await;
    if let Some(uninterrupted) = &mut uninterrupted {
        uninterrupted.read_head(options.timeout).await;
    }
    start_emitting(options, ENOUGH);
    let limit = first.elapsed() + first_limit;
    first.read_until(limit, |exchange| exchange.identified().nth(ENOUGH - 1).is_some()).await;
    // Also read what comes together with the last of these events.
    first.read_for(Duration::from_millis(100)).await;
    let first = first.finish();
    let all = first.ids();
    if all.len() < 2 {
        return Err(if all.is_empty() { NoResumption::NoIds } else { NoResumption::TooFewIds });
    }
    // Not from the first id if there are more: a stream that starts over would seem to repeat only the last event.
    let at = (all.len() - 1) / 2;
    let (before, after) = all.split_at(at + 1);
    let (before, after) = (before.to_vec(), after.to_vec());
    let last_event_id = before.last().cloned().unwrap_or_default();
    start_emitting(options, 1);
    match &mut uninterrupted {
        Some(uninterrupted) => {
            uninterrupted.read_for(DISCONNECTED).await;
        }
        None => tokio::time::sleep(DISCONNECTED).await,
    }
    let request = request.clone().add_field("last-event-id", &last_event_id);
    // An event between the replay and the subscription is lost by servers that subscribe too late.
    start_emitting(options, 3);
    let resumed = uninterrupted.as_ref().map(OngoingExchange::elapsed);
    let mut second = places.open(options, &request).await;
    second.read_head(options.timeout).await;
    let again = if places.total() >= RESUMPTION {
        once_more(options, &request, places, &mut second).await
    } else {
        None
    };
    // Others subscribe only some time after the head.
    start_emitting(options, 4);
    let limit = second.elapsed() + second_limit;
    let enough = after.len() + 2;
    // What is missed may be enough, and says nothing about new events.
    let may_be_replay = options.emit.is_none() && options.length == Length::Full;
    let is_new = |exchange: &Exchange| {
        exchange.identified().any(|(event, _)| event.block.at >= exchange.head_time() + REPLAYED)
    };
    let is_enough = |exchange: &Exchange| {
        exchange.identified().nth(enough - 1).is_some() && (!may_be_replay || is_new(exchange))
    };
    while second.elapsed() < limit && second.exchange.end == End::StillOpen && !is_enough(&second.exchange) {
        both(&mut second, uninterrupted.as_mut(), SLICE, is_enough).await;
    }
    let mut settled = None;
    if options.emit.is_some() {
        // That a last event is missing shows only when another one comes after it.
        let mut uninterrupted = uninterrupted.as_mut();
        for _ in 0..LATER_EMISSIONS {
            both(&mut second, uninterrupted.as_deref_mut(), LATER, |_| false).await;
            let seen = second.exchange.ids().len();
            start_emitting(options, 1);
            settled = uninterrupted.as_ref().map(|uninterrupted| uninterrupted.elapsed());
            both(&mut second, uninterrupted.as_deref_mut(), LATER * 3, |exchange| {
                exchange.ids().len() > seen
            })
            .await;
            if second.exchange.ids().len() > seen {
                break;
            }
        }
    }
    let second = second.finish();
    if let Some(uninterrupted) = &mut uninterrupted {
        uninterrupted.read_for(Duration::from_millis(100)).await;
    }
    let uninterrupted = uninterrupted.map(OngoingExchange::finish);
    Ok(Resumption { first, second, uninterrupted, last_event_id, before, after, settled, resumed, again })
}

/// Resumes from the same id once more, as soon as missed events have come.
async fn once_more(
    options: &Options,
    request: &Request,
    places: &Places,
    second: &mut OngoingExchange,
) -> Option<(Exchange, Vec<String>)> {
    let limit = second.elapsed() + MISSED;
    second.read_until(limit, |exchange| !exchange.ids().is_empty()).await;
    let sent = second.exchange.ids();
    if sent.is_empty() {
        return None;
    }
    let mut again = places.open(options, request).await;
    let reading = async {
        again.read_head(options.timeout).await;
        let limit = again.elapsed() + AGAIN;
        again.read_until(limit, |exchange| exchange.ids().iter().any(|id| sent.contains(id))).await;
    };
    let limit = second.elapsed() + AGAIN;
    tokio::select! {
        () = reading => {}
        // Its events are read when they come.
        () = second.read_until(limit, |_| false) => {}
    }
    again.read_for(BUFFERED).await;
    Some((again.finish(), sent))
}

/// Reads the resumed stream for this long or until it has enough, and the one that stayed open meanwhile.
async fn both(
    second: &mut OngoingExchange,
    uninterrupted: Option<&mut OngoingExchange>,
    time: Duration,
    is_enough: impl FnMut(&Exchange) -> bool,
) {
    let limit = second.elapsed() + time;
    second.read_until(limit, is_enough).await;
    if let Some(uninterrupted) = uninterrupted {
        // What has come is buffered: it is read immediately.
        uninterrupted.read_for(BUFFERED).await;
    }
}

/// Makes the server emit several times, if the user said how. Does not wait.
fn start_emitting(options: &Options, times: usize) {
    if let Some(trigger) = &options.emit {
        trigger.start(times, Duration::ZERO, options.timeout);
    }
}
