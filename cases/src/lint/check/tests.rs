use std::ops::Range;

use ssespec_diagnostics::Source;

use super::*;
use crate::capability::Capability;
use crate::sample::{case, case_with, corpus, read};

/// The findings about cases, each as the text that it points at and the message.
fn reported(cases: &[Case]) -> Vec<(String, String)> {
    let list = check(cases, &corpus());
    let all =
        list.iter().flat_map(|reported| reported.list().iter().map(|finding| (reported.source(), finding)));
    all.map(|(source, finding)| (at(source, finding.span.clone()), finding.message.clone())).collect()
}

fn at(source: &Source, span: Range<usize>) -> String {
    source.text()[span].to_owned()
}

fn expected(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(place, message)| ((*place).to_owned(), (*message).to_owned())).collect()
}

/// The hints about a case.
fn hints(case: Case) -> Vec<String> {
    let list = check(&[case], &corpus());
    list.iter().flat_map(Diagnostics::list).filter_map(|finding| finding.hint.clone()).collect()
}

/// A case with this title line and these requirements.
fn claim(title: &str, requirements: &str) -> Case {
    read(
        "client/group/case",
        &format!("# whatwg/a\ntitle = {title}\nrequirements = {requirements}\nsteps = [\"connect\"]\n"),
    )
}

const SEND: &str = "{ send = \"retry: 20\\ndata: a\\n\\n\" }";

#[test]
fn a_sound_case_is_not_talked_about() {
    assert_eq!(reported(&[case(SEND), claim("\"Another\"", "[\"a/must\", \"a/must-too\"]")]), []);
}

#[test]
fn titles_are_not_empty() {
    for title in ["\"\"", "\" \"", "\"\\t\""] {
        assert_eq!(reported(&[claim(title, "[\"a/must\"]")]), expected(&[(title, "the title is empty")]));
    }
    // Two without a title do not share one.
    let two = [
        claim("\"\"", "[\"a/must\"]"),
        read("client/b", "title = \"\"\nrequirements = [\"a/must\"]\nsteps = [\"connect\"]"),
    ];
    assert!(reported(&two).iter().all(|(_, message)| message == "the title is empty"));
}

#[test]
fn no_two_cases_share_a_title() {
    let text = "title = \"A \\u006Cine\"\nrequirements = [\"a/must\"]\nsteps = [\"connect\"]";
    let two = [read("client/a", text), read("client/b", text), read("client/c", text)];
    let message = "two cases share this title";
    assert_eq!(reported(&two), expected(&[("\"A \\u006Cine\"", message), ("\"A \\u006Cine\"", message)]));
    // Also with one that is there already.
    let mut corpus = corpus();
    corpus.cases.insert("client/a".to_owned(), read("client/a", text));
    let list = check(&[read("client/b", text)], &corpus);
    assert_eq!(list[0].list()[0].label, "already the title of client/a");
    // But a case may be read again.
    assert!(check(&[read("client/a", text)], &corpus).is_empty());
}

#[test]
fn a_case_checks_requirements_that_are_there() {
    assert_eq!(reported(&[claim("\"A\"", "[]")]), expected(&[("[]", "a case must check a requirement")]));
    let unknown = claim("\"A whatwg/b a/mst\"", "[\"a/must\", \"a/mst\"]");
    assert_eq!(hints(unknown.clone()), ["did you mean \"a/must\"?"]);
    assert_eq!(reported(&[unknown]), expected(&[("\"a/mst\"", "unknown requirement \"a/mst\"")]));
    assert_eq!(reported(&[claim("\"A\"", "[\"c\", \"whatwg/d\"]")]).len(), 2);
}

#[test]
fn a_requirement_is_named_once() {
    let twice = claim("\"A\"", "[\"a/must\", \"a/must-too\", \"a/must\"]");
    assert_eq!(reported(&[twice]), expected(&[("\"a/must\"", "a requirement is listed twice")]));
}

