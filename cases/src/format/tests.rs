use std::time::Duration;

use ssespec_mock_server::action::{Action, Drop, Repeat};

use super::*;
use crate::capability::Capability;
use crate::client::step::{
    ClientFact, ClientStep, Connect, ConnectionUse, EventExpectation, Expectation, Moment, Origin,
    ReadyState, RequestExpectation, Scope,
};
use crate::grammar::{Fact, FieldExpectation};
use crate::sample::{case, client_script};

/// The one step of a case.
#[track_caller]
fn step(text: &str) -> ClientStep {
    client_script(text).remove(0).kind
}

#[track_caller]
fn expectation(text: &str) -> Expectation {
    match step(text) {
        ClientStep::Expect(expectation) => expectation,
        other => panic!("{other:?}"),
    }
}

/// The messages about a case with these steps.
#[track_caller]
fn reported(steps: &str) -> Vec<String> {
    let text = format!("title = \"a\"\nrequirements = [\"a/b\"]\nsteps = [{steps}]\n");
    let reported = read(&Source::new("test", text), "client/test").expect_err("a mistake");
    reported.list().iter().map(|finding| finding.message.clone()).collect()
}

#[test]
fn a_case_has_what_is_written() {
    let text = r#"#:schema ../../case.schema.json
title = "A CRLF cut between two reads ends one line, not two"
requirements = ["whatwg/a", "whatwg/b"]
needs = ["reconnect", "event-type"]
why = "It went wrong."
counterparts = ["wpt:format-bom.any.js"]
isolated = true
steps = [
  { send = "data: a\r" }, # why

  { send = "\ndata: b\r\n\r\n" },
  "end",
]
"#;
    let case = read(&Source::new("cases/client/lines/a.toml", text), "client/lines/a").expect("a case");
    assert_eq!(
        (case.id.as_str(), case.role(), case.group()),
        ("client/lines/a", Role::Client, "client/lines")
    );
    assert_eq!(case.title, "A CRLF cut between two reads ends one line, not two");
    assert_eq!(case.requirements, ["whatwg/a", "whatwg/b"]);
    assert_eq!(case.needs, [Capability::Reconnect, Capability::EventType]);
    assert_eq!(case.why.as_deref(), Some("It went wrong."));
    assert_eq!(case.counterparts, ["wpt:format-bom.any.js"]);
    assert!(case.isolated);
    assert_eq!(case.source.text(), text);
    let locations = case.script.locations();
    let steps: Vec<(usize, &str)> = locations.iter().map(|at| (at.line, at.text.as_str())).collect();
    let written =
        [(9, "{ send = \"data: a\\r\" }"), (11, "{ send = \"\\ndata: b\\r\\n\\r\\n\" }"), (12, "\"end\"")];
    assert_eq!(steps, written);
    for at in locations {
        assert_eq!(case.source.text()[at.span.clone()], at.text);
    }
}

#[test]
fn what_may_be_left_out_has_a_meaning() {
    let case = case("");
    assert_eq!((case.needs.len(), case.counterparts.len(), case.script.locations().len()), (0, 0, 0));
    assert_eq!((case.why.as_deref(), case.isolated), (None, false));
}

#[test]
fn actions_are_those_of_the_server() {
    assert!(matches!(step("{ send = \"a\" }"), ClientStep::Wire(Action::Send(bytes)) if bytes == b"a"));
    assert!(matches!(step("{ drop = \"reset\" }"), ClientStep::Wire(Action::Drop(Drop::Reset))));
    assert!(matches!(step("\"close\""), ClientStep::Close));
}

