use super::*;
use crate::client::event_types::event_types;
use crate::grammar::measure::Measurement;
use crate::sample::client_script;

/// The steps as they are played, each by its verb; implied ones with a plus.
#[track_caller]
fn played(steps: &str) -> Vec<String> {
    let one = |step: &Played<ClientStep>| match step.written {
        Some(_) => verb(&step.kind).to_owned(),
        None => format!("+{}", verb(&step.kind)),
    };
    expand(&client_script(steps)).iter().map(one).collect()
}

fn verb(kind: &ClientStep) -> &'static str {
    match kind {
        ClientStep::Wire(Action::Respond(_)) => "respond",
        ClientStep::Wire(Action::Send(_) | Action::SendRepeat(_)) => "send",
        ClientStep::Wire(Action::Wait(_)) => "wait",
        ClientStep::Wire(Action::End) => "end",
        ClientStep::Wire(Action::Drop(_)) => "drop",
        ClientStep::Wire(Action::Refuse(_)) => "refuse",
        ClientStep::Wire(Action::Raw(_)) => "raw",
        ClientStep::Connect(_) => "connect",
        ClientStep::Enter(_) => "enter",
        ClientStep::Run(_) => "run",
        ClientStep::RefreshHeaders(_) => "refresh-headers",
        ClientStep::Visibility(_) => "visibility",
        ClientStep::Close => "close",
        ClientStep::Measure(Measurement::Span(_)) => "measure",
        ClientStep::Measure(Measurement::Judge(_)) => "growth",
        ClientStep::Record(_) => "record",
        ClientStep::Expect(Expectation::Request(_)) => "request",
        ClientStep::Expect(Expectation::NoRequest(_)) => "no-request",
        ClientStep::Expect(Expectation::Event(_)) => "event",
        ClientStep::Expect(Expectation::Error { .. }) => "error",
        ClientStep::Expect(Expectation::State(_)) => "state",
        ClientStep::Expect(Expectation::Closed) => "closed",
        ClientStep::OneOf(_) => "one-of",
        ClientStep::Wire(Action::Trailers(_)) => "trailers",
        ClientStep::Wire(Action::Control(_)) => "control",
        ClientStep::Herd(_) | ClientStep::Streams(_) | ClientStep::Attempts(_) | ClientStep::Expect(_) => {
            "other"
        }
    }
}

const SEND: &str = "{ send = \"data: a\\n\\n\" }";
const START: [&str; 3] = ["+connect", "+request", "+respond"];

#[test]
fn the_client_connects_and_is_answered() {
    assert_eq!(played(""), START);
    assert_eq!(played(SEND), [&START[..], &["send"]].concat());
    assert_eq!(played("\"expect-event\""), [&START[..], &["event"]].concat());
}

#[test]
fn goaway_answers_a_request_only_without_its_stream() {
    let lost = "\"expect-request\", { goaway = { last-stream = \"none\" } }";
    assert_eq!(played(lost), ["+connect", "request", "control"]);
    let goes_on = "\"expect-request\", \"goaway\", \"ping\"";
    assert_eq!(played(goes_on), ["+connect", "request", "+respond", "control", "control"]);
    assert_eq!(ending(&client_script(lost)), Ending::DoneOrResumed);
    assert_eq!(ending(&client_script(goes_on)), Ending::Sentinel);
    assert_eq!(ending(&client_script("{ trailers = { a = \"1\" } }")), Ending::DoneOrResumed);
}

#[test]
fn implied_steps_are_the_plain_ones() {
    let steps = expand(&client_script(SEND));
    assert!(matches!(&steps[0].kind, ClientStep::Connect(connect) if **connect == Connect::default()));
    assert!(matches!(
        &steps[1].kind,
        ClientStep::Expect(Expectation::Request(request)) if **request == RequestExpectation::default()
    ));
    assert!(
        matches!(&steps[2].kind, ClientStep::Wire(Action::Respond(respond)) if *respond == Respond::default())
    );
}

#[test]
fn written_steps_keep_their_numbers() {
    let steps = expand(&client_script(&format!("{SEND}, \"end\", \"expect-request\", {SEND}")));
    let numbers: Vec<Option<usize>> = steps.iter().map(|step| step.written).collect();
    assert_eq!(numbers, [None, None, None, Some(0), Some(1), Some(2), None, Some(3)]);
}

#[test]
fn a_written_connect_stands_for_the_implied_one() {
    assert_eq!(played("\"connect\""), ["connect", "+request", "+respond"]);
    assert_eq!(
        played(&format!("{{ connect = {{ method = \"POST\" }} }}, {SEND}")),
        ["connect", "+request", "+respond", "send"]
    );
    assert_eq!(
        played(&format!("{{ wait = \"1ms\" }}, \"connect\", {SEND}")),
        ["wait", "connect", "+request", "+respond", "send"]
    );
}

