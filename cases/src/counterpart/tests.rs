use super::*;
use crate::sample;

const HEAD: &str = "title = \"A suite\"\nurl = \"https://example.org/\"\nrevision = \"today\"\n";

fn list(rest: &str) -> Result<List, Diagnostics> {
    read(&Source::new("counterparts/a.toml", format!("{HEAD}{rest}")), "a")
}

#[track_caller]
fn sound(rest: &str) -> List {
    list(rest).unwrap_or_else(|reported| panic!("{reported}"))
}

/// The text that the first finding points at, its message and its hint.
#[track_caller]
fn reported(rest: &str) -> (String, String, Option<String>) {
    let reported = list(rest).expect_err("a mistake");
    let first = reported.list()[0].clone();
    (reported.source().text()[first.span].to_owned(), first.message, first.hint)
}

const TESTS: &str = "tests = [\"x/one\", \"x/two\", \"y (3) [+]\"]\n";

fn lists() -> BTreeMap<String, List> {
    [("a".to_owned(), sound(TESTS))].into()
}

fn names(counterpart: &str) -> Vec<String> {
    let lists = lists();
    let (_, tests) = named(counterpart, &lists).unwrap_or_else(|unknown| panic!("{unknown}"));
    tests.iter().map(|test| test.name.clone()).collect()
}

#[test]
fn a_list_is_read() {
    let list = sound(&format!("{TESTS}[none]\n\"x/two\" = \"It is old.\"\n"));
    assert_eq!((list.name.as_str(), list.title.as_str(), list.revision.as_str()), ("a", "A suite", "today"));
    assert_eq!(list.url, "https://example.org/");
    let text = |span: &Range<usize>| list.source.text()[span.clone()].to_owned();
    let tests: Vec<_> = list.tests.iter().map(|test| (test.name.as_str(), text(&test.span))).collect();
    assert_eq!(tests[0], ("x/one", "\"x/one\"".to_owned()));
    assert_eq!(tests.len(), 3);
    let none: Vec<Option<&str>> =
        list.tests.iter().map(|test| test.none.as_ref().map(|(why, _)| why.as_str())).collect();
    assert_eq!(none, [None, Some("It is old."), None]);
}

#[test]
fn a_list_says_what_it_is_of() {
    let reported = read(&Source::new("counterparts/a.toml", "tests = []"), "a").expect_err("a mistake");
    assert_eq!(
        reported.list()[0].message,
        "a list of another suite's tests needs the keys `title`, `url` and `revision`"
    );
}

#[test]
fn a_test_is_listed_once() {
    let (place, message, _) = reported("tests = [\"x\", \"y\", \"x\"]");
    assert_eq!((place.as_str(), message.as_str()), ("\"x\"", "a test is listed twice"));
}

#[test]
fn a_reason_is_for_a_test_that_is_listed() {
    let (place, message, hint) = reported(&format!("{TESTS}[none]\n\"x/tow\" = \"It is old.\"\n"));
    assert_eq!((place.as_str(), message.as_str()), ("\"x/tow\"", "no test \"x/tow\" is listed"));
    assert_eq!(hint.as_deref(), Some("did you mean \"x/two\"?"));
    let (_, message, _) = reported(&format!("{TESTS}[none]\n\"x/two\" = \" \"\n"));
    assert_eq!(message, "the reason is empty");
}

#[test]
fn a_counterpart_is_a_name_or_a_pattern() {
    assert_eq!(names("a:x/one"), ["x/one"]);
    assert_eq!(names("a:x/*"), ["x/one", "x/two"]);
    assert_eq!(names("a:*"), ["x/one", "x/two", "y (3) [+]"]);
    // Any character but a star matches itself.
    assert_eq!(names("a:y*[+]"), ["y (3) [+]"]);
}

#[test]
fn a_star_stands_for_any_characters() {
    for (pattern, name) in [
        ("*", ""),
        ("*", "a/b"),
        ("a*", "a"),
        ("*b", "ab"),
        ("a*c", "abc"),
        ("a*b*c", "a-b-b-c"),
        ("**", "a"),
    ] {
        assert!(matches(pattern, name), "{pattern} {name}");
    }
    for (pattern, name) in [
        ("", "a"),
        ("a", "ab"),
        ("a*", "b"),
        ("*b", "abc"),
        ("aa*aa", "aaa"),
        ("a*b*c", "acb"),
        ("a*b*c", "abx"),
    ] {
        assert!(!matches(pattern, name), "{pattern} {name}");
    }
}

#[test]
fn what_no_list_knows_is_told() {
    let lists = lists();
    let unknown = |counterpart: &str| {
        let unknown = named(counterpart, &lists).expect_err("unknown");
        (unknown.to_string(), unknown.hint)
    };
    assert_eq!(
        unknown("a:x/on"),
        ("A suite has no test \"x/on\"".to_owned(), "did you mean \"a:x/one\"?".to_owned())
    );
    assert_eq!(unknown("a:z*").1, "counterparts/a.toml lists its tests");
    assert_eq!(unknown("a:[x]/one").0, "A suite has no test \"[x]/one\"");
    assert_eq!(unknown("x/one").0, "no list of tests is called \"x/one\"");
    assert_eq!(unknown("long:x/one").1, "the lists are a; add one with counterparts/<name>.toml");
    let none = named("a:x", &BTreeMap::new()).expect_err("unknown").hint;
    assert_eq!(none, "counterparts/<name>.toml lists the tests of a suite");
}

#[test]
fn cases_are_found_by_their_counterparts() {
    let list = sound(TESTS);
    let one = sample::case_with("counterparts = [\"a:x/*\", \"b:y\"]", "");
    let other = sample::case_with("counterparts = [\"b:x/one\"]", "");
    let all = [one, other];
    let found = |number: usize| cases(&list, &list.tests[number], &all).len();
    assert_eq!((found(0), found(1), found(2)), (1, 1, 0));
}