#[test]
fn requirements_share_suite_and_level() {
    let message = "the requirements of a case must share suite and level";
    for (one, other) in
        [("a/must", "a/should"), ("a/must", "a/disputed"), ("a/must", "b/must"), ("a/may", "a/should")]
    {
        let case = claim("\"A\"", &format!("[\"{one}\", \"{other}\"]"));
        assert_eq!(reported(&[case]), expected(&[(&format!("\"{other}\""), message)]), "{one} {other}");
    }
    // What is disputed is judged as `may`.
    assert_eq!(reported(&[claim("\"A\"", "[\"a/may\", \"a/disputed\"]")]), []);
    // An unknown one does not lead.
    let case = claim("\"A\"", "[\"a/unheard-of\", \"a/should\", \"a/must\"]");
    assert_eq!(reported(&[case]).len(), 2);
}

#[test]
fn each_use_of_a_capability_is_asked_for() {
    let close = format!("{SEND}, \"close\"");
    for (step, needs) in [
        ("\"expect-opened\"", &["opened"][..]),
        ("{ expect-opened = { state = \"open\" } }", &["opened", "state"]),
        ("{ connect = { url = \"{base}\" } }", &["dom"]),
        ("{ connect = { in = \"iframe\" } }", &["dom"]),
        ("{ enter = \"window\" }", &["dom"]),
        ("{ run = \"source.close()\" }", &["dom"]),
        ("{ expect-report = \"a\" }", &["dom"]),
        ("{ expect-value = { of = \"1\", is = \"1\" } }", &["dom"]),
        ("{ connect = { url = \"//\" } }, { expect-exception = \"SyntaxError\" }", &["dom"]),
        ("\"expect-comment\"", &["comments"]),
        ("{ expect-comment = { text = \"a\" } }", &["comments"]),
        ("\"expect-error\"", &["errors"]),
        ("{ expect-error = { state = \"open\" } }", &["errors", "state"]),
        ("{ expect-state = \"open\" }", &["state"]),
        ("{ expect-event = { type = \"message\" } }", &["event-type"]),
        ("{ expect-event = { id = \"\" } }", &["event-id"]),
        ("{ expect-event = { origin = \"base\" } }", &["origin"]),
        (
            "{ expect-event = { type = \"a\", id = \"b\", origin = \"other\" } }",
            &["event-type", "event-id", "origin"],
        ),
        ("{ connect = { headers = { a = \"b\" } } }", &["headers"]),
        ("{ connect = { last-event-id = \"1\" } }", &["initial-last-event-id"]),
        ("{ connect = { method = \"POST\" } }", &["methods"]),
        ("{ connect = { body = \"a\" } }", &["methods"]),
        ("{ connect = { with-credentials = true } }", &["credentials"]),
        ("{ connect = { close-in = \"event\" } }", &["close"]),
        (close.as_str(), &["close"]),
        (
            "{ expect-one-of = [\"expect-opened\", [\"expect-closed\", \"expect-error\"]] }",
            &["opened", "errors"],
        ),
    ] {
        let messages: Vec<String> = reported(&[case(step)]).into_iter().map(|(_, message)| message).collect();
        let missing: Vec<String> =
            needs.iter().map(|name| format!("this step needs the capability \"{name}\"")).collect();
        assert_eq!(messages, missing, "{step}");
        let asked = format!("needs = {needs:?}");
        assert_eq!(reported(&[case_with(&asked, step)]), [], "{step}");
    }
}

#[test]
fn some_steps_need_nothing() {
    for step in [
        "\"connect\"",
        "{ connect = { headers = {}, last-event-id = \"\", body = \"\", with-credentials = false } }",
        "{ connect = { in = \"window\" } }",
        "{ expect-event = { data = \"a\" } }",
        "\"expect-event\"",
        "\"expect-closed\"",
        "\"expect-disconnect\"",
        "{ expect-no-request = \"6s\" }",
        "{ expect-request = { within = \"1s\" } }",
    ] {
        assert_eq!(reported(&[case(step)]), [], "{step}");
    }
}

