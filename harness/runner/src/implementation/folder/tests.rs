//! What is read from an implementation's folder, and what is refused.

use ssespec_reports::results::KnownFailure;

use super::*;
use crate::implementation::read_baseline;

const SOUND: &str = r#"
name = "eventsource"
role = "client"
setup = [["npm", "ci"], ["npm", "run", "build"]]
command = ["node", "adapter.mjs"]

[[known-failure]]
case = "client/reconnect/delay-*"
reason = "retry is read once per connection"
link = "https://github.com/owner/name/issues/1"

[[known-failure]]
case = "client/bom/second"
reason = "it is late"
flaky = true
fails = "earlier"
"#;

/// Reads a folder with this `ssespec.toml`.
fn read(text: &str) -> Result<Folder, FolderError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), text).unwrap();
    Folder::read(folder.path()).map(|mut all| all.remove(0))
}

/// What is said of an `ssespec.toml` with a mistake.
#[track_caller]
fn mistake(text: &str) -> String {
    match read(text) {
        Err(FolderError::Mistakes(diagnostics)) => diagnostics.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_of_it_is_read() {
    let folder = read(SOUND).unwrap();
    assert_eq!(folder.name, "eventsource");
    assert_eq!(folder.setup, [vec!["npm", "ci"], vec!["npm", "run", "build"]]);
    assert_eq!(folder.start, Start::Command(vec!["node".into(), "adapter.mjs".into()]));
    let known: Vec<&KnownFailure> = folder.baseline.entries().collect();
    assert_eq!(known[0].case, "client/reconnect/delay-*");
    assert_eq!(known[0].reason, "retry is read once per connection");
    assert_eq!(known[0].link.as_deref(), Some("https://github.com/owner/name/issues/1"));
    assert!(!known[0].flaky && known[1].flaky);
    let line = |entry: &KnownFailure| entry.place.as_ref().map(|place| place.line);
    let of = |pattern: &str| SOUND.lines().position(|line| line.contains(pattern)).map(|at| at + 1);
    assert_eq!(line(known[0]), of("client/reconnect/delay-*"));
    assert_eq!((known[1].link.as_deref(), known.len()), (None, 2));
}

#[test]
fn setup_and_known_failures_may_be_absent() {
    let folder = read("name = \"a\"\nrole = \"client\"\ncommand = [\"x\"]\n").unwrap();
    assert!(folder.setup.is_empty() && folder.baseline.entries().next().is_none());
}

#[test]
fn a_folder_without_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = Folder::read(folder.path()).unwrap_err();
    assert!(matches!(error, FolderError::Missing(_)));
    assert!(error.to_string().contains("there is no ssespec.toml in this folder"), "{error}");
}

#[test]
fn each_key_is_needed() {
    for key in ["name", "role"] {
        let without: String =
            SOUND.lines().filter(|line| !line.starts_with(key)).map(|line| format!("{line}\n")).collect();
        let said = mistake(&without);
        assert!(said.contains(&format!("`{key}`")), "{key}: {said}");
    }
    let without: String = SOUND
        .lines()
        .filter(|line| !line.starts_with("command"))
        .fold(String::new(), |all, line| all + line + "\n");
    assert!(mistake(&without).contains("nothing says how to start the implementation"));
    for key in ["case", "reason"] {
        let without = SOUND.replacen(&format!("{key} = "), &format!("# {key} = "), 1);
        let said = mistake(&without);
        assert!(said.contains(&format!("`{key}`")), "{key}: {said}");
    }
}

#[test]
fn what_is_misspelt_is_shown_with_its_place() {
    for (right, wrong, place, said) in [
        ("command =", "comand =", "5:1", "unknown key `comand`"),
        ("reason = \"retry", "resaon = \"retry", "9:1", "unknown key `resaon`"),
        ("\"client\"\n", "\"proxy\"\n", "3:8", "proxy"),
        ("command = [\"node\", \"adapter.mjs\"]", "command = []", "5:11", "the command is empty"),
        (
            "command = [\"node\", \"adapter.mjs\"]",
            "command = \"node adapter.mjs\"",
            "5:11",
            "expected an array",
        ),
        ("[\"npm\", \"ci\"]", "\"npm ci\"", "4:10", "expected an array"),
        ("\"client/reconnect/delay-*\"", "\"client/[\"", "8:8", "this is not a pattern"),
        ("\"it is late\"", "\"  \"", "14:10", "the reason is empty"),
        ("flaky = true", "flaky = \"yes\"", "15:9", "expected true or false"),
        ("fails = \"earlier\"\n", "", "15:9", "a flaky failure must name what fails"),
        ("fails = \"earlier\"", "fails = \" \"", "16:9", "this is empty"),
        ("flaky = true", "deliveries = []", "15:14", "no delivery is named"),
        ("flaky = true", "deliveries = [\"bites\"]", "15:15", "did you mean `bytes`?"),
        ("flaky = true", "variants = [\"a\"]", "15:13", "there is no such variant"),
        ("role =", "version = \"1\"\nrole =", "3:11", "this key needs an intermediary"),
        ("role =", "versions = [\"1\"]\nrole =", "6:11", "nothing tells the adapter its version"),
        ("role =", "versions = [\"1\", \"..\", \"1\"]\nrole =", "3:18", "this is not a version"),
        ("role =", "versions = [\"1\", \"..\", \"1\"]\nrole =", "3:24", "this version is listed twice"),
        ("role =", "versions = []\nrole =", "3:12", "no version is listed"),
        ("flaky = true", "versions = [\"1\"]", "15:13", "there is no such version"),
        ("flaky = true", "by-chance = true", "15:1", "`by-chance` is now `flaky`"),
    ] {
        let text = SOUND.replacen(right, wrong, 1);
        assert_ne!(text, SOUND, "{right}");
        let shown = mistake(&text);
        assert!(
            shown.contains(said) && shown.contains(&format!("ssespec.toml:{place}\n")),
            "{wrong}: {shown}"
        );
    }
}

#[test]
fn each_version_has_its_command_and_its_known_failures() {
    let text = "name = \"a\"\nrole = \"client\"\nversions = [\"2.0.2\", \"5.1.5\"]\ncommand = [\"x\", \"v{version}\"]\n\
                [[known-failure]]\ncase = \"client/a/b\"\nreason = \"r\"\nversions = [\"2.0.2\"]\n";
    let path = tempfile::tempdir().unwrap();
    std::fs::write(path.path().join(FILE), text).unwrap();
    let folders = Folder::read(path.path()).unwrap();
    let shown: Vec<_> = folders
        .iter()
        .map(|folder| {
            (folder.title(), folder.stem(), folder.start.clone(), folder.baseline.entries().count())
        })
        .collect();
    let command = |version: &str| Start::Command(vec!["x".into(), version.into()]);
    let expected = [
        ("a (2.0.2)".to_owned(), "a-2.0.2".to_owned(), command("v2.0.2"), 1),
        ("a (5.1.5)".to_owned(), "a-5.1.5".to_owned(), command("v5.1.5"), 0),
    ];
    assert_eq!(shown, expected);
    let reported = |rest: &str| mistake(&format!("name = \"a\"\nversions = [\"1\"]\n{rest}"));
    let browser = reported("role = \"client\"\nbrowser = \"chromium\"\n");
    assert!(browser.contains("only adapters are started in several versions"), "{browser}");
    let proxy = reported("role = \"intermediary\"\ncommand = [\"x\", \"{listen}\", \"{upstream}\"]\n");
    assert!(proxy.contains("an intermediary has one version"), "{proxy}");
}

#[test]
fn all_mistakes_are_found_at_once() {
    let text = SOUND.replace("\"client/reconnect/delay-*\"", "\"[\"").replace("\"it is late\"", "\"\"");
    let said = mistake(&text);
    assert!(said.contains("this is not a pattern") && said.contains("the reason is empty"), "{said}");
}

#[test]
fn a_baseline_may_be_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let known = &SOUND[SOUND.find("[[known").unwrap()..];
    let cases = |baseline: &Baseline| baseline.entries().map(|entry| entry.case.clone()).collect::<Vec<_>>();
    let expected = ["client/reconnect/delay-*", "client/bom/second"];
    assert_eq!(cases(&read_baseline(&write("known.toml", known)).unwrap()), expected);
    assert_eq!(cases(&read_baseline(&write(FILE, SOUND)).unwrap()), expected);
    // That of `cargo test` has the same name and no command.
    assert_eq!(cases(&read_baseline(&write(FILE, known)).unwrap()), expected);
    assert!(read_baseline(&write("empty.toml", "")).unwrap().entries().next().is_none());
    let error = read_baseline(&write("known.toml", SOUND)).unwrap_err().to_string();
    assert!(error.contains("unknown key `name`"), "{error}");
    let error = read_baseline(&folder.path().join("no-such.toml")).unwrap_err();
    assert!(matches!(error, FolderError::Unreadable(_)), "{error}");
}