#[test]
fn a_page_is_told_where_to_connect() {
    let full = r#"{ connect = { url = "{base}a b", in = "shared-worker" } }"#;
    let ClientStep::Connect(connect) = step(full) else { panic!("no connect") };
    let url = Some("{base}a b".to_owned());
    assert_eq!(*connect, Connect { url, scope: Scope::SharedWorker, ..Connect::default() });
    for scope in Scope::ALL.iter().copied() {
        let text = format!("{{ enter = \"{}\" }}", scope.word());
        assert!(matches!(step(&text), ClientStep::Enter(read) if read == scope), "{text}");
    }
    assert!(
        matches!(step(r#"{ run = "source.close()" }"#), ClientStep::Run(script) if script == "source.close()")
    );
}

#[test]
fn only_the_session_is_led_to() {
    for (url, leads) in [
        (None, true),
        (Some("{base}"), true),
        (Some("{other}x"), true),
        (Some(""), false),
        (Some("http://this is invalid/"), false),
        (Some("ftp://{base}"), false),
    ] {
        let connect = Connect { url: url.map(str::to_owned), ..Connect::default() };
        assert_eq!(connect.leads_to_session(), leads, "{url:?}");
    }
}

#[test]
fn a_client_is_told_how_to_connect() {
    assert!(matches!(step("\"connect\""), ClientStep::Connect(connect) if *connect == Connect::default()));
    let full = r#"{ connect = { userinfo = "a:b", headers = { b = "1", A = "" }, last-event-id = "7", method = "POST", body = "x", with-credentials = true, close-in = "error", pause = true } }"#;
    let ClientStep::Connect(connect) = step(full) else { panic!("no connect") };
    let expected = Connect {
        userinfo: Some("a:b".to_owned()),
        headers: vec![("b".to_owned(), "1".to_owned()), ("A".to_owned(), String::new())],
        last_event_id: "7".to_owned(),
        method: Some("POST".to_owned()),
        body: "x".to_owned(),
        with_credentials: true,
        close_in: Some(Moment::Error),
        pause: true,
        ..Connect::default()
    };
    assert_eq!(*connect, expected);
    for (word, moment) in [("opened", Moment::Opened), ("event", Moment::Event), ("error", Moment::Error)] {
        let ClientStep::Connect(connect) = step(&format!("{{ connect = {{ close-in = \"{word}\" }} }}"))
        else {
            panic!("no connect")
        };
        assert_eq!(connect.close_in, Some(moment));
    }
}

#[test]
fn a_request_is_compared_in_what_is_named() {
    let Expectation::Request(request) = expectation("\"expect-request\"") else { panic!("no request") };
    assert_eq!(*request, RequestExpectation::default());
    let full = r#"{ expect-request = { method = "GET", path = "", origin = "other", headers = { last-event-id = "1", cookie = false, accept = true, te = ["a", "b"], x = { text = "ab", times = 3 } }, body = "x", connection = "same", alpn = "h2", after = "300ms", within = "20s" } }"#;
    let Expectation::Request(request) = expectation(full) else { panic!("no request") };
    let expected = RequestExpectation {
        method: Some("GET".to_owned()),
        path: Some(String::new()),
        origin: Some(Origin::Other),
        headers: vec![
            ("last-event-id".to_owned(), FieldExpectation::Is("1".to_owned())),
            ("cookie".to_owned(), FieldExpectation::Absent),
            ("accept".to_owned(), FieldExpectation::Present),
            ("te".to_owned(), FieldExpectation::Lists(vec!["a".to_owned(), "b".to_owned()])),
            (
                "x".to_owned(),
                FieldExpectation::Repeats(Repeat { pattern: b"ab".to_vec(), times: 3, write: None }),
            ),
        ],
        body: Some("x".to_owned()),
        connection: Some(ConnectionUse::Same),
        alpn: Some("h2".to_owned()),
        after: Some(Duration::from_millis(300)),
        within: Some(Duration::from_secs(20)),
    };
    assert_eq!(*request, expected);
}

#[test]
fn an_event_is_compared_in_what_is_named() {
    let Expectation::Event(event) = expectation("\"expect-event\"") else { panic!("no event") };
    assert_eq!(*event, EventExpectation::default());
    let full = r#"{ expect-event = { type = "a", data = "", id = "1", origin = "base", times = 2, within = "1min" } }"#;
    let Expectation::Event(event) = expectation(full) else { panic!("no event") };
    let expected = EventExpectation {
        kind: Some("a".to_owned()),
        data: Some(String::new()),
        data_repeat: None,
        id: Some("1".to_owned()),
        origin: Some(Origin::Base),
        times: Some(2),
        within: Some(Duration::from_secs(60)),
    };
    assert_eq!(*event, expected);
    let repeated = "{ expect-event = { data-repeat = { text = \"ab\", times = 3 } } }";
    let Expectation::Event(event) = expectation(repeated) else { panic!("no event") };
    assert_eq!(event.data_repeat, Some(Repeat { pattern: b"ab".to_vec(), times: 3, write: None }));
}

#[test]
fn the_other_observations_are_read() {
    assert!(matches!(expectation("\"expect-opened\""), Expectation::Opened { state: None }));
    let opened = expectation(r#"{ expect-opened = { state = "open" } }"#);
    assert!(matches!(opened, Expectation::Opened { state: Some(ReadyState::Open) }));
    assert!(matches!(expectation(r#"{ expect-report = "a" }"#), Expectation::Report(text) if text == "a"));
    assert!(
        matches!(expectation(r#"{ expect-exception = "SyntaxError" }"#), Expectation::Exception(name) if name == "SyntaxError")
    );
    let value = expectation(r#"{ expect-value = { of = "source.url", is = "{base}" } }"#);
    assert!(matches!(value, Expectation::Value(value) if value.of == "source.url" && value.is == "{base}"));
    assert!(matches!(expectation("\"expect-closed\""), Expectation::Closed));
    assert!(matches!(expectation("\"expect-disconnect\""), Expectation::Disconnect { within: None }));
    let within = Some(Duration::from_secs(1));
    assert!(matches!(
        expectation("{ expect-disconnect = { within = \"1s\" } }"),
        Expectation::Disconnect { within: found } if found == within
    ));
    assert!(matches!(
        expectation("{ expect-no-request = \"900ms\" }"),
        Expectation::NoRequest(time) if time == Duration::from_millis(900)
    ));
    assert!(matches!(expectation("\"expect-comment\""), Expectation::Comment { text: None }));
    assert!(matches!(
        expectation("{ expect-comment = { text = \" ping\" } }"),
        Expectation::Comment { text: Some(text) } if text == " ping"
    ));
    assert!(matches!(expectation("\"expect-error\""), Expectation::Error { state: None }));
    for (word, state) in
        [("connecting", ReadyState::Connecting), ("open", ReadyState::Open), ("closed", ReadyState::Closed)]
    {
        assert!(matches!(
            expectation(&format!("{{ expect-error = {{ state = \"{word}\" }} }}")),
            Expectation::Error { state: Some(found) } if found == state
        ));
        assert!(matches!(
            expectation(&format!("{{ expect-state = \"{word}\" }}")),
            Expectation::State(found) if found == state
        ));
        assert_eq!(state.word(), word);
        assert_eq!(ReadyState::from_number(state as u64), Some(state));
    }
    assert_eq!(ReadyState::from_number(3), None);
}

#[test]
fn alternatives_are_observations_or_several_in_order() {
    let steps = "{ expect-one-of = [\"expect-closed\", [\"expect-error\", { expect-request = {} }]] }";
    let ClientStep::OneOf(alternatives) = step(steps) else { panic!("no alternatives") };
    let lengths: Vec<usize> = alternatives.iter().map(Vec::len).collect();
    assert_eq!(lengths, [1, 2]);
    assert_eq!(alternatives[1][0].at.text, "\"expect-error\"");
}

#[test]
fn facts_are_read() {
    let fact = |of: &str| match step(&format!("{{ record = {{ fact = \"a\", {of} }} }}")) {
        ClientStep::Record(fact) => fact,
        other => panic!("{other:?}"),
    };
    for (of, source) in [
        ("of = \"delay\"", ClientFact::Delay),
        ("of = \"spread\"", ClientFact::Spread),
        ("of = \"streams\"", ClientFact::Streams),
        ("of = \"alpn\"", ClientFact::Alpn),
        ("of = \"target\"", ClientFact::Target),
        ("of = \"alternative\"", ClientFact::Alternative { names: Vec::new() }),
        ("of = \"header\", header = \"accept\"", ClientFact::Header("accept".to_owned())),
    ] {
        assert_eq!(fact(of), Fact { name: "a".to_owned(), of: source });
    }
}

#[test]
fn what_the_types_allow_and_the_format_does_not_is_told() {
    for (step, message) in [
        ("{ expect-one-of = [] }", "`expect-one-of` needs alternatives"),
        ("{ expect-one-of = [\"expect-closed\"] }", "`expect-one-of` needs alternatives"),
        ("{ expect-one-of = [\"expect-closed\", []] }", "an alternative without a step"),
        (
            "{ expect-event = { data = \"\", data-repeat = { text = \"a\", times = 1 } } }",
            "an event has both `data` and `data-repeat`",
        ),
        ("{ record = { fact = \"a\", of = \"header\" } }", "`of` and `header` do not go together"),
        (
            "{ record = { fact = \"a\", of = \"delay\", header = \"b\" } }",
            "`of` and `header` do not go together",
        ),
        ("{ connect = { headers = { a = \"b\\r\" } } }", "a header field value with a line ending"),
        ("{ connect = { headers = { \"a b\" = \"\" } } }", "this is not a header field name"),
        ("{ expect-request = { headers = { \"a:\" = true } } }", "this is not a header field name"),
    ] {
        assert_eq!(reported(step), [message], "{step}");
    }
}

#[test]
fn alternatives_hold_only_observations() {
    for (verb, step) in [
        ("send", "{ send = \"a\" }"),
        ("close", "\"close\""),
        ("record", "{ record = {} }"),
        ("expect-one-of", "{ expect-one-of = [] }"),
    ] {
        let message = [format!("no step is called `{verb}` here")];
        assert_eq!(
            reported(&format!("{{ expect-one-of = [\"expect-closed\", {step}] }}")),
            message,
            "{step}"
        );
        assert_eq!(
            reported(&format!("{{ expect-one-of = [\"expect-closed\", [{step}]] }}")),
            message,
            "{step}"
        );
    }
}

#[test]
fn every_mistake_of_a_script_is_told() {
    let steps = "{ raw = \"\" }, { expect-one-of = [] }, { respond = { length = 1 } }, { record = { fact = \"a\", of = \"header\" } }";
    assert_eq!(reported(steps).len(), 4);
}

#[test]
fn every_capability_can_be_asked_for() {
    let roles = [
        ("client/a", &Capability::CLIENT[..]),
        ("server/a", &Capability::SERVER),
        ("intermediary/a", &Capability::INTERMEDIARY),
    ];
    for (id, names) in roles {
        let step = if id == "client/a" { "close" } else { "request" };
        for name in Capability::WORDS {
            let text =
                format!("title = \"a\"\nrequirements = []\nneeds = [\"{name}\"]\nsteps = [\"{step}\"]\n");
            let read = read(&Source::new("test", text), id);
            assert_eq!(read.is_ok(), names.contains(name), "{name} of {id}");
        }
    }
    for name in Capability::WORDS {
        assert!(roles.iter().any(|(_, names)| names.contains(name)), "{name}");
    }
}

/// A case that is valid for the role of this id.
fn source_for(id: &str) -> Source {
    let step = if id.starts_with("client") { "close" } else { "request" };
    Source::new("test", format!("title = \"a\"\nrequirements = []\nsteps = [\"{step}\"]\n"))
}

#[test]
fn an_id_names_a_role_with_cases() {
    let reported = |id: &str| match read(&source_for(id), id) {
        Ok(case) => case.role().to_string(),
        Err(reported) => reported.list()[0].message.clone(),
    };
    assert_eq!(reported("client/a"), "client");
    assert_eq!(reported("server/a"), "server");
    assert_eq!(reported("intermediary/a"), "intermediary");
    for id in ["", "a", "clients/a", "Client/a"] {
        assert_eq!(reported(id), format!("\"{id}\" is not the id of a case"));
    }
}

#[test]
fn the_old_name_of_isolated_gets_an_error_that_names_the_new_one() {
    for (id, steps) in [("client/a", ""), ("server/a", "")] {
        let text = format!("title = \"a\"\nrequirements = []\nalone = true\nsteps = [{steps}]\n");
        let reported = read(&Source::new("test", text), id).expect_err("a mistake");
        assert_eq!(reported.list()[0].message, "`alone` is now `isolated`");
    }
}
