//! The keys of a case besides its steps.

use ssespec_diagnostics::{Key, Shape};

use crate::capability::Capability;

pub(crate) const TITLE: Key =
    Key::required("title", Shape::Text, "The claim, as a sentence that a maintainer understands.");
pub(crate) const REQUIREMENTS: Key = Key::required(
    "requirements",
    Shape::List(&Shape::Text),
    "The requirements that it checks, suite/id; the main one first.",
);
pub(crate) const NEEDS: Key = Key::optional(
    "needs",
    Shape::List(&Shape::Word(Capability::WORDS)),
    "The capabilities without which it is skipped.",
);
pub(crate) const WHY: Key =
    Key::optional("why", Shape::Text, "What goes wrong in the field, with a link to the report.");
pub(crate) const COUNTERPARTS: Key = Key::optional(
    "counterparts",
    Shape::List(&Shape::Text),
    "Tests of other suites that make the same claim.",
);
pub(crate) const ISOLATED: Key =
    Key::optional("isolated", Shape::Flag, "Run it with a fresh adapter while no other case runs.");
/// What [`ISOLATED`] was called.
pub(crate) const ALONE: Key = Key::renamed("alone", "isolated");