#[test]
fn a_capability_is_missed_once_at_its_first_use() {
    let steps = "\"expect-opened\", { expect-event = { type = \"a\" } }, { expect-event = { type = \"b\" } }";
    let message = |name: &str| format!("this step needs the capability \"{name}\"");
    assert_eq!(
        reported(&[case(steps)]),
        expected(&[
            ("\"expect-opened\"", &message("opened")),
            ("{ expect-event = { type = \"a\" } }", &message("event-type")),
        ])
    );
}

#[test]
fn a_capability_that_is_asked_for_is_used() {
    // A case can be about what its steps do not show.
    let unseen = ["dom", "http2", "tls"];
    for name in Capability::CLIENT.iter().filter(|name| !unseen.contains(name)) {
        let asked = format!("needs = [\"{name}\"]");
        let message = format!("no step uses the capability \"{name}\"");
        assert_eq!(
            reported(&[case_with(&asked, SEND)]),
            expected(&[(&format!("\"{name}\""), &message)]),
            "{name}"
        );
    }
    for name in unseen {
        assert_eq!(reported(&[case_with(&format!("needs = [\"{name}\"]"), SEND)]), []);
    }
    let twice = case_with("needs = [\"errors\", \"errors\"]", "\"expect-error\"");
    assert_eq!(reported(&[twice]), expected(&[("\"errors\"", "a capability is listed twice")]));
}

#[test]
fn what_is_left_to_the_user_of_a_decoder_needs_a_request() {
    let message = "this step needs the capability \"requests\"";
    for step in [
        "{ respond = { status = 404 } }",
        "{ respond = { headers = { content-type = \"text/html\" }, body = \"\" } }",
        "{ raw = \"HTTP/1.1 204 No Content\\r\\n\\r\\n\" }",
        "{ expect-request = { headers = { last-event-id = false } } }",
        "{ expect-attempts = { at-most = 9, for = \"1s\", answer = \"redirected\" } }",
    ] {
        let alone = case(&format!("{step}, \"expect-closed\""));
        assert_eq!(reported(&[alone]), expected(&[(step, message)]), "{step}");
        let needed = case_with("needs = [\"requests\"]", &format!("{step}, \"expect-closed\""));
        assert_eq!(reported(&[needed]), [], "{step}");
    }
    let fact = "{ record = { fact = \"a\", of = \"target\" } }";
    assert_eq!(reported(&[case(fact), case_with("needs = [\"requests\"]", fact)]), []);
    let headers = "{ respond = { headers = { content-type = \"text/event-stream\", x = \"y\" } } }";
    assert_eq!(reported(&[case(&format!("{headers}, {SEND}"))]), []);
    let told = "{ connect = { method = \"POST\" } }, { expect-request = { method = \"POST\" } }";
    assert_eq!(reported(&[case_with("needs = [\"methods\"]", told)]), []);
    let redirected = format!("{told}, {{ respond = {{ status = 307, headers = {{ location = \"x\" }} }} }}");
    assert_eq!(
        reported(&[case_with("needs = [\"methods\"]", &redirected)]),
        expected(&[("{ respond = { status = 307, headers = { location = \"x\" } } }", message)])
    );
}