#[test]
fn after_connect_a_request_is_awaited_unless_the_script_says_what_comes() {
    assert_eq!(played("\"expect-request\""), ["+connect", "request", "+respond"]);
    assert_eq!(played("\"connect\", \"expect-request\""), ["connect", "request", "+respond"]);
    assert_eq!(played("\"close\""), ["+connect", "close"]);
    assert_eq!(played("\"connect\", \"close\""), ["connect", "close"]);
    assert_eq!(played("{ expect-no-request = \"1ms\" }"), ["+connect", "no-request"]);
    assert_eq!(played("\"connect\", { refuse = \"1ms\" }"), ["connect", "refuse"]);
}

#[test]
fn no_request_is_implied_of_a_url_that_does_not_lead_to_the_session() {
    let connect = |url: &str| format!("{{ connect = {{ url = \"{url}\" }} }}");
    assert_eq!(played(&connect("{base}a")), ["connect", "+request", "+respond"]);
    assert_eq!(played(&connect("{other}")), ["connect", "+request", "+respond"]);
    assert_eq!(played(&format!("{}, \"expect-error\"", connect("ftp://h.test/"))), ["connect", "error"]);
    assert_eq!(
        played(&format!("{}, {{ expect-exception = \"SyntaxError\" }}", connect("{base}["))),
        ["connect", "other"]
    );
}

#[test]
fn who_enters_a_scope_is_not_told_to_connect() {
    let steps = "{ enter = \"window\" }, { run = \"a()\" }, \"expect-request\", { expect-report = \"a\" }";
    assert_eq!(played(steps), ["enter", "run", "request", "+respond", "other"]);
}

#[test]
fn what_a_script_does_or_tells_answers_nothing() {
    let run = "{ run = \"a()\" }";
    assert_eq!(
        played(&format!("{run}, {{ respond = {{ status = 404 }} }}")),
        ["+connect", "+request", "run", "respond"]
    );
    assert_eq!(played(&format!("{run}, {SEND}")), [&START[..], &["run", "send"]].concat());
    let value = "{ expect-value = { of = \"1\", is = \"1\" } }, { expect-report = \"a\" }";
    assert_eq!(played(&format!("{value}, \"close\"")), ["+connect", "+request", "other", "other", "close"]);
}

#[test]
fn what_is_seen_before_a_request_does_not_stand_for_it() {
    assert_eq!(
        played("{ expect-state = \"connecting\" }, \"expect-request\""),
        ["+connect", "state", "request", "+respond"]
    );
    assert_eq!(
        played("\"connect\", { wait = \"1ms\" }, \"expect-error\", \"expect-request\""),
        ["connect", "wait", "error", "request", "+respond"]
    );
    assert_eq!(played("{ expect-state = \"open\" }"), [&START[..], &["state"]].concat());
}

#[test]
fn the_port_may_refuse_before_anyone_connects() {
    assert_eq!(
        played(&format!("{{ refuse = \"1ms\" }}, \"expect-error\", \"expect-request\", {SEND}")),
        ["refuse", "+connect", "error", "request", "+respond", "send"]
    );
    assert_eq!(played("{ refuse = \"1ms\" }"), ["refuse", "+connect", "+request", "+respond"]);
    assert_eq!(
        played(&format!("{{ refuse = \"1ms\" }}, {SEND}")),
        ["refuse", "+connect", "+request", "+respond", "send"]
    );
}

#[test]
fn alternatives_that_speak_of_a_request_stand_for_it() {
    assert_eq!(played("{ expect-one-of = [\"expect-closed\", \"expect-request\"] }"), ["+connect", "one-of"]);
    assert_eq!(
        played("{ expect-one-of = [\"expect-closed\", \"expect-error\"] }"),
        [&START[..], &["one-of"]].concat()
    );
    // That none comes is an alternative to a request, and says nothing of the first one.
    assert_eq!(
        played("{ expect-one-of = [\"expect-closed\", { expect-no-request = \"1ms\" }] }"),
        [&START[..], &["one-of"]].concat()
    );
}

#[test]
fn each_request_is_answered_unless_the_next_step_does() {
    let after = |step: &str| played(&format!("\"expect-request\", {step}"))[2..].to_vec();
    for (step, verb) in [
        ("\"respond\"", "respond"),
        ("{ respond = { status = 404 } }", "respond"),
        ("{ raw = \"a\" }", "raw"),
        ("{ drop = \"fin\" }", "drop"),
        ("{ refuse = \"1ms\" }", "refuse"),
        ("\"close\"", "close"),
    ] {
        assert_eq!(after(step), [verb]);
        assert_eq!(after(&format!("{{ wait = \"1ms\" }}, {step}")), ["wait", verb]);
        assert_eq!(
            after(&format!("{{ wait = \"1ms\" }}, {{ wait = \"1ms\" }}, {step}")),
            ["wait", "wait", verb]
        );
    }
    for (step, verb) in
        [(SEND, "send"), ("\"end\"", "end"), ("\"expect-event\"", "event"), ("\"expect-closed\"", "closed")]
    {
        assert_eq!(after(step), ["+respond", verb]);
        assert_eq!(after(&format!("{{ wait = \"1ms\" }}, {step}")), ["+respond", "wait", verb]);
    }
    // Something else in between leaves the next step to be that.
    assert_eq!(after("\"expect-event\", \"respond\"")[0], "+respond");
    assert_eq!(after("{ record = { fact = \"a\", of = \"delay\" } }"), ["+respond", "record"]);
}

