use std::time::Duration;

use super::*;
use crate::action::{Action, Drop, Respond};
use crate::scenario::FieldMatch;
use crate::scenario::step::{Repetition, Step};
use crate::wire::{Request, Version};

fn scenario(text: &str) -> Scenario {
    read(&Source::new("test", text)).unwrap_or_else(|reported| panic!("{reported}"))
}

/// The steps of a route's only connection.
fn played(steps: &str) -> Vec<Action> {
    let text = format!("[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [{steps}]\n");
    let script = scenario(&text).routes.remove(0).connections.remove(0);
    let action = |step: &Step| match step {
        Step::Do(action) => action.clone(),
        other => panic!("{other:?}"),
    };
    script.iter().map(action).collect()
}

/// The messages about a scenario.
fn reported(text: &str) -> Vec<String> {
    let reported = read(&Source::new("test", text)).expect_err("a mistake");
    reported.list().iter().map(|finding| finding.message.clone()).collect()
}

/// A route with these keys and an empty script.
fn route(keys: &str) -> String {
    format!("[[route]]\n{keys}\n[[route.connection]]\nsteps = []\n")
}

fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request {
    Request {
        method: method.to_owned(),
        target: target.to_owned(),
        version: Version::Http11,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
            .collect(),
        body: Vec::new(),
    }
}

#[test]
fn a_scenario_has_routes_with_connections() {
    let text = "title = \"a\"\n[[route]]\nmethod = \"POST\"\npath = \"/a\"\nheaders = { x = \"1\", Y = true, z = false }\n\
                [[route.connection]]\nsteps = [\"end\"]\n[[route.connection]]\nsteps = []\n";
    let scenario = scenario(text);
    assert_eq!(scenario.title, "a");
    let route = &scenario.routes[0];
    assert_eq!(
        (route.method.as_deref(), route.path.text(), route.connections.len()),
        (Some("POST"), "/a", 2)
    );
    let fields = [
        ("x".to_owned(), FieldMatch::Is("1".to_owned())),
        ("Y".to_owned(), FieldMatch::Present),
        ("z".to_owned(), FieldMatch::Absent),
    ];
    assert_eq!(route.matching.headers, fields);
}

#[test]
fn an_answer_is_implied_unless_the_script_gives_one() {
    let implied = Action::Respond(Respond::default());
    assert_eq!(played("").as_slice(), std::slice::from_ref(&implied));
    assert_eq!(played("{ send = \"a\" }"), [implied.clone(), Action::Send(b"a".to_vec())]);
    assert_eq!(played("{ wait = \"1s\" }")[0], implied);
    for answer in ["{ respond = { status = 204 } }", "\"respond\"", "{ raw = \"a\" }", "{ drop = \"fin\" }"] {
        assert_eq!(played(answer).len(), 1, "{answer}");
        let late = played(&format!("{{ wait = \"1s\" }}, {{ refuse = \"1s\" }}, {answer}"));
        assert_eq!((late.len(), &late[0]), (3, &Action::Wait(Duration::from_secs(1))), "{answer}");
    }
    assert_eq!(played("{ drop = \"reset\" }"), [Action::Drop(Drop::Reset)]);
}

#[test]
fn a_script_must_be_playable() {
    let text = "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [\"end\", { send = \"a\" }, { send = \"b\" }]\n";
    assert_eq!(reported(text), ["there is no open body to write to"]);
    // Each connection is checked separately.
    let text = "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [\"end\", \"end\"]\n\
                [[route.connection]]\nsteps = [\"end\", \"end\"]\n";
    assert_eq!(reported(text).len(), 2);
}

#[test]
fn a_stream_may_be_left_open_anywhere() {
    assert_eq!(played("{ send = \"data: ha\" }").len(), 2);
}

#[test]
fn what_a_scenario_must_have_is_told() {
    assert_eq!(reported(""), ["a scenario needs the key `route`"]);
    assert_eq!(reported("[[route]]\npath = \"/\"\n"), ["a route needs the key `connection`"]);
    assert_eq!(reported("[[route]]\npath = \"/\"\nconnection = []\n"), ["a route needs a connection"]);
    assert_eq!(reported(&route("path = \"a\"")), ["a path begins with a slash"]);
    assert_eq!(reported(&route("path = \"/a?b=c\"")), ["a query is not part of a path"]);
    assert_eq!(
        reported(&route("path = \"/\"\nheaders = { \"a b\" = true }")),
        ["this is not a header field name"]
    );
    assert_eq!(reported(&route("path = \"/\"\nheader = { a = true }")), ["unknown key `header` in a route"]);
    assert_eq!(reported(&route("path = \"/\"\nmethod = 1")), ["expected a string, found a whole number"]);
}

