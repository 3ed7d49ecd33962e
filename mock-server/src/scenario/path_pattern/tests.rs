use super::*;

fn pattern(text: &str) -> PathPattern {
    PathPattern::new(text).expect("a pattern")
}

#[test]
fn a_parameter_is_a_part_between_slashes() {
    let users = pattern("/users/{id}/events");
    assert_eq!(users.parameters(), ["id"]);
    assert_eq!(users.value("id", "/users/7/events?a=b").as_deref(), Some("7"));
    assert_eq!(users.value("id", "/users/a%20b/events").as_deref(), Some("a b"));
    assert_eq!(users.value("id", "/users/a/b/events"), None);
    assert_eq!(users.value("name", "/users/7/events"), None);
    assert!(!users.matches("/users//events"));
    let file = pattern("/{folder}/*.{suffix}");
    assert_eq!(file.value("suffix", "/a/b/c.sse").as_deref(), Some("sse"));
    assert_eq!(file.value("folder", "/a/b/c.sse").as_deref(), Some("a"));
}

#[test]
fn a_parameter_occurs_once() {
    assert_eq!(PathPattern::new("/{a}/{a}").map(drop), Err(PathError::Repeated("a".into())));
}

#[test]
fn a_pattern_that_is_too_long_is_an_error() {
    assert_eq!(PathPattern::new(&"/x*é".repeat(800)).map(drop), Ok(()));
    assert_eq!(PathPattern::new(&"/x*é".repeat(1000)).map(drop), Err(PathError::Long));
}

#[test]
fn a_path_may_be_sent_percent_encoded_or_as_a_url() {
    let path = PathPattern::new("/\u{fc} /{id}").expect("a pattern");
    for target in ["/%C3%BC%20/7", "/\u{fc} /7", "http://x/%C3%BC%20/7?a=b"] {
        assert!(path.matches(target), "{target}");
        assert_eq!(path.value("id", target).as_deref(), Some("7"), "{target}");
    }
    // As sent first: an encoded slash does not end a parameter.
    let one = PathPattern::new("/{id}").expect("a pattern");
    assert_eq!(one.value("id", "/a%2Fb").as_deref(), Some("a/b"));
    assert!(PathPattern::new("/").expect("a pattern").matches("http://x"));
    assert!(!one.matches("/a://b"));
}