#[test]
fn an_attempt_does_not_fail_on_a_connection_that_was_used() {
    let message = "this attempt may fail on a connection that was used before";
    let case = |steps: &str| case_with("needs = [\"reconnect\"]", steps);
    let again = "\"end\", \"expect-request\"";
    let closes =
        "{ respond = { headers = { content-type = \"text/event-stream\", connection = \"close\" } } }";
    for (lost, after) in [
        ("{ drop = \"reset\" }", ""),
        ("{ drop = \"fin\" }", ", \"expect-request\""),
        ("{ raw = \"HTTP/1.1 2\" }", ", { drop = \"reset\" }"),
        ("{ raw = \"220 mail.example\\r\\n\\r\\n\" }", ", { drop = \"fin\" }"),
    ] {
        let reused = format!("{SEND}, {again}, {lost}{after}");
        assert_eq!(reported(&[case(&reused)]), expected(&[(lost, message)]), "{lost}");
        for fresh in [
            format!("{lost}{after}, \"expect-request\", {SEND}, {again}"),
            format!("{closes}, {SEND}, {again}, {lost}{after}"),
            format!("{{ respond = {{ framing = \"close\" }} }}, {SEND}, {again}, {lost}{after}"),
            format!("{SEND}, {{ drop = \"fin\" }}, \"expect-request\", {lost}{after}"),
        ] {
            assert_eq!(reported(&[case(&fresh)]), [], "{fresh}");
        }
    }
    let attempts = "{ expect-attempts = { at-most = 9, for = \"1s\", answer = \"reset\" } }";
    assert_eq!(
        reported(&[crate::sample::case(&format!("{SEND}, \"end\", {attempts}"))]),
        expected(&[(attempts, message)])
    );
    // A body that breaks off has begun, and is not sent for again by the client itself.
    assert_eq!(reported(&[case(&format!("{SEND}, {again}, {SEND}, {{ drop = \"reset\" }}"))]), []);
}

#[test]
fn windows_are_longer_than_the_delays_of_clients() {
    let minimum = "some clients wait 500 ms before they reconnect, whatever retry says";
    let case = |steps: &str| case_with("needs = [\"reconnect\"]", steps);
    for hidden in [
        "{ expect-request = { after = \"500ms\" } }",
        "{ expect-no-request = \"650ms\" }",
        "{ expect-one-of = [\"expect-request\", { expect-no-request = \"300ms\" }] }",
    ] {
        let steps = format!("{SEND}, \"end\", {hidden}");
        assert_eq!(reported(&[case(&steps)]), expected(&[(hidden, minimum)]), "{hidden}");
    }
    for shown in ["{ expect-request = { after = \"501ms\" } }", "{ expect-no-request = \"700ms\" }"] {
        assert_eq!(reported(&[case(&format!("{SEND}, \"end\", {shown}"))]), [], "{shown}");
    }
}

#[test]
fn the_windows_of_users_own_cases_are_theirs() {
    let steps = format!("{SEND}, \"end\", {{ expect-no-request = \"100ms\" }}");
    let cases = [case_with("needs = [\"reconnect\"]", &steps)];
    assert_eq!(check_with(&cases, &corpus(), Claims::Optional).len(), 0);
    assert_eq!(check_with(&cases, &corpus(), Claims::Required).len(), 1);
}

#[test]
fn without_a_retry_a_silence_is_longer_than_the_defaults_of_clients() {
    let message = "without a retry, some clients wait 5 s before they reconnect";
    let send = "{ send = \"data: a\\n\\n\" }";
    let attempts = "{ expect-attempts = { at-most = 9, for = \"2s\" } }";
    let silence = "{ expect-no-request = \"5s\" }";
    let (needs, isolated) = ("needs = [\"reconnect\"]", "");
    for (keys, hidden, retry_alone) in
        [(needs, silence, "{ send = \"retry: 9\\n\\n\" }"), (isolated, attempts, SEND)]
    {
        let steps = format!("{send}, {{ drop = \"reset\" }}, {hidden}");
        assert_eq!(reported(&[case_with(keys, &steps)]), expected(&[(hidden, message)]), "{hidden}");
        let told = format!("{retry_alone}, {steps}");
        assert_eq!(reported(&[case_with(keys, &told)]), [], "{told}");
    }
    // Nothing was sent that could say how long to wait.
    assert_eq!(reported(&[case(attempts)]), []);
    for over in [
        format!("{send}, {{ drop = \"reset\" }}, {{ expect-no-request = \"6s\" }}"),
        format!("{send}, \"end\", \"expect-closed\", {silence}"),
    ] {
        assert_eq!(reported(&[case(&over)]), [], "{over}");
    }
    assert_eq!(reported(&[case_with("needs = [\"close\"]", &format!("{send}, \"close\", {silence}"))]), []);
}

