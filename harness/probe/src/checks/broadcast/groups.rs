//! Streams that receive the same events as some others, and not what the rest receives.

use std::collections::HashMap;
use std::time::Duration;

use crate::observe::batches::Member;
use crate::observe::pair::{Key, key};
use crate::outcome::{Breach, Outcome};

/// How many events a stream must receive to be compared.
const FEWEST: usize = 3;

/// What comes within this time comes at the same time.
const TOGETHER: Duration = Duration::from_millis(40);

/// The events of a stream, each with its time.
struct Received<'m> {
    member: &'m Member,
    /// How many came.
    count: usize,
    /// The times of those that came once.
    times: HashMap<Key<'m>, Duration>,
    /// The longest time between two of them.
    interval: Duration,
}

impl<'m> Received<'m> {
    fn of(member: &'m Member) -> Self {
        let events: Vec<_> = member.live().map(|(event, at)| (key(event), at)).collect();
        let apart = events.windows(2).map(|pair| pair[1].1.saturating_sub(pair[0].1));
        let interval = apart.max().unwrap_or_default();
        let count = events.len();
        let mut times: HashMap<Key<'m>, Vec<Duration>> = HashMap::new();
        for (key, at) in events {
            times.entry(key).or_default().push(at);
        }
        let once = times.into_iter().filter_map(|(key, times)| match times.as_slice() {
            [at] => Some((key, *at)),
            _ => None,
        });
        Self { member, count, times: once.collect(), interval }
    }

    /// The middle one of the times by which common events were apart.
    fn apart(&self, other: &Self) -> Option<Duration> {
        let common = self.times.iter().filter_map(|(key, at)| Some(at.abs_diff(*other.times.get(key)?)));
        let mut common: Vec<Duration> = common.collect();
        common.sort_unstable();
        common.get(common.len() / 2).copied()
    }

    /// Whether both have the same events at the same time.
    fn agrees(&self, other: &Self) -> bool {
        self.apart(other).is_some_and(|apart| apart <= TOGETHER)
    }

    /// Whether the other has other events, or the same so much later that no polling of one source explains it.
    fn is_foreign(&self, other: &Self) -> bool {
        let long = self.interval.max(other.interval) * 3 / 2;
        self.apart(other).is_none_or(|apart| apart > long.max(TOGETHER * 4))
    }
}

/// Judges streams that were open at the same time; `None` if they show nothing wrong.
pub(super) fn judge(members: &[Member]) -> Option<Outcome> {
    if members.iter().any(|member| !member.is_open()) {
        return None;
    }
    let received: Vec<Received<'_>> = members.iter().map(Received::of).collect();
    deaf(&received).or_else(|| apart(&received))
}

/// The breach of streams that receive nothing while others receive the same events.
fn deaf(received: &[Received<'_>]) -> Option<Outcome> {
    let silent: Vec<_> = received.iter().filter(|stream| stream.count == 0).collect();
    let hearing: Vec<_> = received.iter().filter(|stream| stream.times.len() >= FEWEST).collect();
    let (first, second) = (hearing.first()?, silent.first()?);
    let is_broadcast = hearing.len() >= 2 && hearing.iter().all(|stream| stream.agrees(first));
    if !is_broadcast || silent.len() + hearing.len() < received.len() {
        return None;
    }
    let observed = format!(
        "of {} open streams, {} received the same events, and {} none of them",
        received.len(),
        hearing.len(),
        silent.len()
    );
    let breach = Breach::new(&second.member.exchange, "each event on every stream", observed)
        .with_exchange(&first.member.exchange, 2)
        .hint("the list of open streams has a limit, or loses streams when others leave");
    Some(breach.suspected())
}

/// The breach of groups of streams with events of their own: each group is served by a process of its own.
fn apart(received: &[Received<'_>]) -> Option<Outcome> {
    if received.iter().any(|stream| stream.times.len() < FEWEST) {
        return None;
    }
    let mut groups: Vec<Vec<&Received<'_>>> = Vec::new();
    for stream in received {
        match groups.iter_mut().find(|group| group.iter().all(|other| other.agrees(stream))) {
            Some(group) => group.push(stream),
            None => groups.push(vec![stream]),
        }
    }
    let batches = |group: &Vec<&Received<'_>>| {
        (0..2).all(|batch| group.iter().any(|stream| stream.member.batch == batch))
    };
    let heads: Vec<&Received<'_>> = groups.iter().flat_map(|group| group.iter().take(1).copied()).collect();
    let are_foreign = heads
        .iter()
        .enumerate()
        .all(|(index, one)| heads.iter().skip(index + 1).all(|other| one.is_foreign(other)));
    let [one, other, ..] = heads.as_slice() else { return None };
    // Streams with events of their own, such as a timer for each, are alone, or in a group with their batch.
    if !groups.iter().all(batches) || !are_foreign {
        return None;
    }
    let sizes: Vec<String> = groups.iter().map(|group| group.len().to_string()).collect();
    let observed = format!(
        "{} open streams in {} groups, of {}: each group receives the same events at the same time, and others than the rest",
        received.len(),
        groups.len(),
        sizes.join(" and "),
    );
    let breach = Breach::new(&one.member.exchange, "each event on every stream", observed)
        .with_exchange(&other.member.exchange, 2)
        .hint(
            "several processes serve the streams, and each sends only its own events: connect them, for example with a message broker, or run one process",
        );
    Some(breach.suspected())
}