/// What is reported about these steps.
fn mistakes(steps: &str) -> Vec<String> {
    reported(&format!("[[route]]\npath = \"/a/{{id}}\"\n[[route.connection]]\nsteps = [{steps}]\n"))
}

#[test]
fn client_steps_are_no_actions() {
    assert_eq!(mistakes("\"expect-event\""), ["no step is called `expect-event` here"]);
}

#[test]
fn steps_that_cannot_be_played() {
    for (steps, message) in [
        ("{ send = \"{{countr}}\" }", "`countr` is not a value for a template"),
        ("{ send = \"{{path.name}}\" }", "the route's path `/a/{id}` has no parameter {name}"),
        ("{ send = \"{{\" }", "`{{` is not closed"),
        ("{ respond = { body = \"{{x}}\" } }", "`x` is not a value for a template"),
        ("{ respond = { headers = { a = [\"{{x}}\"] } } }", "`x` is not a value for a template"),
        ("{ resume = { events = [\"{{x}}\"] } }", "`x` is not a value for a template"),
        ("{ resume = { events = [] } }", "`resume` needs events"),
        ("{ resume = { events = [\"a\", { id = \"1\" }] } }", "two events have the ID \"1\""),
        ("{ resume = { events = [{ id = \"\" }] } }", "no client can resume from this event"),
        ("{ event = { id = \"a\\rb\" } }", "this event cannot be sent"),
        ("{ resume = { events = [{ event = \"a\\nb\" }] } }", "this event cannot be sent"),
        ("{ pace = {} }", "`pace` needs one rate"),
        ("{ pace = { bytes-per-second = 1, events-per-second = 1 } }", "`pace` needs one rate"),
        ("{ heartbeat = \"0ms\" }", "a heartbeat without a pause"),
        ("{ repeat = { steps = [{ send = \"a\" }] } }", "this repeats without end or pause"),
        (
            "{ repeat = { every = \"1s\", steps = [{ send = \"a\" }] } }, \"end\"",
            "no step can follow this one",
        ),
        ("{ repeat = { times = 2, steps = [\"end\"] } }", "there is no open body to end"),
        (
            "{ repeat = { times = 2, steps = [{ repeat = { steps = [] } }] } }",
            "no step is called `repeat` here",
        ),
        ("{ file = \"no-such-file.sse\" }", "cannot read no-such-file.sse"),
        ("\"end\", { send = \"a\" }", "there is no open body to write to"),
        (
            "{ respond = { framing = \"length\", length = 9 } }, { send = \"{{time}}\" }",
            "the length of this text is only known when it is sent",
        ),
        ("{ expect-request = { body = { pointer = \"a\" } } }", "a JSON Pointer begins with a slash"),
        (
            "{ expect-request = { last-event-id = \"1\", headers = { Last-Event-ID = \"2\" } } }",
            "Last-Event-ID has two conditions",
        ),
    ] {
        assert_eq!(mistakes(steps), [message], "{steps}");
    }
}

#[test]
fn every_awaited_request_is_answered() {
    let script = |steps: &str| {
        let text = format!("[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [{steps}]\n");
        scenario(&text).routes.remove(0).connections.remove(0)
    };
    let implied = Step::Do(Action::Respond(Respond::default()));
    let places = |steps: &str| {
        let script = script(steps);
        let at = script.iter().enumerate().filter(|(_, step)| **step == implied);
        (script.len(), at.map(|(number, _)| number).collect::<Vec<_>>())
    };
    assert_eq!(places(""), (1, vec![0]));
    assert_eq!(places("\"expect-request\""), (2, vec![1]));
    assert_eq!(places("\"expect-request\", { drop = \"fin\" }, \"expect-request\", \"end\""), (5, vec![3]));
    assert_eq!(places("\"end\", \"expect-request\", \"end\""), (5, vec![0, 3]));
    assert_eq!(places("{ wait = \"1s\" }, { send = \"a\" }"), (3, vec![0]));
    assert_eq!(places("{ pace = { events-per-second = 1 } }, { raw = \"a\" }"), (2, vec![]));
}

