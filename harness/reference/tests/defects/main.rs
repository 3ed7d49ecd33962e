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

/// What a matrix is compared with: the one that was played, unless it differs from the accepted one. Both matrices share
/// the cores, and some mistakes show only if a session is fast enough, so a difference counts only if it is there again
/// when the matrix is played alone.
fn settled(snapshot: &str, played: String, play_again: impl FnOnce() -> String) -> String {
    let path = format!("{}/tests/defects/snapshots/{snapshot}.snap", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read_to_string(path).unwrap_or_default();
    let accepted = file.splitn(3, "---\n").last().unwrap_or_default();
    if accepted.trim() == played.trim() {
        return played;
    }
    say(&format!("{snapshot} differs from the accepted matrix, and is played again alone"));
    LazyLock::force(&client::MATRIX);
    LazyLock::force(&server::MATRIX);
    play_again()
}