#[test]
fn only_a_soak_case_waits_for_minutes() {
    let steps = format!("{SEND}, {{ wait = \"20s\" }}, {{ wait = \"11s\" }}, {{ wait = \"40s\" }}");
    let message = "up to this step the case waits for more than 30 seconds, but it is not a soak case";
    assert_eq!(reported(&[case(&steps)]), expected(&[("{ wait = \"11s\" }", message)]));
    assert_eq!(reported(&[case_with("soak = true", &steps)]), []);
    let (silence, request) = ("{ expect-no-request = \"31s\" }", "{ expect-request = { after = \"31s\" } }");
    for long in [silence, request] {
        let steps = format!("{SEND}, \"end\", {long}");
        assert_eq!(reported(&[case_with("needs = [\"reconnect\"]", &steps)]), expected(&[(long, message)]));
    }
}

#[test]
fn what_another_capability_includes_is_not_asked_for() {
    let steps = format!("{SEND}, \"end\", {{ expect-request = {{ method = \"GET\" }} }}");
    assert_eq!(reported(&[case_with("needs = [\"reconnect\"]", &steps)]), []);
    assert_eq!(
        reported(&[case_with("needs = [\"reconnect\", \"requests\"]", &steps)]),
        expected(&[("\"requests\"", "the capability \"reconnect\" includes \"requests\"")])
    );
}

#[test]
fn what_says_something_of_a_reconnect_may_need_one() {
    for steps in [
        format!("{SEND}, \"end\", {{ expect-no-request = \"6s\" }}"),
        format!("{SEND}, \"end\", {{ expect-one-of = [\"expect-request\", \"expect-closed\"] }}"),
        format!("{{ refuse = \"1ms\" }}, \"expect-request\", {SEND}"),
    ] {
        assert_eq!(reported(&[case_with("needs = [\"reconnect\"]", &steps)]), [], "{steps}");
    }
    let steps = format!("{SEND}, \"end\", {{ expect-error = {{ state = \"connecting\" }} }}");
    assert_eq!(reported(&[case_with("needs = [\"reconnect\", \"errors\", \"state\"]", &steps)]), []);
}

#[test]
fn counterparts_are_those_of_a_list() {
    let list = "title = \"A suite\"\nurl = \"https://example.org/\"\nrevision = \"1\"\ntests = [\"x/one\", \"x/two\"]\n";
    let list = crate::counterpart::read(&Source::new("counterparts/a.toml", list), "a").expect("a list");
    let corpus = Corpus { counterparts: [("a".to_owned(), list)].into(), ..corpus() };
    let messages = |counterparts: &str| -> Vec<String> {
        let list = check(&[case_with(&format!("counterparts = {counterparts}"), SEND)], &corpus);
        list.iter().flat_map(Diagnostics::list).map(|finding| finding.message.clone()).collect()
    };
    assert_eq!(messages("[\"a:x/one\", \"a:x/*\"]"), [""; 0]);
    assert_eq!(messages("[\"a:x/three\"]"), ["A suite has no test \"x/three\""]);
    assert_eq!(messages("[\"b:x/one\"]"), ["no list of tests is called \"b\""]);
    assert_eq!(messages("[\"a:x/one\", \"a:x/one\"]"), ["a counterpart is listed twice"]);
}

#[test]
fn a_second_request_needs_reconnecting() {
    let message = "this step needs the capability \"reconnect\"";
    for (steps, place) in [
        (format!("{SEND}, \"end\", \"expect-request\", \"end\", \"expect-request\""), "\"expect-request\""),
        ("\"expect-request\", \"end\", { expect-request = { path = \"\" } }".to_owned(), "{ expect-request = { path = \"\" } }"),
        (
            "{ respond = { status = 503 } }, { expect-one-of = [\"expect-request\", [\"expect-closed\", \"expect-request\"]] }"
                .to_owned(),
            "{ expect-one-of = [\"expect-request\", [\"expect-closed\", \"expect-request\"]] }",
        ),
    ] {
        assert_eq!(reported(&[case(&steps)]), expected(&[(place, message)]), "{steps}");
        assert_eq!(reported(&[case_with("needs = [\"reconnect\"]", &steps)]), [], "{steps}");
    }
}

