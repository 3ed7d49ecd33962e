//! Who tests the tests of intermediaries: the reference intermediary with each defect, and the cases that catch them.
//!
//! The sound intermediary plays each case, and records which decisions it reached; those cases are played with the defect.
//!
//! `SSESPEC_DEFECT=name cargo test -p ssespec-reference --test intermediaries -- --nocapture one` shows what a single
//! defect does.
//!
//! - `play`: playing the cases; `matrix`: which defect fails which cases
//! - `table`: the table with which the diagnosis explains failures
//! - `through`: the cases for clients, played through the sound intermediary

mod matrix;
mod play;
mod table;
mod through;

use std::io::Write as _;
use std::sync::LazyLock;

use ssespec_reference::IntermediaryDefect as Defect;

use matrix::Matrix;
use play::Reach;

/// Played once for all tests of this file.
static MATRIX: LazyLock<Matrix> = LazyLock::new(|| {
    let matrix = play::matrix(Defect::ALL, Reach::Few);
    say(&matrix.statistics());
    matrix
});

/// Prints text even if the test passes.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[test]
fn the_sound_intermediary_passes_every_case() {
    let failures = MATRIX.sound_failures();
    assert!(failures.is_empty(), "the sound reference intermediary fails:\n{}", failures.join("\n"));
}

#[test]
fn each_defect_is_caught() {
    let missing = MATRIX.missing();
    assert!(
        missing.is_empty(),
        "no case catches these defects. For each, add a case below cases/intermediary that fails with it, or change the \
         decision so that it makes a difference:\n{missing}"
    );
}

#[test]
fn each_case_that_must_hold_catches_a_defect() {
    let idle = MATRIX.idle();
    assert!(
        idle.is_empty(),
        "no defect fails these cases, so nothing shows that they can fail. For each, add the mistake that it is about to \
         harness/reference/src/defect/intermediary:\n{idle}"
    );
}

#[test]
fn matrix() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("intermediary-defects", MATRIX.to_string());
    });
}

#[test]
fn the_table_of_the_diagnosis_is_current() {
    table::is_current(&MATRIX);
}

/// What the defect of the environment variable does, in detail.
#[test]
fn one() {
    let Ok(name) = std::env::var("SSESPEC_DEFECT") else { return };
    let defect = Defect::ALL.iter().copied().find(|defect| defect.name() == name);
    let defect = defect.unwrap_or_else(|| panic!("there is no defect {name:?}"));
    say(&play::matrix(&[defect], Reach::All).details());
}
