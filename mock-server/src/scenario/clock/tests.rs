use super::*;

#[tokio::test]
async fn waits_end_in_order_and_never_early() {
    let clock = Arc::new(Clock::default());
    let begun = tokio::time::Instant::now();
    let (ended, mut order) = tokio::sync::mpsc::unbounded_channel();
    for number in (0..50_u64).rev() {
        let (clock, ended) = (Arc::clone(&clock), ended.clone());
        tokio::spawn(async move {
            let until = begun + Duration::from_micros(300 * number);
            clock.sleep_until(until).await;
            assert!(tokio::time::Instant::now() >= until);
            let _ = ended.send(number);
        });
    }
    drop(ended);
    let mut found = Vec::new();
    while let Some(number) = order.recv().await {
        found.push(number);
    }
    found.sort_unstable();
    assert_eq!(found, (0..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_wait_that_is_given_up_holds_up_nobody() {
    let clock = Clock::default();
    drop(clock.begin(Instant::now() + Duration::from_millis(1)).expect("a thread"));
    clock.sleep_until(tokio::time::Instant::now() + Duration::from_millis(2)).await;
    assert!(clock.shared.state().waits.is_empty());
}

#[tokio::test]
async fn the_thread_ends_with_the_clock() {
    let clock = Clock::default();
    clock.sleep_until(tokio::time::Instant::now() + Duration::from_millis(1)).await;
    let shared = Arc::downgrade(&clock.shared);
    drop(clock);
    while shared.strong_count() > 0 {
        tokio::task::yield_now().await;
    }
}
