//! The sound server passes every check.

use ssespec_probe::EmitTrigger;
use ssespec_reports::results::Verdict;

use crate::probing::{ProbeSetup, probe};
use crate::server::start;

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_server_has_no_problem() {
    let url = start(&[]).await;
    let probed = probe(&url, ProbeSetup::default()).await;
    assert_eq!(probed.problems(), "");
    assert!(probed.with(&[Verdict::Pass]).len() >= 60, "{:?}", probed.with(&[Verdict::Pass]));
    for name in
        ["resume", "resume-no-loss", "resume-no-duplicate", "resume-order", "resume-header-case", "cors-vary"]
    {
        assert_eq!(probed.verdict(name), Verdict::Pass, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn event_latency_is_judged_if_the_server_can_be_made_to_emit() {
    let url = start(&[]).await;
    // The server emits on its own; the check runs because there is a command.
    let setup = ProbeSetup {
        filters: &["event-latency"],
        emit: Some(EmitTrigger::Command("exit 0".into())),
        ..ProbeSetup::default()
    };
    assert_eq!(probe(&url, setup).await.verdict("event-latency"), Verdict::Pass);
    let setup = ProbeSetup {
        filters: &["event-latency"],
        emit: Some(EmitTrigger::Command("exit 1".into())),
        ..ProbeSetup::default()
    };
    let probed = probe(&url, setup).await;
    assert_eq!(probed.verdict("event-latency"), Verdict::Error);
    assert!(
        probed.0["event-latency"].reason.as_ref().is_some_and(|reason| reason.contains("the command failed"))
    );
}
