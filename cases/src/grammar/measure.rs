//! Spans of work that are measured, and how their time and memory may grow.

use ssespec_diagnostics::{Findings, Key, Shape, Table, Value, Verb, value};

ssespec_diagnostics::words! {
    /// How the time that an implementation takes may grow with the work.
    pub enum TimeGrowth {
        /// In proportion to the work.
        Linear = "linear",
    }
}

ssespec_diagnostics::words! {
    /// How the memory of an implementation may grow with the work.
    pub enum MemoryGrowth {
        /// Not at all.
        Flat = "flat",
    }
}

/// The limits on growth from span to span; at least one of the two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Growth {
    /// How the time per span may grow.
    pub time: Option<TimeGrowth>,
    /// How the memory may grow.
    pub memory: Option<MemoryGrowth>,
}

/// A step that measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measurement {
    /// Ends the current span of work and begins one of this relative amount, in MiB if memory is judged.
    Span(u64),
    /// Ends the current span of work and judges all spans.
    Judge(Growth),
}

/// The verbs that measure.
pub(crate) static VERBS: &[Verb] = &[
    Verb::with(
        "measure",
        Shape::Count(1, 1 << 20),
        "Begin a span of work of this relative amount, in MiB if memory is judged; it ends at the next `measure` or \
         `expect-growth`. Later spans are left out once it is clear that memory does not grow.",
    ),
    Verb::with(
        "expect-growth",
        Shape::Table(&Table {
            what: "`expect-growth`",
            keys: &[
                Key::optional(
                    "time",
                    Shape::Word(TimeGrowth::WORDS),
                    "\"linear\": a unit of work takes about as long in every span as in the last smaller one before it.",
                ),
                Key::optional(
                    "memory",
                    Shape::Word(MemoryGrowth::WORDS),
                    "\"flat\": no later span has a higher peak of resident memory than the first.",
                ),
            ],
        }),
        "Judge the preceding spans of work. The case must have isolated = true.",
    ),
];

/// Reads a step that measures; `None` if the verb is another one, or if a mistake was found.
pub(crate) fn read(verb: &str, argument: Option<&Value<'_>>, findings: &mut Findings) -> Option<Measurement> {
    match verb {
        "measure" => Some(Measurement::Span(value::count(argument?)?)),
        "expect-growth" => growth(argument?, findings).map(Measurement::Judge),
        _ => None,
    }
}

fn growth(argument: &Value<'_>, findings: &mut Findings) -> Option<Growth> {
    let table = value::table(argument)?;
    let growth = Growth { time: value::word_of(table, "time"), memory: value::word_of(table, "memory") };
    if growth == Growth::default() {
        let hint = "write time = \"linear\", memory = \"flat\" or both";
        let message = "`expect-growth` judges nothing";
        findings.add_with_hint(argument.span(), message, "expected time or memory", hint);
        return None;
    }
    Some(growth)
}

/// A step that measures, in words.
pub(crate) fn step_words(measurement: Measurement) -> String {
    match measurement {
        Measurement::Span(work) => format!("A span of work of relative size {work} begins."),
        Measurement::Judge(expected) => format!("Expected over the spans: {}.", words(expected)),
    }
}

/// How time and memory may grow from span to span, in words.
pub fn words(growth: Growth) -> String {
    let time = growth.time.map(|TimeGrowth::Linear| "time that grows in proportion to the work");
    let memory = growth.memory.map(|MemoryGrowth::Flat| "memory that does not grow");
    time.into_iter().chain(memory).collect::<Vec<_>>().join(", and ")
}
