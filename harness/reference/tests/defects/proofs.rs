//! What is proved about the cases of each role, with a message that says what to do if it does not hold.

use std::collections::BTreeSet;

use ssespec_reports::diagnosis::Table;

use super::matrix::{Matrix, Mistake};
use super::say;

/// The sound implementation passes every case.
pub(crate) fn sound_passes<D: Mistake>(matrix: &Matrix<D>) {
    let failures = matrix.sound_failures();
    assert!(failures.is_empty(), "the sound reference {} fails:\n{}", D::ROLE, failures.join("\n"));
}

/// No defect makes the implementation break the adapter protocol.
pub(crate) fn no_faults<D: Mistake>(matrix: &Matrix<D>) {
    let faults = matrix.faults();
    assert!(
        faults.is_empty(),
        "the reference {} hangs or dies, which proves nothing:\n{}",
        D::ROLE,
        faults.join("\n")
    );
}

/// Each defect fails a case.
pub(crate) fn each_defect_is_caught<D: Mistake>(matrix: &Matrix<D>) {
    let missing = matrix.missing();
    assert!(
        missing.is_empty(),
        "no case catches these defects. For each, add a case below cases/{} that fails with it, or change the decision so \
         that it makes a difference:\n{missing}",
        D::ROLE
    );
}

/// Each `must` case fails with a defect.
pub(crate) fn each_case_catches_a_defect<D: Mistake>(matrix: &Matrix<D>) {
    let idle = matrix.idle();
    assert!(
        idle.is_empty(),
        "no defect fails these cases, so nothing shows that they can fail. For each, add the mistake that it is about to \
         harness/reference/src/defect/{0} (two lines), and an `if defects.has(..)` where the {0} makes it:\n{idle}",
        D::ROLE
    );
}

/// How often a defect is played that does not fail the cases of the snapshot.
const TRIES: usize = 3;

/// If more defects than this differ from the snapshot, the cases have changed.
const FEW: usize = 12;

/// The matrix is as in its snapshot. Whether a defect shows can depend on the machine: on how much the kernel buffers, and on
/// what comes first. So defects that differ are played again, and have to agree once.
pub(crate) fn matches_snapshot<D: Mistake>(matrix: &Matrix<D>, name: &str, play: impl Fn(&[D]) -> Matrix<D>) {
    let path = format!("{}/tests/defects/snapshots/{name}.snap", env!("CARGO_MANIFEST_DIR"));
    let accepted = std::fs::read_to_string(path).unwrap_or_default();
    let blocks: BTreeSet<&str> = accepted.split("\n\n").map(str::trim_end).collect();
    let differs = |matrix: &Matrix<D>, defect: &D| !blocks.contains(matrix.block(*defect).trim_end());
    let mut matrix = matrix.clone();
    for _ in 1..TRIES {
        let differing: Vec<D> =
            matrix.defects.iter().copied().filter(|defect| differs(&matrix, defect)).collect();
        if differing.is_empty() || differing.len() > FEW {
            break;
        }
        for defect in &differing {
            say(&format!("differs from the snapshot, and is played again:\n{}", matrix.block(*defect)));
        }
        let again = play(&differing);
        matrix.replace(&differing, again);
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, matrix.to_string());
    });
}

/// How many failures the table that explains them may lack, one in this many: some defects fail a case at steps that differ from
/// run to run, and are not in the table with that case.
const LACKING: usize = 20;

/// The table that explains the failures of runs is current.
pub(crate) fn table_is_current<D: Mistake>(matrix: &Matrix<D>) {
    let (differences, compared) = matrix.differences(Table::of(D::ROLE));
    assert!(
        differences.len() * LACKING <= compared,
        "reports/src/diagnosis/{}.txt is not current; `SSESPEC_DEFECT=name cargo test -p ssespec-reference --test \
         defects -- --ignored generate` renews a defect, without the variable all:\n{}",
        D::ROLE,
        differences.join("\n")
    );
}

/// The defect that the environment variable names, if it is set.
pub(crate) fn chosen<D: Mistake>(all: &[D]) -> Option<D> {
    let name = std::env::var("SSESPEC_DEFECT").ok()?;
    let defect = all.iter().copied().find(|defect| defect.name() == name);
    Some(defect.unwrap_or_else(|| panic!("there is no defect {name:?}")))
}
