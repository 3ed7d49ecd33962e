use std::sync::mpsc::{Receiver, sync_channel};

use ssespec_mock_server::scenario::journal::{Entry, EntryKind};

use super::*;

fn entry(reason: String) -> Entry {
    Entry { at: String::new(), connection: 1, kind: EntryKind::Malformed { reason } }
}

/// An entry of about a mebibyte with a number.
fn mebibyte(number: usize) -> Entry {
    entry(format!("{number}{}", "x".repeat(1 << 20)))
}

/// A backlog whose output takes an item only while somebody receives it.
fn unread() -> (Backlog, Receiver<Item>) {
    let (output, items) = sync_channel(0);
    // The test may have ended.
    (Backlog::start(move |item| drop(output.send(item))), items)
}

/// Waits until the output blocks.
async fn blocks(backlog: &Backlog) {
    while !backlog.shared.state().is_printing {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_older_half_is_discarded_and_counted_where_it_is_missing() {
    let (backlog, items) = unread();
    backlog.add(entry("first".into()));
    blocks(&backlog).await;
    for number in 1..=100 {
        backlog.add(mebibyte(number));
        assert!(backlog.shared.state().bytes <= LIMIT);
    }
    // Each is a little over a mebibyte: 16 are too many, and 7 stay. That happens at 16, 25, 34, .., 97.
    assert_eq!(items.recv(), Ok(Item::Line(entry("first".into()).into())));
    assert_eq!(items.recv(), Ok(Item::Discarded(90)));
    for number in 91..=100 {
        assert_eq!(items.recv(), Ok(Item::Line(mebibyte(number).into())));
    }
    assert_eq!(backlog.finish().await, 0);
    assert!(items.recv().is_err());
}

#[tokio::test]
async fn an_entry_over_the_limit_is_printed() {
    let (backlog, items) = unread();
    let long = entry("x".repeat(LIMIT + 1));
    backlog.add(long.clone());
    assert_eq!(items.recv(), Ok(Item::Line(long.into())));
    assert_eq!(backlog.finish().await, 0);
}

#[tokio::test]
async fn the_end_waits_for_a_slow_output_and_not_for_one_that_takes_nothing() {
    let (backlog, items) = unread();
    (0..3).for_each(|number| backlog.add(entry(number.to_string())));
    let reader =
        std::thread::spawn(move || items.iter().inspect(|_| std::thread::sleep(STALLED / 4)).count());
    assert_eq!(backlog.finish().await, 0);
    assert_eq!(reader.join().unwrap(), 3);

    let (backlog, items) = unread();
    (0..3).for_each(|number| backlog.add(entry(number.to_string())));
    assert_eq!(backlog.finish().await, 3);
    drop(items);
}
