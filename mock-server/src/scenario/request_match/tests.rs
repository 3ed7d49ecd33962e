use serde_json::json;

use super::*;
use crate::wire::Version;

fn request(target: &str, headers: &[(&str, &str)], body: &str) -> Request {
    Request {
        method: "POST".into(),
        target: target.into(),
        version: Version::Http11,
        headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        body: body.into(),
    }
}

fn with_body(body: BodyMatch) -> RequestMatch {
    RequestMatch { body: Some(body), ..RequestMatch::default() }
}

#[test]
fn a_query_is_decoded() {
    let wanted = RequestMatch {
        query: vec![("a".into(), FieldMatch::Is("b c".into())), ("d".into(), FieldMatch::Absent)],
        ..RequestMatch::default()
    };
    assert!(wanted.matches(&request("/?a=b+c", &[], "")) && wanted.matches(&request("/?x&a=b%20c", &[], "")));
    assert_eq!(
        wanted.mismatches(&request("/?a=c&d", &[], "")),
        ["query a: expected \"b c\", was \"c\"", "query d: expected none, was \"\""]
    );
}

#[test]
fn a_body_is_matched_by_text_or_pointer() {
    let post = |body: &str| request("/", &[], body);
    let text = with_body(BodyMatch::Contains("\"stream\":true".into()));
    assert!(text.matches(&post("{\"stream\":true}")));
    assert_eq!(text.mismatches(&post("{}")), ["body: expected \"\\\"stream\\\":true\" in it, was \"{}\""]);
    let value = with_body(BodyMatch::Is { pointer: "/a/0".into(), value: json!(5) });
    assert!(value.matches(&post("{\"a\": [5]}")));
    assert_eq!(value.mismatches(&post("{\"a\": [6]}")), ["body: expected /a/0 to be 5, was 6"]);
    assert_eq!(value.mismatches(&post("{}")), ["body: expected /a/0 to be 5, was absent"]);
    assert!(value.mismatches(&post("?"))[0].starts_with("body: not JSON: "));
    let has = with_body(BodyMatch::Has { pointer: "/a".into() });
    assert!(has.matches(&post("{\"a\": null}")) && !has.matches(&post("[]")));
}

#[test]
fn a_long_value_is_shortened() {
    let wanted = RequestMatch {
        headers: vec![("X-Long".into(), FieldMatch::Is("a".into()))],
        ..RequestMatch::default()
    };
    let long = "é".repeat(1000);
    let problems = wanted.mismatches(&request("/", &[("x-long", &long)], ""));
    assert!(problems[0].starts_with("x-long: expected \"a\", was \"éé") && problems[0].len() < 500);
}

#[test]
fn conditions_in_words() {
    let wanted = RequestMatch {
        headers: vec![("Last-Event-ID".into(), FieldMatch::Is("1".into()))],
        query: vec![("a".into(), FieldMatch::Present)],
        body: Some(BodyMatch::Is { pointer: "/m".into(), value: json!("x") }),
    };
    assert_eq!(wanted.words(), ", last-event-id \"1\", query a present, a body with /m \"x\"");
}
