//! Alternatives: observations of which one must be made.

use ssespec_diagnostics::{Shape, Verb};

/// The verb `expect-one-of`, whose alternatives have this shape.
pub(crate) const fn verb(alternative: &'static Shape) -> Verb {
    Verb::with(
        "expect-one-of",
        Shape::List(alternative),
        "One of these alternatives happens; each is an observation or an array of observations in order.",
    )
}
