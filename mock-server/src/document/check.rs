//! A document held against its shape: every mistake is found in one pass, and a near miss is named.

use toml::de::{DeTable, DeValue};

use super::shape::{Argument, one_of};
use super::{Diagnostics, Findings, Shape, Source, Table, Value, Verb, lexical, value};

/// Parses a document and holds it against its shape. What comes back may be read without further checks of types.
///
/// # Errors
/// When the text is not TOML or not of the shape.
pub fn parse<'s>(source: &'s Source, shape: &'static Table) -> Result<DeTable<'s>, Diagnostics> {
    let mut findings = Findings::default();
    lexical::check(source.text(), &mut findings);
    let (root, errors) = DeTable::parse_recoverable(source.text());
    for error in &errors {
        let end = source.text().len();
        findings.add(error.span().unwrap_or(end..end), "this is not TOML", error.message());
    }
    if errors.is_empty() {
        check_table(root.get_ref(), 0..0, shape, &mut findings);
    }
    findings.or(source, Some(root.into_inner()))
}

/// Holds one value against a shape.
pub fn check(found: &Value<'_>, shape: &Shape, findings: &mut Findings) {
    let span = found.span();
    let mismatch = |findings: &mut Findings| {
        let message = format!("expected {}, found {}", shape.describe(), type_name(found.get_ref()));
        findings.add(span.clone(), message, "not of the expected type");
    };
    match (shape, found.get_ref()) {
        (Shape::Text, DeValue::String(_)) | (Shape::Flag, DeValue::Boolean(_)) => {}
        (Shape::Hex, DeValue::String(digits)) => {
            if value::hex(digits).is_none() {
                let hint = "write two digits a byte: \"ef bb bf\"";
                findings.add_with_hint(
                    span,
                    "these are not hexadecimal bytes",
                    "expected pairs of 0-9 a-f",
                    hint,
                );
            }
        }
        (Shape::Duration, DeValue::String(words)) => {
            if let Err(error) = humantime::parse_duration(words) {
                let hint = "write a number and a unit: \"300ms\", \"2s\"";
                findings.add_with_hint(span, "this is not a duration", error.to_string(), hint);
            }
        }
        (Shape::Count(low, high), DeValue::Integer(_)) => {
            if !value::count(found).is_some_and(|n| (*low..=*high).contains(&n)) {
                findings.add(span, "this number is out of range", format!("expected {}", shape.describe()));
            }
        }
        (Shape::Word(words), DeValue::String(word)) => {
            if !words.contains(&word.as_ref()) {
                let message = format!("unknown word \"{word}\"");
                unknown(span, message, word, words, findings);
            }
        }
        (Shape::List(entry), DeValue::Array(list)) => list.iter().for_each(|v| check(v, entry, findings)),
        (Shape::Table(shape), DeValue::Table(table)) => check_table(table, span, shape, findings),
        (Shape::Map(entry), DeValue::Table(table)) => {
            table.iter().for_each(|(_, v)| check(v, entry, findings))
        }
        (Shape::Either(shapes), _) => match shapes.iter().find(|s| same_type(s, found.get_ref())) {
            Some(shape) => check(found, shape, findings),
            None => mismatch(findings),
        },
        (Shape::Step(verbs), _) => check_step(found, verbs, findings),
        _ => mismatch(findings),
    }
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
    }
}

fn check_table(found: &DeTable<'_>, span: std::ops::Range<usize>, shape: &Table, findings: &mut Findings) {
    for (name, entry) in found {
        match shape.keys.iter().find(|key| key.name == name.get_ref()) {
            Some(key) => check(entry, &key.shape, findings),
            None => {
                let names: Vec<&str> = shape.keys.iter().map(|key| key.name).collect();
                let message = format!("unknown key `{}` in {}", name.get_ref(), shape.what);
                unknown(name.span(), message, name.get_ref(), &names, findings);
            }
        }
    }
    for key in shape.keys.iter().filter(|key| key.required && value::get(found, key.name).is_none()) {
        let message = format!("{} needs the key `{}`", shape.what, key.name);
        findings.add_with_hint(span.clone(), message, "missing here", format!("{}: {}", key.name, key.doc));
    }
}

fn check_step(found: &Value<'_>, verbs: &[&[Verb]], findings: &mut Findings) {
    let all = || verbs.iter().flat_map(|list| list.iter());
    if let Some(table) = found.get_ref().as_table()
        && table.len() != 1
    {
        let message = format!("a step has one verb, this one has {}", table.len());
        let hint = "write each as a step of its own: { send = \"..\" }, \"end\"";
        findings.add_with_hint(found.span(), message, "expected one key", hint);
        return;
    }
    let Some((name, span, argument)) = value::step(found) else {
        let message =
            format!("expected {}, found {}", Shape::Step(&[]).describe(), type_name(found.get_ref()));
        findings.add(found.span(), message, "not a step");
        return;
    };
    let Some(verb) = all().find(|verb| verb.name == name) else {
        let names: Vec<&str> = all().map(|verb| verb.name).collect();
        unknown(span, format!("unknown step `{name}`"), name, &names, findings);
        return;
    };
    match (verb.argument, argument) {
        (Argument::None, None) | (Argument::Optional(_), None) => {}
        (Argument::None, Some(_)) => {
            findings.add(
                span,
                format!("`{name}` takes no argument"),
                format!("write it as a word: \"{name}\""),
            );
        }
        (Argument::Required(shape), None) => {
            let label = format!("expected {{ {name} = {} }}", shape.describe());
            findings.add(span, format!("`{name}` needs an argument"), label);
        }
        (Argument::Optional(shape) | Argument::Required(shape), Some(argument)) => {
            check(argument, &shape, findings);
        }
    }
}

/// A finding about a name that is not among the known ones.
pub fn unknown(
    span: std::ops::Range<usize>,
    message: String,
    found: &str,
    known: &[&str],
    findings: &mut Findings,
) {
    let label = format!("expected {}", one_of(known));
    match nearest(found, known.iter().copied()) {
        Some(near) => findings.add_with_hint(span, message, "not known", format!("did you mean `{near}`?")),
        None => findings.add(span, message, label),
    }
}

/// The known name that `found` was probably meant to be.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&found.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= (name.chars().count().min(found.chars().count()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
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
