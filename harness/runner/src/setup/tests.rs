//! When a setup counts as done.

use super::*;
use crate::implementation::Start;
use crate::run::Baseline;

/// A folder with a lock file, whose setup is this command.
fn folder(setup: &[&str]) -> (tempfile::TempDir, Folder) {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("package-lock.json"), "{}").unwrap();
    std::fs::write(place.path().join("ssespec.toml"), "").unwrap();
    let setup =
        if setup.is_empty() { vec![] } else { vec![setup.iter().map(|word| (*word).to_owned()).collect()] };
    let folder = Folder {
        path: place.path().to_owned(),
        variant: None,
        name: "a".into(),
        role: ssespec_reports::results::Role::Client,
        setup,
        start: Start::Command(vec!["x".into()]),
        protocols: Vec::new(),
        baseline: Baseline::default(),
    };
    (place, folder)
}

/// A program that every system has which builds this.
const CARGO: &str = env!("CARGO");

#[tokio::test]
async fn it_is_done_until_a_file_changes() {
    let (place, folder) = folder(&[CARGO, "--version"]);
    assert!(!is_done(&folder));
    run(&folder).await.unwrap();
    assert!(is_done(&folder));
    for change in [
        |place: &Path| std::fs::write(place.join("package-lock.json"), "{ }"),
        |place: &Path| std::fs::write(place.join("adapter.mjs"), ""),
        |place: &Path| std::fs::rename(place.join("adapter.mjs"), place.join("adapter.js")),
        |place: &Path| std::fs::remove_file(place.join("adapter.js")),
    ] {
        change(place.path()).unwrap();
        let was = is_done(&folder);
        run(&folder).await.unwrap();
        assert!(!was && is_done(&folder));
    }
}

#[tokio::test]
async fn what_the_setup_made_and_what_is_known_change_nothing() {
    let (place, folder) = folder(&[CARGO, "--version"]);
    run(&folder).await.unwrap();
    std::fs::create_dir(place.path().join("node_modules")).unwrap();
    std::fs::write(place.path().join("node_modules/index.js"), "").unwrap();
    std::fs::write(place.path().join("ssespec.toml"), "[[known-failure]]").unwrap();
    assert!(is_done(&folder));
}

#[test]
fn no_setup_is_done() {
    let (_place, folder) = folder(&[]);
    assert!(is_done(&folder));
}

#[tokio::test]
async fn a_setup_that_fails_is_not_done() {
    let (_place, mut folder) = folder(&[CARGO, "--version"]);
    run(&folder).await.unwrap();
    folder.setup.push(vec![CARGO.into(), "no-such-command".into()]);
    let error = run(&folder).await.unwrap_err();
    assert!(
        matches!(&error, SetupError::Failed { output, .. } if output.contains("no-such-command")),
        "{error}"
    );
    assert!(!is_done(&folder), "what was done before does not count");
}

#[tokio::test]
async fn a_program_that_is_missing() {
    let (_place, folder) = folder(&["no-such-program-anywhere", "install"]);
    let error = run(&folder).await.unwrap_err();
    assert!(
        matches!(&error, SetupError::Start { command, .. } if command == "no-such-program-anywhere install"),
        "{error}"
    );
}

#[tokio::test]
async fn the_end_of_a_long_output_is_shown() {
    let (_place, folder) = folder(&[CARGO, "--list", "--no-such-option"]);
    let SetupError::Failed { output, .. } = run(&folder).await.unwrap_err() else { panic!("it starts") };
    assert!(output.lines().count() <= OUTPUT_LINES);
}

#[test]
fn a_fingerprint_is_of_names_and_contents() {
    let print = |files: &[(&str, &str)]| {
        let place = tempfile::tempdir().unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(place.path().join(name), text).unwrap());
        fingerprint(place.path())
    };
    let one = print(&[("a", "1"), ("b", "2")]);
    assert_eq!(one, print(&[("b", "2"), ("a", "1")]));
    assert_eq!(one.len(), 17, "sixteen digits and a line end: {one:?}");
    for other in [
        &[("a", "2"), ("b", "1")][..],
        &[("a", "1")],
        &[("a", "1"), ("c", "2")],
        &[("a", "12"), ("b", "")],
        &[],
    ] {
        assert_ne!(one, print(other), "{other:?}");
    }
    assert_eq!(one, print(&[("a", "1"), ("b", "2"), (STAMP, "x"), ("ssespec.toml", "y")]));
}
