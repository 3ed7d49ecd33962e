use std::fs;

use ssespec_diagnostics::Diagnostics;

use super::*;

const CASE: &str = "title = \"A\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [\"connect\"]\n";

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    folder
}

fn ids(corpus: &Corpus) -> Vec<&str> {
    corpus.cases.keys().map(String::as_str).collect()
}

/// The files that have mistakes, with the first message about each.
#[track_caller]
fn mistakes(result: Result<Corpus, CorpusError>, below: &Path) -> Vec<(String, String)> {
    let Err(CorpusError::Mistakes(list)) = result else { panic!("no mistakes") };
    let below = format!("{}/", below.display()).replace('\\', "/");
    let one = |reported: &Diagnostics| {
        let name = reported.source().name();
        (name.strip_prefix(&below).unwrap_or(name).to_owned(), reported.list()[0].message.clone())
    };
    list.iter().map(one).collect()
}

#[test]
fn an_id_is_the_path_from_the_role_on() {
    for (path, id) in [
        ("client/lines/a.toml", "client/lines/a"),
        ("/home/me/cases/client/lines/a.toml", "client/lines/a"),
        ("./cases/server/a.toml", "server/a"),
        ("client/mine/intermediary/a/b.c.toml", "intermediary/a/b.c"),
        ("cases/requirements/whatwg.toml", "requirements/whatwg"),
        ("a.toml", "client/a"),
        ("some/where/a.toml", "client/a"),
        ("../client/../client/a.toml", "client/a"),
    ] {
        assert_eq!(id_of(Path::new(path)), id, "{path}");
    }
}

#[test]
fn a_folder_has_the_cases_below_its_roles() {
    let folder = folder(&[
        ("client/lines/a.toml", CASE.as_bytes()),
        ("client/b.toml", CASE.replace("\"A\"", "\"B\"").as_bytes()),
        ("server/deep/er/c.toml", CASE.replace("\"A\"", "\"C\"").replace("connect", "request").as_bytes()),
        ("client/lines/readme.md", b"not a case"),
        ("elsewhere/d.toml", b"not a case"),
        ("e.toml", b"not a case"),
    ]);
    let corpus = Corpus::load(folder.path()).expect("cases");
    assert_eq!(ids(&corpus), ["client/b", "client/lines/a", "server/deep/er/c"]);
    let name = corpus.cases["client/b"].source.name().to_owned();
    assert!(name.ends_with("/client/b.toml"), "{name}");
    // Beside those of the binary, which has the requirements.
    assert!(corpus.requirements.contains_key("whatwg/line-lf"));
}

#[test]
fn a_folder_may_bring_requirements() {
    let requirements = "title = \"Mine\"\n[requirement.one]\nlevel = \"may\"\nbinds = [\"parser\"]\ntext = \"One.\"\n\
                        anchor = \"https://example.org/\"\n";
    let folder = folder(&[
        ("requirements/mine.toml", requirements.as_bytes()),
        ("client/a.toml", CASE.replace("whatwg/line-lf", "mine/one").as_bytes()),
    ]);
    let corpus = Corpus::load(folder.path()).expect("cases");
    assert_eq!(corpus.requirements["mine/one"].text, "One.");
}

#[test]
fn a_folder_without_a_case_is_no_corpus() {
    for files in [&[][..], &[("client/readme.md", &b""[..])], &[("a/a.toml", CASE.as_bytes())]] {
        let folder = folder(files);
        let error = Corpus::load(folder.path()).expect_err("no case");
        assert!(matches!(&error, CorpusError::Empty(name) if *name == folder.path().display().to_string()));
        assert!(error.to_string().contains("no cases found"), "{error}");
    }
}

