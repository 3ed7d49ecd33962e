//! The keys of a case, which are the same for every role except for its steps.

use ssespec_diagnostics::{Key, Shape};

const TITLE: Key =
    Key::required("title", Shape::Text, "The claim, as a sentence that a maintainer understands.");
const REQUIREMENTS: Key = Key::optional(
    "requirements",
    Shape::List(&Shape::Text),
    "The requirements that it checks, suite/id; the main one first. A case of your own needs none.",
);
const WHY: Key =
    Key::optional("why", Shape::Text, "What goes wrong in the field, with a link to the report.");
const COUNTERPARTS: Key = Key::optional(
    "counterparts",
    Shape::List(&Shape::Text),
    "Tests of other suites that make the same claim.",
);
const ISOLATED: Key =
    Key::optional("isolated", Shape::Flag, "Run it with a fresh adapter that runs nothing else.");
/// What [`ISOLATED`] was called.
const ALONE: Key = Key::renamed("alone", "isolated");

/// For the roles that have soak cases.
pub(crate) const SOAK: Key =
    Key::optional("soak", Shape::Flag, "It waits for a minute or more: it is played only with --soak TIME.");

/// The keys of a case of one role; `capability` and `step` are the shapes of its capabilities and steps.
pub(crate) const fn of(capability: &'static Shape, step: &'static Shape) -> [Key; 8] {
    let needs =
        Key::optional("needs", Shape::List(capability), "The capabilities without which it is skipped.");
    let steps = Key::required("steps", Shape::List(step), "The script, in time order.");
    [TITLE, REQUIREMENTS, needs, WHY, COUNTERPARTS, ISOLATED, ALONE, steps]
}
