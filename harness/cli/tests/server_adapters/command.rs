//! `ssespec server -- COMMAND`, and `ssespec run` for the folder of a server.

use std::process::Command;

use crate::Tests;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server_adapters/cases");

fn ssespec(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ssespec")).args(arguments).output().expect("it starts");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

fn exe() -> String {
    std::env::current_exe().expect("a path").display().to_string()
}

pub(crate) const TESTS: Tests = &[
    ("a_server_that_has_an_adapter", || {
        let (status, text) = ssespec(&["server", "--cases", CASES, "--", &exe(), "adapter", "sound"]);
        assert_eq!(status, Some(0), "{text}");
        assert!(text.contains("sound 1 (Rust server) over process"), "{text}");
    }),
    ("a_failure_says_how_it_is_run_again", || {
        let exe = exe();
        let filter = ["--filter", "server/emitting/events"];
        let words = [&["server", "--cases", CASES][..], &filter, &["--", &exe, "adapter", "twice"]].concat();
        let (status, text) = ssespec(&words);
        assert_eq!(status, Some(1), "{text}");
        let rerun =
            format!("ssespec server --filter server/emitting/events --cases {CASES} -- {exe} adapter twice");
        assert!(text.replace('\'', "").contains(&rerun), "{text}");
    }),
    ("a_folder_of_a_server", || {
        let folder = tempfile::tempdir().expect("a folder");
        let file = format!(
            "name = \"fixture\"\nrole = \"server\"\ncommand = [{:?}, \"adapter\", \"sound\"]\n",
            exe()
        );
        std::fs::write(folder.path().join("ssespec.toml"), file).expect("a file");
        let path = folder.path().display().to_string();
        let (status, text) = ssespec(&["run", "--cases", CASES, &path]);
        assert_eq!(status, Some(0), "{text}");
        let (status, text) = ssespec(&["client", "--cases", CASES, "--", &exe(), "adapter", "sound"]);
        assert_eq!(status, Some(2), "no client case is there: {text}");
    }),
    ("a_case_for_servers_is_not_served", || {
        let (status, text) = ssespec(&["mock", "--case", "server/streams/end-is-clean"]);
        assert_eq!(status, Some(2), "{text}");
        assert!(text.contains("ssespec server --filter server/streams/end-is-clean -- COMMAND"), "{text}");
    }),
    ("options_of_a_probe_are_none_of_an_adapter", || {
        let (status, text) = ssespec(&["server", "--quick", "--", "true"]);
        assert_eq!(status, Some(2), "{text}");
        let (status, text) = ssespec(&["server", "--lanes", "1", "http://127.0.0.1:1/"]);
        assert_eq!(status, Some(2), "{text}");
    }),
];
