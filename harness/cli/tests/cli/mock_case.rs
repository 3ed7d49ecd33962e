//! `ssespec mock --case`: a case served by hand.

use serde_json::{Value, json};

use crate::Tests;
use crate::command::{Running, here, repository, ssespec, words};
use crate::http::{End, get};

pub(crate) const TESTS: Tests = &[
    ("a_drop_and_a_resume", a_drop_and_a_resume),
    ("as_json", as_json),
    ("again_at_the_same_url", again_at_the_same_url),
    ("a_case_of_a_folder", a_case_of_a_folder),
    ("a_client_that_is_closed_manually", a_client_that_is_closed_manually),
    ("a_request_that_should_not_come", a_request_that_should_not_come),
    ("what_browsers_ask_for_beside", what_browsers_ask_for_beside),
    ("a_request_with_another_id", a_request_with_another_id),
    ("a_client_that_never_comes", a_client_that_never_comes),
    ("a_second_origin", a_second_origin),
    ("no_such_case", no_such_case),
    ("options_that_do_not_go_together", options_that_do_not_go_together),
];

fn resumes(options: &str) -> Running {
    let line = format!("mock --cases cases --case client/demo/resumes {options}");
    ssespec(words(&line)).start()
}

/// The URL in the first line.
#[track_caller]
fn url(running: &Running) -> String {
    let url = running.line();
    assert!(url.starts_with("http://127.0.0.1:") && url.ends_with('/'), "{url}");
    url
}

/// Plays the client's part.
pub(crate) fn play(url: &str) {
    let mut first = get(url, "");
    assert!(first.until("data: first").starts_with("HTTP/1.1 200 OK\r\n"));
    let (text, end) = first.end();
    assert!(!text.contains("second") && end == End::Reset, "{end:?} after {text}");
    let mut second = get(url, "last-event-id: 1\r\n");
    second.until("data: second\n\n\r\n");
}

fn a_drop_and_a_resume() {
    let running = resumes("--once");
    play(&url(&running));
    let lines = running.rest();
    // How long the client took is its own matter.
    let delay = |line: &str| {
        line.split(" ms after").next().unwrap().trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
    };
    let (left, lines): (Vec<&String>, Vec<&String>) =
        lines.iter().partition(|line| line.starts_with("left "));
    let lines: Vec<String> = lines.iter().map(|line| delay(line)).collect();
    assert_eq!(
        left,
        ["left     The client left the connection (FIN)."],
        "the second one; the first was dropped"
    );
    assert_eq!(
        lines,
        [
            "client   The client connects.",
            "expect   a request",
            "request  GET \"/\"",
            "server   The server answers 200 with an event stream.",
            "server   The server sends \"retry: 20\\nid: 1\\ndata: first\\n\\n\".",
            "expect   event data \"first\"",
            "server   The server sends \"id: 2\\ndata: ha\".",
            "server   The server resets the connection (RST).",
            "expect   a request, with last-event-id: \"1\"",
            "request  GET \"/\", last-event-id: \"1\", ",
            "server   The server answers 200 with an event stream.",
            "server   The server sends \"id: 2\\ndata: second\\n\\n\".",
            "expect   event data \"second\"",
            "over     The case is over.",
        ]
    );
    assert_eq!(running.ends(0), "");
}

fn as_json() {
    let running = resumes("--once --format json");
    let first: Value = serde_json::from_str(&running.line()).unwrap();
    play(first["listening"].as_str().unwrap());
    let lines: Vec<Value> = running.rest().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({ "client": "The client connects." }));
    assert_eq!(lines[1], json!({ "expect": "a request" }));
    assert_eq!(lines[2], json!({ "request": "GET \"/\"" }));
    assert_eq!(lines[lines.len() - 1], json!({ "over": "The case is over." }));
    running.ends(0);
}

fn again_at_the_same_url() {
    let running = resumes("");
    let url = url(&running);
    for _ in 0..3 {
        play(&url);
        let lines = running.lines_to("over ");
        assert!(lines.iter().all(|line| !line.starts_with("listening")), "{lines:?}");
        assert_eq!(lines.iter().filter(|line| line.starts_with("request ")).count(), 2, "{lines:?}");
    }
}

