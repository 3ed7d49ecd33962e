//! Servers that speak HTTP/2 only.

use ssespec_reports::results::Verdict;
use tokio::net::TcpListener;

use crate::event_log::EventLog;
use crate::http2::{Http2Flaw, serve};
use crate::probing::{ProbeSetup, probe};

/// Starts a server without TLS that speaks HTTP/2 only.
async fn start(flaw: Http2Flaw) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/events", listener.local_addr().expect("an address"));
    let log = EventLog::start();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let log = log.clone();
            tokio::spawn(async move { serve(connection, flaw, &log).await });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_server_of_http2_only_has_no_problem() {
    let url = start(Http2Flaw::None).await;
    let probed = probe(&url, ProbeSetup::default()).await;
    assert_eq!(probed.problems(), "");
    assert_eq!(probed.0["h2"].facts[0].value, "yes, with prior knowledge, and nothing else");
    for name in ["status", "content-type", "head", "resume", "resume-no-loss", "parallel", "h2-reset"] {
        assert_eq!(probed.verdict(name), Verdict::Pass, "{name}");
    }
    let reason = probed.0["chunked"].reason.clone().unwrap_or_default();
    assert!(reason.contains("speaks HTTP/2 only"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn flaws_of_servers_of_http2_only_are_found() {
    let expected = [
        (Http2Flaw::KeepAlive, "h2-fields", Verdict::Fail),
        (Http2Flaw::KeepAlive, "chunked-end", Verdict::Skip),
        (Http2Flaw::OtherType, "content-type", Verdict::Fail),
        (Http2Flaw::NoCacheControl, "cache-control", Verdict::Warn),
        (Http2Flaw::NeverResumes, "resume", Verdict::Warn),
        (Http2Flaw::ResetsSoon, "chunked-end", Verdict::Warn),
        (Http2Flaw::ResetsAll, "h2-reset", Verdict::Fail),
        (Http2Flaw::FewStreams, "h2-streams", Verdict::Warn),
    ];
    let mut tasks = tokio::task::JoinSet::new();
    for (flaw, name, verdict) in expected {
        tasks.spawn(async move {
            let url = start(flaw).await;
            let probed = probe(&url, ProbeSetup { filters: &[name], ..ProbeSetup::default() }).await;
            assert_eq!(probed.verdict(name), verdict, "{flaw:?} {name}\n{}", probed.problems());
        });
    }
    tasks.join_all().await;
}
