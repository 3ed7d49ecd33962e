//! Checking a document against its shape: one pass finds every mistake, and a near miss gets a suggestion.

use std::ops::Range;

use toml::de::{DeTable, DeValue, Error};

use crate::diagnostic::{Diagnostics, Findings};
use crate::lexical;
use crate::nearest::nearest;
use crate::shape::{Argument, Key, Shape, Table, Verb, listed, one_of};
use crate::source::Source;
use crate::value::{self, LONGEST, Value};

#[cfg(test)]
mod tests;

/// The maximum width of a line in a list of known names, in characters.
const LIST_WIDTH: usize = 100;

/// Parses a document and checks it against its shape. The result can be read without further type checks.
///
/// # Errors
/// If the text is not TOML, or does not match the shape.
pub fn parse<'s>(source: &'s Source, shape: &'static Table) -> Result<DeTable<'s>, Diagnostics> {
    let mut findings = Findings::default();
    lexical::characters(source.text(), &mut findings);
    if !findings.is_empty() {
        return findings.or(source, None);
    }
    let (root, errors) = DeTable::parse_recoverable(source.text());
    let end = source.text().len();
    let place = |error: &Error| error.span().unwrap_or(end..end);
    // Later errors are mostly consequences of the first.
    if let Some(first) = errors.iter().min_by_key(|error| place(error).start) {
        not_toml(first, place(first), &mut findings);
        return findings.or(source, None);
    }
    lexical::subset(source.text(), &mut findings);
    check_table(root.get_ref(), 0..0, shape, &mut findings);
    findings.or(source, Some(root.into_inner()))
}

/// Hints for errors of the parser, by the beginning of their messages.
const PARSER_HINTS: &[(&str, &str)] = &[
    ("invalid basic string", "close the string on the line where it begins"),
    ("string values must be quoted", "write strings in double quotes"),
    ("duplicate key", "write each key once"),
    ("missing escaped value", "write a backslash as \\\\, and bytes that are not text with send-hex"),
    ("missing comma", "write a comma after each entry"),
    ("unclosed array", "close it: each `[` needs a `]`"),
    ("unclosed inline table", "close it: each `{` needs a `}`"),
    ("key with no value", "each line is a key, an equals sign and a value: title = \"..\""),
    ("invalid unquoted key", "each line is a key, an equals sign and a value: title = \"..\""),
    ("cannot recurse further", "nothing here needs such deep nesting"),
];

/// Errors for which the parser's expectation would mislead: it suggests TOML 1.1 escapes and single quotes.
const NOT_OURS: &[&str] = &["missing escaped value", "string values must be quoted"];

fn not_toml(error: &Error, place: Range<usize>, findings: &mut Findings) {
    let label = match error.message().split_once(", expected ") {
        Some((problem, _)) if NOT_OURS.contains(&problem) => problem,
        _ => error.message(),
    };
    match PARSER_HINTS.iter().find(|(start, _)| error.message().starts_with(start)) {
        Some((_, hint)) => findings.add_with_hint(place, "this is not TOML", label, *hint),
        None => findings.add(place, "this is not TOML", label),
    }
}

