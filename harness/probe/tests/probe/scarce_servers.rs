//! A right server that serves few streams at the same time, or responds late, is not blamed for the load of the probe.

use std::time::Duration;

use ssespec_reports::results::Verdict;
use tokio::task::JoinSet;

use crate::probing::{ProbeResults, ProbeSetup, probe};
use crate::scarce_server::{Scarce, start};

/// The checks that such servers failed because of other requests.
const CHECKS: &[&str] = &[
    "accept-*",
    "allow",
    "coding-*",
    "cors-*",
    "error-status",
    "head*",
    "hostile-id",
    "http10",
    "leave-by-*",
    "options",
    "other-method",
    "parallel",
    "range",
    "resume-*",
    "status",
];

async fn probed(scarce: Scarce) -> ProbeResults {
    let url = start(scarce).await;
    let timeout = Duration::from_secs(3);
    probe(&url, ProbeSetup { filters: CHECKS, timeout, ..ProbeSetup::default() }).await
}

const WRONG: [Verdict; 3] = [Verdict::Fail, Verdict::Warn, Verdict::Error];

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_of_threads_fails_only_the_check_of_parallel_streams() {
    let mut tasks = JoinSet::new();
    for threads in [1, 3, 4] {
        tasks.spawn(async move { (threads, probed(Scarce::Threads(threads)).await) });
    }
    for (threads, probed) in tasks.join_all().await {
        assert_eq!(probed.with(&WRONG), ["parallel"], "{threads} threads: {}", probed.problems());
        let observed = &probed.0["parallel"].failure.as_ref().expect("a failure").observed;
        let count = if threads == 1 { "1 stream was".into() } else { format!("{threads} streams were") };
        assert!(observed.starts_with(&format!("{count} served at the same time; ")), "{observed}");
        for name in ["accept-absent", "accept-list", "head", "headers-flushed", "options", "hostile-id"] {
            assert_eq!(
                probed.verdict(name),
                Verdict::Pass,
                "{threads} threads: {name}: {:?}",
                probed.0[name]
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stated_limit_is_no_fault() {
    let mut tasks = JoinSet::new();
    for (count, status) in [
        (1, "503 Service Unavailable"),
        (2, "503 Service Unavailable"),
        (5, "429 Too Many Requests"),
        (1, "409 Conflict"),
    ] {
        tasks.spawn(async move { (count, status, probed(Scarce::Streams(count, status)).await) });
    }
    for (count, status, probed) in tasks.join_all().await {
        assert_eq!(probed.with(&[Verdict::Fail, Verdict::Error]), [""; 0], "{count}: {}", probed.problems());
        assert_eq!(probed.with(&[Verdict::Warn]), ["parallel"], "{count}: {}", probed.problems());
        let failure = probed.0["parallel"].failure.as_ref().expect("a warning");
        let code = &status[..3];
        let expected = format!("the server limits streams: it served {count}, and others got status {code}");
        assert_eq!(failure.observed, expected);
        assert_eq!(probed.verdict("hostile-id"), Verdict::Pass, "{count}: {:?}", probed.0["hostile-id"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_above_the_connections_of_a_browser_is_noted() {
    let probed = probed(Scarce::Streams(8, "429 Too Many Requests")).await;
    assert_eq!(probed.with(&WRONG), [""; 0], "{}", probed.problems());
    let note = probed.0["parallel"].reason.as_deref();
    assert_eq!(note, Some("the server limits streams: it served 8, and others got status 429"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_comes_with_the_first_event_is_the_only_fault() {
    let mut tasks = JoinSet::new();
    // With the timeout of 3 s, the last never responds in time.
    for tick in [1500, 2500, 3500] {
        tasks.spawn(async move { (tick, probed(Scarce::Events(Duration::from_millis(tick))).await) });
    }
    for (tick, probed) in tasks.join_all().await {
        assert_eq!(probed.with(&WRONG), ["headers-flushed"], "{tick} ms: {}", probed.problems());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_counted_late_is_waited_for() {
    let mut tasks = JoinSet::new();
    for (count, surplus) in [(2, 0), (5, 1)] {
        tasks.spawn(async move { (count, probed(Scarce::CountedLate(count, surplus)).await) });
    }
    for (count, probed) in tasks.join_all().await {
        assert_eq!(probed.with(&[Verdict::Fail, Verdict::Error]), [""; 0], "{count}: {}", probed.problems());
        for name in
            ["status", "accept-list", "head", "options", "hostile-id", "leave-by-fin", "leave-by-reset"]
        {
            assert_eq!(probed.verdict(name), Verdict::Pass, "{count}: {name}: {:?}", probed.0[name]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_forgets_a_client_is_found() {
    let url = start(Scarce::Leaky(5)).await;
    let setup = ProbeSetup { filters: &["leave-by-fin", "head-fields"], ..ProbeSetup::default() };
    let probed = probe(&url, setup).await;
    assert_eq!(probed.with(&WRONG), ["leave-by-fin"], "{}", probed.problems());
    let observed = &probed.0["leave-by-fin"].failure.as_ref().expect("a warning").observed;
    assert!(
        observed.starts_with("after all 5 streams were closed, new ones were refused for 16"),
        "{observed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_is_larger_than_what_is_tried_fails_nothing() {
    // The threads of clients that left are free again after the next event.
    let mut tasks = JoinSet::new();
    for (threads, tick) in [(26, 1200), (40, 2500)] {
        tasks.spawn(async move {
            (threads, probed(Scarce::Greeting(threads, Duration::from_millis(tick))).await)
        });
    }
    for (threads, probed) in tasks.join_all().await {
        assert_eq!(probed.with(&WRONG), [""; 0], "{threads} threads: {}", probed.problems());
        for name in ["headers-flushed", "leave-by-fin", "parallel", "hostile-id"] {
            assert_eq!(probed.verdict(name), Verdict::Pass, "{threads}: {name}: {:?}", probed.0[name]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_forgets_no_client_of_many_is_found() {
    let url = start(Scarce::Leaky(30)).await;
    let probed = probe(&url, ProbeSetup { filters: CHECKS, ..ProbeSetup::default() }).await;
    assert_eq!(probed.with(&WRONG), ["leave-by-fin"], "{}", probed.problems());
    let observed = &probed.0["leave-by-fin"].failure.as_ref().expect("a warning").observed;
    assert!(
        observed.starts_with("after the probe closed its streams, new ones were refused for 16"),
        "{observed}"
    );
}
