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
    let run = results("after");
    let like = run
        .results()
        .iter()
        .find(|result| result.verdict == Verdict::Fail && result.delivery == Delivery::AsWritten)
        .expect("a failure");
    let mut all = Vec::new();
    for (name, known) in [("mark-kept", false), ("marks-all-removed", true)] {
        let table = Table::of(Role::Client);
        let mistake = table.mistakes.iter().find(|mistake| mistake.name == name).expect("a mistake");
        for (case, failures) in &mistake.failures {
            if let Failures::All(symptom) = failures {
                all.push(failing(like, case, *symptom, known));
            }
        }
    }
    let own = Symptom { step: 1, kind: Kind::Other, observed: 0 };
    all.push(failing(like, "client/own/case", own, false));
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
