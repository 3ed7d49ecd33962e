//! A case in English, derived from its data: there is no second description to maintain.

use crate::case::{Case, Script};
use crate::corpus::{Corpus, OWN_SUITE};
use crate::step::Played;
use crate::{client, intermediary, server};

#[cfg(test)]
mod tests;

/// Explains a case in English: its claim, its requirements, its steps, and how it ends.
pub fn explain(case: &Case, corpus: &Corpus) -> String {
    let mut text = format!("{}\n{}\n", case.id, case.title);
    if let Some(why) = &case.why {
        text.push_str(&format!("\nWhy: {why}\n"));
    }
    text.push_str("\nRequirements\n");
    if case.requirements.is_empty() {
        text.push_str(&format!("  none: a must of the suite {OWN_SUITE}\n"));
    }
    for id in &case.requirements {
        match corpus.requirements.get(id) {
            Some(requirement) => {
                let judged = if requirement.disputed.is_some() { ", disputed" } else { "" };
                text.push_str(&format!("  {id} ({}{judged})\n", requirement.level));
                text.push_str(&format!("    {}\n    {}\n", requirement.text, requirement.link));
            }
            None => text.push_str(&format!("  {id}\n")),
        }
    }
    if !case.needs.is_empty() {
        text.push_str(&format!("\nIt needs {} that\n", case.role().with_article()));
        for need in &case.needs {
            text.push_str(&format!("  {} ({need})\n", need.meaning(case.role())));
        }
    }
    if !case.counterparts.is_empty() {
        text.push_str(&format!("\nCounterparts: {}\n", case.counterparts.join(", ")));
    }
    text.push_str("\nSteps\n");
    for step in steps(case) {
        let number = step.number.map_or_else(|| "implied".to_owned(), |number| number.to_string());
        text.push_str(&format!("  {number:>7}  {}\n", step.text));
    }
    text.push_str(&format!("\nFile: {}\n", case.source.name()));
    text
}

/// A step in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedStep {
    /// Its place among the case's steps, counted from 1; `None` if it is implied.
    pub number: Option<usize>,
    /// What is done or expected, as a sentence.
    pub text: String,
}

/// The steps of a case in English, with the implied ones; the last one is how the case ends.
pub fn steps(case: &Case) -> Vec<ExplainedStep> {
    let (mut steps, ending) = match &case.script {
        Script::Client(script) => {
            let ending = client::words::ending(client::implied::ending(script));
            (explained(client::implied::expand(script), client::words::step), ending)
        }
        Script::Server(script) => {
            (explained(server::implied::expand(script), server::words::step), server::words::ENDING)
        }
        Script::Intermediary(script) => {
            let steps = explained(intermediary::implied::expand(script), intermediary::words::step);
            (steps, intermediary::words::ENDING)
        }
    };
    steps.push(ExplainedStep { number: None, text: ending.to_owned() });
    steps
}

/// The steps in words, numbered.
fn explained<K>(played: Vec<Played<K>>, words: fn(&K) -> String) -> Vec<ExplainedStep> {
    let step = |played: Played<K>| ExplainedStep {
        number: played.written.map(|at| at + 1),
        text: words(&played.kind),
    };
    played.into_iter().map(step).collect()
}
