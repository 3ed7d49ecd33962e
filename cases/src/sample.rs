//! Cases for the tests of this crate.

use ssespec_diagnostics::Source;

use crate::case::{Case, Script};
use crate::client::step::ClientStep;
use crate::corpus::Corpus;
use crate::server::step::ServerStep;
use crate::step::Step;
use crate::{format, requirement};

/// A case with these steps.
#[track_caller]
pub(crate) fn case(steps: &str) -> Case {
    case_with("", steps)
}

/// A case with these keys and steps.
#[track_caller]
pub(crate) fn case_with(keys: &str, steps: &str) -> Case {
    let text =
        format!("title = \"A line ends\"\nrequirements = [\"a/must\"]\n{keys}\nsteps = [\n{steps}\n]\n");
    read("client/group/case", &text)
}

/// The script of a client case with these steps.
#[track_caller]
pub(crate) fn client_script(steps: &str) -> Vec<Step<ClientStep>> {
    match case(steps).script {
        Script::Client(script) => script,
        _ => panic!("it is a client case"),
    }
}

/// The script of a server case with these steps.
#[track_caller]
pub(crate) fn server_script(steps: &str) -> Vec<Step<ServerStep>> {
    let text = format!("title = \"a\"\nrequirements = [\"a/b\"]\nsteps = [\n{steps}\n]\n");
    match read("server/group/case", &text).script {
        Script::Server(script) => script,
        _ => panic!("it is a server case"),
    }
}

/// A case with this id and text.
#[track_caller]
pub(crate) fn read(id: &str, text: &str) -> Case {
    format::read(&Source::new(format!("{id}.toml"), text), id).unwrap_or_else(|reported| panic!("{reported}"))
}

/// Requirements of two suites: `a/must`, `a/must-too`, `a/should`, `a/may`, `a/disputed` and `b/must`.
pub(crate) fn corpus() -> Corpus {
    let mut corpus = Corpus::default();
    for (suite, names) in [("a", &["must", "must-too", "should", "may", "disputed"][..]), ("b", &["must"])] {
        let mut text = "title = \"A standard\"\nurl = \"https://example.org/\"\n".to_owned();
        for name in names {
            let level = match *name {
                "should" | "may" => name,
                _ => "must",
            };
            text += &format!("[requirement.{name}]\nlevel = \"{level}\"\nbinds = [\"parser\"]\n");
            text += &format!("text = \"The text of {name}.\"\nanchor = \"#{name}\"\n");
            if *name == "disputed" {
                text += "disputed = \"There are two readings.\"\n";
            }
        }
        let list = requirement::read(&Source::new(suite, text), suite)
            .unwrap_or_else(|reported| panic!("{reported}"));
        corpus.requirements.extend(list.into_iter().map(|requirement| (requirement.id.clone(), requirement)));
    }
    corpus
}
