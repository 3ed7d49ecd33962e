//! Which causes are chosen.

use super::*;
use crate::diagnosis::observed::Seen;
use crate::results::{Delivery, Failure, Header};

/// A table in which each mistake fails these cases, each at this step.
fn table(mistakes: &[(&str, &[(&str, usize)])]) -> Table {
    let mut text = String::new();
    for (name, cases) in mistakes {
        text.push_str(&format!("{name}\n  It is {name}.\n  o/n#1\n"));
        for (case, step) in *cases {
            text.push_str(&format!("  {case}: * {step} other 00000000\n"));
        }
    }
    Table::read(&text).unwrap()
}

fn header(capabilities: &[&str]) -> Header {
    let capabilities: Vec<String> = capabilities.iter().map(|word| (*word).to_owned()).collect();
    serde_json::from_value(serde_json::json!({
        "v": 1, "suite_version": "1", "started": "", "requirements": [],
        "implementation": { "name": "a", "version": "1", "language": "", "role": "client" },
        "adapter": { "transport": "process", "capabilities": capabilities },
        "platform": { "os": "", "arch": "" },
        "selection": { "filters": [], "deliveries": [], "suites": [], "levels": [] },
    }))
    .unwrap()
}

/// A case that passes, or fails at a step.
fn case(id: &str, step: Option<usize>, needs: &[&str]) -> CaseResult {
    let failure = step.map(|step| Failure {
        step,
        line: 1,
        step_text: String::new(),
        expected: "a".into(),
        observed: "b".into(),
        hint: None,
    });
    let mut result: CaseResult = serde_json::from_value(serde_json::json!({
        "v": 1, "sequence": 0, "case": id, "title": "", "suite": "whatwg", "level": "must",
        "requirements": [], "needs": needs, "source": { "path": "", "text": "" },
        "delivery": "as-written", "verdict": if step.is_some() { "fail" } else { "pass" },
        "facts": [], "duration_us": 0, "rerun": "",
    }))
    .unwrap();
    result.failure = failure;
    result
}

fn run(cases: &[(&str, Option<usize>)]) -> Results {
    let results = cases.iter().map(|(id, step)| case(id, *step, &[]));
    Results::new("a", header(&[]), results, None)
}

/// The causes by name, alternatives separated by bars, and what is not explained.
fn names(diagnosis: &Diagnosis) -> (Vec<String>, Vec<&str>) {
    let of = |cause: &Cause| {
        let names: Vec<&str> = cause.mistakes.iter().map(|mistake| mistake.name.as_str()).collect();
        names.join("|")
    };
    (diagnosis.causes.iter().map(of).collect(), diagnosis.unexplained.iter().map(String::as_str).collect())
}

#[test]
fn the_largest_mistake_comes_first_and_what_is_left_is_said() {
    let table = table(&[("small", &[("c/d", 1)]), ("large", &[("c/a", 1), ("c/b", 2)])]);
    let run = run(&[("c/a", Some(1)), ("c/b", Some(2)), ("c/d", Some(1)), ("c/e", Some(1)), ("c/f", None)]);
    let diagnosis = explain(&run, &table);
    assert_eq!(names(&diagnosis), (vec!["large".into(), "small".into()], vec!["c/e"]));
    assert_eq!((diagnosis.failing, diagnosis.explained()), (4, 3));
}

#[test]
fn a_mistake_that_would_fail_what_passes_is_not_named() {
    let table = table(&[("wrong", &[("c/a", 1), ("c/b", 1)])]);
    assert_eq!(names(&explain(&run(&[("c/a", Some(1)), ("c/b", None)]), &table)), (vec![], vec!["c/a"]));
    // Nor one that would show at an earlier step.
    assert_eq!(
        names(&explain(&run(&[("c/a", Some(1)), ("c/b", Some(2))]), &table)),
        (vec![], vec!["c/a", "c/b"])
    );
}

#[test]
fn an_earlier_failure_hides_a_mistake_and_is_not_explained_by_it() {
    let table = table(&[("one", &[("c/a", 1), ("c/b", 5)]), ("other", &[("c/b", 2)])]);
    let run = run(&[("c/a", Some(1)), ("c/b", Some(2))]);
    assert_eq!(names(&explain(&run, &table)).0, ["one", "other"]);
}

