use super::*;

static THING: Table = Table {
    what: "a thing",
    keys: &[
        Key::required("title", Shape::Text, "What it is called."),
        Key::optional("bytes", Shape::Hex, "Its bytes."),
        Key::optional("time", Shape::Duration, "Its time."),
        Key::optional("flag", Shape::Flag, "Whether it is."),
        Key::optional("count", Shape::Count(2, 5), "How many."),
        Key::optional("kind", Shape::Word(&["one", "other"]), "Which."),
        Key::optional("list", Shape::List(&Shape::Text), "Several."),
        Key::optional("inner", Shape::Table(&INNER), "What is inside."),
        Key::optional("map", Shape::Map(&Shape::Either(&[Shape::Text, Shape::Flag])), "By name."),
        Key::optional("steps", Shape::List(&Shape::Step(&[VERBS])), "The steps."),
        Key::renamed("caption", "title"),
    ],
};

static INNER: Table = Table {
    what: "`inner`",
    keys: &[
        Key::required("first", Shape::Text, "The first."),
        Key::required("second", Shape::Text, "The second."),
    ],
};

static VERBS: &[Verb] = &[
    Verb::word("end", "It ends."),
    Verb::with("send", Shape::Text, "It sends."),
    Verb::open("respond", Shape::Table(&INNER), "It responds."),
];

/// The findings, each as the text that it points at, the message and the hint.
fn reported(text: &str) -> Vec<(String, String, String)> {
    let source = Source::new("test", text);
    match parse(&source, &THING) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => diagnostics
            .list()
            .iter()
            .map(|d| {
                let at = text.get(d.span.clone()).unwrap_or_default();
                (at.to_owned(), d.message.clone(), d.hint.clone().unwrap_or_default())
            })
            .collect(),
    }
}

/// The only finding about a table that has this in addition to its title.
#[track_caller]
fn one(rest: &str) -> (String, String, String) {
    let mut list = reported(&format!("title = \"a\"\n{rest}\n"));
    assert_eq!(list.len(), 1, "{list:?}");
    list.remove(0)
}

#[test]
fn what_fits_is_taken() {
    let full = r#"
title = "a"
bytes = "ef bb"
time = "1s"
flag = true
count = 5
kind = "other"
list = ["a", 'b']
inner = { first = "a", second = "b" }
map = { a = "b", c = false }
steps = ["end", { send = "a" }, "respond", { respond = { first = "a", second = "b" } }]
"#;
    assert_eq!(reported(full), []);
    assert_eq!(reported("title = \"\"\r\n"), []);
    // A byte-order mark belongs to the encoding.
    assert_eq!(reported("\u{feff}title = \"a\"\n"), []);
}

#[test]
fn places_after_a_byte_order_mark_are_right() {
    let list = reported("\u{feff}title = \"a\"\nkint = \"one\"\n");
    assert_eq!(list[0].0, "kint");
}

#[test]
fn another_type_is_told_with_what_it_is_for() {
    let (at, message, hint) = one("flag = \"true\"");
    assert_eq!(at, "\"true\"");
    assert_eq!(message, "expected true or false, found a string");
    assert_eq!(hint, "`flag`: Whether it is.");
    for (rest, message) in [
        ("bytes = 5", "expected a string of hexadecimal digits such as \"ef bb bf\", found a whole number"),
        ("time = 5", "expected a duration such as \"300ms\", \"2s\" or \"1min\", found a whole number"),
        ("count = 3.0", "expected a whole number from 2 to 5, found a floating-point number"),
        ("kind = true", "expected \"one\" or \"other\", found a boolean"),
        ("list = \"a\"", "expected an array, found a string"),
        ("list = [\"a\", 1979-05-27]", "expected a string, found a date"),
        ("inner = []", "expected a table (`inner`), found an array"),
        ("map = { a = [] }", "expected a string or true or false, found an array"),
        (
            "steps = [[]]",
            "expected a step: a word such as \"end\", or a table such as { send = \"..\" }, found an array",
        ),
        ("steps = [{ send = {} }]", "expected a string, found a table"),
    ] {
        assert_eq!(one(rest).1, message, "{rest}");
    }
}

#[test]
fn values_of_the_type_are_looked_at() {
    assert_eq!(one("bytes = \"e\"").1, "these are not hexadecimal bytes");
    assert_eq!(one("time = \"5\"").1, "this is not a duration");
    for count in ["1", "6", "-3", "99999999999999999999"] {
        let (at, message, hint) = one(&format!("count = {count}"));
        assert_eq!((at.as_str(), message.as_str()), (count, "this number is out of range"));
        assert_eq!(hint, "`count`: How many.");
    }
    let (at, message, hint) = one("kind = \"ohter\"");
    assert_eq!(
        (at.as_str(), message.as_str(), hint.as_str()),
        ("\"ohter\"", "unknown word \"ohter\"", "did you mean `other`?")
    );
}

