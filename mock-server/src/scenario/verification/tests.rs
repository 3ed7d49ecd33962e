use ssespec_diagnostics::Source;

use super::*;
use crate::scenario::format::read;

fn judge(text: &str) -> Judge {
    Judge::new(&read(&Source::new("test", text)).unwrap_or_else(|error| panic!("{error}")).routes)
}

const RESUMES: &str = "[[route]]\nmethod = \"GET\"\npath = \"/a\"\n[[route.connection]]\nsteps = [\"end\"]\n\
    [[route.connection]]\nsteps = [{ expect-request = { last-event-id = \"1\" } }, \"expect-disconnect\"]\n";

#[test]
fn a_script_that_expects_something_must_be_over() {
    let judge = judge(RESUMES);
    let missing = "connection 2 of GET /a was never requested; it expects a request, last-event-id \"1\"; a disconnect within 5s";
    assert_eq!(judge.verification().missing, [missing]);
    assert_eq!(judge.verification().to_string(), format!("{missing}\nno request came"));
    judge.request("GET /b".into());
    judge.begins(0, 1);
    assert!(!judge.is_done() && judge.verification().missing[0].contains("has not finished"));
    judge.verified(0, 1);
    assert!(!judge.is_done() && judge.verification().is_met());
    judge.finishes(0, 1);
    assert!(judge.is_done() && judge.verification().is_met());
    // The last script repeats; it has been verified once.
    judge.begins(0, 1);
    assert!(judge.is_done());
}

#[test]
fn a_failure_ends_it_and_they_are_limited() {
    let judge = judge(RESUMES);
    for number in 0..KEPT + 3 {
        judge.fails(number.to_string());
        judge.request("GET /b".into());
    }
    assert!(judge.is_done());
    let verification = judge.verification();
    assert_eq!((verification.failures.len(), verification.requests.len()), (KEPT + 1, KEPT));
    assert_eq!(verification.failures[KEPT], "and 3 more failures");
    assert!(verification.to_string().contains("the requests that came:\n  GET /b"));
}

#[test]
fn without_expectations_every_script_must_be_over() {
    let judge = judge(
        "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = []\n[[route.connection]]\nsteps = []\n",
    );
    judge.finishes(0, 0);
    assert!(!judge.is_done() && judge.verification().is_met());
    judge.finishes(0, 1);
    assert!(judge.is_done());
}
