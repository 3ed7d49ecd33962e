use super::*;
use crate::sample::client_script;

/// The words for one step.
#[track_caller]
fn words(text: &str) -> String {
    step(&client_script(text)[0].kind)
}

#[test]
fn actions_of_the_server() {
    for (text, expected) in [
        ("{ send = \"data: a\\r\\n\\u0000\\uFEFF\" }", "The server sends \"data: a\\r\\n\\0\\u{feff}\"."),
        ("{ send-hex = \"ff 00\" }", "The server sends the bytes ff 00."),
        ("{ send-hex = \"61\" }", "The server sends \"a\"."),
        ("{ send-repeat = { text = \"x\", times = 9 } }", "The server sends \"x\", 9 times."),
        ("{ send-repeat = { hex = \"ff\", times = 9 } }", "The server sends the bytes ff, 9 times."),
        ("{ wait = \"1500ms\" }", "The server waits for 1s 500ms."),
        ("\"end\"", "The server ends the body."),
        ("{ drop = \"fin\" }", "The server closes the connection without ending the body (FIN)."),
        ("{ drop = \"reset\" }", "The server resets the connection (RST)."),
        ("{ refuse = \"2s\" }", "The server refuses new connections for 2s."),
        ("{ raw = \"HTTP\\r\\n\" }", "The server writes \"HTTP\\r\\n\" instead of a response."),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn responses() {
    for (text, expected) in [
        ("\"respond\"", "The server answers 200 with an event stream."),
        ("{ respond = { status = 204 } }", "The server answers 204."),
        ("{ respond = { headers = {} } }", "The server answers 200 without header fields."),
        (
            "{ respond = { headers = { a = \"b\\t\\\"\", c = [\"d\", \"e\"] } } }",
            "The server answers 200 with a: b\\t\", c: d, c: e.",
        ),
        (
            "{ respond = { body = \"a\\n\" } }",
            "The server answers 200 with an event stream, and the complete body \"a\\n\".",
        ),
        (
            "{ respond = { framing = \"close\" } }",
            "The server answers 200 with an event stream, delimited by the end of the connection.",
        ),
        (
            "{ respond = { framing = \"length\", length = 9 } }",
            "The server answers 200 with an event stream, 9 bytes long.",
        ),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn what_the_client_is_told() {
    for (text, expected) in [
        ("\"connect\"", "The client connects."),
        ("{ connect = { userinfo = \"a:b\" } }", "The client connects with \"a:b\" in the URL."),
        ("\"close\"", "The client calls close()."),
        (
            "{ connect = { headers = { a = \"b\" }, last-event-id = \"1\", method = \"POST\", body = \"c\", with-credentials = true, close-in = \"opened\" } }",
            "The client connects with the header field a: b, the last event ID \"1\", the method POST, the body \
             \"c\", credentials for other origins, and closes in its open handler.",
        ),
        (
            "{ connect = { close-in = \"event\" } }",
            "The client connects, and closes in its first event handler.",
        ),
        ("{ connect = { close-in = \"error\" } }", "The client connects, and closes in its error handler."),
        (
            "{ connect = { url = \"{base}a\", in = \"shared-worker\" } }",
            "The client connects in a shared worker with the URL \"{base}a\".",
        ),
        (
            "{ connect = { in = \"iframe\", close-in = \"event\" } }",
            "The client connects using the constructor of an iframe, and closes in its first event handler.",
        ),
        ("{ enter = \"window\" }", "The session starts without an EventSource; scripts run in the window."),
        (
            "{ enter = \"dedicated-worker\" }",
            "The session starts without an EventSource; scripts run in a dedicated worker.",
        ),
        (
            "{ enter = \"shared-worker\" }",
            "The session starts without an EventSource; scripts run in a shared worker.",
        ),
        (
            "{ enter = \"iframe\" }",
            "The session starts without an EventSource; scripts run in the window, for an iframe.",
        ),
        ("{ run = \"a()\\nb()\" }", "This script runs: a()\\nb()"),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn observations() {
    for (text, expected) in [
        ("\"expect-request\"", "a request"),
        ("{ expect-request = { method = \"POST\", path = \"a\" } }", "a POST request for \"a\""),
        ("{ expect-request = { method = \"POST\" } }", "a POST request"),
        (
            "{ expect-request = { headers = { accept = [\"a/b\", \"c/d\"] } } }",
            "a request, with accept listing \"a/b\" and \"c/d\"",
        ),
        (
            "{ expect-request = { path = \"\", origin = \"other\", headers = { a = \"1\", b = true, c = false }, body = \"d\", after = \"300ms\" } }",
            "a request for \"\", at the other origin, with a: \"1\", with b, without c, with the body \"d\", at least \
             300ms after the end",
        ),
        ("{ expect-no-request = \"900ms\" }", "no request for 900ms"),
        ("\"expect-disconnect\"", "the client leaves the connection"),
        ("\"expect-opened\"", "opened"),
        ("{ expect-opened = { state = \"open\" } }", "opened while open"),
        ("{ expect-report = \"a\\n\" }", "the report \"a\\n\""),
        ("{ expect-value = { of = \"source.url\", is = \"a\" } }", "`source.url` is \"a\""),
        ("{ expect-value = { of = \"f()\", is = \"throws TypeError\" } }", "`f()` throws TypeError"),
        ("{ expect-exception = \"SyntaxError\" }", "the constructor throws SyntaxError"),
        ("\"expect-event\"", "an event"),
        (
            "{ expect-event = { type = \"a\", data = \"b\\nc\", id = \"\", origin = \"base\" } }",
            "event type \"a\", data \"b\\nc\", id \"\", the origin base",
        ),
        ("{ expect-event = { data-repeat = { text = \"x\", times = 9 } } }", "event data 9 times \"x\""),
        ("{ expect-event = { data = \"a\", times = 9 } }", "9 times event data \"a\""),
        (
            "{ expect-attempts = { at-most = 9, for = \"500ms\" } }",
            "at most 9 attempts to connect in 500ms, each request answered with a reset",
        ),
        (
            "{ expect-attempts = { at-most = 9, for = \"2s\", answer = \"unavailable\" } }",
            "at most 9 attempts to connect in 2s, each request answered with 503",
        ),
        ("\"expect-comment\"", "a comment"),
        ("{ expect-comment = { text = \" a\" } }", "comment \" a\""),
        ("\"expect-error\"", "an error"),
        ("{ expect-error = { state = \"closed\" } }", "an error while closed"),
        ("{ expect-state = \"open\" }", "state open"),
        ("\"expect-closed\"", "closed: the client has stopped"),
        (
            "{ expect-one-of = [\"expect-closed\", [\"expect-error\", \"expect-request\"]] }",
            "one of: closed: the client has stopped; or an error, then a request",
        ),
    ] {
        assert_eq!(words(text), format!("Expected next: {expected}."), "{text}");
    }
}

#[test]
fn what_is_measured() {
    for (text, expected) in [
        ("{ measure = 4 }", "A span of work of relative size 4 begins."),
        (
            "{ expect-growth = { time = \"linear\", memory = \"flat\" } }",
            "Expected over the spans: time that grows in proportion to the work, and memory that does not grow.",
        ),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn facts() {
    for (of, expected) in [
        ("of = \"delay\"", "the time from the end of the response to the last request"),
        ("of = \"target\"", "the target of the last request"),
        ("of = \"header\", header = \"accept\"", "the header field accept of the last request"),
        ("of = \"alternative\"", "the alternative that happened"),
    ] {
        assert_eq!(
            words(&format!("{{ record = {{ fact = \"f\", {of} }} }}")),
            format!("Recorded as \"f\": {expected}.")
        );
    }
}
