use super::super::journal::EntryKind;
use super::*;

fn entry(text: &str) -> Entry {
    Entry::now(1, EntryKind::Malformed { reason: text.to_owned() })
}

#[test]
fn entries_are_numbered_and_cleared() {
    let log = Log::new(None);
    for text in ["a", "b", "c"] {
        log.record(entry(text));
    }
    let part = log.after(1);
    assert_eq!(part.entries.iter().map(|numbered| numbered.number).collect::<Vec<_>>(), [2, 3]);
    assert_eq!((part.last, part.discarded), (3, 0));
    log.clear();
    assert_eq!(log.after(0), Part { entries: Vec::new(), last: 3, discarded: 0 });
    log.record(entry("d"));
    assert_eq!(log.after(3).entries[0].number, 4);
    assert_eq!(log.after(99).entries, []);
}

#[test]
fn old_entries_are_discarded_and_counted() {
    let log = Log::new(None);
    for _ in 0..JOURNAL_LIMIT + 5 {
        log.record(entry("a"));
    }
    let part = log.after(2);
    assert_eq!((part.entries.len(), part.discarded), (JOURNAL_LIMIT, 3));
    let long = "x".repeat(JOURNAL_BYTES / 2);
    for _ in 0..4 {
        log.record(entry(&long));
    }
    assert!(log.entries().len() < 4);
}

#[tokio::test]
async fn a_wait_ends_with_the_next_entry_or_in_time() {
    let log = Log::new(None);
    log.wait(0, Duration::from_millis(1)).await;
    log.record(entry("a"));
    log.wait(0, Duration::from_secs(60)).await;
}
