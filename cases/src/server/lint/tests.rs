use ssespec_diagnostics::Source;

use super::*;
use crate::sample::server_script;

/// The messages about the script of a case with these steps.
fn reported(steps: &str) -> Vec<String> {
    let mut findings = Findings::default();
    check(&server_script(steps), &mut findings);
    let found = findings.or(&Source::new("a", ""), Some(())).err();
    found.iter().flat_map(|reported| reported.list()).map(|finding| finding.message.clone()).collect()
}

#[test]
fn a_name_can_be_used_again_when_its_stream_may_be_over() {
    for between in [
        "{ hang-up = \"fin\" }",
        "\"end\"",
        "\"expect-end\"",
        "{ expect-one-of = [\"expect-end\", { expect-event = {} }] }",
        "{ expect-response = { status = 204 } }",
    ] {
        assert_eq!(reported(&format!("\"request\", {between}, \"request\"")), [""; 0], "{between}");
    }
    assert_eq!(
        reported("\"request\", { expect-event = {} }, \"request\""),
        ["the stream \"a\" is still open"]
    );
    assert_eq!(reported("{ wait = \"1ms\" }, \"request\""), ["the stream \"a\" is still open"]);
}

#[test]
fn a_stream_is_read_once_and_only_if_it_was_not() {
    let open = "{ request = { reading = false } }";
    assert_eq!(reported(&format!("{open}, {{ read = \"a\" }}, {{ expect-event = {{}} }}")), [""; 0]);
    assert_eq!(reported(&format!("{open}, {{ read = \"a\" }}, {{ read = \"a\" }}")).len(), 1);
    assert_eq!(
        reported(&format!("{open}, \"end\", {{ read = \"a\" }}, \"expect-end\", \"request\"")),
        [""; 0]
    );
    assert_eq!(reported(&format!("{open}, {{ expect-event = {{}} }}")), ["the stream \"a\" is not read"]);
}

#[test]
fn an_answer_follows_what_it_answers() {
    let one_of = "{ expect-one-of = [\"expect-refused\", \"expect-emitted\"] }";
    assert_eq!(reported(&format!("{{ emit = {{ data = \"a\" }} }}, {one_of}")), [""; 0]);
    assert_eq!(reported(&format!("\"end\", {one_of}")), ["nothing was emitted that this could answer"]);
}

#[test]
fn only_a_half_closed_stream_is_expected_to_be_disconnected() {
    let half_close = "{ hang-up = \"half-close\" }";
    assert_eq!(reported(&format!("\"request\", {half_close}, \"expect-disconnect\", \"request\"")), [""; 0]);
    assert_eq!(
        reported("\"request\", { hang-up = \"fin\" }, \"expect-disconnect\""),
        ["the stream \"a\" was not left by half-close"]
    );
    assert_eq!(
        reported(&format!("\"request\", {half_close}, {{ expect-event = {{}} }}")),
        ["nothing of the stream \"a\" is read after half-close"]
    );
    assert_eq!(
        reported(&format!("{{ request = {{ http = \"2\" }} }}, {half_close}")),
        ["an HTTP/2 connection carries other streams and is not half-closed"]
    );
}

#[test]
fn streams_share_a_connection_over_http_2() {
    let shared = "{ request = { http = \"2\", connection = \"shared\" } }";
    assert_eq!(reported(&format!("{shared}, {{ hang-up = \"reset\" }}, {shared}")), [""; 0]);
    assert_eq!(
        reported(&format!("{shared}, {{ hang-up = \"fin\" }}")),
        ["closing a connection ends all streams that share it"]
    );
    assert_eq!(
        reported("{ request = { connection = \"shared\" } }"),
        ["over HTTP/1.1, streams do not share a connection"]
    );
    assert_eq!(
        reported("{ request = { http = \"2\", connection = \"shared\", reading = false } }"),
        ["a connection that other streams share is always read"]
    );
}
