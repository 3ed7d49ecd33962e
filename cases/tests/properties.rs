//! Properties that hold for any text: nothing panics, and each finding is in the text.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use ssespec_cases::explain::explain;
use ssespec_cases::{Case, Corpus, Script, client, format, intermediary, lint, requirement, server};
use ssespec_diagnostics::{Diagnostics, Source};
use ssespec_mock_server::scenario;

/// The cases of the suite, and its requirements without them.
static CORPUS: LazyLock<(Vec<Case>, Corpus)> = LazyLock::new(|| {
    let mut corpus = Corpus::embedded().unwrap_or_else(|error| panic!("{error}"));
    (std::mem::take(&mut corpus.cases).into_values().collect(), corpus)
});

/// Reads and lints a text as a case, and does with it all that is done without a client.
fn use_as_case(text: &str, id: &str) -> Result<(), Diagnostics> {
    let case = format::read(&Source::new(format!("{id}.toml"), text), id)?;
    for at in case.script.locations() {
        assert_eq!(text[at.span.clone()].trim(), at.text);
        assert_eq!(text[..at.span.start].matches('\n').count() + 1, at.line);
    }
    match &case.script {
        Script::Client(script) => {
            client::ending(script);
            client::event_types(&client::expand(script));
        }
        Script::Server(script) => drop(server::expand(script)),
        Script::Intermediary(script) => drop(intermediary::expand(script)),
        _ => {}
    }
    assert!(!explain(&case, &CORPUS.1).is_empty());
    match lint::check(std::slice::from_ref(&case), &CORPUS.1).pop() {
        Some(reported) => Err(reported),
        None => Ok(()),
    }
}

/// Each finding names a place in the text, and can be shown.
fn is_well_told(reported: &Diagnostics, text: &str) {
    assert!(!reported.list().is_empty());
    for finding in reported.list() {
        let span = finding.span.clone();
        assert!(text.get(span.clone()).is_some(), "{span:?} of {} in {text:?}", text.len());
        assert!(!finding.message.is_empty() && !finding.label.is_empty(), "{finding:?}");
        let (line, column) = reported.source().position(span.start);
        assert!(line >= 1 && column >= 1);
    }
    for styled in [false, true] {
        assert!(!reported.render(styled).is_empty());
    }
    let plain = reported.to_string();
    assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{plain:?}");
}

/// Uses a text in every way that a file is used.
fn use_every_way(text: &str) {
    let reported = [
        use_as_case(text, "client/any").err(),
        use_as_case(text, "server/any").err(),
        scenario::format::read(&Source::new("a.toml", text)).err(),
        requirement::read(&Source::new("requirements/a.toml", text), "a").err(),
    ];
    reported.iter().flatten().for_each(|reported| is_well_told(reported, text));
}

/// Pieces of which cases are made, and some of which they must not be.
const PIECES: &[&str] = &[
    "title = \"a\"\n",
    "requirements = [\"whatwg/line-lf\"]\n",
    "steps = [\n",
    "]\n",
    "[",
    "]",
    "{ ",
    " }",
    ",",
    " = ",
    "\"",
    "'",
    "\"\"\"",
    "\\",
    "\\x41",
    "\\u0000",
    "\r",
    "\n",
    "\t",
    "#",
    "\u{0}",
    "\u{9b}",
    "é",
    "\u{1f980}",
    "\u{feff}",
    "send",
    "\"end\"",
    "expect-one-of",
    "expect-event",
    "expect-request",
    "respond",
    "headers",
    "\"data: a\\n\\n\"",
    "\"300ms\"",
    "\"99999999999999999999s\"",
    "1",
    "-1",
    "1.5",
    "18446744073709551616",
    "true",
    "1979-05-27",
    "[[route]]\n",
    "path = \"/*\"\n",
    "[[route.connection]]\n",
    "{ send = \"data: a\\n\\n\" },\n",
    "{ respond = { status = 204 } },\n",
    "{ expect-one-of = [[], \"expect-closed\"] },\n",
    "{ send-repeat = { text = \"a\", times = 18446744073709551615 } },\n",
    "[requirement.a]\n",
    "level = \"must\"\n",
];

/// A step of one of the suite's cases, as it is written.
fn any_step() -> impl Strategy<Value = String> {
    let steps: Vec<String> =
        CORPUS.0.iter().flat_map(|case| case.script.locations()).map(|at| at.text.clone()).collect();
    select(steps)
}

/// A change of a text.
#[derive(Debug, Clone)]
enum Mutation {
    Delete,
    Insert(char),
    Duplicate,
}

fn any_mutation() -> impl Strategy<Value = Mutation> {
    let frequent =
        select(vec!['"', '\'', '\\', '{', '}', '[', ']', ',', '=', '#', '\n', '\r', '\0', '-', 'a', '0']);
    prop_oneof![
        Just(Mutation::Delete),
        Just(Mutation::Duplicate),
        frequent.prop_map(Mutation::Insert),
        any::<char>().prop_map(Mutation::Insert),
    ]
}

/// The bytes with a byte deleted, doubled, or a character before it.
fn mutate(bytes: &mut Vec<u8>, place: Index, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    let at = place.index(bytes.len());
    match mutation {
        Mutation::Delete => drop(bytes.remove(at)),
        Mutation::Duplicate => bytes.insert(at, bytes[at]),
        Mutation::Insert(c) => drop(bytes.splice(at..at, c.to_string().into_bytes())),
    }
}

proptest! {
    #[test]
    fn any_text_is_taken_or_told_of(text in any::<String>()) {
        use_every_way(&text);
    }

    #[test]
    fn any_mix_of_pieces_is_taken_or_told_of(pieces in prop::collection::vec(select(PIECES), 0..25)) {
        use_every_way(&pieces.concat());
    }

    #[test]
    fn any_mix_of_steps_is_taken_or_told_of(steps in prop::collection::vec(any_step(), 0..8)) {
        let steps = steps.join(",\n  ");
        use_every_way(&format!("title = \"a\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [\n  {steps}\n]\n"));
    }

    #[test]
    fn a_case_with_a_slip_is_taken_or_told_of(
        case in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), any_mutation()), 1..4),
    ) {
        let cases = &CORPUS.0;
        let mut bytes = cases[case.index(cases.len())].source.text().as_bytes().to_vec();
        for (place, mutation) in &changes {
            mutate(&mut bytes, *place, mutation);
        }
        match Source::from_bytes("client/any.toml", bytes) {
            Ok(source) => use_every_way(source.text()),
            Err(reported) => is_well_told(&reported, reported.source().text()),
        }
    }

    #[test]
    fn any_bytes_are_text_or_told_of(bytes: Vec<u8>) {
        match Source::from_bytes("client/any.toml", bytes.clone()) {
            Ok(source) => prop_assert_eq!(source.text().as_bytes(), bytes),
            Err(reported) => is_well_told(&reported, reported.source().text()),
        }
    }
}

/// Each byte of a case is removed once, because random mutations could miss it.
#[test]
fn a_case_without_any_one_byte_is_taken_or_told_of() {
    let cases = &CORPUS.0;
    for case in cases.iter().step_by(cases.len() / 2) {
        let text = case.source.text();
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at) && text.is_char_boundary(at + 1)) {
            use_every_way(&format!("{}{}", &text[..at], &text[at + 1..]));
        }
    }
}
