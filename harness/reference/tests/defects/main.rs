//! Who tests the tests: the reference implementations with each defect, and the cases that catch them.
//!
//! - `client`, `server`: the tests of each role; `play` plays its cases
//! - `proofs`: what is proved about the cases of each role
//! - `live`: one session with one case
//! - `matrix`: which defect fails which cases
//! - `diagnosis`: the other way round, which defects explain the failures of a run

use std::io::Write as _;

mod client;
mod diagnosis;
mod live;
mod matrix;
mod proofs;
mod server;
mod soaking;

/// Prints text even if the test passes.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
