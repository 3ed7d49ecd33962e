//! Finding browsers, and what is left of their processes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ssespec::engine::Engine;

use super::find::{Places, variable};
use super::marked;
use super::process::{Printed, ProcessTree};

/// A file system with these files, and nothing but `bin` on its search path.
fn places(files: &[&str]) -> (tempfile::TempDir, Places) {
    let root = tempfile::tempdir().expect("a folder");
    for file in files {
        let path = root.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, "").expect("a file");
    }
    let path = root.path().join("bin").into_os_string();
    let places = Places { named: None, path, root: root.path().to_owned() };
    (root, places)
}

#[track_caller]
fn found(engine: Engine, files: &[&str]) -> String {
    let (root, places) = places(files);
    let program = places.find(engine).expect("it is there").program;
    program.strip_prefix(root.path()).expect("beneath the root").display().to_string()
}

#[test]
fn the_small_chromium_is_preferred_and_scripts_around_it_are_not_taken() {
    let all = [
        "usr/lib/chromium/chromium-headless-shell",
        "usr/lib/chromium/chromium",
        "bin/chromium-headless-shell",
        "bin/google-chrome",
        "bin/chromium",
    ];
    assert_eq!(found(Engine::Chromium, &all), "usr/lib/chromium/chromium-headless-shell");
    assert_eq!(found(Engine::Chromium, &all[1..]), "usr/lib/chromium/chromium");
    assert_eq!(found(Engine::Chromium, &all[2..]), "bin/google-chrome");
    assert_eq!(found(Engine::Chromium, &all[4..]), "bin/chromium");
}

#[test]
fn firefox_on_the_search_path() {
    assert_eq!(found(Engine::Firefox, &["bin/firefox"]), "bin/firefox");
    let both = ["bin/firefox", "usr/lib/firefox-esr/firefox-esr"];
    assert_eq!(found(Engine::Firefox, &both), "usr/lib/firefox-esr/firefox-esr");
}

#[test]
fn webkit_needs_a_driver_a_browser_and_a_display() {
    let mini = "usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
    let all = ["bin/WebKitWebDriver", "bin/Xvfb", mini];
    let (root, places) = places(&all);
    let installed = places.find(Engine::WebKit).expect("it is there");
    assert_eq!(installed.driven, Some(root.path().join(mini)));
    for missing in 0..all.len() {
        let there: Vec<&str> = (0..all.len()).filter(|one| *one != missing).map(|one| all[one]).collect();
        let (_root, places) = self::places(&there);
        let error = places.find(Engine::WebKit).expect_err("something is missing");
        let name = all[missing].rsplit('/').next().expect("a name");
        assert!(error.to_string().contains(&format!("{name} was found neither on the PATH")), "{error}");
        assert!(error.hint().contains("apt-get install webkit2gtk-driver xvfb"), "{error}");
    }
}

#[test]
fn what_is_missing_names_its_package() {
    let (_root, places) = places(&[]);
    for (engine, packages) in [
        (Engine::Chromium, "chromium-headless-shell"),
        (Engine::Firefox, "firefox-esr"),
        (Engine::WebKit, "webkit2gtk-driver xvfb"),
    ] {
        let error = places.find(engine).expect_err("nothing is there");
        assert!(error.hint().contains(&format!("apt-get install {packages}")), "{error}");
        assert!(error.hint().contains(variable(engine)), "{error}");
    }
}

#[test]
fn a_variable_names_the_program() {
    let (root, mut places) = places(&["mine/chrome", "bin/chromium"]);
    places.named = Some(root.path().join("mine/chrome").into_os_string());
    assert_eq!(places.find(Engine::Chromium).expect("it is there").program, root.path().join("mine/chrome"));
    places.named = Some(OsString::from("/no/such/chrome"));
    let error = places.find(Engine::Chromium).expect_err("it is not there");
    assert_eq!(error.to_string(), "CHROME is set to /no/such/chrome, which is not a file");
}

/// Starts a shell script in a process tree.
#[cfg(target_os = "linux")]
fn script(processes: &mut ProcessTree, script: &str) -> Printed {
    let arguments = ["-c", script].map(OsString::from);
    processes.start(Path::new("/bin/sh"), &arguments, &[]).expect("a shell")
}

/// A child, its child in the same group, and one that left for a session of its own.
#[cfg(target_os = "linux")]
const FAMILY: &str = "sleep 1000 & setsid sleep 1000 & echo ready; sleep 1000";

#[cfg(target_os = "linux")]
fn living(mark: &str) -> Vec<i32> {
    marked::find(mark, &[])
}

#[cfg(target_os = "linux")]
async fn family() -> (ProcessTree, PathBuf, String) {
    let mut processes = ProcessTree::new(Engine::Chromium).expect("a folder");
    let mut printed = script(&mut processes, FAMILY);
    assert_eq!(printed.wait_for(|line| (line == "ready").then_some(())).await, Some(()));
    let folder = processes.folder().to_owned();
    let mark = folder.to_string_lossy().into_owned();
    while living(&mark).len() < 4 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    (processes, folder, mark)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn nothing_is_left_of_a_processes() {
    let (mut processes, folder, mark) = family().await;
    assert!(processes.lives());
    drop(processes);
    assert_eq!(living(&mark), Vec::<i32>::new());
    assert!(!folder.exists());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn nothing_is_left_after_a_panic() {
    let (processes, folder, mark) = family().await;
    let panicked = tokio::spawn(async move {
        let _held = processes;
        std::panic::panic_any("on purpose");
    });
    assert!(panicked.await.expect_err("it panics").is_panic());
    assert_eq!(living(&mark), Vec::<i32>::new());
    assert!(!folder.exists());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_program_that_ends_is_noticed() {
    let mut processes = ProcessTree::new(Engine::Firefox).expect("a folder");
    let mut printed = script(&mut processes, "echo some words; echo last words >&2; exit 3");
    assert_eq!(printed.wait_for(|line| (line == "no such line").then_some(())).await, None);
    assert!(
        printed.end().contains("last words") && printed.end().contains("some words"),
        "{}",
        printed.end()
    );
    while processes.lives() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_program_that_does_not_start() {
    let mut processes = ProcessTree::new(Engine::WebKit).expect("a folder");
    let started = processes.start(Path::new("/no/such/program"), &[], &[]);
    // Where something else starts it, that is what ends.
    if let Ok(mut printed) = started {
        assert_eq!(printed.wait_for(|_| None::<()>).await, None);
        assert!(printed.end().contains("/no/such/program"), "{}", printed.end());
    }
}
