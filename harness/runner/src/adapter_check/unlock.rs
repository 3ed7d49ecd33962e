//! What each capability would let be played.

use std::collections::BTreeSet;

use ssespec_cases::{Capability, Corpus};
use ssespec_reports::results::{Protocol, Role};

use crate::delivery::DeliveryKind;
use crate::run::{Plan, Selection};

/// How much of the suite an adapter reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// How many cases can be played.
    pub played: usize,
    /// How many could be played with all capabilities but those of browsers.
    pub total: usize,
    /// How many more each capability would let be played if it came alone, the most first.
    pub unlocked: Vec<(Capability, usize)>,
}

/// The capabilities that only a page of a browser has.
const OF_PAGES: [Capability; 3] = [Capability::Dom, Capability::PageLibrary, Capability::SecureContext];

/// How much of the suite an adapter of this role reaches that claims these capabilities.
pub fn reach(role: Role, corpus: &Corpus, claimed: &BTreeSet<Capability>) -> Reach {
    let selection = Selection {
        deliveries: vec![DeliveryKind::AsWritten],
        protocols: vec![Protocol::Http1, Protocol::Http2Tls],
        ..Selection::default()
    };
    let cases = |capabilities: &BTreeSet<Capability>| {
        let plan = Plan::of_role(role, corpus, &selection, capabilities);
        plan.trials.iter().map(|trial| trial.case.id.as_str()).collect::<BTreeSet<_>>().len()
    };
    let words: &[&str] = if role == Role::Server { &Capability::SERVER } else { &Capability::CLIENT };
    let of_role: BTreeSet<Capability> = Capability::ALL
        .iter()
        .copied()
        .filter(|capability| words.contains(&capability.word()) && !OF_PAGES.contains(capability))
        .collect();
    let (played, total) = (cases(claimed), cases(&of_role));
    let others = of_role.iter().filter(|capability| !capability.is_among(claimed));
    let mut unlocked: Vec<(Capability, usize)> = others
        .map(|capability| {
            let more = claimed.iter().chain([capability]).copied().collect();
            (*capability, cases(&more).saturating_sub(played))
        })
        .collect();
    unlocked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Reach { played, total, unlocked }
}
