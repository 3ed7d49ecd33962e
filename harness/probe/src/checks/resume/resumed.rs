//! What checks of a resumed stream have in common.

use crate::observe::resumption::Resumption;
use crate::outcome::Breach;

pub(super) const DOES_NOT_RESUME: &str = "the stream does not resume";

/// A breach that the first and the resumed stream show.
pub(super) fn breach(
    resumption: &Resumption,
    expected: impl Into<String>,
    observed: impl Into<String>,
) -> Breach {
    Breach::new(&resumption.first, expected, observed).with_exchange(&resumption.second, 2)
}
