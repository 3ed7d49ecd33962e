//! Who tests the tests: the reference implementations with each defect, and the cases that catch them.
//!
//! - `client`, `server`: what is proved about the cases of each role; `play` plays them
//! - `live`: one session with one case
//! - `matrix`: which defect fails which cases

use std::io::Write as _;
use std::sync::{LazyLock, Once};

mod client;
mod live;
mod matrix;
mod server;

/// Starts to play both simultaneously: nearly all sessions wait.
fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        // The tests wait for what they need. A panic is reported by its thread.
        std::thread::spawn(|| LazyLock::force(&client::MATRIX));
        std::thread::spawn(|| LazyLock::force(&server::MATRIX));
    });
}

/// Prints text, also if the test passes.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