/// Checks one value against a shape. `doc` says what the value is for.
fn check(found: &Value<'_>, shape: &Shape, doc: &str, findings: &mut Findings) {
    let span = found.span();
    match (shape, found.get_ref()) {
        (Shape::Text, DeValue::String(_)) | (Shape::Flag, DeValue::Boolean(_)) => {}
        (Shape::Hex, DeValue::String(digits)) => {
            if value::hex(digits).is_none() {
                let (label, hint) = ("expected pairs of 0-9 a-f", "write two digits per byte: \"ef bb bf\"");
                findings.add_with_hint(span, "these are not hexadecimal bytes", label, hint);
            }
        }
        (Shape::Duration, DeValue::String(words)) => {
            if value::parse_duration(words).is_none() {
                let label = format!(
                    "expected a whole number with ms, s or min, at most {}min",
                    LONGEST.as_secs() / 60
                );
                let hint = "examples: \"300ms\", \"2s\", \"1min\"";
                findings.add_with_hint(span, "this is not a duration", label, hint);
            }
        }
        (Shape::Count(low, high), DeValue::Integer(_)) => {
            if !value::count(found).is_some_and(|n| (*low..=*high).contains(&n)) {
                let is_large = *high == u64::MAX && value::count(found).is_none_or(|n| n > *low);
                let label = match found.get_ref() {
                    DeValue::Integer(digits) if is_large && !digits.as_str().starts_with('-') => {
                        format!("expected {}, at most {high}", shape.describe())
                    }
                    _ => format!("expected {}", shape.describe()),
                };
                findings.add_with_hint(span, "this number is out of range", label, doc);
            }
        }
        (Shape::Word(words), DeValue::String(word)) => {
            if !words.contains(&word.as_ref()) {
                unknown(span, format!("unknown word \"{word}\""), word, words, findings);
            }
        }
        (Shape::List(entry), DeValue::Array(list)) => {
            list.iter().for_each(|value| check(value, entry, doc, findings));
        }
        (Shape::Table(shape), DeValue::Table(table)) => check_table(table, span, shape, findings),
        (Shape::Map(entry), DeValue::Table(table)) => {
            table.iter().for_each(|(_, value)| check(value, entry, doc, findings));
        }
        (Shape::Either(shapes), _) => match shapes.iter().find(|shape| same_type(shape, found.get_ref())) {
            Some(shape) => check(found, shape, doc, findings),
            None => mismatch(found, shape, doc, findings),
        },
        // Reported with its key.
        (Shape::Renamed(_), _) => {}
        (Shape::Step(verbs), DeValue::String(_) | DeValue::Table(_)) => check_step(found, verbs, findings),
        _ => mismatch(found, shape, doc, findings),
    }
}

fn mismatch(found: &Value<'_>, shape: &Shape, doc: &str, findings: &mut Findings) {
    let found_type = type_name(found.get_ref());
    let message = format!("expected {}, found {found_type}", shape.describe());
    findings.add_with_hint(found.span(), message, format!("this is {found_type}"), doc);
}

fn same_type(shape: &Shape, found: &DeValue<'_>) -> bool {
    match shape {
        Shape::Text | Shape::Hex | Shape::Duration | Shape::Word(_) => found.is_str(),
        Shape::Flag => found.is_bool(),
        Shape::Count(..) => found.is_integer(),
        Shape::List(_) => found.is_array(),
        Shape::Table(_) | Shape::Map(_) => found.is_table(),
        Shape::Either(shapes) => shapes.iter().any(|s| same_type(s, found)),
        Shape::Step(_) => found.is_str() || found.is_table(),
        Shape::Renamed(_) => false,
    }
}

fn check_table(found: &DeTable<'_>, span: Range<usize>, shape: &Table, findings: &mut Findings) {
    let names: Vec<&str> = shape.keys.iter().filter(|key| !key.is_renamed()).map(|key| key.name).collect();
    let mut misspelled = Vec::new();
    for (name, entry) in found {
        match shape.keys.iter().find(|key| key.name == name.get_ref()) {
            Some(Key { shape: Shape::Renamed(to), .. }) => {
                let message = format!("`{}` is now `{to}`", name.get_ref());
                let hint = format!("rename this key to `{to}`");
                findings.add_with_hint(name.span(), message, "renamed", hint);
            }
            Some(key) => check(entry, &key.shape, &about(key), findings),
            None => {
                let message = format!("unknown key `{}` in {}", name.get_ref(), shape.what);
                unknown(name.span(), message, name.get_ref(), &names, findings);
                misspelled.extend(nearest(name.get_ref(), names.iter().copied()));
            }
        }
    }
    // A misspelled key is not missing.
    let absent = |key: &&Key| value::get(found, key.name).is_none() && !misspelled.contains(&key.name);
    let missing: Vec<&Key> = shape.keys.iter().filter(|key| key.required).filter(absent).collect();
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|key| format!("`{}`", key.name)).collect();
        let keys = if missing.len() == 1 { "key" } else { "keys" };
        let message = format!("{} needs the {keys} {}", shape.what, listed(&names, "and"));
        let hint: Vec<String> = missing.iter().map(|key| about(key)).collect();
        findings.add_with_hint(span, message, "missing here", hint.join("\n"));
    }
}

