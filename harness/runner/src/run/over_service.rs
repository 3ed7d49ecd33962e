//! Which cases for clients a test service of sse-contract-tests cannot show: its
//! [protocol](https://github.com/launchdarkly/sse-contract-tests/blob/v2.3.0/docs/service_spec.md) has no message for what they
//! ask.

use ssespec_cases::client::{ClientStep, Expectation};
use ssespec_cases::{Case, Script};

/// What a case uses for which there is no message, in words; `None` if it can be played.
pub(super) fn beyond_a_service(case: &Case) -> Option<&'static str> {
    let Script::Client(steps) = &case.script else { return None };
    steps.iter().find_map(|step| match &step.kind {
        ClientStep::Connect(connect) => connect.close_in.map(|_| "closing in a handler"),
        kind => {
            let mut expected = kind.expectations().into_iter();
            expected
                .any(|expected| matches!(expected, Expectation::Closed))
                .then_some("a client that has given up")
        }
    })
}
