//! The part of the client table that is written by hand fits the cases.

use ssespec_cases::Corpus;
use ssespec_reports::diagnosis::Table;
use ssespec_reports::diagnosis::symptom::Kind;
use ssespec_reports::results::Delivery;

#[test]
fn the_rows_of_growth_name_steps_that_measure() {
    let corpus = Corpus::embedded().unwrap_or_else(|mistakes| panic!("{mistakes}"));
    for mistake in Table::growth().mistakes {
        for (id, failures) in &mistake.failures {
            let case =
                corpus.cases.get(id).unwrap_or_else(|| panic!("{}: there is no case {id}", mistake.name));
            let symptom = failures.get(Delivery::AsWritten).expect("cases that measure have one delivery");
            let locations = case.script.locations();
            let line = symptom.step.checked_sub(1).and_then(|at| locations.get(at)).map(|it| it.line);
            let text = line.and_then(|line| case.source.text().lines().nth(line - 1)).unwrap_or_default();
            assert!(
                text.contains("expect-growth") || text.contains("send"),
                "{}: step {} of {id} measures nothing: {text:?}",
                mistake.name,
                symptom.step
            );
            assert!(case.isolated && symptom.kind == Kind::Growth && mistake.possible.contains(id));
        }
    }
}