/// What a key is for, as a hint.
fn about(key: &Key) -> String {
    format!("`{}`: {}", key.name, key.doc)
}

/// Checks a word or a table as a step.
fn check_step(found: &Value<'_>, verbs: &[&[Verb]], findings: &mut Findings) {
    let all = || verbs.iter().flat_map(|list| list.iter());
    let is_verb = |name: &str| all().any(|verb| verb.name == name);
    if let Some(table) = found.get_ref().as_table()
        && let Some(verb) = table.keys().find(|key| is_verb(key.get_ref()))
        && let Some(other) = table.keys().find(|key| !is_verb(key.get_ref()))
    {
        let (verb, name) = (verb.get_ref(), other.get_ref());
        let hint = format!("write the options of `{verb}` inside it: {{ {verb} = {{ .., {name} = .. }} }}");
        findings.add_with_hint(
            other.span(),
            format!("`{name}` next to `{verb}` in a step"),
            "not a verb",
            hint,
        );
        return;
    }
    let verbs_in_it = found.get_ref().as_table().map_or(1, DeTable::len);
    let Some((name, span, argument)) = value::step(found).filter(|_| verbs_in_it == 1) else {
        let message = format!("a step has one verb, but this one has {verbs_in_it}");
        let hint = "write each verb as a separate step: { send = \"..\" }, \"end\"";
        findings.add_with_hint(found.span(), message, "expected one key", hint);
        return;
    };
    let Some(verb) = all().find(|verb| verb.name == name) else {
        let names: Vec<&str> = all().map(|verb| verb.name).collect();
        unknown(span, format!("no step is called `{name}` here"), name, &names, findings);
        return;
    };
    let about = format!("`{name}`: {}", verb.doc);
    match (verb.argument, argument) {
        (Argument::None, None) | (Argument::Optional(_), None) => {}
        (Argument::None, Some(_)) => {
            let hint = format!("write it as a plain word: \"{name}\"");
            findings.add_with_hint(
                found.span(),
                format!("`{name}` takes no argument"),
                "expected a word",
                hint,
            );
        }
        (Argument::Required(shape), None) => {
            let label = format!("expected {{ {name} = .. }} with {}", shape.describe());
            findings.add_with_hint(span, format!("`{name}` needs an argument"), label, about);
        }
        (Argument::Optional(shape) | Argument::Required(shape), Some(argument)) => {
            check(argument, &shape, &about, findings);
        }
    }
}

/// Adds a finding about an unknown name.
fn unknown(span: Range<usize>, message: String, found: &str, known: &[&str], findings: &mut Findings) {
    match nearest(found, known.iter().copied()) {
        Some(near) => findings.add_with_hint(span, message, "unknown", format!("did you mean `{near}`?")),
        None => {
            findings.add_with_hint(span, message, "unknown", wrapped(&format!("expected {}", one_of(known))))
        }
    }
}

/// A list, wrapped to fit a screen.
fn wrapped(list: &str) -> String {
    let mut text = String::new();
    let mut width = 0;
    for word in list.split(' ') {
        let (gap, after) = match width {
            0 => ("", word.len()),
            width if width + 1 + word.len() > LIST_WIDTH => ("\n", word.len()),
            width => (" ", width + 1 + word.len()),
        };
        text.push_str(gap);
        text.push_str(word);
        width = after;
    }
    text
}

fn type_name(found: &DeValue<'_>) -> &'static str {
    match found {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a floating-point number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