#[test]
fn unknown_keys_are_told_with_the_nearest() {
    let (at, message, hint) = one("kint = 1");
    assert_eq!((at.as_str(), message.as_str()), ("kint", "unknown key `kint` in a thing"));
    assert_eq!(hint, "did you mean `kind`?");
    let (_, _, hint) = one("quux = 1");
    assert!(hint.starts_with("expected \"title\", \"bytes\""), "{hint}");
}

#[test]
fn missing_keys_are_told_together() {
    let (at, message, hint) = one("inner = {}");
    assert_eq!((at.as_str(), message.as_str()), ("{}", "`inner` needs the keys `first` and `second`"));
    assert_eq!(hint, "`first`: The first.\n`second`: The second.");
    assert_eq!(one("inner = { second = \"b\" }").1, "`inner` needs the key `first`");
}

#[test]
fn a_misspelt_key_is_not_missing_too() {
    let (at, _, hint) = one("inner = { frist = \"a\", second = \"b\" }");
    assert_eq!((at.as_str(), hint.as_str()), ("frist", "did you mean `first`?"));
}

#[test]
fn all_mistakes_are_found_in_one_pass() {
    let list = reported("kint = 1\nflag = 1\nsteps = [\"edn\", { send = 1 }]\n");
    let places: Vec<&str> = list.iter().map(|(at, ..)| at.as_str()).collect();
    assert_eq!(places, ["", "kint", "1", "\"edn\"", "1"]);
}

#[test]
fn steps_are_words_or_tables_with_one_verb() {
    assert_eq!(one("steps = [{ end = true }]").1, "`end` takes no argument");
    assert_eq!(one("steps = [\"send\"]").1, "`send` needs an argument");
    assert_eq!(one("steps = [{}]").1, "a step has one verb, but this one has 0");
    assert_eq!(one("steps = [{ send = \"a\", end = 1 }]").1, "a step has one verb, but this one has 2");
    assert_eq!(one("steps = [{ send = \"a\", split = 1 }]").1, "`split` next to `send` in a step");
    assert_eq!(one("steps = [{ respond = {} }]").1, "`inner` needs the keys `first` and `second`");
    let (at, message, hint) = one("steps = [{ sned = \"a\" }]");
    assert_eq!(
        (at.as_str(), message.as_str(), hint.as_str()),
        ("sned", "no step is called `sned` here", "did you mean `send`?")
    );
    assert_eq!(one("steps = [\"leave\"]").2, "expected \"end\", \"send\" or \"respond\"");
}

#[test]
fn of_several_errors_of_the_parser_the_first_is_told() {
    let list = reported("title: a\nkind - b\n");
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!(list[0].1, "this is not TOML");
    assert_eq!(list[0].0, ":");
}

#[test]
fn a_key_given_twice_is_no_toml() {
    let (at, message, hint) = one("title = \"b\"");
    assert_eq!(
        (at.as_str(), message.as_str(), hint.as_str()),
        ("title", "this is not TOML", "write each key once")
    );
}

#[test]
fn what_follows_from_a_control_character_is_not_told() {
    let list = reported("title = \"a\rb\"\nkint = 1\n");
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!(list[0].1, "a bare CR in the file");
}

#[test]
fn names_that_are_near_enough_are_suggested() {
    let known = ["send", "send-hex", "expect-event", "id"];
    for (found, near) in [
        ("sned", Some("send")),
        ("Send", Some("send")),
        ("send_hex", Some("send-hex")),
        ("expect-events", Some("expect-event")),
        ("expectevent", Some("expect-event")),
        ("i", Some("id")),
        ("shout", None),
        ("", None),
        ("exception", None),
    ] {
        assert_eq!(nearest(found, known), near, "{found}");
    }
}

#[test]
fn long_lists_are_wrapped() {
    let words: Vec<String> = (0..60).map(|number| format!("word-{number}")).collect();
    let list = words.join(", ");
    let text = wrapped(&list);
    assert!(text.lines().count() > 1 && text.lines().all(|line| line.len() <= LIST_WIDTH), "{text}");
    assert_eq!(text.replace('\n', " "), list);
    assert_eq!(wrapped(""), "");
}

#[test]
fn a_renamed_key_gets_an_error_that_names_the_new_one() {
    let expected = |place: &str| {
        (place.to_owned(), "`caption` is now `title`".to_owned(), "rename this key to `title`".to_owned())
    };
    assert_eq!(reported("title = \"a\"\ncaption = \"b\"\n"), [expected("caption")]);
    // It is never suggested.
    assert!(!reported("title = \"a\"\ncaptoin = \"b\"\n")[0].2.contains("caption"));
}
