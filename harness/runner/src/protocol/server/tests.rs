use super::*;
use crate::protocol::{Message, Observation, Order};

fn line(order: ServerOrder) -> String {
    Order::Server(order).to_line(7)
}

#[track_caller]
fn said(line: &str) -> ServerObservation {
    match Message::from_line(line.as_bytes()).expect("a message") {
        Message::Observation(7, Observation::Server(shown)) => shown,
        other => panic!("{other:?}"),
    }
}

#[test]
fn orders_are_one_object_a_line() {
    assert!(line(ServerOrder::Serve).ends_with("}\n"));
    for (order, word) in [
        (ServerOrder::Serve, "serve"),
        (ServerOrder::End, "end"),
        (ServerOrder::Stop, "stop"),
        (ServerOrder::Shutdown, "shutdown"),
    ] {
        let value: Value = serde_json::from_str(&line(order)).expect("JSON");
        assert_eq!(value, json!({ "session": 7, word: {} }));
    }
}

#[test]
fn what_is_absent_is_not_empty() {
    let emit = |emit| -> Value { serde_json::from_str(&line(ServerOrder::Emit(emit))).expect("JSON") };
    let plain = Emit::Event { kind: None, data: String::new(), id: None, retry: None };
    assert_eq!(emit(plain)["emit"], json!({ "data": "" }));
    let full =
        Emit::Event { kind: Some("a".into()), data: "b\nc".into(), id: Some(String::new()), retry: None };
    assert_eq!(emit(full)["emit"], json!({ "type": "a", "data": "b\nc", "id": "" }));
    assert_eq!(emit(Emit::Comment { comment: "a".into() })["emit"], json!({ "comment": "a" }));
    assert_eq!(emit(Emit::Retry { retry: 0 })["emit"], json!({ "retry": 0 }));
}

#[test]
fn what_a_server_shows_is_read() {
    let url = "http://127.0.0.1:1/7".to_owned();
    assert_eq!(
        said(r#"{"session":7,"serving":{"url":"http://127.0.0.1:1/7"}}"#),
        ServerObservation::Serving { url }
    );
    let connected = |last_event_id: Option<&str>| ServerObservation::Connected {
        last_event_id: last_event_id.map(str::to_owned),
    };
    assert_eq!(said(r#"{"session":7,"connected":{}}"#), connected(None));
    assert_eq!(said(r#"{"session":7,"connected":{"lastEventId":""}}"#), connected(Some("")));
    assert_eq!(said(r#"{"session":7,"disconnected":{}}"#), ServerObservation::Disconnected);
    assert_eq!(said(r#"{"session":7,"emitted":{}}"#), ServerObservation::Emitted);
    assert_eq!(said(r#"{"session":7,"refused":{}}"#), ServerObservation::Refused { message: String::new() });
    assert_eq!(said(r#"{"session":7,"stopped":{}}"#), ServerObservation::Stopped);
}

#[test]
fn a_line_is_one_message() {
    for wrong in [
        r#"{"session":7,"emitted":{},"refused":{"message":""}}"#,
        r#"{"emitted":{}}"#,
        r#"{"session":7,"serving":{}}"#,
        r#"{"session":7,"connected":{"last-event-id":""}}"#,
    ] {
        assert!(Message::from_line(wrong.as_bytes()).is_err(), "{wrong}");
    }
}