fn a_case_of_a_folder() {
    let cases = here().join("cases");
    let running = ssespec(words("mock --case client/demo/shows-an-event --once --cases"))
        .args([&cases])
        .folder(&repository())
        .start();
    get(&url(&running), "").until("data: a\n");
    running.lines_to("over ");
    running.ends(0);
}

/// A person takes time to close the client: the case continues once it has disconnected.
fn a_client_that_is_closed_manually() {
    let running = ssespec(words("mock --case client/close/while-open --once")).start();
    let mut client = get(&url(&running), "");
    running.lines_to("client   The client calls close().");
    client.until("data: a\n\n\r\n");
    drop(client);
    let rest = running.rest();
    assert_eq!(
        rest,
        [
            "left     The client left the connection (FIN).",
            "expect   the client leaves the connection",
            "over     The case is over.",
        ]
    );
    running.ends(0);
}

fn a_request_that_should_not_come() {
    let running = ssespec(words("mock --case client/close/is-for-good --once")).start();
    let url = url(&running);
    let mut client = get(&url, "");
    client.until("data: a\n\n\r\n");
    drop(client);
    running.lines_to("expect   no request for ");
    let _again = get(&url, "last-event-id: 7\r\n");
    let lines = running.lines_to("over ");
    assert_eq!(
        lines[0],
        "wrong    a request came: GET \"/\", last-event-id: \"7\"; it starts the case again"
    );
    running.ends(1);
}

fn what_browsers_ask_for_beside() {
    let running = resumes("--once");
    let url = url(&running);
    assert!(get(&format!("{url}favicon.ico"), "").until("\r\n\r\n").starts_with("HTTP/1.1 404 "));
    play(&url);
    assert!(!running.rest().iter().any(|line| line.contains("favicon")));
    running.ends(0);
}

/// The case asks for 1 and gets 2.
fn a_request_with_another_id() {
    let running = resumes("--once");
    let url = url(&running);
    get(&url, "").end();
    get(&url, "last-event-id: 2\r\n").until("data: second\n\n\r\n");
    let lines = running.rest();
    let wrong: Vec<&String> = lines.iter().filter(|line| line.starts_with("wrong ")).collect();
    assert_eq!(
        wrong,
        ["wrong    expected a request, with last-event-id: \"1\"; its last-event-id was \"2\""]
    );
    let stderr = running.ends(1);
    assert!(stderr.contains("the client did not do what client/demo/resumes expects"), "{stderr}");
}

fn a_client_that_never_comes() {
    let running = resumes("--once --timeout 200ms");
    assert!(running.ends(1).contains("client/demo/resumes was not over in time"));
}

fn a_second_origin() {
    let running = ssespec(words("mock --case client/redirects/origin-is-that-of-the-target --once")).start();
    let answer = get(&url(&running), "").until("\r\n\r\n");
    let location = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().to_owned();
    get(&location, "").until("data: ");
    let lines = running.lines_to("over ");
    assert!(
        lines.iter().any(|line| line.starts_with("request  GET \"/") && line.contains("at the other origin")),
        "{lines:?}"
    );
    running.ends(0);
}

fn no_such_case() {
    let printed = ssespec(words("mock --case client/close/while-opn")).ends(2);
    printed.says(&["no case client/close/while-opn; did you mean client/close/while-open?"]);
    ssespec(words("mock --case client/x --cases no-such-folder"))
        .ends(2)
        .says(&["no-such-folder: no such folder"]);
}

fn options_that_do_not_go_together() {
    ssespec(["mock"]).ends(2).says(&["required", "<FILE>"]);
    ssespec(words("mock s.toml --case client/x")).ends(2).says(&["cannot be used with"]);
    ssespec(words("mock --preset openai-chat s.toml")).ends(2).says(&["cannot be used with"]);
    ssespec(words("mock s.toml --timeout 1s")).ends(2).says(&["required", "--once"]);
    ssespec(words("mock s.toml --once --timeout 1h")).ends(2).says(&["expected a time like 500ms"]);
    ssespec(words("mock s.toml --cases d"))
        .ends(2)
        .says(&["'[FILE]...' cannot be used with '--cases <DIR>'"]);
    ssespec(words("mock --once")).ends(2).says(&["required", "<FILE|--preset <NAME>|--case <ID>>"]);
}
