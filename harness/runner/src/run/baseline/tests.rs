//! What is known, what is stale, and what fits no case.

use ssespec_cases::format;
use ssespec_diagnostics::Source;
use ssespec_reports::results::{self as report, Delivery, Protocol, V1};

use super::*;
use crate::delivery::DeliveryKind;

fn entry(case: &str) -> KnownFailure {
    KnownFailure { case: case.into(), reason: format!("why {case}"), ..KnownFailure::default() }
}

fn flaky(case: &str) -> KnownFailure {
    KnownFailure { flaky: true, ..entry(case) }
}

fn baseline(entries: impl IntoIterator<Item = KnownFailure>) -> Baseline {
    Baseline::new(entries.into_iter().collect()).unwrap()
}

fn result(case: &str, delivery: Delivery, verdict: Verdict) -> CaseResult {
    CaseResult {
        v: V1,
        sequence: 1,
        case: case.into(),
        title: String::new(),
        why: None,
        suite: "whatwg".into(),
        level: report::Level::Must,
        requirements: Vec::new(),
        needs: Vec::new(),
        source: report::Source { path: String::new(), text: String::new() },
        delivery,
        verdict,
        known: None,
        reason: None,
        late: Vec::new(),
        failure: None,
        facts: Vec::new(),
        duration_us: 0,
        start_us: None,
        lane: None,
        longest_step: None,
        rerun: String::new(),
        stderr: None,
        transcript: Vec::new(),
    }
}

/// A corpus of these cases.
fn corpus(ids: &[&str]) -> Corpus {
    let text = "title = \"T\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [{ send = \"data: a\\n\\n\" }, \"expect-event\"]\n";
    let mut corpus = Corpus::default();
    for id in ids {
        corpus.cases.insert((*id).to_owned(), format::read(&Source::new(id, text), id).unwrap());
    }
    corpus
}

/// What does not fit of these entries: the cases that are stale, and the patterns without a case.
fn judged(
    entries: impl IntoIterator<Item = KnownFailure>,
    results: &[CaseResult],
    selection: &Selection,
) -> (Vec<String>, Vec<String>) {
    let corpus = corpus(&["client/a/one", "client/a/two", "client/b/three"]);
    let results: Vec<&CaseResult> = results.iter().collect();
    let ids = corpus.cases.keys().map(String::as_str);
    let (stale, unmatched) = baseline(entries).judge(&results, ids, selection);
    let cases = |list: Vec<KnownFailure>| list.into_iter().map(|entry| entry.case).collect();
    (cases(stale), cases(unmatched))
}

fn nothing() -> (Vec<String>, Vec<String>) {
    (Vec::new(), Vec::new())
}

#[test]
fn a_failure_is_known_by_the_first_entry_that_matches() {
    let known = baseline([entry("client/a/*"), entry("client/a/one")]);
    let why = |case, verdict| known.known(&result(case, Delivery::WHOLE, verdict)).map(|known| known.reason);
    assert_eq!(why("client/a/one", Verdict::Fail).as_deref(), Some("why client/a/*"));
    assert_eq!(why("client/a/one", Verdict::Warn).as_deref(), Some("why client/a/*"));
    assert_eq!(why("client/b/three", Verdict::Fail), None);
    for verdict in [Verdict::Pass, Verdict::Info, Verdict::Skip, Verdict::Error] {
        assert_eq!(why("client/a/one", verdict), None, "{verdict:?} is no failure, or never excused");
    }
}

#[test]
fn a_star_goes_over_folders() {
    let known = baseline([entry("client/*")]);
    assert!(known.expects("client/a/one") && !known.expects("server/a/one"));
    assert!(
        baseline([entry("client/a")]).entries_of("client/a/one").next().is_none(),
        "a pattern is for the whole id"
    );
    assert!(Baseline::new(vec![entry("client/[")]).is_err());
}

/// The result of a failure with this observation.
fn failed(case: &str, delivery: Delivery, observed: &str) -> CaseResult {
    let failure = Failure {
        step: 1,
        line: 1,
        step_text: String::new(),
        expected: "a request, at least 400ms after the end".into(),
        observed: observed.into(),
        hint: None,
    };
    CaseResult { failure: Some(failure), ..result(case, delivery, Verdict::Fail) }
}

