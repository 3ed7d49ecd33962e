//! Every flaw is found by the check for it.

use std::time::Duration;

use ssespec_probe::Length;
use ssespec_reports::results::Verdict;
use tokio::task::JoinSet;

use crate::flaw::Flaw::{self, *};
use crate::probing::{ProbeSetup, probe};
use crate::server::start;

/// The flaws, the checks that find them, and their verdicts.
const FOUND: &[(Flaw, &str, Verdict)] = &[
    (TextPlain, "content-type", Verdict::Fail),
    (Latin1, "charset", Verdict::Fail),
    (TwoContentTypes, "content-type-single", Verdict::Fail),
    (ContentLength, "content-length", Verdict::Fail),
    (LengthAndChunked, "length-and-transfer-encoding", Verdict::Fail),
    (LateHead, "headers-flushed", Verdict::Fail),
    (Batches, "clumps", Verdict::Warn),
    (FreshIds, "resume-no-duplicate", Verdict::Fail),
    (FreshIds, "resume", Verdict::Warn),
    (RepeatsLast, "resume-no-duplicate", Verdict::Fail),
    (SkipsEvent, "resume-no-loss", Verdict::Fail),
    (CaseSensitiveField, "resume-header-case", Verdict::Fail),
    (ExactField, "resume-header-case", Verdict::Fail),
    (ReversedReplay, "resume-order", Verdict::Fail),
    (ChangesReplay, "resume", Verdict::Warn),
    (ChunksOfHttp10, "http10", Verdict::Fail),
    (EmptyKeepAlives, "keep-alive-is-comment", Verdict::Warn),
    (CookieWithCredentials, "set-cookie", Verdict::Warn),
    (LeaverEndsAll, "leave-by-fin", Verdict::Fail),
    (LeaverEndsAll, "leave-by-reset", Verdict::Fail),
    (LeaverEndsAllLate, "leave-by-fin", Verdict::Fail),
    (LeaverEndsAllLate, "leave-by-reset", Verdict::Fail),
    (SameId, "id-unique", Verdict::Fail),
    (HeadHangs, "head", Verdict::Fail),
    (HeadLength, "head-length", Verdict::Fail),
    (HeadWithContent, "head", Verdict::Fail),
    (Unflushed, "coding-flushed", Verdict::Fail),
    (CompressedUnasked, "coding-unasked", Verdict::Warn),
    (BareCr, "payload-split", Verdict::Fail),
    (BareCr, "one-terminator", Verdict::Warn),
    (Unsplit, "payload-split", Verdict::Fail),
    (Misspelled, "field-names", Verdict::Fail),
    (UnknownField, "unknown-fields", Verdict::Warn),
    (ChunkedForHttp10, "http10", Verdict::Fail),
    (ErrorPage, "error-status", Verdict::Fail),
    (ErrorStream, "error-status", Verdict::Fail),
    (ErrorPageForIds, "hostile-id", Verdict::Fail),
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
    (RequiresAccept, "accept-absent", Verdict::Fail),
    (ComparesAccept, "accept-list", Verdict::Fail),
    (LateBlankLine, "block-in-one-flush", Verdict::Fail),
    (InjectsField, "field-injection", Verdict::Fail),
    (InjectsFieldOfQuery, "field-injection", Verdict::Fail),
    (BadChunk, "chunk-syntax", Verdict::Fail),
    (FailsOnIds, "hostile-id", Verdict::Fail),
    (CrashesOnIds, "hostile-id", Verdict::Fail),
    (RefusesUnknownIds, "resume-unknown-id", Verdict::Warn),
    (RefusesUnknownIds, "resume-utf8", Verdict::Warn),
    (EmptyForUnknownIds, "resume-unknown-id", Verdict::Warn),
    (Partial, "range", Verdict::Warn),
    (NotModified, "conditional", Verdict::Warn),
    (RefusesRange, "range", Verdict::Warn),
    (ChunkedTwice, "transfer-encoding", Verdict::Fail),
    (OddDate, "date", Verdict::Warn),
    (CompressedDespiteZero, "coding-offered", Verdict::Fail),
    (Folded, "head-syntax", Verdict::Fail),
    (KeepAliveEvents, "keep-alive-is-comment", Verdict::Warn),
    (OneAtATime, "parallel", Verdict::Fail),
    (EndsWithoutLastChunk, "chunked-end", Verdict::Warn),
    (EndsWithinBlock, "final-blank-line", Verdict::Fail),
    (NoData, "block-without-data", Verdict::Warn),
    (SomeIds, "id-coverage", Verdict::Warn),
    (SpacedIds, "id-in-header", Verdict::Warn),
    (NoDate, "date", Verdict::Warn),
    (NoBlankLines, "blank-lines", Verdict::Fail),
    (EscapedLineBreaks, "blank-lines", Verdict::Fail),
    (InjectsEvent, "event-injection", Verdict::Fail),
    (InjectsEventOfId, "event-injection", Verdict::Fail),
    (EndlessComment, "block-in-one-flush", Verdict::Fail),
    (NoColon, "field-names", Verdict::Fail),
    (DataTwice, "payload-is-text", Verdict::Warn),
    (ObjectAsText, "payload-is-text", Verdict::Warn),
    (BytesAsText, "payload-is-text", Verdict::Warn),
    (UndefinedValue, "payload-is-text", Verdict::Warn),
    (OddWords, "payload-is-text", Verdict::Pass),
    (ErrorPageWithin, "document", Verdict::Fail),
    (NullOrigin, "cors-origin", Verdict::Fail),
    (KeptByNetworks, "freshness", Verdict::Warn),
    (HeadWithoutAllow, "allow", Verdict::Fail),
    (FailsOnMethods, "other-method", Verdict::Warn),
    (BriefStream, "error-status", Verdict::Fail),
    (BreaksOffForUnknownIds, "hostile-id", Verdict::Fail),
    (EndsForUnknownIds, "resume-unknown-id", Verdict::Warn),
    (EndsForUnknownIds, "resume-utf8", Verdict::Warn),
    (AuthorizedPreflight, "cors-preflight", Verdict::Warn),
    (UnicodeLineEnds, "blank-lines", Verdict::Fail),
    (Base64Lines, "blank-lines", Verdict::Fail),
    (TypePerEvent, "event-names", Verdict::Warn),
    (BrokenJson, "payload-is-text", Verdict::Warn),
    (EmptyObjects, "payload-is-text", Verdict::Warn),
    (ErrorMessages, "payload-is-text", Verdict::Warn),
    (ReplaysOnce, "resume-header-case", Verdict::Skip),
    (ReplaysOnce, "resume-no-loss", Verdict::Fail),
    (OtherTypeWhenResuming, "resume-head", Verdict::Fail),
    (OtherOriginWhenResuming, "resume-head", Verdict::Fail),
    (QuotedTypes, "event-names", Verdict::Warn),
    (JsonLines, "blank-lines", Verdict::Fail),
    (PercentEncoded, "payload-is-text", Verdict::Warn),
    (FlushesEveryThird, "coding-flushed", Verdict::Fail),
];

