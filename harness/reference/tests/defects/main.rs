//! Who tests the tests: the reference implementations with each way to be wrong, and the cases that catch them.
//!
//! - `client`, `server`: what is proved of the cases of each role; `play` plays them
//! - `live`: one session with one case
//! - `matrix`: which defect fails which cases

use std::io::Write as _;
use std::sync::{LazyLock, Once};

mod client;
mod live;
mod matrix;
mod server;

/// Begins to play both, side by side: nearly all sessions wait.
fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        // Whoever needs one waits for it. What one panics of is told by its thread.
        std::thread::spawn(|| LazyLock::force(&client::MATRIX));
        std::thread::spawn(|| LazyLock::force(&server::MATRIX));
    });
}

/// Tells whoever watches, also where the test passes.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
