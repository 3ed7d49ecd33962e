//! Reports for machines: badge, JSON, SARIF, and GitHub's annotations and summaries.

use insta::assert_snapshot;
use serde_json::Value;
use ssespec_reports::badge::badge;
use ssespec_reports::github::annotations;
use ssespec_reports::overview::json;
use ssespec_reports::results::{
    CaseResult, Footer, Framing, Header, KnownFailure, Place, Results, Variation,
};
use ssespec_reports::sarif::sarif;
use ssespec_reports::schema::overview_schema;
use ssespec_reports::summary::{LONGEST, summary};

use crate::files::{ALL, read, results, text};

#[test]
fn a_badge_for_every_file() {
    let badges: Vec<String> = ALL.iter().map(|name| format!("{name}: {}", badge(&results(name)))).collect();
    assert_snapshot!("badges", badges.concat());
}

#[test]
fn a_badge_says_100_only_if_all_hold_and_is_gray_for_a_part() {
    let run = results("all-pass");
    let with = |change: fn(&mut Header)| {
        let mut header = run.header().clone();
        change(&mut header);
        badge(&Results::new("run", header, run.results().to_vec(), run.footer().cloned()))
    };
    assert!(with(|_| ()).contains("100%\",\"color\":\"brightgreen"), "{}", with(|_| ()));
    for part in [
        with(|header| header.selection.filters = vec!["client/lines/*".into()]),
        with(|header| header.selection.variation = Variation { framing: Framing::Close, loss: None }),
    ] {
        assert!(part.contains("lightgrey") && !part.contains('%'), "{part}");
    }
}

/// A run with entries of the baseline that are wrong.
fn with_a_wrong_baseline() -> Results {
    let run = results("verdicts");
    let place = Some(Place { path: "conformance/ssespec.toml".into(), line: 7 });
    let entry = |case: &str| KnownFailure {
        case: case.into(),
        reason: "it did, once\n::error::".into(),
        place: place.clone(),
        ..KnownFailure::default()
    };
    let footer = run.footer().unwrap().clone();
    let footer = Footer { stale: vec![entry("client/a")], unmatched: vec![entry("client/b/*")], ..footer };
    Results::new("verdicts.jsonl", run.header().clone(), run.results().to_vec(), Some(footer))
}

#[test]
fn annotations_mark_cases_and_entries_of_the_baseline() {
    for name in ALL {
        let text = annotations(&results(name));
        assert!(
            text.lines().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")),
            "{text}"
        );
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
        assert_snapshot!(format!("github-{name}"), text);
    }
    assert_snapshot!("github-baseline", annotations(&with_a_wrong_baseline()));
}

#[test]
fn a_page_for_a_pull_request() {
    for name in ALL {
        assert_snapshot!(format!("summary-{name}"), summary(&[results(name)], None));
    }
    let link = Some("https://example.org/report");
    assert_snapshot!("summary-baseline", summary(&[with_a_wrong_baseline()], link));
    assert!(summary(&[results("all-pass")], Some("javascript:alert(1)")).ends_with("\nFull report\n"));
}

#[test]
fn a_long_page_is_cut_between_findings() {
    let run = results("after");
    let failing = run.results().iter().find(|result| result.failure.is_some()).expect("a failure");
    let many = (0..3000).map(|number| CaseResult {
        case: format!("client/many/case-{number}"),
        requirements: vec![format!("whatwg/requirement-{number}")],
        ..failing.clone()
    });
    let run = Results::new("many", run.header().clone(), many, run.footer().cloned());
    let page = summary(std::slice::from_ref(&run), Some("https://example.org/report"));
    assert!(
        page.chars().count() <= LONGEST && page.chars().count() > LONGEST - 2000,
        "{}",
        page.chars().count()
    );
    assert!(
        page.ends_with(
            "_This page was cut; [the full report](<https://example.org/report>) has the rest._\n"
        )
    );
    let finding = page.trim_end().rsplit("\n- ").next().unwrap();
    assert!(finding.contains("observed"), "the last finding is whole: {finding}");
}

#[test]
fn an_overview_fits_its_schema() {
    let validator = jsonschema::validator_for(&overview_schema()).unwrap();
    for name in ALL {
        let json = json(&[results(name)]);
        let value: Value = serde_json::from_str(&json).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert_snapshot!(format!("json-{name}"), json);
    }
    let two: Value = serde_json::from_str(&json(&[results("before"), results("other")])).unwrap();
    assert_eq!(two["runs"].as_array().unwrap().len(), 2);
}

#[test]
fn sarif_fits_the_schema_of_the_standard() {
    // From https://github.com/oasis-tcs/sarif-spec, the errata of version 2.1.0.
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/sarif-schema-2.1.0.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let probe = read("probe", &text("probe"));
    for (name, run) in ALL.iter().map(|name| (*name, results(name))).chain([("probe", probe)]) {
        let log = sarif(&[run]);
        let value: Value = serde_json::from_str(&log).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let run = &value["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(rules[index]["id"], result["ruleId"], "{name}");
        }
        if matches!(name, "probe" | "verdicts" | "hostile") {
            assert_snapshot!(format!("sarif-{name}"), log);
        }
    }
    let mut wrong: Value = serde_json::from_str(&sarif(&[results("verdicts")])).unwrap();
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&wrong), "the schema is checked");
}
