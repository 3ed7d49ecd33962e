use super::*;
use crate::sample::server_script;
use crate::server::words;

/// What is played, in words; what is implied in brackets.
fn played(steps: &str) -> Vec<String> {
    let word = |played: Played<ServerStep>| match (words::step(&played.kind), played.written) {
        (words, Some(_)) => words,
        (words, None) => format!("({words})"),
    };
    expand(&server_script(steps)).into_iter().map(word).collect()
}

const OPENED: [&str; 2] = [
    "(A client sends a GET request.)",
    "(Expected next: a response 200, with content-type: \"text/event-stream\".)",
];

#[test]
fn a_stream_is_opened_first_and_what_is_emitted_is_taken() {
    let all = played("{ emit = { data = \"a\" } }, { expect-event = { data = \"a\" } }");
    let rest = [
        "The server is asked to send an event with data \"a\".",
        "(Expected next: emitted: the server accepts it.)",
        "Expected next: event data \"a\".",
    ];
    assert_eq!(all, [&OPENED[..], &rest].concat());
    assert_eq!(played("\"end\""), [&OPENED[..], &["The server is asked to end its streams."]].concat());
}

#[test]
fn what_is_said_of_a_response_or_an_answer_is_not_implied() {
    let all = played("\"request\", { expect-response = { status = 204 } }");
    assert_eq!(all, ["A client sends a GET request.", "Expected next: a response 204."]);
    let all =
        played("\"request\", { expect-one-of = [{ expect-response = { status = 204 } }, \"expect-end\"] }");
    assert_eq!(all.len(), 2, "{all:?}");
    let all = played("{ emit = { data = \"a\" } }, \"expect-refused\"");
    assert_eq!(all.len(), 4, "{all:?}");
    // The response to another request says nothing of this one.
    let all = played("{ request = { stream = \"b\" } }, { expect-connected = {} }");
    assert_eq!(all.len(), 3, "{all:?}");
}

#[test]
fn an_unread_stream_is_answered_when_it_is_read() {
    let all = played(
        "\"request\", { request = { stream = \"b\", reading = false } }, { wait = \"1ms\" }, { read = \"b\" }",
    );
    let response =
        "(Expected next: a response 200, with content-type: \"text/event-stream\" on the stream \"b\".)";
    assert_eq!(all.last().map(String::as_str), Some(response));
    assert_eq!(all.iter().filter(|step| step.starts_with('(')).count(), 2, "{all:?}");
}

#[test]
fn an_alternative_that_says_nothing_of_the_answer_begins_with_its_being_taken() {
    let all = played(
        "{ emit = { data = \"a\" } }, { expect-one-of = [\"expect-refused\", [{ expect-event = { data = \"a\" } }]] }",
    );
    let last = "Expected next: one of: refused: the server rejects it; or emitted: the server accepts it, then \
                event data \"a\".";
    assert_eq!(all.last().map(String::as_str), Some(last));
    // Alternatives that do not ask what became of it leave it implied before them.
    let all = played(
        "{ emit = { data = \"a\" } }, { expect-one-of = [\"expect-end\", [{ expect-event = { data = \"a\" } }]] }",
    );
    assert_eq!(all.iter().filter(|step| step.contains("emitted")).count(), 1, "{all:?}");
    assert!(all[3].starts_with("(Expected next: emitted"), "{all:?}");
}

#[test]
fn the_longest_data_is_known() {
    let steps = "{ emit = { data = \"ab\" } }, { emit = { data-repeat = { text = \"xy\", times = 4 } } }, \
                 { expect-one-of = [{ expect-event = { data = \"abc\" } }, \"expect-end\"] }, \"end\"";
    let lengths: Vec<u64> = server_script(steps).iter().map(|step| step.kind.longest_data()).collect();
    assert_eq!(lengths, [2, 8, 3, 0]);
}
