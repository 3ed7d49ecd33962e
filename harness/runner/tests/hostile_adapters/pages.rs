//! A page, the only adapter that can run scripts, and how the harness handles its answers.

use insta::assert_snapshot;

use crate::Tests;
use crate::scenario::Scenario;

pub(crate) const TESTS: Tests = &[
    ("scripts-and-reports", scripts_and_reports),
    ("variables", variables),
    ("other-values", other_values),
    ("other-exceptions", other_exceptions),
    ("other-reports", other_reports),
    ("reports-nobody-expects", reports_nobody_expects),
    ("scripts-that-throw", scripts_that_throw),
    ("scripts-without-an-answer", scripts_without_an_answer),
    ("scripts-of-a-session-that-is-over", scripts_of_a_session_that_is_over),
    ("constructors-that-throw", constructors_that_throw),
    ("constructors-that-throw-something-else", constructors_that_throw_something_else),
];

/// What comes of these steps.
fn played(steps: &str) -> String {
    let text = Scenario::of("page").playing(steps).play().text();
    text.split("2-next").next().unwrap().to_owned()
}

fn scripts_and_reports() {
    let steps = r#"
        { enter = "window" },
        { run = "report a b" },
        { run = "report " },
        { expect-report = "a b" },
        { expect-value = { of = "text x", is = "x" } },
        { expect-value = { of = "throw TypeError", is = "throws TypeError" } },
        { expect-report = "" },
    "#;
    assert_snapshot!(played(steps), @"1-trigger: pass");
}

fn variables() {
    let steps = r#"
        { enter = "shared-worker" },
        { expect-value = { of = "place in", is = "shared-worker" } },
        { expect-value = { of = "place base", is = "{base}" } },
        { expect-value = { of = "place other", is = "{other}" } },
        { expect-value = { of = "place base", is = "{origin}/3/" } },
    "#;
    assert_snapshot!(played(steps), @"1-trigger: pass");
}

fn other_values() {
    assert_snapshot!(played(r#"{ enter = "window" }, { expect-value = { of = "text 1", is = "2" } }"#), @r#"
    1-trigger: fail at step 2: the value "1"
      expected: `text 1` is "2"
    "#);
}

fn other_exceptions() {
    let steps =
        r#"{ enter = "window" }, { expect-value = { of = "throw TypeError", is = "throws SyntaxError" } }"#;
    assert_snapshot!(played(steps), @r#"
    1-trigger: fail at step 2: it throws "TypeError" ("on purpose")
      expected: `throw TypeError` throws SyntaxError
    "#);
}

fn other_reports() {
    assert_snapshot!(played(r#"{ enter = "window" }, { run = "report a" }, { expect-report = "b" }"#), @r#"
    1-trigger: fail at step 3: the report "a"
      expected: the report "b"
    "#);
}

fn reports_nobody_expects() {
    assert_snapshot!(played(r#"{ enter = "window" }, { run = "report a" }"#), @r#"
    1-trigger: fail at step 0: the report "a"
      expected: no more reports
    "#);
}

fn scripts_that_throw() {
    assert_snapshot!(played(r#"{ enter = "window" }, { run = "throw TypeError" }"#), @r#"
    1-trigger: fail at step 2: it throws "TypeError" ("on purpose")
      expected: the script completes
    "#);
}

fn scripts_without_an_answer() {
    assert_snapshot!(played(r#"{ enter = "window" }, { run = "say nothing" }"#), @r#"
    1-trigger: fail at step 2: nothing within 2s
      expected: the script completes
    "#);
}

fn scripts_of_a_session_that_is_over() {
    assert_snapshot!(played(r#"{ enter = "window" }, { run = "leave now" }"#), @r#"
    1-trigger: fail at step 2: closed: the client has stopped
      expected: the script completes
    "#);
}

fn constructors_that_throw() {
    assert_snapshot!(played(r#"{ connect = { url = "throw" } }, { expect-exception = "SyntaxError" }"#), @"1-trigger: pass");
}

fn constructors_that_throw_something_else() {
    assert_snapshot!(played(r#"{ connect = { url = "throw" } }, { expect-exception = "TypeError" }"#), @r#"
    1-trigger: fail at step 2: the constructor throws "SyntaxError" ("throw")
      expected: the constructor throws TypeError
    "#);
}
