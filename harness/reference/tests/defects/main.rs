//! Who tests the tests: the reference implementations with each defect, and the cases that catch them.
//!
//! - `client`, `server`: what is proved about the cases of each role; `play` plays them
//! - `live`: one session with one case
//! - `matrix`: which defect fails which cases

use std::io::Write as _;

mod client;
mod live;
mod matrix;
mod server;

/// Prints text, also if the test passes.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