#[test]
fn a_flat_folder_has_cases_of_both_roles() {
    let server =
        "title = \"S\"\nsteps = [{ emit = { data = \"a\" } }, { expect-event = { data = \"a\" } }]\n";
    let own = CASE.replace("requirements = [\"whatwg/line-lf\"]\n", "").replace("\"A\"", "\"B\"");
    let folder = folder(&[
        ("a.toml", CASE.as_bytes()),
        ("b.toml", own.as_bytes()),
        ("s.toml", server.as_bytes()),
        ("ssespec.toml", b"name = \"mine\""),
    ]);
    let corpus = Corpus::load(folder.path()).expect("cases");
    let ids: Vec<&str> = corpus.cases.keys().map(String::as_str).collect();
    assert_eq!(ids, ["client/a", "client/b", "server/s"]);
    let judged = |id: &str| corpus.judgement(&corpus.cases[id]).expect("known");
    assert_eq!((judged("client/a").0, judged("client/b")), ("whatwg", ("own", crate::Level::Must)));
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = folder(&[("file", b"")]);
    for name in ["none", "file"] {
        let path = folder.path().join(name);
        let error = Corpus::load(&path).expect_err("no folder");
        assert!(matches!(error, CorpusError::Unreadable(_)), "{error}");
        assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = folder(&[]);
    let path = folder.path().join("client/none.toml");
    let error = Corpus::default().with_files(std::slice::from_ref(&path)).expect_err("no file");
    assert!(matches!(error, CorpusError::Unreadable(_)), "{error}");
    assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
}

#[test]
fn mistakes_in_all_files_are_told() {
    let folder = folder(&[
        ("client/a.toml", b"\xff"),
        ("client/b.toml", b""),
        ("client/c.toml", CASE.replace("line-lf", "line-fl").as_bytes()),
        ("client/d.toml", CASE.replace("\"A\"", "\"D\"").as_bytes()),
    ]);
    let reported = mistakes(Corpus::load(folder.path()), folder.path());
    let reported: Vec<(&str, &str)> =
        reported.iter().map(|(name, message)| (name.as_str(), message.as_str())).collect();
    assert_eq!(
        reported,
        [
            ("client/a.toml", "this file is not UTF-8"),
            ("client/b.toml", "a case needs the keys `title` and `steps`"),
            ("client/c.toml", "unknown requirement \"whatwg/line-fl\""),
        ]
    );
}

#[test]
fn requirements_with_mistakes_are_not_missed_too() {
    let folder = folder(&[
        ("client/a.toml", CASE.replace("whatwg/line-lf", "mine/one").as_bytes()),
        ("client/b.toml", b""),
        ("requirements/mine.toml", b"title = 1\n[requirement]\n"),
    ]);
    let reported = mistakes(Corpus::load(folder.path()), folder.path());
    let files: Vec<&str> = reported.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(files, ["requirements/mine.toml", "client/b.toml"]);
}

#[test]
fn an_error_shows_every_file() {
    let folder = folder(&[("client/a.toml", b""), ("client/b.toml", b"")]);
    let text = Corpus::load(folder.path()).expect_err("mistakes").to_string();
    assert!(text.contains("/client/a.toml:1:1\n") && text.contains("/client/b.toml:1:1\n"), "{text}");
}

#[test]
fn two_files_do_not_share_an_id() {
    let folder = folder(&[
        ("one/client/a.toml", CASE.as_bytes()),
        ("two/client/a.toml", CASE.replace("\"A\"", "\"B\"").as_bytes()),
    ]);
    let paths = ["one/client/a.toml", "two/client/a.toml"].map(|name| folder.path().join(name));
    let reported = mistakes(corpus().with_files(&paths), folder.path());
    assert_eq!(reported, [("two/client/a.toml".to_owned(), "two files have the id client/a".to_owned())]);
    // The same file twice is one.
    let twice = [paths[0].clone(), paths[0].clone()];
    assert_eq!(ids(&corpus().with_files(&twice).expect("a case")), ["client/a"]);
}

/// The requirements of this binary without its cases.
fn corpus() -> Corpus {
    Corpus { cases: BTreeMap::new(), ..Corpus::embedded().expect("the corpus") }
}

#[test]
fn two_cases_do_not_share_a_title() {
    let folder = folder(&[("client/a.toml", CASE.as_bytes()), ("client/b.toml", CASE.as_bytes())]);
    let reported = mistakes(Corpus::load(folder.path()), folder.path());
    assert_eq!(reported, [("client/b.toml".to_owned(), "two cases share this title".to_owned())]);
}

#[test]
fn a_file_replaces_the_case_of_its_id() {
    let embedded = Corpus::embedded().expect("the corpus");
    let (id, case) =
        embedded.cases.iter().next().map(|(id, case)| (id.clone(), case.clone())).expect("a case");
    let text = case.source.text().replacen("steps = [", "isolated = true\nsteps = [", 1);
    let folder = folder(&[(&format!("{id}.toml"), text.as_bytes())]);
    let count = embedded.cases.len();
    let corpus = embedded.with_files(&[folder.path().join(format!("{id}.toml"))]).expect("cases");
    assert_eq!(corpus.cases.len(), count);
    assert!(corpus.cases[&id].isolated);
}

#[test]
fn embedded_files_go_by_their_path_in_the_repository() {
    let corpus = Corpus::embedded().expect("the corpus");
    for (id, case) in &corpus.cases {
        assert_eq!(case.source.name(), format!("cases/{id}.toml"));
        assert_eq!(case.id, *id);
    }
}
