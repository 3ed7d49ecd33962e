//! The headings of options in the help.

pub(crate) const EXECUTION: &str = "Execution";
pub(crate) const OUTPUT: &str = "Output";