#[test]
fn mistakes_that_look_the_same_are_alternatives() {
    let table = table(&[
        ("one", &[("c/a", 1)]),
        ("other", &[("c/a", 1)]),
        ("less-seen", &[("c/a", 1), ("c/unplayed", 1)]),
    ]);
    let diagnosis = explain(&run(&[("c/a", Some(1))]), &table);
    assert_eq!(names(&diagnosis).0, ["one|other"]);
    assert_eq!(diagnosis.causes[0].unjudged, 0);
}

#[test]
fn a_mistake_is_left_out_if_the_others_explain_its_cases() {
    let table = table(&[
        ("middle", &[("c/a", 1), ("c/b", 1), ("c/d", 1)]),
        ("left", &[("c/a", 1), ("c/b", 1), ("c/e", 1), ("c/f", 1)]),
        ("right", &[("c/d", 1), ("c/g", 1)]),
    ]);
    let failing = ["c/a", "c/b", "c/d", "c/e", "c/f", "c/g"].map(|id| (id, Some(1)));
    assert_eq!(names(&explain(&run(&failing), &table)).0, ["left", "right"]);
}

#[test]
fn the_best_case_is_the_one_that_few_mistakes_fail() {
    let table = table(&[("one", &[("c/a", 1), ("c/b", 1)]), ("other", &[("c/a", 1), ("c/d", 1)])]);
    let diagnosis = explain(&run(&[("c/a", Some(1)), ("c/b", Some(1)), ("c/d", None)]), &table);
    assert_eq!(diagnosis.causes[0].best, "c/b");
}

#[test]
fn a_delivery_that_passes_excludes_what_fails_in_all() {
    let table = Table::read(
        "all\n  It.\n  o/n#1\n  c/a: * 1 other 00000000\nbytes\n  It.\n  o/n#1\n  c/a: bytes 1 other 00000000\n",
    )
    .unwrap();
    let mut in_pieces = case("c/a", Some(1), &[]);
    in_pieces.delivery = Delivery::BYTES;
    let results = Results::new("a", header(&[]), [case("c/a", None, &[]), in_pieces], None);
    assert_eq!(names(&explain(&results, &table)).0, ["bytes"]);
}

#[test]
fn a_mistake_in_one_path_of_the_code_is_named_in_part() {
    let rows: [(&str, usize); 4] = [("c/a", 1), ("c/b", 1), ("c/d", 1), ("c/e", 1)];
    let table = table(&[("path", &rows)]);
    let of = |failing: &[&str], left: &[&str]| {
        let cases = ["c/a", "c/b", "c/d", "c/e"].map(|id| (id, failing.contains(&id).then_some(1)));
        let others = left.iter().map(|id| (*id, Some(1)));
        explain(&run(&cases.into_iter().chain(others).collect::<Vec<_>>()), &table)
    };
    let most = of(&["c/a", "c/b", "c/d"], &["c/f"]);
    assert_eq!(names(&most), (vec!["path".into()], vec!["c/f"]));
    let words = "In part: It is path. But 1 case passes that it would fail.";
    assert_eq!(most.causes[0].mistakes[0].description, words);
    // Too few cases, or too much else that is not explained.
    assert!(of(&["c/a", "c/b"], &[]).causes.is_empty());
    assert!(of(&["c/a", "c/b", "c/d"], &["c/f", "c/g"]).causes.is_empty());
}

#[test]
fn what_is_random_is_not_contradicted() {
    let table =
        Table::read("random\n  It.\n  o/n#1\n  c/a: * 1 other 00000000\n  c/b?: * 1 other 00000000\n")
            .unwrap();
    assert_eq!(names(&explain(&run(&[("c/a", Some(1)), ("c/b", None)]), &table)).0, ["random"]);
    assert!(explain(&run(&[("c/a", None), ("c/b", Some(1))]), &table).causes.is_empty());
}

#[test]
fn new_failures_come_first() {
    let table = table(&[("old", &[("c/a", 1), ("c/b", 1)]), ("new", &[("c/d", 1)])]);
    let mut known = [case("c/a", Some(1), &[]), case("c/b", Some(1), &[])];
    for result in &mut known {
        result.known = Some(serde_json::from_value(serde_json::json!({ "reason": "a reason" })).unwrap());
    }
    let results = Results::new("a", header(&[]), known.into_iter().chain([case("c/d", Some(1), &[])]), None);
    assert_eq!(names(&explain(&results, &table)).0, ["new", "old"]);
}

