//! Measures spans of work and judges how their time and memory grow; there are no absolute limits.
//!
//! Time is the processor time of the adapter's processes where the system reports it, since that hardly depends on
//! other load; elsewhere it is wall time. Each span is compared with the last smaller one before it, so a case that
//! repeats a small and a large span compares them also after runtimes have compiled what they run.
//!
//! Memory is the peak resident memory in a span. Growth shows early, but the memory of a collected heap varies, so a
//! case ends with a span that is only played if those before it leave it open whether memory grows.
//!
//! A gauge polls both, and a span that exceeds its allowance is cut short: a client whose time grows with the square of
//! the work costs only seconds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ssespec_cases::grammar::Growth;
use tokio::sync::Notify;

use crate::adapter::footprint::{Footprint, Reading, Resolution};
use crate::adapter::processes::Processes;

/// How many times as long as in a smaller span a unit of work may take. Over spans of 1 and 8, a client whose time grows
/// with the square takes 8 times as long, an exponent of 2; the limit is an exponent of 1.5. Compilers, collectors and
/// busy machines stay below 2 times.
const SLOWER: u32 = 3;

/// Shorter spans count as this long: start-up and collectors outweigh them.
const SHORTEST: Duration = Duration::from_millis(5);

/// The same where time is counted in ticks of 10 ms.
const SHORTEST_IN_TICKS: Duration = Duration::from_millis(50);

/// By how much the most memory of a span may exceed that of the first, in bytes: collectors are not prompt.
const MORE_MEMORY: u64 = 64 * MIB;

/// How many times as much work as the one before it a span has that shows whether memory grows.
const TELLING: u64 = 4;

const MIB: u64 = 1024 * 1024;

/// The most processor time that a span gets, whatever the first one took: hundreds of times what a span asks of a
/// sound client, so that nobody waits for hours.
const LONGEST: Duration = Duration::from_secs(10);

/// How often the gauge polls.
const LOOKING: Duration = Duration::from_millis(20);

/// A span of work that is over.
#[derive(Debug, Clone, Copy)]
struct Span {
    /// The amount of work; in MiB where memory is measured.
    work: u64,
    time: Duration,
    peak: Option<u64>,
}

/// The span of work that runs.
#[derive(Debug)]
struct Running {
    work: u64,
    began: Instant,
    /// The processor time before it.
    processor: Option<Duration>,
}

/// What a span has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Excess {
    Time,
    Memory,
    /// It would have gone on for too long to be judged.
    Patience,
}

/// How thoroughly a gauge looks.
#[derive(Debug, Clone, Copy)]
enum Look {
    /// At all processes that there are now.
    Thorough,
    /// At those that there were when the span began, which costs little.
    Brief,
}

/// What has been measured since the first `measure`.
#[derive(Debug)]
struct Measured {
    expected: Growth,
    footprint: Option<Footprint>,
    spans: Vec<Span>,
    running: Option<Running>,
    excess: Option<Excess>,
}

impl Measured {
    fn begin(&mut self, work: u64) {
        if let Some(footprint) = &mut self.footprint {
            footprint.forget_peak();
        }
        let processor = self.read().map(|reading| reading.processor);
        self.running = Some(Running { work, began: Instant::now(), processor });
    }

    /// Ends the span that runs, and says in words what it took.
    fn end(&mut self) -> Option<String> {
        let (span, _) = self.look(Look::Thorough);
        self.running = None;
        let span = span?;
        let clock = match self.footprint.as_ref().map(Footprint::resolution) {
            Some(Resolution::Nanoseconds) => "of processor time",
            Some(Resolution::Ticks) => "of processor time, counted in ticks of 10 ms",
            None => "on the clock",
        };
        let peak = span.peak.map(|peak| format!(", at most {} KiB of memory", peak / 1024));
        let allowed =
            self.base(span.work).map(|base| format!(" (at most {:?})", self.allowance(base, span.work)));
        self.spans.push(span);
        Some(format!(
            "work {}: {:?} {clock}{}{}",
            span.work,
            span.time,
            allowed.unwrap_or_default(),
            peak.unwrap_or_default()
        ))
    }

    /// What a span of this much work is compared with: the last one that was smaller, otherwise the first.
    fn base(&self, work: u64) -> Option<&Span> {
        self.spans.iter().rev().find(|span| span.work < work).or(self.spans.first())
    }

    /// How long a span of this much work may take, given a span before it.
    fn allowance(&self, base: &Span, work: u64) -> Duration {
        let shortest = match self.footprint.as_ref().map(Footprint::resolution) {
            Some(Resolution::Nanoseconds) => SHORTEST,
            Some(Resolution::Ticks) | None => SHORTEST_IN_TICKS,
        };
        let shares = work.saturating_mul(u64::from(SLOWER)) as f64 / base.work.max(1) as f64;
        base.time.max(shortest).mul_f64(shares)
    }

    /// Whether the spans so far show that memory does not grow: the last one had several times as much work as the one
    /// before it, and the peak rose by less than half of that. What keeps the work rises by all of it; what a sound
    /// client has not collected yet varies by a few MiB.
    fn is_flat(&self) -> bool {
        let Growth { time: None, memory: Some(_) } = self.expected else { return false };
        let [.., before, last] = self.spans.as_slice() else { return false };
        let Some((peak, earlier)) = last.peak.zip(before.peak) else { return false };
        last.work >= before.work.saturating_mul(TELLING) && peak.saturating_sub(earlier) < last.work * MIB / 2
    }

