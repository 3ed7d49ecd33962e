//! What is written into an `ssespec.toml`.

use proptest::prelude::*;
use ssespec_reports::results::{
    Adapter, CaseResult, Counts, Delivery, Failure, Footer, Header, Implementation, Level, Platform, Role,
    Source as CaseSource, Transport, V1,
};

use ssespec_reports::diagnosis::Table;

use super::*;

const HEAD: &str = "name = \"a\"\nrole = \"client\"\ncommand = [\"x\"]\n";

fn header() -> Header {
    Header {
        v: V1,
        suite_version: String::new(),
        implementation: Implementation {
            name: "a".into(),
            version: String::new(),
            language: String::new(),
            role: Role::Client,
            program: None,
        },
        adapter: Adapter { transport: Transport::Process, capabilities: Vec::new() },
        platform: Platform { os: String::new(), arch: String::new() },
        started: String::new(),
        selection: Default::default(),
        requirements: Vec::new(),
        known_failures: Vec::new(),
    }
}

fn result(case: &str, delivery: Delivery, verdict: Verdict) -> CaseResult {
    let failure = Failure {
        step: 1,
        line: 1,
        step_text: String::new(),
        expected: "an event".into(),
        observed: format!("nothing in {delivery}"),
        hint: None,
    };
    CaseResult {
        v: V1,
        sequence: 1,
        case: case.into(),
        title: String::new(),
        why: None,
        suite: "whatwg".into(),
        level: Level::Must,
        requirements: Vec::new(),
        needs: Vec::new(),
        source: CaseSource { path: String::new(), text: String::new() },
        delivery,
        verdict,
        known: None,
        reason: None,
        late: Vec::new(),
        failure: (verdict == Verdict::Fail).then_some(failure),
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

fn entry(case: &str, reason: &str) -> KnownFailure {
    KnownFailure { case: case.into(), reason: reason.into(), ..KnownFailure::default() }
}

/// A run of these results, with these entries out of place.
fn run(results: Vec<CaseResult>, stale: Vec<KnownFailure>, unmatched: Vec<KnownFailure>) -> Results {
    let footer = Footer {
        v: V1,
        finished: String::new(),
        duration_us: 0,
        counts: Counts::default(),
        stale,
        unmatched,
        diagnosis: None,
        notes: Vec::new(),
        exit_status: 1,
        complete: true,
        adapters: None,
        processor: None,
    };
    Results::new("test", header(), results, Some(footer))
}

/// What becomes of a file by a whole run.
fn update(text: &str, results: &Results) -> String {
    updated(&Source::new("ssespec.toml", text), None, &Judged::of(results), &Selection::default()).unwrap().0
}

/// A known failure, as it is written.
fn block(case: &str, reason: &str) -> String {
    format!("[[known-failure]]\ncase = \"{case}\"\nreason = \"{reason}\"\n")
}

#[test]
fn a_failure_over_one_protocol_is_added_for_that() {
    let over = Delivery::AS_WRITTEN.over(Protocol::Http2Tls);
    let results = vec![
        result("client/a/one", Delivery::AS_WRITTEN, Verdict::Pass),
        result("client/a/one", Delivery::BYTES, Verdict::Pass),
        result("client/a/one", over, Verdict::Fail),
        // Nothing says that it would pass over another.
        result("client/a/two", over, Verdict::Fail),
    ];
    let seen = "expected an event; observed nothing in as-written@http2-tls";
    let expected = format!(
        "{HEAD}\n{}protocols = [\"http2-tls\"]\n\n{}",
        block("client/a/one", seen),
        block("client/a/two", seen)
    );
    assert_eq!(update(HEAD, &run(results, vec![], vec![])), expected);
}

#[test]
fn a_failure_is_added_once_with_what_was_seen() {
    let results = vec![
        result("client/a/one", Delivery::AS_WRITTEN, Verdict::Pass),
        result("client/a/one", Delivery::WHOLE, Verdict::Fail),
        result("client/a/one", Delivery::BYTES, Verdict::Fail),
        result("client/a/two", Delivery::AS_WRITTEN, Verdict::Pass),
    ];
    let expected = format!(
        "{HEAD}\n{}deliveries = [\"whole\", \"bytes\"]\n",
        block("client/a/one", "expected an event; observed nothing in whole")
    );
    assert_eq!(update(HEAD, &run(results, vec![], vec![])), expected);
}

#[test]
fn cases_with_one_cause_share_an_entry() {
    let mistakes = &Table::of(Role::Client).mistakes;
    let mistake = mistakes.iter().find(|mistake| mistake.name == "error-type-not-delivered").unwrap();
    let mut results = vec![result("client/own/case", Delivery::AS_WRITTEN, Verdict::Fail)];
    for (case, failures) in &mistake.failures {
        let mut failed = result(case, Delivery::AS_WRITTEN, Verdict::Fail);
        failed.failure.as_mut().unwrap().step = failures.get(Delivery::AS_WRITTEN).unwrap().step;
        results.push(failed);
    }
    let selection = Selection { deliveries: vec![DeliveryKind::AsWritten], ..Selection::default() };
    let run = run(results, vec![], vec![]);
    let (text, changes) =
        updated(&Source::new("ssespec.toml", HEAD), None, &Judged::of(&run), &selection).unwrap();
    assert_eq!(changes.added.len(), mistake.failures.len() + 1);
    assert_eq!(text.matches(HEADING).count(), 2, "{text}");
    let cases: Vec<&str> = mistake.failures.keys().map(String::as_str).collect();
    assert!(text.contains(&format!("case = \"{{{}}}\"", cases.join(","))), "{text}");
    assert!(
        text.contains(&format!("reason = \"perhaps: {}\"", mistake.description.trim_end_matches('.'))),
        "{text}"
    );
    let globs = read_known_failures(&Source::new("ssespec.toml", &text)).unwrap().1;
    let matches = |case: &String| {
        globs.iter().any(|e| id_glob(&e.known.case).unwrap().compile_matcher().is_match(case))
    };
    assert!(changes.added.iter().all(matches), "what is written is read again");
}

#[test]
fn only_what_was_seen_is_excused() {
    let fails = |delivery| result("client/a/one", delivery, Verdict::Fail);
    let added = |results: Vec<CaseResult>, deliveries: &[DeliveryKind]| {
        let selection = Selection { deliveries: deliveries.to_vec(), ..Selection::default() };
        let source = Source::new("ssespec.toml", HEAD);
        let (text, _) =
            updated(&source, None, &Judged::of(&run(results, vec![], vec![])), &selection).unwrap();
        text.lines().find_map(|line| line.strip_prefix("deliveries = ")).map(str::to_owned)
    };
    let all = DeliveryKind::STANDARD;
    assert_eq!(added(vec![fails(Delivery::AS_WRITTEN), fails(Delivery::BYTES)], all), None);
    assert_eq!(added(vec![fails(Delivery::BYTES)], &[DeliveryKind::Bytes]).as_deref(), Some("[\"bytes\"]"));
    let splits = [3, 5].map(|cut| fails(Delivery::split(cut))).to_vec();
    assert_eq!(added(splits, &[DeliveryKind::Splits]).as_deref(), Some("[\"splits\"]"));
    // A known failure in another delivery is not excused a second time.
    let known = ssespec_reports::results::Known { reason: "r".into(), link: None, flaky: false };
    let known = CaseResult { known: Some(known), ..fails(Delivery::WHOLE) };
    assert_eq!(added(vec![known, fails(Delivery::BYTES)], all).as_deref(), Some("[\"bytes\"]"));
}

#[test]
fn what_is_no_new_failure_is_not_added() {
    let mut known = result("client/a/known", Delivery::WHOLE, Verdict::Fail);
    known.known = Some(ssespec_reports::results::Known { reason: "r".into(), link: None, flaky: false });
    let results = vec![
        known,
        result("client/a/warn", Delivery::WHOLE, Verdict::Warn),
        result("client/a/info", Delivery::WHOLE, Verdict::Info),
        result("client/a/skip", Delivery::WHOLE, Verdict::Skip),
        result("client/a/error", Delivery::WHOLE, Verdict::Error),
    ];
    assert_eq!(update(HEAD, &run(results, vec![], vec![])), HEAD);
}

#[test]
fn what_does_not_decide_is_added_only_where_it_was_asked_for() {
    let failed = || result("client/a/one", Delivery::WHOLE, Verdict::Fail);
    let results = || run(vec![CaseResult { suite: "llm".into(), ..failed() }], vec![], vec![]);
    assert_eq!(update(HEAD, &results()), HEAD);
    let selection = Selection { suites: vec!["llm".into()], ..Selection::default() };
    let (text, changes) =
        updated(&Source::new("ssespec.toml", HEAD), None, &Judged::of(&results()), &selection).unwrap();
    assert_eq!(changes.added, ["client/a/one"]);
    assert!(text.contains("case = \"client/a/one\""), "{text}");
}

#[test]
fn line_ends_are_those_of_the_file() {
    let text = format!("{HEAD}\n{}", block("client/a/gone", "r")).replace('\n', "\r\n");
    let results = vec![result("client/a/one", Delivery::WHOLE, Verdict::Fail)];
    let updated = update(&text, &run(results, vec![], vec![entry("client/a/gone", "r")]));
    let expected =
        format!("{HEAD}\n{}", block("client/a/one", "expected an event; observed nothing in whole"));
    assert_eq!(updated, expected.replace('\n', "\r\n"));
}

#[test]
fn a_file_without_a_last_line_end() {
    let text = format!("{HEAD}\n{}", block("client/a/known", "r"));
    let results = vec![result("client/a/one", Delivery::WHOLE, Verdict::Fail)];
    let expected =
        format!("{text}\n{}", block("client/a/one", "expected an event; observed nothing in whole"));
    assert_eq!(update(text.trim_end(), &run(results, vec![], vec![])), expected);
    let gone = run(vec![], vec![], vec![entry("client/a/known", "r")]);
    assert_eq!(update(text.trim_end(), &gone).trim_end(), HEAD.trim_end());
}

#[test]
fn what_stays_is_kept_to_the_letter() {
    let before = "# first\n\n[[known-failure]] # heading\n  reason = 'odd \"quotes\"'   # why\ncase=\"client/a/stays\"\n# after\n\n\n";
    let gone = block("client/a/gone", "r");
    let after = "# about the next\n[[ known-failure ]]\ncase = \"client/a/also\"\nreason = \"r\"\n\n# last\n";
    let text = format!("{HEAD}{before}{gone}\n{after}");
    let results = run(vec![], vec![], vec![entry("client/a/gone", "r")]);
    assert_eq!(update(&text, &results), format!("{HEAD}{before}{after}"));
}

#[test]
fn of_two_entries_for_one_case_that_with_the_reason_goes() {
    let text = format!("{HEAD}\n{}\n{}", block("client/a/one", "first"), block("client/a/*", "second"));
    let passes = vec![result("client/a/one", Delivery::WHOLE, Verdict::Pass)];
    let results = run(passes, vec![entry("client/a/one", "second")], vec![]);
    assert_eq!(
        update(&text, &results).trim_end(),
        format!("{HEAD}\n{}", block("client/a/one", "first")).trim_end()
    );
}

#[test]
fn a_pattern_stands_for_what_still_fails() {
    let text = format!("{HEAD}\n# why\n{}flaky = false # no\n\n# end\n", block("client/a/*", "r"));
    let results = vec![
        result("client/a/one", Delivery::WHOLE, Verdict::Pass),
        result("client/a/two", Delivery::WHOLE, Verdict::Fail),
        result("client/a/three", Delivery::WHOLE, Verdict::Error),
        result("client/a/four", Delivery::WHOLE, Verdict::Skip),
        result("client/b/five", Delivery::WHOLE, Verdict::Pass),
    ];
    // The failure is known, so it is not added.
    let results: Vec<CaseResult> = results
        .into_iter()
        .map(|mut result| {
            let known = ssespec_reports::results::Known { reason: "r".into(), link: None, flaky: false };
            result.known = (result.verdict == Verdict::Fail).then_some(known);
            result
        })
        .collect();
    let stale = vec![entry("client/a/one", "r")];
    let each = |case| format!("{}flaky = false # no\n", block(case, "r"));
    let expected = format!("{HEAD}\n# why\n{}\n{}\n# end\n", each("client/a/three"), each("client/a/two"));
    assert_eq!(update(&text, &run(results.clone(), stale.clone(), vec![])), expected);
    // A filtered run has not seen every case that the pattern matches.
    let filtered = Selection { suites: vec!["whatwg".into()], ..Selection::default() };
    let source = Source::new("ssespec.toml", &text);
    let (kept, changes) =
        updated(&source, None, &Judged::of(&run(results, stale, vec![])), &filtered).unwrap();
    assert_eq!((kept, changes.left), (text, vec!["client/a/*".to_owned()]));
}

#[test]
fn a_variant_changes_only_its_own_entries() {
    let head =
        "name = \"a\"\nrole = \"intermediary\"\ncommand = [\"a\"]\n\n[variants.one]\n\n[variants.two]\n";
    let of = |case: &str, variants: &str| format!("{}variants = [{variants}]\n", block(case, "r"));
    let text = format!(
        "{head}\n{}\n{}\n{}\n{}",
        of("client/a/one", "\"one\""),
        of("client/a/one", "\"two\""),
        of("client/a/one", "\"one\", \"two\""),
        block("client/a/one", "r"),
    );
    let new = result("client/a/new", Delivery::WHOLE, Verdict::Fail);
    let results = vec![result("client/a/one", Delivery::WHOLE, Verdict::Pass), new];
    let results = run(results, vec![entry("client/a/one", "r")], vec![]);
    let source = Source::new("ssespec.toml", &text);
    let selection = Selection::default();
    let (written, changes) = updated(&source, Some("one"), &Judged::of(&results), &selection).unwrap();
    assert_eq!((changes.removed.len(), changes.left.len(), changes.added.len()), (1, 2, 1));
    let without = text.replace(&format!("{}\n", of("client/a/one", "\"one\"")), "");
    let expected = without.trim_end().to_owned() + "\n\n";
    assert!(written.starts_with(&expected), "{written}");
    let added = written[expected.len()..].trim_start();
    assert!(added.starts_with("[[known-failure]]\ncase = \"client/a/new\"\n"), "{added}");
    assert!(added.ends_with("variants = [\"one\"]\n"), "{added}");
}

#[test]
fn what_fails_in_one_version_is_known_for_that_version() {
    let head =
        "name = \"a\"\nrole = \"client\"\nversions = [\"1\", \"2\"]\ncommand = [\"a\", \"{version}\"]\n";
    let of_the_other = format!("{}versions = [\"2\"]\n", block("client/a/one", "r"));
    let text = format!("{head}\n{of_the_other}");
    let results = run(vec![result("client/a/one", Delivery::WHOLE, Verdict::Fail)], vec![], vec![]);
    let source = Source::new("ssespec.toml", &text);
    let (written, _) = updated(&source, Some("1"), &Judged::of(&results), &Selection::default()).unwrap();
    let added = written.strip_prefix(&text).unwrap().trim_start();
    assert!(added.starts_with("[[known-failure]]\ncase = \"client/a/one\"\n"), "{written}");
    assert!(added.ends_with("versions = [\"1\"]\n"), "{written}");
}

#[test]
fn a_run_that_did_not_end_takes_nothing_out() {
    let text = format!("{HEAD}\n{}", block("client/a/one", "r"));
    let results =
        Results::new("test", header(), vec![result("client/a/one", Delivery::WHOLE, Verdict::Pass)], None);
    assert_eq!(update(&text, &results), text);
}

#[test]
fn forms_that_cannot_be_kept_are_refused() {
    let refused = |known: &str| {
        let source = Source::new("ssespec.toml", format!("{HEAD}{known}\n"));
        updated(&source, None, &Judged::of(&run(vec![], vec![], vec![])), &Selection::default())
            .unwrap_err()
            .to_string()
    };
    let expected =
        "ssespec.toml:4: known failures can only be updated if each starts with a line [[known-failure]]";
    assert_eq!(refused("known-failure = [{ case = \"client/a\", reason = \"r\" }]"), expected);
    assert_eq!(refused("known-failure = []"), expected);
    assert!(refused("known-failure = 1").contains("expected an array"));
}

#[test]
fn a_file_that_cannot_be_read_or_written() {
    let results = run(vec![result("client/a/one", Delivery::WHOLE, Verdict::Fail)], vec![], vec![]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ssespec.toml");
    let update = || super::update(&file, None, &results, &Selection::default());
    assert!(matches!(update(), Err(UpdateError::File(FolderError::Unreadable(_)))));
    std::fs::write(&file, HEAD).unwrap();
    assert_eq!(update().unwrap().added, ["client/a/one"]);
    assert!(std::fs::read_to_string(&file).unwrap().contains("client/a/one"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever was observed, what is written is read back.
    #[test]
    fn any_reason_can_be_written(observed in any::<String>(), case in "client/[a-z\"'*?{}\\[\\]\u{e9} -]{1,20}") {
        let mut failed = result(&case, Delivery::WHOLE, Verdict::Fail);
        failed.failure.as_mut().unwrap().observed = observed.clone();
        let text = update(HEAD, &run(vec![failed], vec![], vec![]));
        let source = Source::new("ssespec.toml", &text);
        let (_, known) = read_known_failures(&source).unwrap();
        prop_assert!(id_glob(&known[0].known.case).unwrap().compile_matcher().is_match(&case));
        prop_assert_eq!(&known[0].known.reason, &format!("expected an event; observed {observed}"));
    }
}
