//! In which order events come.

use std::collections::HashSet;

use super::resumed::{DOES_NOT_RESUME, breach, describe, with_uninterrupted};
use crate::describe::id_list;
use crate::observe::resumption::Resumption;
use crate::outcome::Outcome;
use crate::wire::exchange::Exchange;

/// Whether the ids of a stream are consecutive numbers in another order.
pub(super) fn is_shuffled(resumption: &Resumption) -> bool {
    are_shuffled(&longest(resumption).ids())
}

/// The stream with the most events.
fn longest(resumption: &Resumption) -> &Exchange {
    resumption.uninterrupted.as_ref().unwrap_or(&resumption.first)
}

fn are_shuffled(ids: &[String]) -> bool {
    let numbers: Option<Vec<u64>> = ids.iter().map(|id| id.parse().ok()).collect();
    let Some(mut numbers) = numbers.filter(|numbers| !numbers.is_sorted()) else { return false };
    numbers.sort_unstable();
    // The first and the last ones may have neighbors that came before or after.
    let steps = numbers.windows(2).filter(|pair| pair[0] + 1 == pair[1]).count();
    steps + 3 >= numbers.len() && steps >= 2
}

/// The breach of a stream whose events come in another order than their ids.
fn shuffled(resumption: &Resumption) -> Option<Outcome> {
    let ids = longest(resumption).ids();
    let later = ids.windows(2).find(|pair| pair[1].parse::<u64>().ok() < pair[0].parse::<u64>().ok())?;
    let observed = format!(
        "ids {}: a client that leaves after {} and resumes never gets {}",
        id_list(&ids),
        later[0],
        later[1]
    );
    Some(
        breach(resumption, "events in the order of their ids", observed)
            .hint("give an event its id when it is sent, or send events in the order of their ids")
            .suspected(),
    )
}

pub(super) fn order(resumption: &Resumption) -> Outcome {
    if is_shuffled(resumption)
        && let Some(outcome) = shuffled(resumption)
    {
        return outcome;
    }
    let expected = resumption.expected();
    let received = resumption.second.ids();
    // All missed events may come, but not the first one first.
    let is_replay = resumption.after.len() > 1
        && resumption.after.iter().all(|id| received.contains(id))
        && !received.iter().any(|id| resumption.before.contains(id) && *id != resumption.last_event_id);
    if !resumption.continued() && !is_replay {
        return Outcome::NotJudged(DOES_NOT_RESUME.into());
    }
    // That an event comes twice is another fault.
    let mut seen = HashSet::new();
    let places: Vec<usize> = received
        .iter()
        .filter(|id| seen.insert(id.as_str()))
        .filter_map(|id| expected.iter().position(|other| other == id))
        .collect();
    if places.windows(2).all(|pair| pair[0] <= pair[1]) {
        return Outcome::Holds;
    }
    let expected = format!("ids in the order {}", id_list(&expected));
    with_uninterrupted(breach(resumption, expected, describe(resumption)), resumption).proven()
}

#[cfg(test)]
mod tests {
    use super::are_shuffled;

    #[test]
    fn consecutive_numbers_in_another_order_are_shuffled() {
        let shuffled = |ids: &[&str]| are_shuffled(&ids.iter().map(|id| (*id).into()).collect::<Vec<_>>());
        assert!(shuffled(&["2", "1", "4", "3", "6", "5"]) && shuffled(&["6", "5", "8", "7"]));
        assert!(!shuffled(&["1", "2", "3"]) && !shuffled(&["1", "3", "7"]));
        assert!(!shuffled(&["91", "7", "1200", "44"]) && !shuffled(&["b", "a"]));
    }
}
