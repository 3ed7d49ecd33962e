//! A case's claim: its title and its requirements.

use std::collections::BTreeMap;

use ssespec_diagnostics::Findings;

use super::place::place;
use super::similar_requirement::similar;
use crate::case::Case;
use crate::corpus::Corpus;
use crate::requirement::Requirement;

/// Checks that the title is there, and that no other case has it. `titles` are those of other cases, by their ids.
pub(super) fn title<'a>(case: &'a Case, titles: &mut BTreeMap<&'a str, &'a str>, findings: &mut Findings) {
    if case.title.trim().is_empty() {
        let hint = "state the claim, such as \"An LF ends a line\"";
        findings.add_with_hint(place(case, "title", None), "the title is empty", "expected a sentence", hint);
    } else if let Some(other) = titles.insert(&case.title, &case.id)
        && other != case.id
    {
        let label = format!("already the title of {other}");
        let hint = "say what differs, or merge the cases";
        findings.add_with_hint(place(case, "title", None), "two cases share this title", label, hint);
    }
}

/// Checks that there is a script, which checks the claim.
pub(super) fn script(case: &Case, findings: &mut Findings) {
    if case.script.locations().is_empty() {
        let hint = "write what the harness does, and what must be observed";
        let message = "a case without steps checks nothing";
        findings.add_with_hint(place(case, "steps", None), message, "expected at least one step", hint);
    }
}

/// Whether a case must name a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claims {
    /// Those of a corpus that has requirements: its coverage is measured.
    Required,
    /// Those of a user.
    Optional,
}

/// Checks the requirements that the case names.
pub(super) fn requirements(case: &Case, corpus: &Corpus, claims: Claims, findings: &mut Findings) {
    if case.requirements.is_empty() && claims == Claims::Required {
        let hint = "`ssespec requirements` lists them";
        let label = "expected at least one";
        findings.add_with_hint(
            place(case, "requirements", None),
            "a case must check a requirement",
            label,
            hint,
        );
    }
    let mut first: Option<&Requirement> = None;
    for (number, id) in case.requirements.iter().enumerate() {
        let place = || place(case, "requirements", Some(number));
        if case.requirements[..number].contains(id) {
            findings.add_with_hint(place(), "a requirement is listed twice", "listed before", "remove it");
            continue;
        }
        let Some(requirement) = corpus.requirements.get(id) else {
            let message = format!("unknown requirement \"{id}\"");
            let similar = similar(id, corpus.requirements.keys().map(String::as_str));
            let hint = match similar.as_slice() {
                [] => "`ssespec requirements` lists them; requirements/<suite>.toml defines them".into(),
                [one] => format!("did you mean \"{one}\"?"),
                several => format!("did you mean one of \"{}\"?", several.join("\", \"")),
            };
            findings.add_with_hint(place(), message, "not defined", hint);
            continue;
        };
        let leader = *first.get_or_insert(requirement);
        if (leader.suite(), leader.judged()) != (requirement.suite(), requirement.judged()) {
            let label =
                format!("this is {}, \"{}\" is {}", judgement(requirement), leader.id, judgement(leader));
            let hint = "a verdict must have one meaning: write separate cases";
            let message = "the requirements of a case must share suite and level";
            findings.add_with_hint(place(), message, label, hint);
        }
    }
}

/// The suite and level of a requirement, for messages.
fn judgement(requirement: &Requirement) -> String {
    let disputed = if requirement.disputed.is_some() { ", because it is disputed" } else { "" };
    format!("a {} of {}{disputed}", requirement.judged(), requirement.suite())
}
