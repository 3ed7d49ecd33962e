//! Steps: what they have in common, whatever their role.

use std::ops::Range;

use crate::grammar::measure::Measurement;

/// One entry of a script, or of an alternative in it, with its location in the file.
#[derive(Debug, Clone)]
pub struct Step<K> {
    /// What is done or must be observed.
    pub kind: K,
    /// Where it is written.
    pub at: Location,
}

/// Where a step is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Its bytes in the file.
    pub span: Range<usize>,
    /// Its line in the file, starting at 1.
    pub line: usize,
    /// Its text in the file.
    pub text: String,
}

/// A step of a script in which the implied steps are written out.
#[derive(Debug, Clone)]
pub struct Played<K> {
    /// What is done or must be observed.
    pub kind: K,
    /// The index of the case's step, starting at 0; `None` for an implied step.
    pub written: Option<usize>,
}

/// What can be asked of a step, whatever its role.
pub trait ScriptStep {
    /// The measurement, if this is `measure` or `expect-growth`.
    fn measurement(&self) -> Option<Measurement>;

    /// The number of alternatives, if this is `expect-one-of`.
    fn alternatives(&self) -> Option<usize>;

    /// The names of the alternatives, if this records which one was taken; empty if they have no names.
    fn recorded_alternatives(&self) -> Option<&[String]>;
}
