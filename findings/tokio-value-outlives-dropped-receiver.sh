#!/bin/sh
# tokio 1.54.1, tokio::sync::mpsc::unbounded_channel, seen on Linux x86-64 with Rust 1.95.
#
# The module's documentation says that a send after the receiver was dropped is an error, and that what was not received
# is dropped with the receiver. A send that meets the drop does neither, now and then: it returns Ok, and the value stays
# in the channel until the last sender is dropped. So a request that carries its own oneshot::Sender for the answer, the
# usual way to ask a task, is never answered: whoever awaits the answer and holds a sender waits for ever.
#
# (That a value sent through a permit outlives the receiver is known: tokio-rs/tokio#7714. Here no permit is used.)
#
# Seen: refused 3947, dropped 285689, kept although the receiver is gone 10364
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "value-outlives-receiver"
version = "0.0.0"
edition = "2021"

[dependencies]
tokio = { version = "=1.54.1", features = ["sync"] }
TOML
cat > src/main.rs <<'RUST'
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, oneshot};

const ROUNDS: usize = 300_000;

fn main() {
    let slot = Arc::new(Mutex::new(None));
    let (ready, round, over) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let other = std::thread::spawn({
        let (slot, ready, round, over) = (slot.clone(), ready.clone(), round.clone(), over.clone());
        move || {
            for number in 1..=ROUNDS {
                let receiver: mpsc::UnboundedReceiver<oneshot::Sender<()>> = loop {
                    match slot.lock().unwrap().take() {
                        Some(receiver) => break receiver,
                        None => std::thread::yield_now(),
                    }
                };
                ready.store(number, SeqCst);
                while round.load(SeqCst) < number {}
                drop(receiver);
                over.store(number, SeqCst);
            }
        }
    });
    let (mut refused, mut dropped, mut kept) = (0, 0, 0);
    for number in 1..=ROUNDS {
        let (sender, receiver) = mpsc::unbounded_channel();
        *slot.lock().unwrap() = Some(receiver);
        while ready.load(SeqCst) < number {
            std::thread::yield_now();
        }
        let (answer, mut answered) = oneshot::channel();
        round.store(number, SeqCst);
        let sent = sender.send(answer);
        while over.load(SeqCst) < number {
            std::thread::yield_now();
        }
        // From here on the receiver is gone. The sender is not.
        match (sent, answered.try_recv()) {
            (Err(_), _) => refused += 1,
            (Ok(()), Err(oneshot::error::TryRecvError::Closed)) => dropped += 1,
            (Ok(()), _) => kept += 1,
        }
    }
    other.join().unwrap();
    println!("refused {refused}, dropped {dropped}, kept although the receiver is gone {kept}");
    assert!(kept > 0, "no value outlived its receiver");
}
RUST
cargo run --quiet --release
