//! The JSON Schema of cases, by which editors complete and check: it is current, and says the same as our own check.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;
use ssespec_cases::format::{case_schema, intermediary_case_schema, server_case_schema};
use ssespec_cases::{Corpus, Role};

/// Mistakes that the schema does not see: it knows the shape of a case and nothing of what the case means.
const BEYOND_THE_SCHEMA: &[&str] = &[
    "no-steps",
    // What strings and numbers say.
    "alternatives-without-a-name",
    "empty-alternative",
    "empty-raw",
    "empty-send",
    "empty-title",
    "fact-before-its-alternatives",
    "fact-of-no-header",
    "framed-by-length-without-a-length",
    "header-name-with-a-space",
    "header-value-with-a-line-end",
    "length-without-framing",
    "names-of-no-alternatives",
    "no-requirements",
    "one-alternative",
    "pattern-given-twice",
    "pattern-missing",
    "reason-with-a-line-end",
    "request-header-with-a-line-end",
    "data-given-twice",
    // What is claimed, and what is not used.
    "capability-named-twice",
    "capability-not-used",
    "counterpart-named-twice",
    "counterpart-of-no-list",
    "misspelt-counterpart",
    "misspelt-list",
    "script-without-dom",
    "pattern-of-no-counterpart",
    "capability-not-asked-for",
    "misspelt-requirement",
    "requirement-named-twice",
    "requirements-of-two-levels",
    "requirements-of-two-suites",
    "second-request-without-reconnect",
    "unheard-of-requirement",
    // What is measured.
    "growth-in-one-span",
    "growth-of-nothing",
    "measured-and-not-judged",
    "measured-beside-others",
    // What can be played.
    "answer-without-a-request",
    "end-twice",
    "fewer-bytes-than-the-length",
    "left-open-inside-a-block",
    "left-open-with-a-length",
    "more-bytes-than-the-length",
    "send-after-a-complete-answer",
    "send-before-the-answer",
    // What a server does.
    "server-answer-to-nothing",
    "server-capability-not-asked-for",
    "server-capability-not-used",
    "server-comment-with-an-id",
    "server-emission-of-nothing",
    "server-emission-of-two-things",
    "server-shutdown-beside-others",
    "server-stream-that-is-not-read",
    "server-stream-that-is-not-there",
    "server-stream-that-is-open",
    // What happens around an intermediary.
    "intermediary-origin-that-refuses",
    "intermediary-stream-that-is-not-there",
    // How it is written.
    "comma-at-the-end-of-a-table",
    "escape-of-a-byte",
    "escape-of-toml-1-1",
    "multi-line-string",
    "table-over-several-lines",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The schemas, each with its file and the role whose cases it describes.
fn schemas() -> [(Role, &'static str, Value); 3] {
    [
        (Role::Client, "case.schema.json", case_schema()),
        (Role::Server, "server-case.schema.json", server_case_schema()),
        (Role::Intermediary, "intermediary-case.schema.json", intermediary_case_schema()),
    ]
}

/// The validator of the cases of a role.
fn validator(role: Role) -> Validator {
    let schema = schemas().into_iter().find(|(of, _, _)| *of == role).expect("a role").2;
    jsonschema::validator_for(&schema).expect("a schema")
}

/// A document as JSON; `None` where it is no TOML.
fn json(bytes: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?;
    toml::from_str(text).ok()
}

/// The names and contents of the files with mistakes.
fn mistakes() -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(root().join("tests/mistakes")).expect("the folder of mistakes");
    let paths = entries.map(|entry| entry.expect("a file").path());
    let files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    let name = |path: &Path| path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
    files.iter().map(|path| (name(path), std::fs::read(path).expect("a file"))).collect()
}

#[test]
fn the_file_is_current() {
    for (_, name, schema) in schemas() {
        let path = root().join(name);
        if std::env::var_os("SSESPEC_UPDATE").is_some() {
            std::fs::write(&path, format!("{schema:#}\n")).expect("a file that can be written");
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        // Compared as JSON: the order of its keys depends on what else is built with it.
        let current = serde_json::from_str(&written).is_ok_and(|written: Value| written == schema);
        assert!(current, "cases/{name} is out of date: run the tests with SSESPEC_UPDATE=1");
        assert!(written.ends_with("}\n"));
    }
}

#[test]
fn it_is_a_schema() {
    for (_, name, schema) in schemas() {
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn it_takes_every_case() {
    let validators: Vec<(Role, Validator)> = Role::ALL.iter().map(|role| (*role, validator(*role))).collect();
    for (id, case) in &Corpus::embedded().expect("the corpus").cases {
        let (_, validator) = validators.iter().find(|(role, _)| *role == case.role()).expect("a role");
        let document = json(case.source.text().as_bytes()).expect("TOML");
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{id}: {}", errors.join("\n"));
    }
}

#[test]
fn it_refuses_each_mistake_of_shape() {
    let [client, server, intermediary] = [Role::Client, Role::Server, Role::Intermediary].map(validator);
    for (name, bytes) in mistakes() {
        let validator = match name.split('-').next() {
            Some("server") => &server,
            Some("intermediary") => &intermediary,
            _ => &client,
        };
        let Some(document) = json(&bytes) else { continue };
        let expected = BEYOND_THE_SCHEMA.contains(&name.as_str());
        assert_eq!(validator.is_valid(&document), expected, "{name}: {document}");
    }
}

#[test]
fn the_list_of_what_it_does_not_see_is_current() {
    let names: Vec<String> = mistakes().into_iter().map(|(name, _)| name).collect();
    for name in BEYOND_THE_SCHEMA {
        assert!(names.iter().any(|known| known == name), "there is no mistake {name}");
    }
}
