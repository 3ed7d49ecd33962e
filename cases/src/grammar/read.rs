//! The visitor that reads the steps of a case, whatever its role.
//!
//! The shape of the steps has been checked. A role only says what each of its verbs means; walking the document, the
//! locations of steps, and alternatives are the same for all.

use std::ops::Range;

use ssespec_diagnostics::{Findings, Source, Value, Words, value};
use toml::de::DeTable;

use crate::step::{Location, Step};

/// A step as written.
pub(crate) struct Written<'a, 'i> {
    /// Its verb.
    pub(crate) verb: &'a str,
    /// Where the verb is.
    pub(crate) verb_span: Range<usize>,
    /// The argument of the verb.
    pub(crate) argument: Option<&'a Value<'i>>,
}

impl<'a, 'i> Written<'a, 'i> {
    /// The argument, if it is a table.
    pub(crate) fn table(&self) -> Option<&'a DeTable<'i>> {
        self.argument.and_then(value::table)
    }

    /// The argument, if it is a text.
    pub(crate) fn text(&self) -> Option<String> {
        self.argument.and_then(value::text).map(str::to_owned)
    }

    /// A text in the argument.
    pub(crate) fn text_of(&self, key: &str) -> Option<String> {
        self.table().and_then(|table| value::text_of(table, key))
    }

    /// A word in the argument.
    pub(crate) fn word_of<W: Words>(&self, key: &str) -> Option<W> {
        self.table().and_then(|table| value::word_of(table, key))
    }
}

/// Reads one step of a role; `None` if a mistake was found.
pub(crate) type ReadStep<K> = fn(&Written<'_, '_>, &mut Visitor<'_>) -> Option<K>;

/// Walks through steps.
pub(crate) struct Visitor<'s> {
    source: &'s Source,
    /// The mistakes that were found.
    pub(crate) findings: Findings,
}

impl<'s> Visitor<'s> {
    /// A visitor of the steps in this file.
    pub(crate) fn new(source: &'s Source) -> Self {
        Self { source, findings: Findings::default() }
    }

    /// Reads steps.
    pub(crate) fn steps<'a, 'i: 'a, K>(
        &mut self,
        list: impl Iterator<Item = &'a Value<'i>>,
        read: ReadStep<K>,
    ) -> Vec<Step<K>> {
        list.filter_map(|entry| self.step(entry, read)).collect()
    }

    fn step<K>(&mut self, entry: &Value<'_>, read: ReadStep<K>) -> Option<Step<K>> {
        let (verb, verb_span, argument) = value::step(entry)?;
        let found_before = self.findings.len();
        let kind = read(&Written { verb, verb_span, argument }, self);
        let span = entry.span();
        if kind.is_none() && self.findings.len() == found_before {
            // The shape allows what the role does not read: never skip a step silently.
            self.findings.add(span.clone(), format!("`{verb}` cannot be read"), "not supported here");
        }
        let (line, _) = self.source.position(span.start);
        let text = self.source.slice(span.clone()).to_owned();
        Some(Step { kind: kind?, at: Location { span, line, text } })
    }

    /// Reads the argument of `expect-one-of`. `instead_of_nothing` says what to write for an alternative in which
    /// nothing is observed.
    pub(crate) fn alternatives<E>(
        &mut self,
        argument: &Value<'_>,
        instead_of_nothing: &str,
        read: ReadStep<E>,
    ) -> Option<Vec<Vec<Step<E>>>> {
        let mut alternatives = Vec::new();
        for entry in value::list(argument) {
            let steps = match entry.get_ref().as_array() {
                Some(sequence) if sequence.is_empty() => {
                    let message = "an alternative without a step";
                    self.findings.add_with_hint(
                        entry.span(),
                        message,
                        "expected an observation",
                        instead_of_nothing,
                    );
                    return None;
                }
                Some(sequence) => self.steps(sequence.iter(), read),
                None => self.steps(std::iter::once(entry), read),
            };
            alternatives.push(steps);
        }
        if alternatives.len() < 2 {
            let hint = "write an observation without alternatives as a step of its own";
            let message = "`expect-one-of` needs alternatives";
            self.findings.add_with_hint(argument.span(), message, "expected at least two", hint);
            return None;
        }
        Some(alternatives)
    }
}