    /// What the span that runs has taken until now, and what was too much of it or an earlier one.
    fn look(&mut self, which: Look) -> (Option<Span>, Option<Excess>) {
        let span = self.taken(which);
        if let Some(span) = span
            && let Some((first, base)) = self.spans.first().zip(self.base(span.work))
        {
            let slow = self.expected.time.is_some() && span.time > self.allowance(base, span.work);
            let large = self.expected.memory.is_some()
                && span.peak.zip(first.peak).is_some_and(|(peak, first)| peak > first + MORE_MEMORY);
            self.excess = self.excess.or(large.then_some(Excess::Memory)).or(slow.then_some(Excess::Time));
        }
        let endless = self.footprint.is_some() && span.is_some_and(|span| span.time > LONGEST);
        self.excess = self.excess.or(endless.then_some(Excess::Patience));
        (span, self.excess)
    }

    /// What the span that runs has taken until now.
    fn taken(&mut self, which: Look) -> Option<Span> {
        let reading = match which {
            Look::Thorough => self.read(),
            Look::Brief => self.read_known(),
        };
        let running = self.running.as_ref()?;
        let time = match (&self.footprint, running.processor) {
            (None, _) => running.began.elapsed(),
            // Where no process lives any more there is nothing to measure.
            (Some(_), before) => reading?.processor.saturating_sub(before?),
        };
        Some(Span { work: running.work, time, peak: reading.and_then(|reading| reading.peak) })
    }

    fn read(&mut self) -> Option<Reading> {
        self.footprint.as_mut().and_then(Footprint::read)
    }

    fn read_known(&mut self) -> Option<Reading> {
        self.footprint.as_mut().and_then(Footprint::read_known)
    }
}

/// Measures, and looks all the time until it is dropped.
#[derive(Debug)]
pub(crate) struct Gauge {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    measured: Mutex<Measured>,
    /// Notified when a span exceeds its allowance.
    alarm: Notify,
}

impl Shared {
    fn measured(&self) -> MutexGuard<'_, Measured> {
        self.measured.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gauge {
    /// A gauge of this footprint for a script that expects this; of the clock where there is none.
    fn new(expected: Growth, footprint: Option<Footprint>) -> Self {
        let measured = Measured { expected, footprint, spans: Vec::new(), running: None, excess: None };
        let shared = Arc::new(Shared { measured: Mutex::new(measured), alarm: Notify::new() });
        let looking = Arc::downgrade(&shared);
        // A thread: the runtime's own are busy with what is measured.
        std::thread::spawn(move || {
            while let Some(shared) = looking.upgrade() {
                if shared.measured().look(Look::Brief).1.is_some() {
                    // The notification is kept until somebody waits for it.
                    shared.alarm.notify_one();
                    return;
                }
                drop(shared);
                std::thread::sleep(LOOKING);
            }
        });
        Self { shared }
    }

    /// A gauge of these processes for a script that expects this, and what cannot be judged of them.
    pub(crate) fn of(expected: Growth, processes: Processes) -> (Self, Option<String>) {
        let mut footprint = Footprint::of(processes);
        let known = footprint.as_mut().and_then(Footprint::read).is_some_and(|read| read.peak.is_some());
        let not_judged = (expected.memory.is_some() && !known).then(|| MEMORY_NOT_JUDGED.into());
        (Self::new(expected, footprint), not_judged)
    }

    /// Begins a span of this amount of work.
    pub(crate) fn begin(&self, work: u64) {
        self.shared.measured().begin(work);
    }

    /// Ends the span that runs, and says in words what it took.
    pub(crate) fn ends(&self) -> Option<String> {
        self.shared.measured().end()
    }

    /// Whether the spans that have ended show that memory does not grow, so that no more of them are needed.
    pub(crate) fn is_flat(&self) -> bool {
        self.shared.measured().is_flat()
    }

    /// The excess, in words.
    pub(crate) fn excess(&self) -> Option<String> {
        self.shared.measured().excess.map(words)
    }

    /// What waits for the alarm.
    pub(crate) fn alarm(&self) -> Alarm {
        Alarm(Arc::clone(&self.shared))
    }
}

/// Waits until a span exceeds its allowance.
pub(crate) struct Alarm(Arc<Shared>);

impl Alarm {
    pub(crate) async fn rings(&self) {
        self.0.alarm.notified().await;
    }
}

/// Why memory is not judged if the system does not report it.
const MEMORY_NOT_JUDGED: &str = "memory was not judged: the system does not report it for this adapter alone";

/// What was observed: without figures, which differ from run to run and are in the transcript.
fn words(excess: Excess) -> String {
    match excess {
        Excess::Time => {
            format!("a unit of work that took more than {SLOWER} times as long as in a smaller span")
        }
        Excess::Patience => {
            format!(
                "a span that was not finished after {} of processor time",
                humantime::format_duration(LONGEST)
            )
        }
        Excess::Memory => {
            format!("more than {} MiB above the peak of the first span", MORE_MEMORY / MIB)
        }
    }
}

#[cfg(test)]
mod tests;
