//! Mistakes in the scripts of intermediary cases that the format allows.

use std::collections::BTreeSet;
use std::ops::Range;

use ssespec_diagnostics::Findings;
use ssespec_mock_server::action::{Action, Drop};

use super::step::IntermediaryStep;
use crate::capability::Capability;
use crate::server::step::{DEFAULT_STREAM, Http};
use crate::step::Step;

/// Checks a script: streams that do not exist.
pub(crate) fn check(script: &[Step<IntermediaryStep>], findings: &mut Findings) {
    let mut streams: BTreeSet<&str> = BTreeSet::new();
    if !matches!(script.first().map(|step| &step.kind), Some(IntermediaryStep::Request(_))) {
        streams.insert(DEFAULT_STREAM);
    }
    for step in script {
        if let IntermediaryStep::Request(request) = &step.kind {
            streams.insert(&request.stream);
        }
        let mut names: Vec<&str> =
            step.kind.expectations().iter().filter_map(|observed| observed.stream()).collect();
        match &step.kind {
            IntermediaryStep::Read(stream) | IntermediaryStep::TurnTo(stream) => names.push(stream),
            IntermediaryStep::HangUp(hang_up) => names.push(&hang_up.stream),
            _ => {}
        }
        for name in names.into_iter().filter(|name| !streams.contains(name)) {
            let message = format!("no request has opened the stream \"{name}\"");
            let hint = "open it with `request` first";
            findings.add_with_hint(step.at.span.clone(), message, "not possible here", hint);
        }
    }
}

/// The capabilities that a script uses, each with the place of the step that uses it.
pub(crate) fn uses(script: &[Step<IntermediaryStep>]) -> Vec<(Capability, Range<usize>)> {
    let used = |kind: &IntermediaryStep| match kind {
        IntermediaryStep::Request(request) => (request.http == Http::Http2).then_some(Capability::Http2),
        IntermediaryStep::Reload => Some(Capability::Reload),
        IntermediaryStep::Origin(Action::Control(_) | Action::Drop(Drop::ResetWith(_))) => {
            Some(Capability::Http2Upstream)
        }
        _ => None,
    };
    script.iter().filter_map(|step| Some((used(&step.kind)?, step.at.span.clone()))).collect()
}
