//! The causes of failures in each format.

use insta::assert_snapshot;
use ssespec_reports::diagnosis::Table;
use ssespec_reports::diagnosis::symptom::{Kind, Symptom};
use ssespec_reports::diagnosis::table::Failures;
use ssespec_reports::results::{CaseResult, Delivery, Known, Results, Role, Verdict};
use ssespec_reports::terminal::{self, Style};
use ssespec_reports::{junit, markdown};

use crate::files::results;

/// A failure as a mistake of the built-in table causes it.
fn failing(like: &CaseResult, case: &str, symptom: Symptom, known: bool) -> CaseResult {
    let mut result = like.clone();
    result.case = case.into();
    result.title = format!("The claim of {case}");
    let failure = result.failure.as_mut().expect("a failure");
    failure.step = symptom.step;
    failure.observed = match symptom.kind {
        Kind::Event => "event data \"a\"".into(),
        _ => "nothing within 2s".into(),
    };
    result.known = known.then(|| Known { reason: "reported".into(), link: None, flaky: false });
    result
}

/// A run with the mistake `mark-kept`, one that nothing explains, and one in known failures only.
fn run() -> Results {
    run_with(&[("mark-kept", false), ("marks-all-removed", true)], &["client/own/case"])
}

/// A run with these mistakes, and whether their failures are known, and with failures of these cases that no mistake explains.
fn run_with(mistakes: &[(&str, bool)], own_cases: &[&str]) -> Results {
    let run = results("after");
    let like = run
        .results()
        .iter()
        .find(|result| result.verdict == Verdict::Fail && result.delivery == Delivery::AS_WRITTEN)
        .expect("a failure");
    let mut all = Vec::new();
    for (name, known) in mistakes {
        let table = Table::of(Role::Client);
        let mistake = table.mistakes.iter().find(|mistake| mistake.name == *name).expect("a mistake");
        for (case, failures) in &mistake.failures {
            if let Failures::All(symptom) = failures {
                all.push(failing(like, case, *symptom, *known));
            }
        }
    }
    let own = Symptom { step: 1, kind: Kind::Other, observed: 0 };
    for (number, case) in own_cases.iter().enumerate() {
        let mut result = failing(like, case, own, false);
        result.requirements = vec![format!("own/requirement-{number}")];
        all.push(result);
    }
    Results::new("causes", run.header().clone(), all, run.footer().cloned())
}

#[test]
fn a_report_begins_with_causes() {
    let run = run();
    assert_snapshot!("terminal-causes", terminal::render(&run, Style::default()));
    let full = Style { failures: terminal::Failures::All, ..Style::default() };
    let all = terminal::render(&run, full);
    assert!(all.matches("✘ FAIL").count() > 10, "every case: {all}");
}

#[test]
fn a_run_with_many_failures_shows_the_first_in_full() {
    let mistakes = [("mark-kept", false), ("marks-all-removed", false)];
    let run = run_with(&mistakes, &["client/own/case", "client/own/other"]);
    let text = terminal::render(&run, Style::default());
    let (_, findings) = text.split_once("causes explain").expect("causes");
    assert_snapshot!("terminal-many-failures", findings);
    let full = Style { failures: terminal::Failures::All, ..Style::default() };
    let all = terminal::render(&run, full);
    assert_eq!(all.matches("data-appends.toml:6").count(), 15, "each failing case in full: {all}");
    assert_eq!(text.matches("data-appends.toml:6").count(), 1, "{text}");
}

/// A terminal of usual height shows so many lines three times.
const THREE_SCREENS: usize = 150;

#[test]
fn a_run_with_a_hundred_failures_fits_on_three_screens() {
    let mistakes = [
        "mark-kept",
        "retry-read-by-python",
        "second-colon-ends-value",
        "nul-removed",
        "value-trimmed",
        "type-lowercased",
        "loss-without-error",
        "retry-waits-for-empty-line",
    ];
    let own: Vec<String> = (0..24).map(|number| format!("client/own/case-{number}")).collect();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let run = run_with(&mistakes.map(|name| (name, false)), &own);
    let mut all = run.results().to_vec();
    // What a client that cannot be closed leaves behind.
    for number in 0..300 {
        let mut quiet = all[0].clone();
        (quiet.case, quiet.verdict, quiet.failure) = (format!("client/quiet/{number}"), Verdict::Pass, None);
        quiet.reason = Some("afterwards: the adapter did not answer `close` with `closed` within 5s".into());
        quiet.late = vec![format!("a request after the end of the session: GET \"/{number}/\"")];
        all.push(quiet);
    }
    let run = Results::new("many", run.header().clone(), all, run.footer().cloned());
    let text = terminal::render(&run, Style::default());
    let failing = run.results().iter().filter(|result| result.verdict == Verdict::Fail);
    let failing: std::collections::BTreeSet<&str> = failing.map(|result| result.case.as_str()).collect();
    assert!(failing.len() >= 100, "{} cases", failing.len());
    assert!(text.lines().count() <= THREE_SCREENS, "{} lines:\n{text}", text.lines().count());
    assert_snapshot!("terminal-a-hundred-failures", text);
}

#[test]
fn a_matrix_ends_with_causes() {
    let page = markdown::matrix(&[run()]).unwrap();
    let (_, causes) = page.split_once("## Causes").unwrap();
    assert_snapshot!("markdown-causes", causes);
}

#[test]
fn each_test_case_names_its_causes() {
    let xml = junit::junit(&run()).unwrap();
    let causes: Vec<&str> = xml.lines().filter(|line| line.contains("\"cause\"")).map(str::trim).collect();
    assert_snapshot!("junit-causes", causes.join("\n"));
}
