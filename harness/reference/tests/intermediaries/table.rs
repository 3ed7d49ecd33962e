//! The table of the diagnosis: which cases each defect fails, at which step, and how it looks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ssespec_cases::Level;
use ssespec_reference::IntermediaryDefect as Defect;
use ssespec_reports::diagnosis::Symptom;
use ssespec_reports::diagnosis::table::{Failures, Mistake, Table};
use ssespec_reports::results::{Delivery, Role};

use crate::matrix::Matrix;
use crate::play::{self, Reach};

/// How many failures may be in only one of matrix and table, one in this many: where content ends up depends on how the system
/// cuts it.
const DIFFERING: usize = 20;

/// The failures of each defect.
type Failing = BTreeMap<(Defect, String), Symptom>;

fn failing(matrix: &Matrix) -> Failing {
    let judged = matrix.came.iter().filter(|((_, case), _)| matrix.rows[case].level != Level::May);
    judged.filter_map(|(key, failed)| Some((key.clone(), failed.as_ref()?.symptom?))).collect()
}

/// The table explains what the matrix shows.
pub(crate) fn is_current(matrix: &Matrix) {
    let mut differences = Vec::new();
    let table = Table::of(Role::Intermediary);
    let rows: BTreeMap<&str, &Mistake> =
        table.mistakes.iter().map(|mistake| (mistake.name.as_str(), mistake)).collect();
    let played = failing(matrix);
    for ((defect, case), symptom) in &played {
        let name = defect.name();
        let row = rows.get(name.as_str()).and_then(|row| row.failures.get(case)?.get(Delivery::AS_WRITTEN));
        if row.is_none_or(|row| row.step != symptom.step) {
            differences.push(format!("- {name} fails {case} at step {}", symptom.step));
        }
    }
    for defect in &matrix.defects {
        let Some(row) = rows.get(defect.name().as_str()) else { continue };
        let holds = |case: &String| matches!(matrix.came.get(&(*defect, case.clone())), Some(None));
        differences.extend(
            row.failures
                .keys()
                .filter(|case| holds(case))
                .map(|case| format!("- {} passes {case}", row.name)),
        );
    }
    assert!(
        differences.len() * DIFFERING <= played.len(),
        "reports/src/diagnosis/intermediary.txt is not current; `cargo test -p ssespec-reference --test intermediaries -- \
         --ignored` renews it:\n{}",
        differences.join("\n")
    );
}

/// Each failure is seen twice, and again while little else is played, so that none is in the table because the machine was slow.
#[test]
#[ignore = "writes reports/src/diagnosis/intermediary.txt; takes two minutes"]
fn generate() {
    let first = failing(&play::matrix(Defect::ALL, Reach::All));
    let again = failing(&play::matrix(Defect::ALL, Reach::All));
    let quiet = play::matrix(Defect::ALL, Reach::Few);
    let seen_quiet = failing(&quiet);
    let is_seen_again = |key: &(Defect, String), symptom: &Symptom| {
        let is_in = |other: &Failing| {
            other.get(key).is_some_and(|other| other.step == symptom.step && other.kind == symptom.kind)
        };
        is_in(&again) && (is_in(&seen_quiet) || !quiet.came.contains_key(key))
    };
    let mut mistakes = Vec::new();
    for defect in Defect::ALL {
        let seen = first.iter().filter(|(key, symptom)| key.0 == *defect && is_seen_again(key, symptom));
        let failures: BTreeMap<String, Failures> =
            seen.map(|((_, case), symptom)| (case.clone(), Failures::All(*symptom))).collect();
        if !failures.is_empty() {
            mistakes.push(Mistake {
                name: defect.name(),
                description: defect.description().to_owned(),
                origin: defect.origin().to_owned(),
                possible: BTreeSet::new(),
                failures,
            });
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports/src/diagnosis/intermediary.txt");
    let text = Table { mistakes }.to_string();
    std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
