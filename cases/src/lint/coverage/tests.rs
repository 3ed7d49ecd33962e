use ssespec_diagnostics::Source;

use super::*;
use crate::sample::{corpus, read};
use crate::{counterpart, requirement};

/// The findings about a corpus, each as the text that it points at and the message.
fn reported(corpus: &Corpus) -> Vec<(String, String)> {
    let list = check(corpus);
    let all =
        list.iter().flat_map(|reported| reported.list().iter().map(|finding| (reported.source(), finding)));
    all.map(|(source, finding)| (source.text()[finding.span.clone()].to_owned(), finding.message.clone()))
        .collect()
}

fn add(corpus: &mut Corpus, id: &str, keys: &str) {
    let text = format!("title = \"{id}\"\n{keys}\nsteps = []\n");
    corpus.cases.insert(id.to_owned(), read(id, &text));
}

/// A corpus with one requirement `a/one`, of which these keys are said.
fn one(keys: &str) -> Corpus {
    let text = format!(
        "title = \"A\"\nurl = \"https://example.org/\"\n[requirement.one]\nlevel = \"must\"\ntext = \"One.\"\n\
         anchor = \"#one\"\n{keys}\n"
    );
    let list = requirement::read(&Source::new("requirements/a.toml", text), "a");
    let list = list.unwrap_or_else(|reported| panic!("{reported}"));
    Corpus { requirements: list.into_iter().map(|one| (one.id.clone(), one)).collect(), ..Corpus::default() }
}

#[test]
fn each_requirement_has_a_case() {
    let mut corpus = corpus();
    add(&mut corpus, "client/a", "requirements = [\"a/must\", \"a/must-too\"]");
    add(&mut corpus, "client/b", "requirements = [\"a/disputed\", \"a/may\"]");
    let expected = [
        ("should".to_owned(), "no client case checks a/should".to_owned()),
        ("must".to_owned(), "no client case checks b/must".to_owned()),
    ];
    assert_eq!(reported(&corpus), expected);
    add(&mut corpus, "client/c", "requirements = [\"a/should\"]");
    add(&mut corpus, "client/d", "requirements = [\"b/must\"]");
    assert_eq!(reported(&corpus), []);
}

#[test]
fn a_requirement_has_a_case_of_each_role_that_it_binds() {
    let mut corpus = one("binds = [\"parser\", \"server\", \"api\"]");
    // There are no cases of any role yet.
    assert_eq!(reported(&corpus), []);
    add(&mut corpus, "client/a", "requirements = [\"a/one\"]");
    assert_eq!(reported(&corpus), []);
    assert_eq!(missing(&corpus.requirements["a/one"], &corpus), [Role::Server].into());
    add(&mut corpus, "server/a", "requirements = []");
    assert_eq!(reported(&corpus), [("one".to_owned(), "no server case checks a/one".to_owned())]);
    add(&mut corpus, "server/a", "requirements = [\"a/one\"]");
    assert_eq!(reported(&corpus), []);
}

#[test]
fn a_role_that_is_not_bound_does_not_count() {
    let mut corpus = one("binds = [\"user-agent\"]");
    add(&mut corpus, "client/a", "requirements = []");
    add(&mut corpus, "server/a", "requirements = [\"a/one\"]");
    assert_eq!(reported(&corpus), [("one".to_owned(), "no client case checks a/one".to_owned())]);
}

#[test]
fn what_is_untestable_has_no_case() {
    let mut corpus = one("binds = [\"parser\"]\nuntestable = \"It says nothing.\"");
    add(&mut corpus, "client/a", "requirements = []");
    assert_eq!(reported(&corpus), []);
    assert_eq!(missing(&corpus.requirements["a/one"], &corpus), [].into());
    add(&mut corpus, "client/b", "requirements = [\"a/one\"]");
    let message = "a/one is marked untestable, but client/b checks it";
    assert_eq!(reported(&corpus), [("one".to_owned(), message.to_owned())]);
}

#[test]
fn each_test_of_another_suite_is_named_or_explained() {
    let text = "title = \"B\"\nurl = \"https://example.org/\"\nrevision = \"1\"\ntests = [\"x\", \"y\", \"z\"]\n\
                [none]\n\"y\" = \"It is old.\"\n\"z\" = \"It is older.\"\n";
    let list = counterpart::read(&Source::new("counterparts/b.toml", text), "b");
    let list = list.unwrap_or_else(|reported| panic!("{reported}"));
    let mut corpus = Corpus { counterparts: [("b".to_owned(), list)].into(), ..Corpus::default() };
    assert_eq!(reported(&corpus), [("\"x\"".to_owned(), "no case makes the claim of \"x\"".to_owned())]);
    add(&mut corpus, "client/a", "requirements = []\ncounterparts = [\"b:x\"]");
    assert_eq!(reported(&corpus), []);
    add(&mut corpus, "client/b", "requirements = []\ncounterparts = [\"b:*\"]");
    let expected = [
        ("\"y\"".to_owned(), "client/b makes the claim of \"y\"".to_owned()),
        ("\"z\"".to_owned(), "client/b makes the claim of \"z\"".to_owned()),
    ];
    assert_eq!(reported(&corpus), expected);
}
