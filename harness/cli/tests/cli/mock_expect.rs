//! `ssespec mock` with scenarios that expect something, change, or are built in.

use serde_json::Value;

use crate::Tests;
use crate::command::{Running, ssespec, words};
use crate::http::get;
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("once_with_a_client_that_resumes", once_with_a_client_that_resumes),
    ("once_with_a_client_that_forgets", once_with_a_client_that_forgets),
    ("once_without_a_client", once_without_a_client),
    #[cfg(unix)]
    ("verify_on_a_signal", verify_on_a_signal),
    ("only_the_url", only_the_url),
    ("changes_are_served", changes_are_served),
    ("mistakes_are_not_served", mistakes_are_not_served),
    ("presets", presets),
    ("the_journal_fits_its_schema", the_journal_fits_its_schema),
];

const RESUMES: &str = r#"
[[route]]
path = "/stream"

[[route.connection]]
steps = [{ send = "id: 1\ndata: a\n\n" }, { drop = "fin" }]

[[route.connection]]
steps = [{ expect-request = { last-event-id = "1" } }, { send = "data: b\n\n" }, "end"]
"#;

fn start(text: &str, options: &str) -> (TestFolder, Running) {
    let folder = TestFolder::new();
    let file = folder.file("s.toml", text);
    let running = ssespec(["mock"]).args([&file]).args(words(options)).start();
    (folder, running)
}

/// Plays a client that sends this field when it returns.
fn play(running: &Running, resume: &str) {
    let stream = format!("{}stream", running.line());
    get(&stream, "").end();
    get(&stream, resume).until("0\r\n\r\n");
}

fn once_with_a_client_that_resumes() {
    let (_folder, running) = start(RESUMES, "--once");
    play(&running, "last-event-id: 1\r\n");
    let lines = running.rest();
    assert!(
        lines.iter().any(|line| line.ends_with("as expected: a request, last-event-id \"1\"")),
        "{lines:?}"
    );
    running.ends(0);
}

fn once_with_a_client_that_forgets() {
    let (_folder, running) = start(RESUMES, "--once");
    play(&running, "last-event-id: 2\r\n");
    let stderr = running.ends(1);
    let expected = "error: /stream, connection 2: expected a request, last-event-id \"1\"; GET /stream came with \
                    last-event-id: expected \"1\", was \"2\"\nthe requests that came:\n  GET /stream\n  GET /stream, \
                    last-event-id \"2\"\n";
    assert!(stderr.ends_with(expected), "{stderr}");
}

fn once_without_a_client() {
    let (_folder, running) = start(RESUMES, "--once --timeout 100ms");
    let stderr = running.ends(1);
    let expected = "connection 2 of /stream was never requested; it expects a request, last-event-id \"1\"\nno request \
                    came\n";
    assert!(stderr.ends_with(expected), "{stderr}");
    let (_folder, running) =
        start("[[route]]\npath = \"/a\"\n[[route.connection]]\nsteps = []\n", "--once --timeout 100ms");
    assert!(running.ends(1).contains("not every script was over after 100ms; no request came"));
}

#[cfg(unix)]
fn verify_on_a_signal() {
    for (resume, status) in [("last-event-id: 1\r\n", 0), ("", 1)] {
        let (_folder, running) = start(RESUMES, "--verify");
        play(&running, resume);
        crate::interrupt::send(&running, "TERM");
        running.ends(status);
    }
}

fn only_the_url() {
    let (_folder, running) = start(RESUMES, "--once --print-url");
    let url = running.line();
    get(&format!("{url}stream"), "").end();
    get(&format!("{url}stream"), "last-event-id: 1\r\n").until("0\r\n\r\n");
    assert!(running.rest().is_empty());
    let stderr = running.ends(0);
    assert!(stderr.contains(&format!("ready: {url}\n")) && stderr.contains("as expected"), "{stderr}");
}

fn answers(body: &str) -> String {
    format!(
        "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [{{ respond = {{ body = \"{body}\" }} }}]\n"
    )
}

fn changes_are_served() {
    let (folder, running) = start(&answers("one"), "");
    let url = running.line();
    get(&url, "").until("one");
    folder.file("s.toml", &answers("other"));
    running.lines_to("replaced");
    get(&url, "").until("other");
}

fn mistakes_are_not_served() {
    let (folder, running) = start(&answers("one"), "--once --timeout 10s");
    let url = running.line();
    folder.file("s.toml", "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [{ sned = \"\" }]\n");
    // Longer than files are left unobserved.
    std::thread::sleep(std::time::Duration::from_millis(1200));
    get(&url, "").until("one");
    let stderr = running.ends(0);
    assert!(
        stderr.contains("s.toml:4:12") && stderr.contains("the server keeps the previous scenarios"),
        "{stderr}"
    );
}

fn presets() {
    let list = ssespec(words("mock --presets")).ends(0).stdout;
    assert!(list.contains("\nopenai-chat/rate-limited ") && list.contains(" 429 with Retry-After"), "{list}");
    let shown = ssespec(words("mock --preset openai-chat --show")).ends(0).stdout;
    assert!(shown.contains("\ntitle = \"") && shown.contains("[DONE]"));
    let running = ssespec(words("mock --preset anthropic-messages/overloaded")).start();
    let answer = get(&format!("{}v1/messages", running.line()), "");
    drop(answer);
    ssespec(words("mock --preset openai-chatt"))
        .ends(2)
        .says(&["no preset openai-chatt; did you mean openai-chat?"]);
    ssespec(words("mock --show s.toml")).ends(2).says(&["cannot be used with"]);
}

fn the_journal_fits_its_schema() {
    let schema: Value = ssespec(words("schema journal")).ends(0).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (_folder, running) = start(RESUMES, "--once --format json");
    let listening: Value = serde_json::from_str(&running.line()).unwrap();
    let stream = format!("{}stream", listening["listening"].as_str().unwrap());
    get(&stream, "X-Upper: a\r\n").end();
    get(&stream, "last-event-id: 7\r\n").until("0\r\n\r\n");
    let lines: Vec<Value> = running.rest().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        let errors: Vec<String> = validator.iter_errors(line).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{line}: {errors:?}");
    }
    let of = |what: &str| lines.iter().filter(|line| line["what"] == what).collect::<Vec<_>>();
    assert!(of("request")[0]["headers"].as_array().unwrap().contains(&serde_json::json!(["x-upper", "a"])));
    assert!(of("sent").iter().any(|line| line["text"] == "id: 1\ndata: a\n\n" && line["length"] == 15));
    assert_eq!(of("unmet")[0]["expectation"], "a request, last-event-id \"1\"");
    running.ends(1);
}
