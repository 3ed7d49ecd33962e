use std::time::Duration;

use super::*;
use crate::action::Drop;
use crate::wire::{Request, Version};

fn scenario(text: &str) -> Scenario {
    read(&Source::new("test", text)).unwrap_or_else(|reported| panic!("{reported}"))
}

/// The steps of a route's only connection.
fn played(steps: &str) -> Vec<Action> {
    let text = format!("[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [{steps}]\n");
    scenario(&text).routes.remove(0).connections.remove(0)
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
        (route.method.as_deref(), route.path.as_str(), route.connections.len()),
        (Some("POST"), "/a", 2)
    );
    let fields = [
        ("x".to_owned(), FieldMatch::Is("1".to_owned())),
        ("Y".to_owned(), FieldMatch::Present),
        ("z".to_owned(), FieldMatch::Absent),
    ];
    assert_eq!(route.headers, fields);
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

#[test]
fn client_steps_are_no_actions() {
    let text = "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [\"expect-request\"]\n";
    assert_eq!(reported(text), ["no step is called `expect-request` here"]);
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