#[test]
fn other_requests_do_not() {
    let redirect = "{ respond = { status = 307, headers = { location = \"{base}a\" } } }";
    for steps in [
        format!("{redirect}, \"expect-request\", {redirect}, \"expect-request\", {SEND}"),
        "{ respond = { status = 503 } }, { expect-one-of = [\"expect-closed\", \"expect-request\"] }"
            .to_owned(),
        format!("{{ refuse = \"1ms\" }}, {{ expect-request = {{ method = \"GET\" }} }}, {SEND}"),
    ] {
        assert_eq!(reported(&[case_with("needs = [\"requests\"]", &steps)]), [], "{steps}");
    }
    // In a page there may be several clients.
    let steps = "{ enter = \"window\" }, \"expect-request\", \"expect-request\"";
    assert_eq!(reported(&[case_with("needs = [\"dom\"]", steps)]), []);
    // What a redirect led to is a first request, and one after it is a second.
    let steps = format!("{redirect}, \"expect-request\", \"end\", \"expect-request\"");
    assert_eq!(reported(&[case(&steps)]).len(), 1);
}

#[test]
fn a_script_can_be_played() {
    let two = "{ respond = { status = 404 } }, { send = \"a\" }, \"end\"";
    assert_eq!(
        reported(&[case_with("needs = [\"requests\"]", two)]),
        expected(&[("{ send = \"a\" }", "there is no open body to write to")])
    );
    assert_eq!(
        reported(&[case("\"end\", \"end\"")]),
        expected(&[("\"end\"", "there is no open body to end")])
    );
    let late = "{ send = \"data: a\\n\\n\" }, \"connect\"";
    assert_eq!(reported(&[case(late)])[0].1, "there is no open body to write to");
}

#[test]
fn alternatives_without_a_request_leave_the_answer_open() {
    let steps = "{ expect-one-of = [{ expect-event = { data = \"a\" } }, { expect-event = { data = \"b\" } }] }, { send = \"data: c\\n\\n\" }";
    assert_eq!(reported(&[case(steps)]), []);
    let request = "{ respond = { status = 503 } }, { expect-one-of = [\"expect-request\", \"expect-closed\"] }, { respond = { status = 204 } }";
    assert_eq!(reported(&[case_with("needs = [\"requests\"]", request)]), []);
}

#[test]
fn a_script_left_open_ends_between_two_blocks() {
    let message = "this script leaves its stream open in the middle of an event block";
    let steps = "{ send = \"data: a\\n\" }, \"expect-event\"";
    assert_eq!(reported(&[case(steps)]), expected(&[("{ send = \"data: a\\n\" }", message)]));
    for end in ["\"end\"", "{ drop = \"fin\" }", "\"expect-closed\"", "{ expect-no-request = \"6s\" }"] {
        assert_eq!(reported(&[case(&format!("{{ send = \"data: a\\n\" }}, {end}"))]), [], "{end}");
    }
    let closed = case_with("needs = [\"close\"]", "{ send = \"data: a\\n\" }, \"close\"");
    assert_eq!(reported(&[closed]), []);
}

#[test]
fn a_script_left_open_can_be_continued() {
    let message = "this script leaves a body open that cannot be continued";
    for steps in
        ["{ respond = { framing = \"length\", length = 9 } }", "{ raw = \"HTTP/1.1 200 OK\\r\\n\\r\\n\" }"]
    {
        assert_eq!(reported(&[case(steps)]), expected(&[(steps, message)]));
        assert_eq!(reported(&[case(&format!("{steps}, {{ drop = \"fin\" }}"))]), [], "{steps}");
    }
}
