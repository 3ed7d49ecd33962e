//! Each defect of the reference client is caught by a case, and each `must` case catches one.
//!
//! First the sound client plays all cases that it can reach, and records which decisions each of them reached. A case
//! that did not reach a defect's decision cannot be changed by it; all others are played with it.
//!
//! `SSESPEC_DEFECT=name cargo test -p ssespec-reference --test defects -- --nocapture client::one` shows what a single
//! defect does.

mod play;

use std::sync::LazyLock;

use ssespec_reference::Defect;

use super::matrix::Matrix;
use super::{proofs, say};

/// Played once for all tests of this file, which get it from [`played`].
pub(crate) static MATRIX: LazyLock<Matrix<Defect>> = LazyLock::new(|| {
    let matrix = play::matrix(Defect::ALL);
    say(&matrix.statistics());
    matrix
});

fn played() -> &'static Matrix<Defect> {
    &MATRIX
}

#[test]
fn the_sound_client_passes_every_case() {
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
    proofs::matches_snapshot(played(), "defects", play::matrix);
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
