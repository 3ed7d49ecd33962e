use ssespec_cases::client::Scope;

use super::*;
use crate::protocol::connect::ConnectRequest;
use crate::protocol::order::Order;
use crate::protocol::page::{Place, ScriptResult};

fn place() -> Place {
    Place {
        scope: Scope::DedicatedWorker,
        base: "http://h.test/7/".into(),
        other: "http://i.test/7/".into(),
        constructor_url: None,
    }
}

/// An order as JSON.
fn order(order: &Order) -> serde_json::Value {
    serde_json::from_str(&order.to_line(7)).unwrap()
}

#[track_caller]
fn shown(line: &str) -> Observation {
    match Message::from_line(line.as_bytes()).unwrap() {
        Message::Observation(7, shown) => shown,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn problem(line: &str) -> String {
    Message::from_line(line.as_bytes()).unwrap_err().problem.to_string()
}

#[test]
fn a_page_is_told_where_it_is() {
    let request: ConnectRequest = serde_json::from_str(r#"{"url":"http://h.test/7/"}"#).unwrap();
    let plain = order(&Order::Connect(Box::new(request.clone())));
    for key in ["in", "base", "other", "constructorUrl"] {
        assert!(plain["connect"].get(key).is_none(), "only a page gets `{key}`");
    }
    let written = order(&Order::ConnectIn(Box::new(request.clone()), place()));
    assert_eq!(written["connect"]["url"], "http://h.test/7/");
    assert_eq!(written["connect"]["in"], "dedicated-worker");
    assert_eq!(written["connect"]["base"], "http://h.test/7/");
    assert_eq!(written["connect"]["other"], "http://i.test/7/");
    assert!(written["connect"].get("constructorUrl").is_none());
    let place = Place { constructor_url: Some(String::new()), ..place() };
    let written = order(&Order::ConnectIn(Box::new(request), place));
    assert_eq!(written["connect"]["constructorUrl"], "", "the empty string is passed too");
}

#[test]
fn scripts_go_to_a_page() {
    let entered = serde_json::json!({
        "session": 7,
        "enter": { "in": "dedicated-worker", "base": "http://h.test/7/", "other": "http://i.test/7/" },
    });
    assert_eq!(order(&Order::Enter(place())), entered);
    let run = serde_json::json!({ "session": 7, "run": { "script": "a(\"b\")\n" } });
    assert_eq!(order(&Order::Run("a(\"b\")\n".into())), run);
    let evaluate = serde_json::json!({ "session": 7, "evaluate": { "script": "a" } });
    assert_eq!(order(&Order::Evaluate("a".into())), evaluate);
}

#[test]
fn what_scripts_come_to() {
    let threw = || Exception { name: "TypeError".into(), message: "no".into() };
    let exception = r#"{"name":"TypeError","message":"no"}"#;
    assert_eq!(shown(r#"{"session":7,"ran":{}}"#), Observation::Script(ScriptResult::Ran));
    assert_eq!(
        shown(&format!(r#"{{"session":7,"ran":{{"exception":{exception}}}}}"#)),
        Observation::Script(ScriptResult::Threw(threw()))
    );
    assert_eq!(
        shown(r#"{"session":7,"value":{"text":""}}"#),
        Observation::Script(ScriptResult::Value(String::new()))
    );
    assert_eq!(
        shown(&format!(r#"{{"session":7,"value":{{"exception":{exception}}}}}"#)),
        Observation::Script(ScriptResult::Threw(threw()))
    );
    assert_eq!(shown(r#"{"session":7,"report":{"text":"a"}}"#), Observation::Report("a".into()));
    assert_eq!(
        shown(&format!(r#"{{"session":7,"exception":{exception}}}"#)),
        Observation::Exception(threw())
    );
}

#[test]
fn a_value_is_one_of_two() {
    let neither = "a value is either a text or an exception";
    assert_eq!(problem(r#"{"session":7,"value":{}}"#), neither);
    assert_eq!(problem(r#"{"session":7,"value":{"text":"a","exception":{"name":"b"}}}"#), neither);
}

#[test]
fn a_handler_may_say_its_state() {
    let ready_state = Some(ReadyState::Open);
    assert_eq!(shown(r#"{"session":7,"opened":{"readyState":1}}"#), Observation::Opened { ready_state });
    assert_eq!(shown(r#"{"session":7,"opened":{}}"#), Observation::Opened { ready_state: None });
    assert_eq!(problem(r#"{"session":7,"opened":{"readyState":3}}"#), "no readyState 3");
    let line = r#"{"session":7,"event":{"data":"a","readyState":1,"trusted":true}}"#;
    let Observation::Event(event) = shown(line) else { panic!("no event") };
    assert_eq!((event.ready_state, event.trusted), (Some(1), Some(true)));
}

#[test]
fn a_wrong_number_of_sessions_is_explained() {
    for wrong in ["0", "-1", "1.5", "\"many\""] {
        let problem = problem(&format!(
            r#"{{"hello":{{"protocol":1,"role":"client","name":"x","sessions":{wrong}}}}}"#
        ));
        let expected = format!("`sessions` must be a whole number of at least 1, not {wrong}");
        assert!(problem.contains(&expected), "{problem}");
    }
}

#[test]
fn a_client_learns_what_the_server_speaks() {
    let request: ConnectRequest =
        serde_json::from_str(r#"{"url":"https://h.test/7/","http2":true,"caFile":"/ca.pem"}"#).unwrap();
    let written = order(&Order::Connect(Box::new(request.clone())));
    assert_eq!(
        (&written["connect"]["http2"], &written["connect"]["caFile"]),
        (&true.into(), &"/ca.pem".into())
    );
    let plain = ConnectRequest { http2: false, ca_file: None, ..request };
    let written = order(&Order::Connect(Box::new(plain)));
    let keys = ["http2", "caFile"].map(|key| written["connect"].get(key).is_some());
    assert_eq!(keys, [false, false], "an adapter that names no such capability never gets them");
}

#[test]
fn a_user_changes_headers_and_sets_a_read_timeout() {
    let request: ConnectRequest =
        serde_json::from_str(r#"{"url":"http://h.test/7/","readTimeout":1500}"#).unwrap();
    assert_eq!(request.read_timeout, Some(1500));
    let written = order(&Order::Connect(Box::new(request.clone())));
    assert_eq!(written["connect"]["readTimeout"], 1500);
    let without = ConnectRequest { read_timeout: None, ..request };
    let written = order(&Order::Connect(Box::new(without)));
    assert!(written["connect"].get("readTimeout").is_none(), "no client must have one");
    let written = order(&Order::Refresh(vec![("a".into(), "1".into())]));
    assert_eq!(written["refresh"], serde_json::json!({ "headers": { "a": "1" } }));
    assert_eq!(shown(r#"{"session":7,"refreshed":{}}"#), Observation::Refreshed);
}
