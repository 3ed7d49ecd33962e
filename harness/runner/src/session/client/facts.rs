//! What is recorded for the report.

use std::time::Duration;

use ssespec_cases::client::ClientFact;
use ssespec_mock_server::wire::Departure;

use super::session::Session;
use crate::session::describe::{self, field_values};

impl Session<'_> {
    pub(super) fn record(&mut self, name: &str, of: &ClientFact) {
        let value = match of {
            ClientFact::Delay => self.delay.map(|delay| format!("{:.1} s", half_seconds(delay))),
            ClientFact::Spread => spread(&self.delays).map(str::to_owned),
            ClientFact::Herd => herd(&self.herd_delays).map(str::to_owned),
            ClientFact::Departure => self.departure.map(|how| match how {
                Departure::ResetStream(_) => describe::departure(how),
                Departure::Fin | Departure::Reset | Departure::Failed(_) => "the connection ends".into(),
            }),
            ClientFact::Streams => self.tried.map(|(open, all)| format!("{open} of {all}")),
            ClientFact::Alpn => self.exchange.as_ref().map(describe::offered),
            ClientFact::Target => {
                let target = self.exchange.as_ref().map(|exchange| exchange.request().target.clone());
                target.map(|target| match self.relative(&target) {
                    Some(path) if path.is_empty() => "the session's URL".into(),
                    Some(path) => path,
                    None => target,
                })
            }
            ClientFact::Header(name) => {
                self.exchange.as_ref().map(|exchange| field_values(exchange.request().header(name)))
            }
            ClientFact::Attempts => self.attempts.map(|attempts| attempts.to_string()),
            ClientFact::Alternative { names } => self.progress.alternative(names),
        };
        self.progress.record(name, value);
    }
}

/// By how much a timer may fire early.
const EARLY: Duration = Duration::from_millis(50);

/// A delay in half seconds: facts should not differ from run to run. It is rounded down, since a busy machine makes delays
/// longer and never shorter; below one second to the nearest, since clients with short delays add a random part to them.
fn half_seconds(delay: Duration) -> f64 {
    let halves = delay.as_secs_f64() * 2.0;
    if delay.saturating_add(EARLY) < Duration::from_secs(1) {
        return halves.round() / 2.0;
    }
    (halves + EARLY.as_secs_f64() * 2.0).floor() / 2.0
}

/// By how much the longest of some delays exceeds the shortest, as a share of the longest, if they are random on purpose. A
/// busy machine makes delays that are meant to be equal differ by less.
const RANDOM: f64 = 0.2;

/// What is recorded of delays that are random on purpose.
pub(crate) const DIFFERENT: &str = "different each time";

/// Whether delays differ, in words; `None` if there are fewer than two. The longest quarter is left out: a busy machine makes
/// some longer, and none shorter. Random delays may be alike too, about once in a thousand cases.
fn spread(delays: &[Duration]) -> Option<&'static str> {
    let mut sorted = delays.to_vec();
    sorted.sort_unstable();
    sorted.truncate(delays.len() - delays.len() / 4);
    let (shortest, longest) = (sorted.first()?, sorted.last()?);
    let share =
        longest.saturating_sub(*shortest).as_secs_f64() / longest.as_secs_f64().max(f64::MIN_POSITIVE);
    match sorted.len() {
        0 | 1 => None,
        _ if share < RANDOM => Some("the same each time"),
        _ => Some(DIFFERENT),
    }
}

/// By how much the delays of a herd differ if they are spread on purpose: a busy machine takes a part of this time to lose
/// and open many streams.
const SPREAD: Duration = Duration::from_millis(100);

/// Whether the streams of a herd came back together, in words; `None` if there was none.
fn herd(delays: &[Duration]) -> Option<&'static str> {
    let (shortest, longest) = (delays.iter().min()?, delays.iter().max()?);
    let is_spread = longest.saturating_sub(*shortest) > SPREAD.max(longest.mul_f64(RANDOM));
    Some(if is_spread { "spread over time" } else { "together" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_that_a_busy_machine_made_longer_is_the_same() {
        let of = |milliseconds| half_seconds(Duration::from_millis(milliseconds));
        assert_eq!([0, 20, 240, 260, 505, 740].map(of), [0.0, 0.0, 0.0, 0.5, 0.5, 0.5]);
        assert_eq!([999, 1_001, 1_440].map(of), [1.0, 1.0, 1.0]);
        assert_eq!([2_998, 3_000, 3_440, 5_420].map(of), [3.0, 3.0, 3.0, 5.0]);
    }

    #[test]
    fn a_herd_is_spread_if_chance_makes_it() {
        let of =
            |delays: &[u64]| herd(&delays.iter().copied().map(Duration::from_millis).collect::<Vec<_>>());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[1000, 1030, 1100]), Some("together"));
        assert_eq!(of(&[0, 1, 90]), Some("together"));
        assert_eq!(of(&[500, 700, 900]), Some("spread over time"));
    }

    #[test]
    fn delays_differ_if_chance_makes_them() {
        let of =
            |delays: &[u64]| spread(&delays.iter().copied().map(Duration::from_millis).collect::<Vec<_>>());
        assert_eq!((of(&[]), of(&[700])), (None, None));
        assert_eq!(of(&[700, 760, 701]), Some("the same each time"));
        assert_eq!(of(&[0, 0]), Some("the same each time"));
        assert_eq!(of(&[400, 700, 520]), Some("different each time"));
        assert_eq!(of(&[700, 701, 950, 702, 703, 702, 1200, 701]), Some("the same each time"));
    }
}
