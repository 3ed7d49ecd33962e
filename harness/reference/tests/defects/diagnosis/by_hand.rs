//! The part of the client table that is written by hand fits the cases.

use ssespec_cases::{Capability, Corpus};
use ssespec_reports::diagnosis::Table;
use ssespec_reports::diagnosis::symptom::Kind;
use ssespec_reports::results::Delivery;

/// The mistakes that only an interface with listeners, or a network stack that repeats requests, shows in this way.
const OF_BROWSERS: &[&str] = &[
    "line-continued-after-broken-chunk",
    "nul-removed-from-type-of-listener",
    "reset-connection-opened-again-without-delay",
];

#[test]
fn the_rows_written_by_hand_name_steps_that_can_show_them() {
    let corpus = Corpus::embedded().unwrap_or_else(|mistakes| panic!("{mistakes}"));
    for mistake in Table::by_hand().mistakes {
        for (id, failures) in &mistake.failures {
            let case =
                corpus.cases.get(id).unwrap_or_else(|| panic!("{}: there is no case {id}", mistake.name));
            let symptom = failures.get(Delivery::AS_WRITTEN).expect("it fails alike in all deliveries");
            let locations = case.script.locations();
            let line = symptom.step.checked_sub(1).and_then(|at| locations.get(at)).map(|it| it.line);
            let text = line.and_then(|line| case.source.text().lines().nth(line - 1)).unwrap_or_default();
            let expected: &[&str] = match symptom.kind {
                Kind::Growth => &["expect-growth", "send"],
                // What is lost, or comes although nothing called for it.
                _ => &[
                    "expect-event",
                    "expect-no-request",
                    "expect-attempts",
                    "expect-exception",
                    "expect-report",
                    "expect-value",
                    "run",
                ],
            };
            assert!(
                expected.iter().any(|step| text.contains(step)),
                "{}: step {} of {id} shows nothing of the kind: {text:?}",
                mistake.name,
                symptom.step
            );
            // The reference implementations share a process with the suite, and have no page.
            let needs_a_page = case.needs.contains(&Capability::PageLibrary);
            let is_of_browsers =
                case.needs.contains(&Capability::Dom) || OF_BROWSERS.contains(&mistake.name.as_str());
            assert!(needs_a_page || is_of_browsers || (case.isolated && mistake.possible.contains(id)));
        }
    }
}
