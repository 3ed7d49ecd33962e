//! Which facts may differ between deliveries.

use ssespec_cases::format;
use ssespec_diagnostics::Source;
use ssespec_reports::results::{self as report, Delivery, Fact, V1};

use super::*;

const TEXT: &str = r#"title = "T"
requirements = ["whatwg/line-lf"]
steps = [
  { send = "data: a\n\n" },
  { expect-one-of = ["expect-event", "expect-error"] },
  { record = { fact = "what came", of = "alternative", as = ["event", "error"] } },
  "end",
  "expect-request",
  { record = { fact = "the delay", of = "delay" } },
  { record = { fact = "all delays", of = "spread" } },
  "end",
  { expect-one-of = [{ expect-request = { after = "1s" } }, "expect-request"] },
  { record = { fact = "how soon", of = "alternative", as = ["late", "soon"] } },
]
"#;

fn case() -> Case {
    format::read(&Source::new("client/a/one.toml", TEXT), "client/a/one").unwrap()
}

fn result(delivery: Delivery, verdict: Verdict, facts: &[(&str, &str)]) -> CaseResult {
    let fact = |(fact, value): &(&str, &str)| Fact { fact: (*fact).into(), value: (*value).into() };
    CaseResult {
        v: V1,
        sequence: 1,
        case: "client/a/one".into(),
        title: String::new(),
        why: None,
        suite: "whatwg".into(),
        level: report::Level::May,
        requirements: Vec::new(),
        needs: Vec::new(),
        source: report::Source { path: String::new(), text: String::new() },
        delivery,
        verdict,
        known: None,
        reason: None,
        late: Vec::new(),
        failure: None,
        facts: facts.iter().map(fact).collect(),
        duration_us: 0,
        start_us: None,
        lane: None,
        longest_step: None,
        rerun: String::new(),
        stderr: None,
        transcript: Vec::new(),
    }
}

fn of(results: &[CaseResult]) -> Vec<CaseResult> {
    changed(&case(), &results.iter().collect::<Vec<_>>(), |_, _| false)
}

const EVENT: &[(&str, &str)] = &[("what came", "event"), ("the delay", "0.5 s"), ("how soon", "soon")];
const LATER: &[(&str, &str)] = &[("what came", "event"), ("the delay", "1.0 s"), ("how soon", "late")];
const ERROR: &[(&str, &str)] = &[("what came", "error"), ("the delay", "0.5 s"), ("how soon", "soon")];

#[test]
fn a_fact_that_differs_warns_in_the_deliveries_that_differ() {
    // In whatever order they came.
    let results = [
        result(Delivery::BYTES, Verdict::Info, ERROR),
        result(Delivery::WHOLE, Verdict::Pass, EVENT),
        result(Delivery::AS_WRITTEN, Verdict::Pass, EVENT),
    ];
    let [warned] = &of(&results)[..] else { panic!("one differs") };
    assert_eq!((warned.delivery, warned.verdict), (Delivery::BYTES, Verdict::Warn));
    assert_eq!(warned.facts, results[0].facts);
    let failure = warned.failure.as_ref().unwrap();
    assert_eq!((failure.step, failure.line), (3, 6));
    assert_eq!(
        failure.summary(),
        "expected what came: event, as in the delivery as-written; observed what came: error"
    );
}

#[test]
fn times_are_not_compared() {
    let results =
        [result(Delivery::WHOLE, Verdict::Info, EVENT), result(Delivery::BYTES, Verdict::Info, LATER)];
    assert!(of(&results).is_empty());
}

#[test]
fn what_failed_or_varies_is_not_compared() {
    let failed =
        [result(Delivery::WHOLE, Verdict::Info, EVENT), result(Delivery::BYTES, Verdict::Fail, ERROR)];
    assert!(of(&failed).is_empty() && of(&failed[1..]).is_empty() && of(&[]).is_empty());
    let differs =
        [result(Delivery::WHOLE, Verdict::Info, EVENT), result(Delivery::BYTES, Verdict::Info, ERROR)];
    assert_eq!(of(&differs).len(), 1);
    let varies = |_: &CaseResult, fact: &str| fact == "what came";
    assert!(changed(&case(), &differs.iter().collect::<Vec<_>>(), varies).is_empty());
}

#[test]
fn delays_that_differ_in_one_delivery_are_random_in_all() {
    const DIFFER: &[(&str, &str)] = &[("what came", "event"), ("all delays", "different each time")];
    const ALIKE: &[(&str, &str)] = &[("what came", "event"), ("all delays", "the same each time")];
    const OTHER: &[(&str, &str)] = &[("what came", "error"), ("all delays", "the same each time")];
    let of = |of_bytes| {
        let results = [
            result(Delivery::AS_WRITTEN, Verdict::Info, ALIKE),
            result(Delivery::BYTES, Verdict::Info, of_bytes),
            result(Delivery::WHOLE, Verdict::Info, DIFFER),
        ];
        of(&results)
    };
    let [alike] = &of(DIFFER)[..] else { panic!("one changes") };
    assert_eq!((alike.delivery, alike.verdict), (Delivery::AS_WRITTEN, Verdict::Info));
    assert_eq!(alike.facts[1].value, "different each time");
    // A warning keeps what was settled.
    let [_, warned] = &of(OTHER)[..] else { panic!("two change") };
    assert_eq!((warned.delivery, warned.verdict), (Delivery::BYTES, Verdict::Warn));
    assert_eq!(warned.facts[1].value, "different each time");
    let alike =
        [result(Delivery::AS_WRITTEN, Verdict::Info, ALIKE), result(Delivery::BYTES, Verdict::Info, ALIKE)];
    assert!(changed(&case(), &alike.iter().collect::<Vec<_>>(), |_, _| false).is_empty());
}
