//! A case in English, from its data: there is no second description to keep true.

use crate::script::{self, Ending, expand};
use crate::{Capability, Case, Corpus, serving, words};

#[cfg(test)]
mod tests;

/// The case in English: its claim, what it checks, what happens step by step, and how it ends.
pub fn explain(case: &Case, corpus: &Corpus) -> String {
    let mut text = format!("{}\n{}\n", case.id, case.title);
    if let Some(why) = &case.why {
        text.push_str(&format!("\nWhy: {why}\n"));
    }
    text.push_str("\nIt checks\n");
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
        let meaning = if is_server(case) { serving::words::capability } else { Capability::meaning };
        text.push_str(&format!("\nIt needs a {} that\n", case.role()));
        for need in &case.needs {
            text.push_str(&format!("  {} ({need})\n", meaning(*need).trim()));
        }
    }
    if !case.counterparts.is_empty() {
        text.push_str(&format!("\nThe same claim is made by {}\n", case.counterparts.join(", ")));
    }
    text.push_str("\nStep by step\n");
    for played in expand(case) {
        let number = played.written.map_or_else(|| "implied".to_owned(), |number| (number + 1).to_string());
        text.push_str(&format!("  {number:>7}  {}\n", words::step(&played.kind)));
    }
    text.push_str(&format!("  {:>7}  {}\n", "implied", ending(case)));
    text.push_str(&format!("\nIt is written in {}\n", case.source.name()));
    text
}

fn is_server(case: &Case) -> bool {
    case.role() == "server"
}

/// How the case ends, after its last step.
fn ending(case: &Case) -> &'static str {
    if is_server(case) {
        return "Where a stream is open, one more event is emitted, the sentinel, which must be the next on it; a stream \
                that the server was told to end must end cleanly, with nothing more on it.";
    }
    match script::ending(case) {
        Ending::TornDown => "The client is torn down; no more events and no more requests may have come.",
        Ending::DoneOrResumed => {
            "Either the client is done, or it connects again and the next event is the sentinel."
        }
        Ending::Sentinel => {
            "Where the stream is open, one more event is sent, the sentinel, which must be the next; then the client \
             is torn down."
        }
    }
}
