//! The list of all checks.

use crate::check::Check;
use crate::checks::{
    body, broadcast, coding, connections, cors, emission, ending, fields, head, held_back, hostile_input,
    http2, ids, methods, negotiation, payload, resume, session, shared_end, slow_reader, timing,
};

/// All checks, grouped by topic.
pub fn all_checks() -> Vec<Check> {
    [
        head::CHECKS,
        timing::CHECKS,
        held_back::CHECKS,
        emission::CHECKS,
        body::CHECKS,
        fields::CHECKS,
        payload::CHECKS,
        ids::CHECKS,
        negotiation::CHECKS,
        coding::CHECKS,
        methods::CHECKS,
        cors::CHECKS,
        resume::CHECKS,
        hostile_input::CHECKS,
        ending::CHECKS,
        shared_end::CHECKS,
        connections::CHECKS,
        session::CHECKS,
        broadcast::CHECKS,
        slow_reader::CHECKS,
        http2::CHECKS,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use ssespec_cases::lint::coverage;
    use ssespec_cases::{Corpus, Role};

    use super::all_checks;

    #[test]
    fn every_testable_requirement_for_servers_has_a_case_or_a_check() {
        let mut corpus = Corpus::embedded().unwrap();
        corpus.cases.retain(|_, case| case.role() == Role::Server);
        corpus.counterparts.clear();
        let checks = all_checks();
        let uncovered = coverage::check_beside(&corpus, |requirement, role| {
            role == Role::Server && checks.iter().any(|check| check.requirement == requirement.id)
        });
        let uncovered: Vec<String> = uncovered.iter().map(ToString::to_string).collect();
        assert!(uncovered.is_empty(), "{}", uncovered.join("\n"));
    }
}
