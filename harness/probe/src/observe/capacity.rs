//! How many streams the server serves at the same time.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::observe::before_leaving::{self, FirstEvents};
use crate::options::Options;
use crate::wire::exchange::{End, Exchange};
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::{ReadLimits, Request};

/// How many streams are opened at most.
pub(crate) const MOST: u32 = 24;

/// How many streams are opened together, one wave after the other: a server that serves few gets few too many.
const WAVES: [u32; 5] = [1, 2, 4, 8, 8];

/// A head that takes longer is late.
const PROMPT: Duration = Duration::from_secs(1);

/// How long the first stream is read alone, to see whether another one ends it.
const ALONE: Duration = Duration::from_millis(80);

/// How many streams the server serves at the same time.
#[derive(Debug)]
pub(crate) struct Capacity {
    /// The first stream, before another was opened.
    pub(crate) single: Exchange,
    /// How many streams were opened.
    pub(crate) opened: usize,
    /// How many of them got the same kind of response as the first.
    pub(crate) served: usize,
    /// One that did not.
    pub(crate) unserved: Option<Exchange>,
    /// What happens to streams that are too many.
    pub(crate) excess: Excess,
    /// How long the server took to serve another stream after a client had left.
    pub(crate) release: Duration,
    /// How many more than its limit the server served: it accepted some before it had counted the others.
    pub(crate) surplus: u32,
    /// The events of the first stream, before any stream was closed.
    pub(crate) first_events: FirstEvents,
    /// Whether the server still refused another stream long after all were closed.
    pub(crate) is_never_released: bool,
}

/// What happens to streams that are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excess {
    /// None was too many.
    None,
    /// They are refused with this status.
    Refused(u16),
    /// They wait, or get no response.
    Unanswered,
    /// The earlier stream is ended for another one.
    EndsEarlier,
    /// The earliest are ended for them, and so many stay open.
    EndsOldest(usize),
}

impl Excess {
    fn of(unserved: &Exchange) -> Self {
        unserved.status().map_or(Self::Unanswered, Self::Refused)
    }
}

/// How long each step of the count may take.
struct Patience {
    head: Duration,
    release: Duration,
}

impl Patience {
    fn of(options: &Options) -> Self {
        match options.limit {
            None => Self { head: options.timeout, release: Duration::from_secs(16) },
            Some(_) => Self { head: options.timeout.min(PROMPT), release: PROMPT },
        }
    }
}

/// Opens streams, and keeps them open, until one is not served like the first.
pub(crate) async fn measure(options: &Options, path: Option<String>) -> Capacity {
    let patience = Patience::of(options);
    let limits = ReadLimits { head: patience.head, body: Duration::ZERO, events: None };
    let request = options.request(limits).path(path);
    let mut first = OngoingExchange::open(options, &request).await;
    first.read_head(patience.head).await;
    let single = first.exchange.clone();
    let mut capacity = Capacity {
        single,
        opened: 1,
        served: 1,
        unserved: None,
        excess: Excess::None,
        release: Duration::ZERO,
        surplus: 0,
        first_events: FirstEvents::Unknown,
        is_never_released: false,
    };
    let Some(head) = capacity.single.head() else {
        capacity.served = 0;
        return capacity;
    };
    if !capacity.single.may_be_stream() {
        return capacity;
    }
    // A head that comes with the first event cannot be waited for in each wave.
    let is_late = head.at > PROMPT;
    let all_together = [MOST - 1];
    let (waves, limit) =
        if is_late { (&all_together[..], head.at * 2 + PROMPT) } else { (&WAVES[..], patience.head) };
    first.read_for(ALONE).await;
    let was_open = first.exchange.end == End::StillOpen;
    let (mut served, mut unserved) = (vec![first], Vec::new());
    for wave in waves {
        let opened = open(options, &request, *wave, limit).await;
        capacity.opened += opened.len();
        let is_served = |ongoing: &OngoingExchange| ongoing.exchange.is_same_kind_as(&capacity.single);
        let (like_first, others): (Vec<_>, Vec<_>) = opened.into_iter().partition(is_served);
        served.extend(like_first);
        unserved.extend(others);
        if !unserved.is_empty() {
            break;
        }
        if was_open && served.len() == 2 && ends_earlier(&mut served).await {
            capacity.excess = Excess::EndsEarlier;
            return capacity;
        }
    }
    if was_open && unserved.is_empty() && options.limit.is_none() {
        match stay_open(&mut served).await {
            Some(1) => capacity.excess = Excess::EndsEarlier,
            Some(stay) => capacity.excess = Excess::EndsOldest(stay),
            None => {}
        }
        if capacity.excess != Excess::None {
            return capacity;
        }
    }
    if let Some(first) = served.first_mut().filter(|_| unserved.is_empty() && options.limit.is_none()) {
        capacity.first_events = before_leaving::watch(options, first).await;
    }
    capacity.served = served.len();
    if let Some(one) = unserved.first() {
        capacity.excess = Excess::of(&one.exchange);
        capacity.unserved = Some(one.exchange.clone());
        if let Excess::Refused(_) = capacity.excess {
            let admitted =
                until_admitted(options, &request, &capacity.single, served, patience.release).await;
            capacity.is_never_released = admitted.is_none() && options.limit.is_none();
            (capacity.release, capacity.surplus) = admitted.unwrap_or((patience.release, 0));
        } else {
            capacity.release = release(served, unserved, patience.release).await;
        }
    }
    capacity
}

