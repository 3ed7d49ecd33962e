//! A server that does everything right gets no finding above `info`.

use ssespec_probe::emit::Emit;
use ssespec_reports::results::Verdict;

use crate::probing::{How, probe};
use crate::server::start;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found() {
    let url = start(&[]).await;
    let probed = probe(&url, How::default()).await;
    assert_eq!(probed.problems(), "");
    assert!(probed.with(&[Verdict::Pass]).len() >= 60, "{:?}", probed.with(&[Verdict::Pass]));
    for name in
        ["resume", "resume-no-loss", "resume-no-duplicate", "resume-order", "resume-header-case", "cors-vary"]
    {
        assert_eq!(probed.verdict(name), Verdict::Pass, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_made_to_emit_is_judged_by_that() {
    let url = start(&[]).await;
    // Its events come by themselves; that there is a command lets the check be made.
    let how =
        How { filters: &["event-latency"], emit: Some(Emit::Command("exit 0".into())), ..How::default() };
    assert_eq!(probe(&url, how).await.verdict("event-latency"), Verdict::Pass);
    let how =
        How { filters: &["event-latency"], emit: Some(Emit::Command("exit 1".into())), ..How::default() };
    let probed = probe(&url, how).await;
    assert_eq!(probed.verdict("event-latency"), Verdict::Error);
    assert!(
        probed.0["event-latency"].reason.as_ref().is_some_and(|reason| reason.contains("the command failed"))
    );
}