#[test]
fn files_are_found_beside_the_scenario() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.sse"), b"data: \xff\n\n").expect("a file");
    let text = "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [{ file = \"a.sse\" }]\n";
    let source = Source::new(folder.path().join("s.toml").display().to_string(), text);
    let scenario = read(&source).unwrap_or_else(|reported| panic!("{reported}"));
    assert_eq!(scenario.files, [folder.path().join("a.sse")]);
    assert_eq!(scenario.routes[0].connections[0][1], Step::File((*b"data: \xff\n\n").into()));
}

#[test]
fn repetitions() {
    let text = "[[route]]\npath = \"/\"\n[[route.connection]]\n\
                steps = [{ repeat = { times = 3, every = \"1s\", steps = [{ send = \"a\" }] } }, \"end\"]\n";
    let script = scenario(text).routes.remove(0).connections.remove(0);
    let steps = vec![Step::Do(Action::Send(b"a".to_vec()))];
    assert_eq!(script[1], Step::Repeat(Repetition { times: Some(3), every: Duration::from_secs(1), steps }));
}

#[test]
fn a_star_in_a_path_stands_for_any_characters() {
    let matches = |path: &str, target: &str| {
        scenario(&route(&format!("path = \"{path}\""))).routes[0].matches(&request("GET", target, &[]))
    };
    for (path, target) in [
        ("/", "/"),
        ("*", "/"),
        ("*", "/a/b"),
        ("/a*", "/a"),
        ("/a*", "/ab/c"),
        ("/*/c", "/a/b/c"),
        ("/**/c", "/a/b/c"),
        ("/a/*", "/a/"),
        ("/[a]{b,c}!", "/[a]{b,c}!"),
        ("/a\\\\b", "/a\\b"),
        ("/a", "/a?b=c"),
        ("/", "/?"),
        ("/é*", "/éa"),
    ] {
        assert!(matches(path, target), "{path} {target}");
    }
    for (path, target) in [
        ("/", "/a"),
        ("/a", "/b"),
        ("/a", "/A"),
        ("/*/c", "/c"),
        ("/[ab]", "/a"),
        ("/{a,b}", "/a"),
        ("/a*", "/b"),
    ] {
        assert!(!matches(path, target), "{path} {target}");
    }
}

#[test]
fn a_route_matches_by_method_and_header_fields() {
    let route = |keys: &str| scenario(&route(&format!("path = \"*\"\n{keys}"))).routes.remove(0);
    let post = route("method = \"POST\"");
    assert!(post.matches(&request("POST", "/", &[])) && !post.matches(&request("GET", "/", &[])));
    let resumed = route("headers = { last-event-id = \"1\" }");
    assert!(resumed.matches(&request("GET", "/", &[("Last-Event-ID", "1")])));
    assert!(resumed.matches(&request("GET", "/", &[("last-event-id", "0"), ("last-event-id", "1")])));
    assert!(!resumed.matches(&request("GET", "/", &[("last-event-id", "11")])));
    assert!(!resumed.matches(&request("GET", "/", &[])));
    let present = route("headers = { cookie = true }");
    assert!(
        present.matches(&request("GET", "/", &[("Cookie", "")]))
            && !present.matches(&request("GET", "/", &[]))
    );
    let absent = route("headers = { cookie = false }");
    assert!(
        !absent.matches(&request("GET", "/", &[("Cookie", "")])) && absent.matches(&request("GET", "/", &[]))
    );
}

#[test]
fn what_can_never_match_is_reported() {
    assert_eq!(reported(&route("path = \"/\"\nmethod = \"get\"")), ["this is not a method"]);
    assert_eq!(reported(&route("path = \"/\"\nmethod = \"A B\"")), ["this is not a method"]);
    assert_eq!(mistakes("{ expect-request = { method = \"post\" } }"), ["this is not a method"]);
    scenario(&route("path = \"/\"\nmethod = \"purge\""));
    let twice = [route("path = \"/\""), route("path = \"/\"")].concat();
    assert_eq!(reported(&twice), ["an earlier route serves the same requests"]);
    scenario(&[route("path = \"/\"\nlast-event-id = true"), route("path = \"/\"")].concat());
    assert_eq!(mistakes("{ repeat = { times = 2, steps = [] } }"), ["this repeats nothing"]);
}

#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_not_read() {
    assert_eq!(mistakes("{ file = \"/dev/zero\" }"), ["cannot read /dev/zero"]);
}