#[test]
fn later_requests_are_answered_too() {
    assert_eq!(
        played(&format!(
            "{SEND}, \"end\", \"expect-request\", {SEND}, \"end\", \"expect-request\", {{ respond = {{ status = 204 }} }}"
        )),
        [&START[..], &["send", "end", "request", "+respond", "send", "end", "request", "respond"]].concat()
    );
}

#[test]
fn the_implied_request_is_answered_otherwise_by_the_first_step() {
    assert_eq!(played("{ respond = { status = 404 } }"), ["+connect", "+request", "respond"]);
    assert_eq!(played("{ wait = \"1ms\" }, { drop = \"fin\" }"), ["+connect", "+request", "wait", "drop"]);
    assert_eq!(played("{ raw = \"a\" }"), ["+connect", "+request", "raw"]);
}

#[test]
fn a_request_among_alternatives_is_left_to_the_script() {
    let steps = format!("{SEND}, \"end\", {{ expect-one-of = [\"expect-closed\", \"expect-request\"] }}");
    assert_eq!(played(&steps), [&START[..], &["send", "end", "one-of"]].concat());
}

#[test]
fn runs_end_with_the_sentinel_where_the_stream_is_open() {
    for steps in [
        String::new(),
        SEND.to_owned(),
        format!("{SEND}, \"end\", \"expect-request\""),
        format!("{{ respond = {{ status = 503 }} }}, \"expect-request\", {SEND}"),
        format!("{SEND}, {{ expect-no-request = \"1ms\" }}, \"expect-event\""),
        format!("{SEND}, \"end\", {{ expect-one-of = [\"expect-closed\", \"expect-request\"] }}"),
    ] {
        assert_eq!(ending(&client_script(&steps)), Ending::Sentinel, "{steps}");
    }
}

#[test]
fn runs_end_with_either_where_the_stream_is_over() {
    for steps in [
        format!("{SEND}, \"end\""),
        format!("{SEND}, {{ drop = \"fin\" }}, \"expect-error\""),
        "{ respond = { body = \"data: a\\n\\n\" } }, \"expect-event\"".to_owned(),
    ] {
        assert_eq!(ending(&client_script(&steps)), Ending::DoneOrResumed, "{steps}");
    }
}

#[test]
fn runs_are_torn_down_where_nothing_can_come() {
    for steps in [
        "\"close\", \"expect-disconnect\"".to_owned(),
        format!("{SEND}, \"close\", {{ send = \"data: b\" }}"),
        format!("{{ connect = {{ close-in = \"event\" }} }}, {SEND}, \"end\""),
        "{ respond = { status = 204 } }, \"expect-closed\"".to_owned(),
        "{ respond = { status = 404 } }".to_owned(),
        format!("{{ enter = \"window\" }}, \"expect-request\", {SEND}"),
        "{ connect = { url = \"//\" } }, { expect-exception = \"SyntaxError\" }".to_owned(),
        "{ connect = { url = \"ftp://h.test/\" } }, \"expect-error\"".to_owned(),
        format!("{SEND}, \"end\", {{ expect-no-request = \"1ms\" }}"),
    ] {
        assert_eq!(ending(&client_script(&steps)), Ending::TornDown, "{steps}");
    }
}

#[test]
fn types_are_collected_over_writes_of_one_stream() {
    let types = |steps: &str| event_types(&expand(&client_script(steps)));
    assert_eq!(types("{ send = \"eve\" }, { send = \"nt: a\" }, { send-hex = \"62 0a\" }"), ["ab"]);
    assert_eq!(types("{ respond = { body = \"event: a\\ndata: b\" } }"), ["a"]);
    assert_eq!(types("{ raw = \"HTTP/1.1 200\\r\\n\\r\\neve\" }, { send = \"nt: a\\n\" }"), ["a"]);
    assert_eq!(types("{ send-repeat = { text = \"event: a\\ndata\\n\\n\", times = 1000000 } }"), ["a"]);
    assert_eq!(types("{ send = \"event: \" }, { send-repeat = { text = \"ab\", times = 3 } }"), ["ababab"]);
}

#[test]
fn types_do_not_run_from_one_stream_into_the_next() {
    let types = |steps: &str| event_types(&expand(&client_script(steps)));
    for between in ["\"end\"", "{ drop = \"fin\" }", "{ drop = \"reset\" }", "\"expect-request\""] {
        assert_eq!(
            types(&format!("{{ send = \"data: a\" }}, {between}, {{ send = \"event: b\\n\" }}")),
            ["b"],
            "{between}"
        );
    }
    let body = "{ respond = { body = \"data: a\" } }, \"expect-request\", { send = \"event: b\\n\" }";
    assert_eq!(types(body), ["b"]);
    let or = "{ send = \"data: a\" }, { expect-one-of = [\"expect-closed\", \"expect-request\"] }, { send = \"event: b\" }";
    assert_eq!(types(or), ["b"]);
}