#[test]
fn an_entry_excuses_only_its_deliveries() {
    let only = KnownFailure { deliveries: vec![DeliveryKind::Bytes], ..entry("client/a/*") };
    let known = baseline([only.clone()]);
    let is_known = |delivery, verdict| known.known(&result("client/a/one", delivery, verdict)).is_some();
    assert!(is_known(Delivery::BYTES, Verdict::Fail));
    assert!(!is_known(Delivery::WHOLE, Verdict::Fail) && !is_known(Delivery::split(1), Verdict::Fail));
    let results = |whole, bytes| {
        [result("client/a/one", Delivery::WHOLE, whole), result("client/a/one", Delivery::BYTES, bytes)]
    };
    let stale =
        |results: &[CaseResult], selection: &Selection| judged([only.clone()], results, selection).0.len();
    let all = Selection::default();
    assert_eq!(stale(&results(Verdict::Pass, Verdict::Fail), &all), 0);
    assert_eq!(stale(&results(Verdict::Fail, Verdict::Pass), &all), 1);
    // It has no such delivery any more.
    assert_eq!(stale(&results(Verdict::Pass, Verdict::Pass)[..1], &all), 1);
    let bytes = Selection { deliveries: vec![DeliveryKind::Bytes], ..Selection::default() };
    let whole = Selection { deliveries: vec![DeliveryKind::Whole], ..Selection::default() };
    let passes = results(Verdict::Pass, Verdict::Pass);
    assert_eq!((stale(&passes[1..], &bytes), stale(&passes[..1], &whole)), (1, 0));
    // A case that is skipped has a result in one delivery only.
    assert_eq!(stale(&[result("client/a/one", Delivery::AS_WRITTEN, Verdict::Skip)], &all), 0);
}

#[test]
fn an_entry_excuses_only_its_protocols() {
    let only = KnownFailure { protocols: vec![Protocol::Http2Tls], ..entry("client/a/*") };
    let known = baseline([only.clone()]);
    let over = |protocol, verdict| result("client/a/one", Delivery::WHOLE.over(protocol), verdict);
    assert!(known.known(&over(Protocol::Http2Tls, Verdict::Fail)).is_some());
    assert!(known.known(&over(Protocol::Http2, Verdict::Fail)).is_none());
    let stale = |verdict, protocols: &[Protocol]| {
        let selection = Selection { protocols: protocols.to_vec(), ..Selection::default() };
        let results: Vec<CaseResult> = protocols.iter().map(|protocol| over(*protocol, verdict)).collect();
        judged([only.clone()], &results, &selection).0.len()
    };
    assert_eq!(stale(Verdict::Pass, &[Protocol::Http1]), 0, "it is not about this run");
    assert_eq!(stale(Verdict::Pass, &[Protocol::Http1, Protocol::Http2Tls]), 1);
    assert_eq!(stale(Verdict::Fail, &[Protocol::Http1, Protocol::Http2Tls]), 0);
    // An entry for every protocol is judged by runs that have the usual one.
    let every = |protocols: &[Protocol]| {
        let selection = Selection { protocols: protocols.to_vec(), ..Selection::default() };
        let results: Vec<CaseResult> =
            protocols.iter().map(|protocol| over(*protocol, Verdict::Pass)).collect();
        judged([entry("client/a/*")], &results, &selection).0.len()
    };
    assert_eq!((every(&[Protocol::Http1]), every(&[Protocol::Http2])), (1, 0));
}

#[test]
fn a_flaky_entry_excuses_only_the_failure_that_it_names() {
    let early = KnownFailure { fails: Some("is earlier than".into()), ..flaky("client/a/one") };
    let known = baseline([early]);
    let excused = |observed: &str| {
        let result = failed("client/a/one", Delivery::WHOLE, observed);
        let summary = result.failure.as_ref().unwrap().summary();
        let early = known.excuses("client/a/one", Delivery::WHOLE, &summary);
        assert_eq!(early, known.known(&result).is_some());
        early
    };
    assert!(excused("GET \"/\", 274ms after the end, which is earlier than 400ms"));
    assert!(!excused("nothing within 15s"));
    assert!(known.known(&result("client/a/one", Delivery::WHOLE, Verdict::Pass)).is_some());
    assert!(known.known(&result("client/a/one", Delivery::WHOLE, Verdict::Error)).is_none());
}

#[test]
fn a_fact_differs_only_if_it_is_named() {
    let known = baseline([KnownFailure { fails: Some("delay".into()), ..flaky("client/a/one") }]);
    let passed = result("client/a/one", Delivery::WHOLE, Verdict::Info);
    assert!(known.varies(&passed, "the delay of a reconnect") && !known.varies(&passed, "the user agent"));
    assert!(!known.varies(&result("client/a/two", Delivery::WHOLE, Verdict::Info), "the delay"));
}

