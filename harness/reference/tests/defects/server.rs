//! Who tests the tests of servers: each defect of the reference server is caught by a case, and each `must` case catches
//! one.
//!
//! As for clients: the sound server plays all cases, and records which decisions each reached; those cases are played
//! with the defect.
//!
//! `SSESPEC_DEFECT=name cargo test -p ssespec-reference --test defects -- --nocapture server::one` shows what a single defect does.

mod play;

use std::sync::LazyLock;

use ssespec_reference::ServerDefect as Defect;

use super::matrix::{Matrix, Mistake};
use super::say;

impl Mistake for Defect {
    const MANY: usize = 20;

    fn name(self) -> String {
        Self::name(self)
    }

    fn description(self) -> &'static str {
        Self::description(self)
    }

    fn origin(self) -> &'static str {
        Self::origin(self)
    }
}

/// Played once for all tests of this file, which take it by [`played`].
pub(crate) static MATRIX: LazyLock<Matrix<Defect>> = LazyLock::new(|| {
    let matrix = play::matrix(Defect::ALL);
    say(&matrix.statistics());
    matrix
});

fn played() -> &'static Matrix<Defect> {
    // Not beside the other matrix: some mistakes show only if a session is fast enough.
    LazyLock::force(&super::client::MATRIX);
    &MATRIX
}

#[test]
fn the_sound_server_passes_every_case() {
    let failures = played().sound_failures();
    assert!(failures.is_empty(), "the sound reference server fails:\n{}", failures.join("\n"));
}

#[test]
fn no_defect_leaves_the_protocol() {
    let faults = played().faults();
    assert!(
        faults.is_empty(),
        "the reference server hangs or dies, which proves nothing:\n{}",
        faults.join("\n")
    );
}

#[test]
fn each_defect_is_caught() {
    let missing = played().missing();
    assert!(
        missing.is_empty(),
        "no case catches these defects. Each wants a case below cases/server that fails with it (or a decision \
         that makes a difference):\n{missing}"
    );
}

#[test]
fn each_case_that_must_hold_catches_a_defect() {
    let idle = played().idle();
    assert!(
        idle.is_empty(),
        "no defect fails these cases, so that nothing shows that they can fail. For each, add the mistake that it is \
         about to harness/reference/src/defect/server (two lines), and an `if defects.has(..)` where the server does \
         it:\n{idle}"
    );
}

#[test]
fn matrix() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("server-defects", played().to_string());
    });
}

/// What the defect of the environment variable does, in detail.
#[test]
fn one() {
    let Ok(name) = std::env::var("SSESPEC_DEFECT") else { return };
    let defect = Defect::ALL.iter().find(|defect| defect.name() == name);
    let Some(defect) = defect else { panic!("there is no defect {name:?}") };
    let matrix = play::matrix(&[*defect]);
    say(&matrix.details());
}
