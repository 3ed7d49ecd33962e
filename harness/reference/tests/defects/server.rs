//! Each defect of the reference server is caught by a case, and each `must` case catches one.
//!
//! As for clients: the sound server plays all cases, and records which decisions each reached; those cases are played
//! with the defect.
//!
//! `SSESPEC_DEFECT=name cargo test -p ssespec-reference --test defects -- --nocapture server::one` shows what a single
//! defect does.

mod play;

use std::sync::LazyLock;

use ssespec_reference::ServerDefect as Defect;

use super::matrix::Matrix;
use super::{proofs, say};

/// Played once for all tests of this file, which get it from [`played`].
pub(crate) static MATRIX: LazyLock<Matrix<Defect>> = LazyLock::new(|| {
    let matrix = play::matrix(Defect::ALL);
    say(&matrix.statistics());
    matrix
});

fn played() -> &'static Matrix<Defect> {
    // After the other matrix, not at the same time: some mistakes show only if a session is fast enough.
    LazyLock::force(&super::client::MATRIX);
    &MATRIX
}

#[test]
fn the_sound_server_passes_every_case() {
    proofs::sound_passes(played());
}

#[test]
fn no_defect_leaves_the_protocol() {
    proofs::no_faults(played());
}

#[test]
fn each_defect_is_caught() {
    proofs::each_defect_is_caught(played());
}

#[test]
fn each_case_that_must_hold_catches_a_defect() {
    proofs::each_case_catches_a_defect(played());
}

#[test]
fn matrix() {
    proofs::matches_snapshot(played(), "server-defects", play::matrix);
}

#[test]
fn the_table_that_explains_failures_is_current() {
    proofs::table_is_current(played());
}

/// What the defect of the environment variable does, in detail.
#[test]
fn one() {
    if let Some(defect) = proofs::chosen(Defect::ALL) {
        say(&play::matrix(&[defect]).details());
    }
}
