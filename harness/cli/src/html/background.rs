//! What the built-in cases and requirements add to results files: the order of the documents, the meaning of capabilities,
//! and cases in English.

use std::cell::RefCell;
use std::collections::HashMap;

use ssespec_cases::capability::Capability;
use ssespec_cases::{Corpus, Role, explain, format};
use ssespec_reports::html::{Background, CapabilityMeaning, Explain, ExplainedStep};
use ssespec_reports::results::{self, Source};

use crate::documents::documents;
use crate::error::CommandError;

/// The steps of a case, if its file can be read.
type Steps = Option<Vec<ExplainedStep>>;

/// Cases in English, each read once.
#[derive(Default)]
pub(crate) struct Explained {
    /// The text of each case's file, with its steps.
    cases: RefCell<HashMap<String, (String, Steps)>>,
}

impl Explained {
    /// The steps of a case, from its file; `None` if this version of ssespec cannot read the file.
    pub(crate) fn steps(&self, id: &str, source: &Source) -> Steps {
        if let Some((text, steps)) = self.cases.borrow().get(id)
            && *text == source.text
        {
            return steps.clone();
        }
        let file = ssespec_diagnostics::Source::new(&source.path, &source.text);
        let step = |step: explain::ExplainedStep| ExplainedStep { number: step.number, text: step.text };
        let case = format::read(&file, id).ok();
        let steps = case.map(|case| explain::steps(&case).into_iter().map(step).collect::<Vec<_>>());
        self.cases.borrow_mut().insert(id.to_owned(), (source.text.clone(), steps.clone()));
        steps
    }
}

/// What the built-in cases and requirements add.
///
/// # Errors
/// If they cannot be read, which is a bug.
pub(crate) fn background<'e>(explain: &'e Explain<'e>) -> Result<Background<'e>, CommandError> {
    let corpus = Corpus::embedded()?;
    let meaning = |role: Role, shown: results::Role, names: &[&'static str]| {
        let of = |name: &&str| {
            let capability: Capability = name.parse().ok()?;
            let meaning = capability.meaning(role).to_owned();
            Some(CapabilityMeaning { role: shown, name: (*name).to_owned(), meaning })
        };
        names.iter().filter_map(of).collect::<Vec<_>>()
    };
    let clients = meaning(Role::Client, results::Role::Client, &Capability::CLIENT);
    let servers = meaning(Role::Server, results::Role::Server, &Capability::SERVER);
    Ok(Background {
        documents: documents(&corpus, &|_| true),
        capabilities: clients.into_iter().chain(servers).collect(),
        explain: Some(explain),
    })
}
