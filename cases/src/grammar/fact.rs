//! Facts: observations to record that no rule decides.

use ssespec_diagnostics::{Findings, Key, Shape, Table, Value, Verb, Words, value};

use crate::quote::quote;

/// An observation to record in the report, read from a source of the case's role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<S> {
    /// Its name in the report.
    pub name: String,
    /// Where its value comes from.
    pub of: S,
}

/// The keys of `record` for one role: `words` name its sources, and `doc` describes them.
pub(crate) const fn keys(words: &'static [&'static str], doc: &'static str) -> [Key; 4] {
    [
        Key::required("fact", Shape::Text, "The name of the fact in the report."),
        Key::required("of", Shape::Word(words), doc),
        Key::optional("header", Shape::Text, "The header field, with of = \"header\"."),
        Key::optional(
            "as",
            Shape::List(&Shape::Text),
            "The names of the alternatives in the report, in order, with of = \"alternative\".",
        ),
    ]
}

/// The verb `record`, with an argument of this shape.
pub(crate) const fn verb(argument: &'static Table) -> Verb {
    Verb::with("record", Shape::Table(argument), "Record a fact for the report; cannot fail.")
}

/// The data that a source needs in addition to its word.
pub(crate) enum Source<S> {
    /// Nothing.
    Plain(S),
    /// The name of a header field.
    OfHeader(fn(String) -> S),
    /// Names for the alternatives, which may be left out.
    OfAlternatives(fn(Vec<String>) -> S),
}

/// A word for the source of a fact.
pub(crate) trait SourceWord: Words {
    /// The sources of the role.
    type Source;

    /// The source that the word names.
    fn source(self) -> Source<Self::Source>;
}

/// Reads the argument of `record`.
pub(crate) fn read<W: SourceWord>(argument: &Value<'_>, findings: &mut Findings) -> Option<Fact<W::Source>> {
    let table = value::table(argument)?;
    let header = value::text_of(table, "header");
    let names = value::texts_of(table, "as");
    let of = match (value::word_of::<W>(table, "of")?.source(), header) {
        (Source::OfAlternatives(of), None) => of(names),
        (Source::Plain(_) | Source::OfHeader(_), _) if !names.is_empty() => {
            let hint = "write it with of = \"alternative\", or remove it";
            let message = "`as` names alternatives";
            findings.add_with_hint(argument.span(), message, "this records no alternative", hint);
            return None;
        }
        (Source::Plain(of), None) => of,
        (Source::OfHeader(of), Some(header)) => of(header),
        (Source::Plain(_) | Source::OfAlternatives(_), Some(_)) | (Source::OfHeader(_), None) => {
            let hint = "write of = \"header\" with header = \"accept\", and any other `of` without `header`";
            let message = "`of` and `header` do not go together";
            findings.add_with_hint(argument.span(), message, "expected both or neither", hint);
            return None;
        }
    };
    Some(Fact { name: value::text_of(table, "fact")?, of })
}

/// The source of a fact about alternatives, in words.
pub(crate) fn alternative_words(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
    let named = if names.is_empty() { String::new() } else { format!(", called {}", names.join(" or ")) };
    format!("the alternative that happened{named}")
}
