//! How a case is written in TOML, and reading it.
//!
//! ```toml
//! title = "A CRLF cut between two reads ends one line, not two"
//! requirements = ["whatwg/line-crlf-split-across-reads"]
//! steps = [
//!   { send = "data: a\r" },
//!   { send = "\ndata: b\r\n\r\n" },
//!   { expect-event = { data = "a\nb" } },
//! ]
//! ```

#[cfg(feature = "authoring")]
use ssespec_diagnostics::schema;
use ssespec_diagnostics::{Diagnostic, Diagnostics, Findings, Source, parse, value};
use toml::de::DeTable;

use crate::case::{Case, Script};
use crate::client;
use crate::grammar::read::{ReadStep, Visitor};
use crate::grammar::role_grammar::RoleGrammar;
#[cfg(feature = "intermediary")]
use crate::intermediary;
use crate::role::Role;
#[cfg(feature = "server")]
use crate::server;
use crate::step::Step;

#[cfg(test)]
mod tests;

#[cfg(feature = "authoring")]
/// The JSON Schema of a client case, for editors.
pub fn case_schema() -> serde_json::Value {
    schema::document(client::shape::GRAMMAR.case, "A case of ssespec")
}

#[cfg(feature = "authoring")]
/// The JSON Schema of a server case, for editors.
pub fn server_case_schema() -> serde_json::Value {
    schema::document(server::shape::GRAMMAR.case, "A server case of ssespec")
}

#[cfg(feature = "authoring")]
/// The JSON Schema of an intermediary case, for editors.
pub fn intermediary_case_schema() -> serde_json::Value {
    schema::document(intermediary::shape::GRAMMAR.case, "An intermediary case of ssespec")
}

/// The grammars of all roles with cases.
static GRAMMARS: &[&RoleGrammar] = &[
    &client::shape::GRAMMAR,
    #[cfg(feature = "server")]
    &server::shape::GRAMMAR,
    #[cfg(feature = "intermediary")]
    &intermediary::shape::GRAMMAR,
];

/// Reads a case of the role that its id begins with.
///
/// # Errors
/// If the format is wrong; every mistake is reported with its place and how to fix it.
pub fn read(source: &Source, id: &str) -> Result<Case, Diagnostics> {
    match Role::of_id(id) {
        Some(Role::Client) => {
            read_as((source, id), &client::shape::GRAMMAR, client::read::step, Script::Client)
        }
        #[cfg(feature = "server")]
        Some(Role::Server) => {
            read_as((source, id), &server::shape::GRAMMAR, server::read::step, Script::Server)
        }
        #[cfg(not(feature = "server"))]
        Some(Role::Server) => {
            Err(not_readable(source, "this build, without the feature `server`, reads no server cases"))
        }
        #[cfg(feature = "intermediary")]
        Some(Role::Intermediary) => read_as(
            (source, id),
            &intermediary::shape::GRAMMAR,
            intermediary::read::step,
            Script::Intermediary,
        ),
        #[cfg(not(feature = "intermediary"))]
        Some(Role::Intermediary) => {
            let message = "this build, without the feature `intermediary`, reads no intermediary cases";
            Err(not_readable(source, message))
        }
        None => Err(not_readable(source, &format!("\"{id}\" is not the id of a case"))),
    }
}

/// The mistake of a file that is in the wrong folder.
fn not_readable(source: &Source, message: &str) -> Diagnostics {
    let hint = "a case's role is the first folder of its id: put the file below cases/client, cases/server or cases/intermediary";
    let finding = Diagnostic {
        span: 0..0,
        message: message.to_owned(),
        label: "expected a case for a client, a server or an intermediary".to_owned(),
        hint: Some(hint.to_owned()),
    };
    Diagnostics::new(source.clone(), vec![finding])
}

fn read_as<S>(
    (source, id): (&Source, &str),
    grammar: &RoleGrammar,
    step: ReadStep<S>,
    script: fn(Vec<Step<S>>) -> Script,
) -> Result<Case, Diagnostics> {
    steps_of_other_roles(source, grammar)?;
    let root = parse(source, grammar.case)?;
    let mut visitor = Visitor::new(source);
    let steps = visitor.steps(value::get(&root, "steps").into_iter().flat_map(value::list), step);
    let case = Case {
        id: id.into(),
        title: value::text_of(&root, "title").unwrap_or_default(),
        requirements: value::texts_of(&root, "requirements"),
        needs: value::words_of(&root, "needs"),
        why: value::text_of(&root, "why"),
        counterparts: value::texts_of(&root, "counterparts"),
        isolated: value::flag_of(&root, "isolated"),
        soak: value::flag_of(&root, "soak"),
        keeps: value::words_of(&root, "keeps"),
        script: script(steps),
        source: source.clone(),
    };
    visitor.findings.or(source, Some(case))
}

/// Finds steps that exist only for other roles: anything else reported about them would mislead.
fn steps_of_other_roles(source: &Source, this: &RoleGrammar) -> Result<(), Diagnostics> {
    let mut findings = Findings::default();
    // A document that does not parse is reported by the check of its shape.
    let document = DeTable::parse(source.text()).ok();
    let steps = document.as_ref().and_then(|root| value::get(root.get_ref(), "steps"));
    for (verb, span, _) in steps.into_iter().flat_map(value::list).filter_map(value::step) {
        let Some(other) = GRAMMARS.iter().find(|other| other.has(verb)).filter(|_| !this.has(verb)) else {
            continue;
        };
        let (role, this) = (other.role, this.role);
        let message = format!("`{verb}` is a step of {role} cases, but this is {} case", this.with_article());
        let hint =
            format!("a case's role is the first folder of its id: put {role} cases below cases/{role}");
        findings.add_with_hint(span, message, format!("not a step of {this} cases"), hint);
    }
    findings.or(source, Some(()))
}
