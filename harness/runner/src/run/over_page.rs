//! Which cases for clients a page of a browser cannot show: what is set when the browser starts holds for all of them.

use ssespec_cases::client::{ClientStep, Trust};
use ssespec_cases::{Case, Script};

/// What a case uses that a page cannot do, in words; `None` if it can be played.
pub(super) fn beyond_a_page(case: &Case) -> Option<&'static str> {
    let Script::Client(steps) = &case.script else { return None };
    let distrusts =
        |kind: &ClientStep| matches!(kind, ClientStep::Connect(connect) if connect.trust == Trust::Default);
    steps.iter().any(|step| distrusts(&step.kind)).then_some("distrust its own server")
}
