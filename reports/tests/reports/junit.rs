//! JUnit XML, read back by the reader of the same crate.

use insta::assert_snapshot;
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use ssespec_reports::{
    fold::Outcome,
    junit::{junit, report},
};

use crate::files::{ALL, results};

#[test]
fn what_is_written_is_read_back() {
    for name in ALL {
        let run = results(name);
        let xml = junit(&run).unwrap();
        let (read, written) = (Report::deserialize_from_str(&xml).unwrap(), report(&run));
        let (read, written) = (format!("{read:#?}"), format!("{written:#?}"));
        let difference = read.lines().zip(written.lines()).find(|(read, written)| read != written);
        assert_eq!(difference, None, "{name}");
    }
}

#[test]
fn the_text() {
    for name in ["verdicts", "incomplete", "hostile", "empty"] {
        assert_snapshot!(format!("junit-{name}"), junit(&results(name)).unwrap());
    }
}

#[test]
fn each_outcome_has_its_status() {
    let run = results("verdicts");
    let report = report(&run);
    for result in run.results() {
        let name = format!("{}@{}", result.case, result.delivery);
        let case =
            report.test_suites.iter().flat_map(|suite| &suite.test_cases).find(|case| *case.name == name);
        let status = &case.unwrap().status;
        let fits = match Outcome::of(result) {
            Outcome::Pass | Outcome::Warn | Outcome::Info => matches!(status, TestCaseStatus::Success { .. }),
            Outcome::Skip | Outcome::Known => {
                matches!(status, TestCaseStatus::Skipped { message: Some(_), .. })
            }
            Outcome::Fail => {
                matches!(status, TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, ty: Some(level), .. }
                    if **level == *result.level.as_str())
            }
            Outcome::Error => {
                matches!(status, TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, .. })
            }
        };
        assert!(fits, "{name}: {status:?}");
    }
}

#[test]
fn an_incomplete_run_is_not_green() {
    assert_eq!(report(&results("all-pass")).errors, 0);
    assert_eq!(report(&results("incomplete")).errors, 1);
}
