//! The JSON Schema of scenarios, by which editors complete and check.

use std::path::Path;

use ssespec_diagnostics::Source;
use ssespec_mock_server::scenario::format::{read, scenario_schema};

/// Scenarios that use all there is.
const SCENARIOS: &[&str] = &[
    r#"
title = "A drop and a resume"

[[route]]
path = "/stream"

[[route.connection]]
steps = [
  { send = "retry: 500\nid: 1\ndata: one\n\n" },
  { wait = "1s" },
  { send = "id: 2\ndata: tw" },
  { drop = "reset" },
]

[[route.connection]]
steps = [{ send = "id: 2\ndata: two\n\n" }]
"#,
    r#"
[[route]]
method = "POST"
path = "/*"
headers = { last-event-id = "1", cookie = false, accept = true }

[[route.connection]]
steps = [
  { respond = { status = 103, headers = { link = ["a", "b"] } } },
  { respond = { reason = "Fine", headers = {}, framing = "length", length = 12 } },
  { send-hex = "ef bb bf" },
  { send-repeat = { text = "x", times = 4, write = 1 } },
  { send-repeat = { hex = "0a", times = 5 } },
  "end",
]

[[route.connection]]
steps = [{ refuse = "300ms" }, { raw = "HTTP/1.1 200 OK\r\n\r\n" }, { drop = "fin" }]

[[route.connection]]
steps = ["respond"]
"#,
    r#"
[[route]]
path = "/*"

[[route.connection]]
steps = [{ forward = "head" }, { forward = { events = 3 } }, { forward = { bytes = 1 } }, "forward"]
"#,
];

/// Scenarios whose shape is wrong.
const MISSHAPEN: &[&str] = &[
    "",
    "title = \"a\"",
    "route = 5",
    "[[route]]\npath = \"/\"",
    "[[route]]\npath = 5\n[[route.connection]]\nsteps = []",
    "[[route]]\npath = \"/\"\nverb = \"GET\"\n[[route.connection]]\nsteps = []",
    "[[route]]\npath = \"/\"\nheaders = { a = 1 }\n[[route.connection]]\nsteps = []",
    "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [\"close\"]",
    "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [{ expect-event = {} }]",
    "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [{ wait = \"1 s\" }]",
    "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [{ send = \"a\", wait = \"1s\" }]",
    "[[route]]\npath = \"/\"\n[[route.connection]]\nsteps = [{ respond = { status = 99 } }]",
    "[[route]]\npath = \"/\"\n[[route.connection]]\nstep = []",
];

fn json(text: &str) -> serde_json::Value {
    toml::from_str(text).expect("TOML")
}

#[test]
fn the_file_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenario.schema.json");
    if std::env::var_os("SSESPEC_UPDATE").is_some() {
        std::fs::write(&path, format!("{:#}\n", scenario_schema())).expect("a file that can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    // Compared as JSON: the order of its keys depends on what else is built with it.
    let current =
        serde_json::from_str(&written).is_ok_and(|written: serde_json::Value| written == scenario_schema());
    assert!(current, "mock-server/scenario.schema.json is out of date: run the tests with SSESPEC_UPDATE=1");
    assert!(written.ends_with("}\n"));
}

/// What the control port says of the journal.
#[cfg(feature = "command")]
#[test]
fn the_description_of_the_control_port_has_every_entry() {
    use std::collections::BTreeSet;

    let names = |values: &serde_json::Value| -> BTreeSet<String> {
        let values = values.as_array().expect("an array").iter();
        values.map(|value| value.as_str().expect("a name").to_owned()).collect()
    };
    let schema = ssespec_mock_server::scenario::journal::journal_schema();
    let kinds = schema["oneOf"].as_array().expect("kinds").iter();
    let kinds: BTreeSet<String> =
        kinds.map(|kind| kind["properties"]["what"]["const"].as_str().expect("a name").to_owned()).collect();
    let description: serde_json::Value =
        serde_json::from_str(ssespec_mock_server::control::OPENAPI).expect("JSON");
    let described = names(&description["components"]["schemas"]["Entry"]["properties"]["what"]["enum"]);
    assert_eq!(described, kinds);
    let known = ssespec_mock_server::scenario::journal::EntryKind::NAMES;
    assert_eq!(known.map(str::to_owned).into_iter().collect::<BTreeSet<String>>(), kinds);
}

#[test]
fn it_is_a_schema() {
    jsonschema::meta::validate(&scenario_schema()).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn it_takes_what_the_server_takes() {
    let validator = jsonschema::validator_for(&scenario_schema()).expect("a schema");
    let example = include_str!("../examples/drop-and-resume.toml");
    for scenario in SCENARIOS.iter().chain(&[example]) {
        read(&Source::new("test", scenario)).unwrap_or_else(|reported| panic!("{reported}"));
        let document = json(scenario);
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
    }
}

#[test]
fn it_refuses_what_the_server_refuses() {
    let validator = jsonschema::validator_for(&scenario_schema()).expect("a schema");
    for scenario in MISSHAPEN {
        assert!(read(&Source::new("test", scenario)).is_err(), "{scenario}");
        assert!(!validator.is_valid(&json(scenario)), "{scenario}");
    }
}