#[test]
fn a_server_that_runs_already() {
    let service = "url = \"http://127.0.0.1:8080/events\"\nheaders = { authorization = \"Bearer a\" }\n\
                   data = \"{}\"\npaths = { error-status = \"/no\" }\nemit = \"true\"\n";
    let folder = read(&format!("name = \"a\"\nrole = \"server\"\n{service}")).unwrap();
    let pair = |name: &str, text: &str| vec![(name.to_owned(), text.to_owned())];
    let expected = Service {
        url: "http://127.0.0.1:8080/events".into(),
        headers: pair("authorization", "Bearer a"),
        data: Some("{}".into()),
        paths: pair("error-status", "/no"),
        emit: Some("true".into()),
    };
    assert_eq!(folder.start, Start::Service(expected));

    let reported = |role: &str, rest: &str| mistake(&format!("name = \"a\"\nrole = \"{role}\"\n{rest}"));
    let all = [
        reported("client", "url = \"http://a/\"\n"),
        reported("server", "url = \"a/events\"\n"),
        reported("server", "url = \"http://a/\"\ncommand = [\"x\"]\n"),
        reported("server", "command = [\"x\"]\nheaders = { a = \"b\" }\n"),
    ];
    insta::with_settings!({ omit_expression => true, filters => [(r"--> .*ssespec.toml", "--> ssespec.toml")] }, {
        insta::assert_snapshot!(all.join("\n"));
    });
}

#[test]
fn the_protocols_of_a_client() {
    let client = |protocols: &str| {
        format!("name = \"a\"\nrole = \"client\"\ncommand = [\"x\"]\nprotocols = {protocols}\n")
    };
    let protocols = read(&client("[\"http1\", \"http2-tls\"]")).unwrap().protocols;
    assert_eq!(protocols, [Protocol::Http1, Protocol::Http2Tls]);
    assert!(mistake(&client("[]")).contains("a client needs a protocol"));
    assert!(mistake(&client("[\"http3\"]")).contains("http3"));
    let server = client("[\"http1\"]").replace("client", "server");
    assert!(mistake(&server).contains("this is not a client"));
}
