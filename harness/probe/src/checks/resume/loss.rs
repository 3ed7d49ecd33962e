//! Whether a client that resumes loses events.

use super::order::is_shuffled;
use super::resumed::{DOES_NOT_RESUME, NOT_IN_ORDER, breach, describe, with_uninterrupted};
use crate::describe::id_list;
use crate::observe::resumption::Resumption;
use crate::outcome::Outcome;

pub(super) fn no_loss(resumption: &Resumption) -> Outcome {
    if is_shuffled(resumption) {
        return Outcome::NotJudged(NOT_IN_ORDER.into());
    }
    let received = resumption.second.ids();
    let is_partial = received.iter().any(|id| resumption.after.contains(id));
    let starts_over =
        received.first().is_some_and(|id| resumption.before.contains(id) && *id != resumption.last_event_id);
    if !is_partial || starts_over {
        return Outcome::NotJudged(DOES_NOT_RESUME.into());
    }
    let expected = resumption.expected();
    // Events after the last one that was received may still be on their way.
    let last = expected.iter().rposition(|id| received.contains(id)).map_or(0, |last| last + 1);
    let expected = expected.get(..last.max(resumption.settled())).unwrap_or_default();
    let lost: Vec<String> = expected.iter().filter(|id| !received.contains(id)).cloned().collect();
    if lost.is_empty()
        && let Some(outcome) = only_once(resumption)
    {
        return outcome;
    }
    if lost.is_empty() {
        return resumption.unheard().map_or(Outcome::Holds, |count| {
            let observed = format!(
                "the missed events, and then nothing, while {count} came on a stream that stayed open"
            );
            with_uninterrupted(breach(resumption, "new events after the missed ones", observed), resumption)
                .hint("subscribe the stream to new events also if the client resumes")
                .suspected()
        });
    }
    let observed = format!("without {}; {}", id_list(&lost), describe(resumption));
    with_uninterrupted(breach(resumption, format!("ids {}", id_list(expected)), observed), resumption)
        .hint("subscribe before looking up the missed events, and send new events after them")
        .proven()
}

/// The breach of missed events that are not sent again to a client that resumes from the same id once more.
fn only_once(resumption: &Resumption) -> Option<Outcome> {
    let (again, lost) = resumption.not_sent_again()?;
    let id = &resumption.last_event_id;
    let observed = format!(
        "ids {} after last-event-id: {id}; the same request once more: ids {}",
        id_list(lost),
        id_list(&again.ids())
    );
    let expected = format!("ids {} once more", id_list(lost));
    Some(
        breach(resumption, expected, observed)
            .with_exchange(again, 4)
            .hint("a connection may break before the missed events have arrived, and each client resumes on its own: keep them after they were sent")
            .proven(),
    )
}
