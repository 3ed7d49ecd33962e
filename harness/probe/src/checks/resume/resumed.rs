//! What checks of a resumed stream have in common.

use crate::describe::id_list;
use crate::observe::resumption::Resumption;
use crate::outcome::Breach;

pub(super) const DOES_NOT_RESUME: &str = "the stream does not resume";

pub(super) const NOT_IN_ORDER: &str = "the ids of a stream are not in order: see resume-order";

/// A breach that the first and the resumed stream show.
pub(super) fn breach(
    resumption: &Resumption,
    expected: impl Into<String>,
    observed: impl Into<String>,
) -> Breach {
    Breach::new(&resumption.first, expected, observed).with_exchange(&resumption.second, 2)
}

/// The breach, with the stream that stayed open.
pub(super) fn with_uninterrupted(breach: Breach, resumption: &Resumption) -> Breach {
    match &resumption.uninterrupted {
        Some(uninterrupted) => breach.with_exchange(uninterrupted, 3),
        None => breach,
    }
}

/// The ids on both streams, in words.
pub(super) fn describe(resumption: &Resumption) -> String {
    format!(
        "ids {} on the first stream; ids {} after last-event-id: {}",
        id_list(&resumption.first.ids()),
        id_list(&resumption.second.ids()),
        resumption.last_event_id
    )
}
