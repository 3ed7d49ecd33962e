use super::*;
use crate::Key;

static THING: Table = Table {
    what: "a thing",
    keys: &[
        Key::required("title", Shape::Text, "What it is called."),
        Key::optional("bytes", Shape::Hex, "Its bytes."),
        Key::optional("time", Shape::Duration, "Its time."),
        Key::optional("count", Shape::Count(2, 5), "How many."),
        Key::optional("number", Shape::Count(1, u64::MAX), "Which."),
        Key::optional("kind", Shape::Word(&["one", "other"]), "Of which kind."),
        Key::optional("map", Shape::Map(&Shape::Either(&[Shape::Text, Shape::Flag])), "By name."),
        Key::optional("steps", Shape::List(&Shape::Step(&[VERBS])), "The steps."),
    ],
};

static VERBS: &[Verb] = &[
    Verb::word("end", "It ends."),
    Verb::with("send", Shape::Text, "It sends."),
    Verb::open("wait", Shape::Flag, "It waits."),
];

fn valid(thing: &Value) -> bool {
    jsonschema::validator_for(&document(&THING, "A thing")).expect("a schema").is_valid(thing)
}

#[test]
fn a_schema_names_its_draft_and_what_it_describes() {
    let schema = document(&THING, "A thing");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["title"], "A thing");
    assert_eq!(schema["properties"]["title"]["description"], "What it is called.");
    assert_eq!(schema["required"], json!(["title"]));
}

#[test]
fn what_fits_the_shape_is_valid() {
    for thing in [
        json!({ "title": "" }),
        json!({ "title": "a", "bytes": "ef BB\tbf", "time": "1min", "count": 5, "number": u64::MAX, "kind": "one" }),
        json!({ "title": "a", "bytes": "", "map": { "a": "b", "c": true } }),
        json!({ "title": "a", "steps": ["end", { "send": "a" }, "wait", { "wait": true }] }),
    ] {
        assert!(valid(&thing), "{thing}");
    }
}

#[test]
fn what_does_not_fit_the_shape_is_not() {
    for (key, value) in [
        ("title", json!(1)),
        ("other", json!("a")),
        ("bytes", json!("efb")),
        ("bytes", json!("0xef")),
        ("time", json!("5")),
        ("time", json!("5 s")),
        ("time", json!("1h")),
        ("count", json!(1)),
        ("count", json!(6)),
        ("count", json!(2.5)),
        ("number", json!(0)),
        ("kind", json!("third")),
        ("map", json!({ "a": 1 })),
        ("steps", json!("end")),
        ("steps", json!(["ende"])),
        ("steps", json!(["send"])),
        ("steps", json!([{ "end": true }])),
        ("steps", json!([{}])),
        ("steps", json!([{ "send": "a", "wait": true }])),
    ] {
        let mut thing = json!({ "title": "a" });
        thing[key] = value;
        assert!(!valid(&thing), "{thing}");
    }
    assert!(!valid(&json!({})));
}