/// Opens streams together, and waits for their heads.
async fn open(options: &Options, request: &Request, count: u32, limit: Duration) -> Vec<OngoingExchange> {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let (options, request) = (options.clone(), request.clone());
        tasks.spawn(async move {
            let mut ongoing = OngoingExchange::open(&options, &request).await;
            ongoing.read_head(limit).await;
            ongoing
        });
    }
    tasks.join_all().await
}

/// Whether the first stream ends shortly after the second was opened.
async fn ends_earlier(served: &mut [OngoingExchange]) -> bool {
    let Some(first) = served.first_mut() else { return false };
    first.read_for(ALONE).await;
    first.exchange.end != End::StillOpen && first.exchange.dispatched().next().is_none()
}

/// How long the first stream is watched while the others are open, and the one that stays open after that.
const WATCHED: Duration = Duration::from_millis(1200);

/// How many streams stay open if the earlier ones have ended: each was ended by a later one.
async fn stay_open(served: &mut [OngoingExchange]) -> Option<usize> {
    let first = served.first_mut()?;
    first.read_for(WATCHED).await;
    // A flood, of which only a part is read, has not ended either.
    if matches!(first.exchange.end, End::StillOpen | End::LimitReached) {
        return None;
    }
    let mut open = Vec::new();
    for ongoing in served {
        ongoing.read_for(ALONE * 2).await;
        if ongoing.exchange.end == End::StillOpen {
            open.push(ongoing);
        }
    }
    if open.len() > 1 {
        // On a busy machine, ends are seen late.
        let deadline = Instant::now() + WATCHED;
        for ongoing in &mut open {
            let left = deadline.saturating_duration_since(Instant::now()).max(ALONE / 4);
            ongoing.read_until(ongoing.elapsed() + left, |_| false).await;
        }
        open.retain(|ongoing| ongoing.exchange.end == End::StillOpen);
    }
    // A stream that ends after some time of its own has nearly reached that time too.
    for ongoing in &mut open {
        ongoing.read_until(ongoing.elapsed() + ALONE / 4, |_| false).await;
    }
    let last = open.last_mut()?;
    last.read_for(WATCHED).await;
    for ongoing in &mut open {
        ongoing.read_until(ongoing.elapsed() + ALONE / 4, |_| false).await;
        if ongoing.exchange.end != End::StillOpen {
            return None;
        }
    }
    Some(open.len()).filter(|stay| *stay <= FEW)
}

/// A server that ends the earliest stream for a new one keeps no more than this many: with more, streams may end on their own.
const FEW: usize = 16;

/// How often a stream is closed to see when a waiting one is served. Servers notice when they write the next time.
const CLOSED: usize = 3;

/// Closes streams, one after the other, and waits each time until a waiting one gets a response. Returns the longest wait.
async fn release(
    mut served: Vec<OngoingExchange>,
    waiting: Vec<OngoingExchange>,
    limit: Duration,
) -> Duration {
    let began = Instant::now();
    let rounds = served.len().min(waiting.len()).min(CLOSED);
    let mut tasks = JoinSet::new();
    for mut ongoing in waiting {
        tasks.spawn(async move {
            let limit = ongoing.elapsed() + limit;
            ongoing.read_head(limit).await;
            // It stays open, or its place would be free for the next one.
            ongoing
        });
    }
    let (mut longest, mut answered) = (Duration::ZERO, Vec::new());
    for _ in 0..rounds {
        let left = Instant::now();
        served.pop();
        match tasks.join_next().await {
            Some(Ok(ongoing)) if ongoing.exchange.head().is_some() => answered.push(ongoing),
            _ => return limit,
        }
        longest = longest.max(left.elapsed());
        if began.elapsed() > limit / 4 {
            break;
        }
    }
    longest
}

/// The time between two attempts to open a stream.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a server that refuses streams may take to notice that one was closed, before another is closed.
const UNNOTICED: Duration = Duration::from_secs(4);

/// Closes streams until another one is served. Returns how long that took after the last was closed, and how many more
/// were closed than one; `None` if another one is never served.
async fn until_admitted(
    options: &Options,
    request: &Request,
    single: &Exchange,
    mut served: Vec<OngoingExchange>,
    limit: Duration,
) -> Option<(Duration, u32)> {
    let began = Instant::now();
    let mut surplus = 0;
    loop {
        let left = Instant::now();
        served.pop();
        let rest = limit.saturating_sub(began.elapsed());
        let patience = if served.is_empty() { rest } else { rest.min(UNNOTICED) };
        if until_served(options, request, single, patience).await {
            return Some((left.elapsed(), surplus));
        }
        if served.is_empty() || began.elapsed() >= limit {
            return None;
        }
        surplus += 1;
    }
}

/// Tries to open a stream until it is served.
async fn until_served(options: &Options, request: &Request, single: &Exchange, limit: Duration) -> bool {
    let began = Instant::now();
    while began.elapsed() < limit {
        let mut ongoing = OngoingExchange::open(options, request).await;
        ongoing.read_head(limit.min(options.timeout)).await;
        if ongoing.exchange.is_same_kind_as(single) {
            return true;
        }
        tokio::time::sleep(PAUSE).await;
    }
    false
}
