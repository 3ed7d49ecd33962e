use super::*;
use crate::wire::Version;

fn path() -> PathPattern {
    PathPattern::new("/users/{id}").expect("a pattern")
}

fn render(text: &str) -> String {
    let request = Request {
        method: "GET".into(),
        target: "/users/7?a=b%20c".into(),
        version: Version::Http11,
        headers: vec![("Last-Event-ID".into(), b"5".to_vec()), ("X-A".into(), b"b".to_vec())],
        body: b"{\"id\": \"q\", \"list\": [1]}".to_vec(),
    };
    let path = path();
    let values = Values { request: &request, path: &path, connection: 2, counter: 3 };
    Template::new(text, &path).expect("a template").render(&values)
}

#[test]
fn values_of_the_request() {
    assert_eq!(render("{{counter}}/{{ connection }} {{path.id}}"), "3/2 7");
    assert_eq!(render("{{query.a}}{{query.z}} {{header.x-a}} {{last-event-id}}"), "b c b 5");
    assert_eq!(
        render("{\"id\":{{body/id}},\"n\":{{body/list/0}},\"z\":{{body/z}}}"),
        "{\"id\":\"q\",\"n\":1,\"z\":null}"
    );
}

#[test]
fn times() {
    let before = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let shown: u128 = render("{{milliseconds}}").parse().expect("a number");
    assert!((before..before + 10_000).contains(&shown), "{shown}");
    let time = humantime::parse_rfc3339(&render("{{time}}")).expect("a time");
    let seconds = time.duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    assert!((before..before + 10_000).contains(&seconds));
}

#[test]
fn what_is_no_value_stands_for_itself() {
    for (text, shown) in
        [("", ""), ("a {b} }}", "a {b} }}"), ("{{{{a}}", "{{a}}"), ("{\"a\":{}}", "{\"a\":{}}")]
    {
        assert_eq!(render(text), shown);
        assert_eq!(Template::new(text, &path()).expect("a template").fixed(), Some(shown));
    }
    assert_eq!(Template::new("{{time}}", &path()).expect("a template").fixed(), None);
}

#[test]
fn mistakes_have_hints() {
    let error = |text: &str| {
        let error = Template::new(text, &path()).expect_err("a mistake");
        format!("{}: {}", error.message, error.hint)
    };
    assert_eq!(error("{{countr}}"), "`countr` is not a value for a template: did you mean {{counter}}?");
    assert_eq!(
        error("{{path.name}}"),
        "the route's path `/users/{id}` has no parameter {name}: the route's path has {id}"
    );
    assert_eq!(error("a{{"), "`{{` is not closed: close it with }}, or write {{{{ for two braces");
    assert!(error("{{query.}}").ends_with("{{query.NAME}}, {{header.NAME}} and {{body/POINTER}}"));
}