#[test]
fn a_flaky_failure_is_known_where_it_passes() {
    let known = baseline([flaky("client/a/one")]);
    let is_flaky =
        |verdict| known.known(&result("client/a/one", Delivery::WHOLE, verdict)).map(|known| known.flaky);
    assert_eq!((is_flaky(Verdict::Pass), is_flaky(Verdict::Fail)), (Some(true), Some(true)));
    assert_eq!((is_flaky(Verdict::Error), is_flaky(Verdict::Skip)), (None, None));
    let passes = [result("client/a/one", Delivery::WHOLE, Verdict::Pass)];
    assert_eq!(judged([flaky("client/a/one")], &passes, &Selection::default()), nothing());
}

#[test]
fn what_passes_in_every_delivery_is_stale() {
    let whole = Selection::default();
    let results = |as_written, bytes| {
        [
            result("client/a/one", Delivery::AS_WRITTEN, as_written),
            result("client/a/one", Delivery::BYTES, bytes),
        ]
    };
    let stale = |results: &[CaseResult]| judged([entry("client/a/one")], results, &whole).0;
    assert_eq!(stale(&results(Verdict::Pass, Verdict::Pass)), ["client/a/one"]);
    assert_eq!(stale(&results(Verdict::Pass, Verdict::Info)), ["client/a/one"]);
    for other in [Verdict::Fail, Verdict::Warn, Verdict::Error, Verdict::Skip] {
        assert_eq!(stale(&results(Verdict::Pass, other)), [""; 0], "{other:?}");
    }
}

#[test]
fn each_case_of_a_pattern_is_judged() {
    let results = [
        result("client/a/one", Delivery::AS_WRITTEN, Verdict::Pass),
        result("client/a/two", Delivery::AS_WRITTEN, Verdict::Fail),
        result("client/b/three", Delivery::AS_WRITTEN, Verdict::Pass),
    ];
    let (stale, unmatched) = judged([entry("client/a/*")], &results, &Selection::default());
    assert_eq!((stale, unmatched), (vec!["client/a/one".to_owned()], vec![]));
}

#[test]
fn a_pattern_without_a_case_is_found_by_a_whole_run() {
    let entries = || [entry("client/c/*"), entry("client/b/*")];
    assert_eq!(judged(entries(), &[], &Selection::default()).1, ["client/c/*"]);
    let filtered = [
        Selection { filters: vec![id_glob("client/a/*").unwrap().compile_matcher()], ..Selection::default() },
        Selection { suites: vec!["whatwg".into()], ..Selection::default() },
        Selection { levels: vec![ssespec_cases::Level::Must], ..Selection::default() },
    ];
    for selection in filtered {
        assert_eq!(judged(entries(), &[], &selection), nothing(), "{}", selection.describe());
    }
}

#[test]
fn fewer_deliveries_make_no_entry_stale() {
    let passes = [result("client/a/one", Delivery::WHOLE, Verdict::Pass)];
    let judged_in = |deliveries: &[DeliveryKind]| {
        let selection = Selection { deliveries: deliveries.to_vec(), ..Selection::default() };
        judged([entry("client/a/one")], &passes, &selection).0.len()
    };
    assert_eq!(judged_in(&[DeliveryKind::Whole]), 0);
    assert_eq!(judged_in(&[DeliveryKind::Splits, DeliveryKind::Bytes]), 0);
    assert_eq!(judged_in(DeliveryKind::STANDARD), 1);
}

#[test]
fn what_is_about_other_cases_is_left_out() {
    let (mine, built_in) = (corpus(&["client/mine/first"]), corpus(&["client/a/one"]));
    let known =
        baseline([entry("client/mine/*"), entry("client/a/*"), entry("client/*"), entry("client/gone")]);
    let kept: Vec<String> =
        known.for_corpus(&mine, &built_in).entries().map(|entry| entry.case.clone()).collect();
    assert_eq!(kept, ["client/mine/*", "client/*", "client/gone"]);
}

#[test]
fn a_pattern_without_a_case_is_found_by_one_shard() {
    let found = |word: &str| {
        let selection = Selection { shard: Some(word.parse().unwrap()), ..Selection::default() };
        assert!(!selection.is_whole());
        judged([entry("client/c/*"), entry("client/d/*"), entry("client/b/*")], &[], &selection).1
    };
    let mut all = ["1/2", "2/2"].map(found).concat();
    all.sort_unstable();
    assert_eq!(all, ["client/c/*", "client/d/*"]);
}