#[test]
fn no_cause_is_named_where_a_capability_is_lacking() {
    let ids: Vec<String> = (0..ENOUGH).map(|number| format!("c/{number:02}")).collect();
    let cases: Vec<(&str, usize)> = ids.iter().map(|id| (id.as_str(), 1)).collect();
    let table = table(&[("wrong", &cases)]);
    let failing = || ids.iter().map(|id| case(id, Some(1), &["event-id"]));
    let results = Results::new("a", header(&["event-id", "close"]), failing(), None);
    let diagnosis = explain(&results, &table);
    assert_eq!(diagnosis.lacking.as_deref(), Some("event-id"));
    assert!(diagnosis.causes.is_empty() && diagnosis.unexplained.len() == ENOUGH);
    let passes = case("d/e", None, &["event-id"]);
    let results = Results::new("a", header(&["event-id"]), failing().chain([passes]), None);
    assert_eq!(names(&explain(&results, &table)).0, ["wrong"]);
    let few = Results::new("a", header(&["event-id"]), failing().skip(1), None);
    assert_eq!(names(&explain(&few, &table)).0, ["wrong"], "few cases say little");
}

/// The mistakes of a table whose failures need no particular measurement.
fn generated(table: &Table) -> Vec<&Mistake> {
    let growth = Table::by_hand().mistakes;
    table.mistakes.iter().filter(|mistake| !growth.contains(mistake)).collect()
}

/// What an implementation with these mistakes shows, as far as they do not influence each other: of two failures of a case the
/// earlier one is seen.
fn explain_mistakes(table: &Table, mistakes: &[&Mistake]) -> Diagnosis {
    let ids: BTreeSet<&String> = table.mistakes.iter().flat_map(|mistake| mistake.failures.keys()).collect();
    let mut observed = Observed::default();
    for id in ids {
        for delivery in [Delivery::AS_WRITTEN, Delivery::WHOLE, Delivery::BYTES] {
            let failures = mistakes.iter().filter_map(|mistake| mistake.failures.get(id)?.get(delivery));
            let earliest = failures.min_by_key(|symptom| symptom.step.wrapping_sub(1));
            observed.cases.entry(id).or_default().insert(delivery, earliest.map_or(Seen::Held, Seen::Failed));
        }
    }
    explain_observed(&observed, &Standing::default(), table)
}

/// Whether a diagnosis names a mistake.
fn names_it(diagnosis: &Diagnosis, mistake: &Mistake) -> bool {
    diagnosis.causes.iter().any(|cause| cause.mistakes.iter().any(|named| named.name == mistake.name))
}

#[test]
fn every_mistake_of_the_tables_names_itself_alone() {
    for role in [crate::results::Role::Client, crate::results::Role::Server] {
        let table = Table::of(role);
        for mistake in generated(table) {
            let diagnosis = explain_mistakes(table, &[mistake]);
            assert!(
                diagnosis.causes.len() == 1 && names_it(&diagnosis, mistake),
                "{}: {diagnosis:?}",
                mistake.name
            );
            assert!(diagnosis.unexplained.is_empty());
        }
    }
}

/// How many of 100 sets of mistakes are named, with no other.
fn exactly_named(table: &Table, size: usize) -> usize {
    let all = generated(table);
    let count = all.len();
    let sets = (0..100).map(|number| {
        // Far apart in the list, and different each time.
        let picked = (0..size).map(|at| (number * 37 + at * (count / size + number % 11)) % count);
        picked.collect::<BTreeSet<usize>>()
    });
    let exact = sets.filter(|set| {
        let mistakes: Vec<&Mistake> = set.iter().map(|at| all[*at]).collect();
        let diagnosis = explain_mistakes(table, &mistakes);
        diagnosis.causes.len() == set.len() && mistakes.iter().all(|mistake| names_it(&diagnosis, mistake))
    });
    exact.count()
}

#[test]
fn most_sets_of_mistakes_are_named_exactly() {
    let table = Table::of(crate::results::Role::Client);
    let (pairs, triples) = (exactly_named(table, 2), exactly_named(table, 3));
    assert!(pairs >= 90 && triples >= 80, "{pairs} pairs and {triples} triples of 100");
}
