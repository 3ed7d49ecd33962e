//! What is folded, and what is counted.

use ssespec_reports::{
    Results,
    fold::{CaseOutcome, Outcome, fold},
    results::{CaseResult, Delivery, Fact, Known, Level, Protocol, Verdict},
    totals::{Percentages, Share, Totals},
};

use crate::files::results;

fn result(case: usize, delivery: Delivery, verdict: Verdict) -> CaseResult {
    let case = format!("client/numbers/{case}");
    CaseResult { case, delivery, verdict, ..results("all-pass").results()[0].clone() }
}

fn run(cases: impl IntoIterator<Item = CaseResult>) -> Results {
    let template = results("all-pass");
    Results::new("numbers", template.header().clone(), cases, template.footer().cloned())
}

fn totals(run: &Results) -> Totals {
    Totals::of(run, &fold(run.results()))
}

#[test]
fn the_worst_delivery_decides() {
    let known = Some(Known { reason: "why".into(), link: None, flaky: false });
    let order = [
        result(1, Delivery::split(5), Verdict::Skip),
        result(1, Delivery::split(4), Verdict::Pass),
        result(1, Delivery::split(3), Verdict::Info),
        result(1, Delivery::split(2), Verdict::Warn),
        CaseResult { known, ..result(1, Delivery::split(1), Verdict::Fail) },
        result(1, Delivery::split(0), Verdict::Fail),
        result(1, Delivery::BYTES, Verdict::Error),
    ];
    for (at, worst) in order.iter().enumerate() {
        let case = CaseOutcome::of(&order[..=at]).unwrap();
        assert_eq!(case.outcome(), Outcome::of(worst));
        assert_eq!(case.worst(), worst);
    }
    assert!(CaseOutcome::of([]).is_none());
}

#[test]
fn a_flaky_failure_compares_equal_when_it_passes() {
    let flaky = |flaky| Some(Known { reason: "why".into(), link: None, flaky });
    for verdict in [Verdict::Pass, Verdict::Warn, Verdict::Fail] {
        let result = CaseResult { known: flaky(true), ..result(1, Delivery::WHOLE, verdict) };
        assert_eq!(Outcome::of(&result), Outcome::Known);
    }
    let other = |verdict| CaseResult { known: flaky(false), ..result(1, Delivery::WHOLE, verdict) };
    assert_eq!(Outcome::of(&other(Verdict::Pass)), Outcome::Pass);
    assert_eq!(Outcome::of(&other(Verdict::Warn)), Outcome::Warn);
}

#[test]
fn a_case_names_the_deliveries_that_decided() {
    let results: Vec<CaseResult> = (0..7)
        .map(|at| result(1, Delivery::split(at), if at == 0 { Verdict::Pass } else { Verdict::Fail }))
        .collect();
    let case = CaseOutcome::of(&results).unwrap();
    assert_eq!(case.only_in().as_deref(), Some("split@1, split@2, split@3, split@4 and 2 more"));
    assert_eq!((case.held(), case.ran(), case.worst().delivery), (1, 7, Delivery::split(1)));
    assert_eq!(CaseOutcome::of(&results[1..]).unwrap().only_in(), None);
}

#[test]
fn a_failure_over_one_protocol_names_it() {
    let over = |protocol, verdict| {
        [Delivery::AS_WRITTEN, Delivery::BYTES].map(|delivery| result(1, delivery.over(protocol), verdict))
    };
    let only_in = |all: Vec<CaseResult>| CaseOutcome::of(&all).unwrap().only_in();
    let fails = over(Protocol::Http2Tls, Verdict::Fail);
    let all = [over(Protocol::Http1, Verdict::Pass), fails.clone()].concat();
    assert_eq!(only_in(all).as_deref(), Some("every delivery over HTTP/2 and TLS"));
    // Not in all of its deliveries.
    let passes = over(Protocol::Http2Tls, Verdict::Pass)[0].clone();
    let all = [vec![passes, fails[1].clone()], over(Protocol::Http1, Verdict::Pass).to_vec()].concat();
    assert_eq!(only_in(all).as_deref(), Some("bytes@http2-tls"));
    // Where the case has no meaning, there is nothing to compare with.
    let all = [over(Protocol::Http2, Verdict::Skip), fails].concat();
    assert_eq!(only_in(all), None);
}

#[test]
fn a_known_failure_is_a_failure_and_an_error_is_neither() {
    let known = Some(Known { reason: "why".into(), link: None, flaky: false });
    let run = run([
        result(1, Delivery::WHOLE, Verdict::Pass),
        CaseResult { known, ..result(2, Delivery::WHOLE, Verdict::Fail) },
        result(3, Delivery::WHOLE, Verdict::Error),
        result(4, Delivery::WHOLE, Verdict::Skip),
        result(5, Delivery::WHOLE, Verdict::Info),
        CaseResult { level: Level::Should, ..result(6, Delivery::WHOLE, Verdict::Warn) },
        CaseResult { level: Level::Should, ..result(7, Delivery::WHOLE, Verdict::Pass) },
        CaseResult { level: Level::May, ..result(8, Delivery::WHOLE, Verdict::Pass) },
    ]);
    let totals = totals(&run);
    assert_eq!(totals.suites[0].must, Share { held: 1, of: 2 });
    assert_eq!(totals.suites[0].should, Share { held: 1, of: 2 });
    assert_eq!((totals.counts.ran(), totals.counts.total(), totals.sessions), (7, 8, 7));
}

#[test]
fn more_than_one_error_in_a_hundred_cases_leaves_no_percentage() {
    let with_errors = |errors: usize| {
        let verdict = |at| if at < errors { Verdict::Error } else { Verdict::Pass };
        totals(&run((0..100).map(|at| result(at, Delivery::WHOLE, verdict(at))))).percentages
    };
    assert_eq!(with_errors(0), Percentages::Shown);
    assert_eq!(with_errors(1), Percentages::Shown);
    assert_eq!(with_errors(2), Percentages::TooManyErrors);
    let incomplete = Results::new("cut", results("all-pass").header().clone(), [], None);
    assert_eq!(totals(&incomplete).percentages, Percentages::Incomplete);
}

#[test]
fn of_the_delays_over_one_protocol_the_shortest_counts() {
    let run = results("after");
    let like = &run.results()[0];
    let result = |delivery, value: &str| {
        let fact = Fact { fact: "delay".into(), value: value.into() };
        CaseResult { delivery, facts: vec![fact], ..like.clone() }
    };
    let facts = |results: &[CaseResult]| {
        let case = CaseOutcome::of(results.iter()).expect("results");
        case.facts().iter().map(|fact| (fact.value.to_owned(), case.fact_only_in(fact))).collect::<Vec<_>>()
    };
    let busy = [result(Delivery::AS_WRITTEN, "5.5 s"), result(Delivery::BYTES, "5.0 s")];
    assert_eq!(facts(&busy), [("5.0 s".to_owned(), None)]);
    let words = [result(Delivery::AS_WRITTEN, "together"), result(Delivery::BYTES, "spread")];
    assert_eq!(facts(&words).len(), 2, "what is no delay is shown as it was");
}