/// How many servers are probed at the same time.
const AT_THE_SAME_TIME: usize = 16;

/// How often a server whose flaw was missed is probed again, alone: the servers run in this process, too, and on a busy
/// machine so few events come in the time of a quick probe that it cannot see the flaw.
const AGAIN: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn each_flaw_is_found() {
    let mut missed = Vec::new();
    for some in FOUND.chunks(AT_THE_SAME_TIME) {
        let tasks: JoinSet<_> = some
            .iter()
            .map(|sought| async move { missing(sought).await.map(|words| (sought, words)) })
            .collect();
        missed.extend(tasks.join_all().await.into_iter().flatten());
    }
    let mut wrong = Vec::new();
    for (sought, words) in missed {
        let mut problem = Some(words);
        for _ in 0..AGAIN {
            if problem.is_some() {
                problem = missing(sought).await;
            }
        }
        wrong.extend(problem);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a probe of a server with this flaw says instead of what it has to find, in words.
async fn missing((flaw, name, verdict): &(Flaw, &str, Verdict)) -> Option<String> {
    let url = start(&[*flaw]).await;
    let headers = vec![("authorization".into(), "Bearer a".into())];
    let setup = ProbeSetup { filters: &[name], headers, ..ProbeSetup::default() };
    let probed = probe(&url, setup).await;
    let (found, result) = (probed.verdict(name), &probed.0[*name]);
    (found != *verdict)
        .then(|| format!("{flaw:?}: the verdict of {name} is {found}, not {verdict}: {result:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_end_on_their_own_do_not_end_because_others_leave() {
    let names = ["leave-by-fin", "leave-by-reset"];
    let setup = ProbeSetup { filters: &names, length: Length::Full, ..ProbeSetup::default() };
    let probed = probe(&start(&[EndsAfterAMoment]).await, setup).await;
    for name in names {
        // Whether enough streams were open to judge depends on when they ended.
        let verdict = probed.verdict(name);
        assert!(matches!(verdict, Verdict::Pass | Verdict::Skip), "{:#?}", probed.0[name]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_stands_still_is_found() {
    for (flaws, verdict) in [(&[FrozenDate][..], Verdict::Warn), (&[], Verdict::Pass)] {
        let setup = ProbeSetup { filters: &["date"], length: Length::Full, ..ProbeSetup::default() };
        assert_eq!(probe(&start(flaws).await, setup).await.verdict("date"), verdict, "{flaws:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_goes_deaf_is_found() {
    let verdict = async |flaws: &[Flaw]| {
        let setup =
            ProbeSetup { filters: &["still-receives"], length: Length::Full, ..ProbeSetup::default() };
        probe(&start(flaws).await, setup).await.verdict("still-receives")
    };
    let verdicts = tokio::join!(verdict(&[GoesDeaf]), verdict(&[]));
    assert_eq!(verdicts, (Verdict::Fail, Verdict::Pass));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_stream_that_receives_nothing_new_is_found() {
    let verdict = async |flaws: &[Flaw]| {
        let setup =
            ProbeSetup { filters: &["resume-no-loss"], length: Length::Full, ..ProbeSetup::default() };
        probe(&start(flaws).await, setup).await.verdict("resume-no-loss")
    };
    let verdicts = tokio::join!(verdict(&[DeafAfterReplay]), verdict(&[]));
    assert_eq!(verdicts, (Verdict::Warn, Verdict::Pass));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_flaws_do_not_hide_each_other() {
    let together = [
        TextPlain,
        Latin1,
        LateHead,
        Batches,
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
    let mut hidden = String::new();
    for _ in 0..=AGAIN {
        let probed = probe(&start(&together).await, ProbeSetup::default()).await;
        assert_eq!(probed.with(&[Verdict::Error]), [""; 0]);
        let mut sought = FOUND.iter().filter(|(flaw, ..)| together.contains(flaw));
        match sought.find(|(_, name, verdict)| probed.verdict(name) != *verdict) {
            None => return,
            Some((flaw, name, _)) => hidden = format!("{flaw:?}: {name}\n{}", probed.problems()),
        }
    }
    panic!("{hidden}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_shows_the_bytes_and_the_command_that_reruns_it() {
    let url = start(&[Latin1]).await;
    let probed = probe(&url, ProbeSetup { filters: &["charset"], ..ProbeSetup::default() }).await;
    let result = &probed.0["charset"];
    let failure = result.failure.as_ref().expect("a failure");
    assert_eq!(failure.observed, "content-type: text/event-stream; charset=iso-8859-1");
    assert_eq!(result.rerun, format!("ssespec probe --filter 'server/probe/charset' {url}"));
    let bytes: Vec<&str> = result.transcript.iter().map(|row| row.text.as_str()).collect();
    assert!(bytes[0].starts_with("GET /events HTTP/1.1\\r\\nhost: 127.0.0.1:"), "{bytes:?}");
    assert!(bytes[1].contains("charset=iso-8859-1"), "{bytes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_serves_one_stream_at_a_time_fails_only_the_check_for_that() {
    let url = start(&[OneAtATime]).await;
    let probed = probe(&url, ProbeSetup { timeout: Duration::from_secs(2), ..ProbeSetup::default() }).await;
    assert_eq!(probed.with(&[Verdict::Fail, Verdict::Warn]), ["parallel"], "{}", probed.problems());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_limits_connections_does_not_fail_because_of_that() {
    let url = start(&[FewConnections]).await;
    let probed = probe(&url, ProbeSetup { timeout: Duration::from_secs(2), ..ProbeSetup::default() }).await;
    assert_eq!(probed.with(&[Verdict::Fail, Verdict::Error]), [""; 0], "{}", probed.problems());
    for name in ["content-type", "hostile-id", "accept-absent"] {
        assert_eq!(probed.verdict(name), Verdict::Pass, "{name}");
    }
}
