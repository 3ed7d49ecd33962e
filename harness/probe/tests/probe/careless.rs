//! Every mistake is found, by the check that is about it.

use std::time::Duration;

use ssespec_reports::results::Verdict;
use tokio::task::JoinSet;

use crate::mistake::Mistake::{self, *};
use crate::probing::{How, probe};
use crate::server::start;

/// The mistakes, the checks that find them, and what these come to.
const FOUND: &[(Mistake, &str, Verdict)] = &[
    (TextPlain, "content-type", Verdict::Fail),
    (Latin1, "charset", Verdict::Fail),
    (TwoTypes, "content-type-single", Verdict::Fail),
    (Length, "content-length", Verdict::Fail),
    (LengthAndChunked, "length-and-transfer-encoding", Verdict::Fail),
    (LateHead, "headers-flushed", Verdict::Fail),
    (Clumps, "clumps", Verdict::Warn),
    (FreshIds, "resume-no-duplicate", Verdict::Fail),
    (FreshIds, "resume", Verdict::Warn),
    (RepeatsTheLast, "resume-no-duplicate", Verdict::Fail),
    (SkipsOne, "resume-no-loss", Verdict::Fail),
    (OneSpelling, "resume-header-case", Verdict::Fail),
    (SameId, "id-unique", Verdict::Fail),
    (HeadHangs, "head", Verdict::Fail),
    (HeadLength, "head-length", Verdict::Fail),
    (HeadStreams, "head", Verdict::Fail),
    (Unflushed, "coding-flushed", Verdict::Fail),
    (CodedUnasked, "coding-unasked", Verdict::Warn),
    (BareCr, "payload-split", Verdict::Fail),
    (BareCr, "one-terminator", Verdict::Warn),
    (Unsplit, "payload-split", Verdict::Fail),
    (Misspelt, "field-names", Verdict::Fail),
    (Unknown, "unknown-fields", Verdict::Warn),
    (ChunkedForHttp10, "http10", Verdict::Fail),
    (ErrorPage, "error-status", Verdict::Fail),
    (ErrorStream, "error-status", Verdict::Fail),
    (ErrorOn200, "hostile-id", Verdict::Fail),
    (StarWithCredentials, "cors-credentials", Verdict::Fail),
    (TwoOrigins, "cors-origin", Verdict::Fail),
    (EchoWithoutVary, "cors-vary", Verdict::Warn),
    (CodingWithoutVary, "vary", Verdict::Warn),
    (Storable, "cache-control", Verdict::Warn),
    (NoAllow, "allow", Verdict::Fail),
    (AnyMethod, "other-method", Verdict::Warn),
    (OptionsStreams, "options", Verdict::Warn),
    (RetryWords, "retry-digits", Verdict::Fail),
    (RetryZero, "retry-range", Verdict::Warn),
    (InvalidUtf8, "utf-8", Verdict::Fail),
    (LateBom, "bom-later", Verdict::Fail),
    (NeedsAccept, "accept-absent", Verdict::Fail),
    (ComparesAccept, "accept-list", Verdict::Fail),
    (LateBlank, "block-in-one-flush", Verdict::Fail),
    (Injects, "field-injection", Verdict::Fail),
    (BadChunk, "chunk-syntax", Verdict::Fail),
    (FailsOnIds, "hostile-id", Verdict::Fail),
    (DiesOfIds, "hostile-id", Verdict::Fail),
    (RefusesUnknownIds, "resume-unknown-id", Verdict::Warn),
    (RefusesUnknownIds, "resume-utf8", Verdict::Warn),
    (Partial, "range", Verdict::Warn),
    (NotModified, "conditional", Verdict::Warn),
    (Folded, "head-syntax", Verdict::Fail),
    (Beats, "keep-alive-is-comment", Verdict::Warn),
    (OneAtATime, "parallel", Verdict::Fail),
    (EndsWithoutChunk, "chunked-end", Verdict::Warn),
    (EndsWithinBlock, "final-blank-line", Verdict::Fail),
    (NoData, "block-without-data", Verdict::Warn),
    (SomeIds, "id-coverage", Verdict::Warn),
    (SpacedIds, "id-in-header", Verdict::Warn),
    (NoDate, "date", Verdict::Warn),
    (NoBlankLines, "blank-lines", Verdict::Fail),
    (EscapedBreaks, "blank-lines", Verdict::Fail),
    (EchoesQuery, "event-injection", Verdict::Fail),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_mistake_is_found() {
    let mut tasks = JoinSet::new();
    for (mistake, name, verdict) in FOUND {
        tasks.spawn(async move {
            let url = start(&[*mistake]).await;
            let found = probe(&url, How { filters: &[name], ..How::default() }).await.verdict(name);
            (found != *verdict).then(|| format!("{mistake:?}: {name} came to {found}, not to {verdict}"))
        });
    }
    let wrong: Vec<String> = tasks.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_mistakes_do_not_hide_each_other() {
    let together = [
        TextPlain,
        Latin1,
        LateHead,
        Clumps,
        FreshIds,
        HeadHangs,
        Unflushed,
        BareCr,
        ChunkedForHttp10,
        ErrorPage,
        StarWithCredentials,
        Storable,
        NoAllow,
    ];
    let url = start(&together).await;
    let probed = probe(&url, How::default()).await;
    for (mistake, name, verdict) in FOUND.iter().filter(|(mistake, ..)| together.contains(mistake)) {
        assert_eq!(probed.verdict(name), *verdict, "{mistake:?}: {name}\n{}", probed.problems());
    }
    assert_eq!(probed.with(&[Verdict::Error]), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_shows_its_bytes_and_how_to_see_it_again() {
    let url = start(&[Latin1]).await;
    let probed = probe(&url, How { filters: &["charset"], ..How::default() }).await;
    let result = &probed.0["charset"];
    let failure = result.failure.as_ref().expect("a failure");
    assert_eq!(failure.observed, "content-type: text/event-stream; charset=iso-8859-1");
    assert_eq!(result.rerun, format!("ssespec server --filter 'server/probe/charset' {url}"));
    let bytes: Vec<&str> = result.transcript.iter().map(|row| row.text.as_str()).collect();
    assert!(bytes[0].starts_with("GET /events HTTP/1.1\\r\\nhost: 127.0.0.1:"), "{bytes:?}");
    assert!(bytes[1].contains("charset=iso-8859-1"), "{bytes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_serves_one_at_a_time_is_told_that_and_nothing_else() {
    let url = start(&[OneAtATime]).await;
    let probed = probe(&url, How { timeout: Duration::from_secs(2), ..How::default() }).await;
    assert_eq!(probed.with(&[Verdict::Fail, Verdict::Warn]), ["parallel"], "{}", probed.problems());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_limits_connections_is_not_accused_of_what_comes_of_it() {
    let url = start(&[FewConnections]).await;
    let probed = probe(&url, How { timeout: Duration::from_secs(2), ..How::default() }).await;
    assert_eq!(probed.with(&[Verdict::Fail, Verdict::Error]), [""; 0], "{}", probed.problems());
    for name in ["content-type", "hostile-id", "accept-absent"] {
        assert_eq!(probed.verdict(name), Verdict::Pass, "{name}");
    }
}
