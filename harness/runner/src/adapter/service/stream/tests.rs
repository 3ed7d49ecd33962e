//! Orders to create a stream, and where the stream is then.

use super::*;

fn request() -> ConnectRequest {
    serde_json::from_value(json!({ "url": "http://127.0.0.1:1/2/" })).expect("a request")
}

#[test]
fn what_is_not_asked_for_is_left_out() {
    let order: serde_json::Value =
        serde_json::from_str(&order(&request(), "http://h/3", "session 2")).expect("JSON");
    let expected = json!({
        "streamUrl": "http://127.0.0.1:1/2/", "callbackUrl": "http://h/3", "tag": "session 2", "initialDelayMs": 3000,
    });
    assert_eq!(order, expected);
}

#[test]
fn all_that_a_user_can_set_is_passed_on() {
    let request = ConnectRequest {
        headers: vec![("X-Token".into(), "a".into())],
        last_event_id: "5".into(),
        method: "POST".into(),
        body: "{}".into(),
        read_timeout: Some(300),
        ..request()
    };
    let order: serde_json::Value = serde_json::from_str(&order(&request, "http://h/3", "t")).expect("JSON");
    let expected = json!({
        "streamUrl": "http://127.0.0.1:1/2/", "callbackUrl": "http://h/3", "tag": "t", "initialDelayMs": 3000,
        "readTimeoutMs": 300, "lastEventId": "5", "headers": { "x-token": "a" }, "method": "POST", "body": "{}",
    });
    assert_eq!(order, expected);
}

#[test]
fn a_location_may_be_a_path_or_name_the_service_otherwise() {
    let service: Uri = "http://127.0.0.1:8000/".parse().expect("a URL");
    let at = |location| resource(&service, location).map(|uri| uri.to_string());
    assert_eq!(at("/streams/1").as_deref(), Some("http://127.0.0.1:8000/streams/1"));
    assert_eq!(at("http://localhost:8000/streams/1?a").as_deref(), Some("http://127.0.0.1:8000/streams/1?a"));
    assert_eq!(at("http://elsewhere.test/streams/1").as_deref(), Some("http://127.0.0.1:8000/streams/1"));
    assert_eq!(at("not a URL"), None);
    assert_eq!(at("*"), None);
}
