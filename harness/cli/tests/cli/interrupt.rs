//! Ctrl-C leaves no process behind, and a results file that is marked as incomplete.

use crate::Tests;

#[cfg(not(unix))]
pub(crate) const TESTS: Tests = &[];

#[cfg(unix)]
pub(crate) const TESTS: Tests = &[
    ("a_client", unix::a_client),
    ("an_adapter_that_says_no_hello", unix::an_adapter_that_says_no_hello),
    ("a_folder", unix::a_folder),
    ("what_was_found_before", unix::what_was_found_before),
    ("results_are_printed_as_they_come", unix::results_are_printed_as_they_come),
];

#[cfg(unix)]
pub(crate) use unix::send;

#[cfg(unix)]
mod unix {
    use std::process::Command;

    use crate::adapter_processes::AdapterProcesses;
    use crate::command::{Running, ssespec, words};
    use crate::test_folder::{TestFolder, own};

    /// Sends a signal to a command that runs.
    pub(crate) fn send(running: &Running, signal: &str) {
        let status =
            Command::new("kill").args([format!("-{signal}"), running.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// A case that takes longer than any test.
    fn endless(folder: &TestFolder) {
        let steps = "{ send = \"data: a\\n\\n\" }, { expect-event = { data = \"a\" } }, { wait = \"10min\" }";
        let text = format!("title = \"Endless\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [{steps}]\n");
        folder.file("client/mine/endless.toml", &text);
    }

    /// Waits until the adapter plays the endless case: two sessions of the smoke check come before it.
    fn await_session(processes: &AdapterProcesses) -> crate::adapter_processes::AdapterProcess {
        let mut adapter = processes.next();
        for _ in 0..3 {
            assert!(adapter.next_url().starts_with("http://127.0.0.1:"));
        }
        adapter
    }

    pub(super) fn a_client() {
        for signal in ["INT", "TERM", "HUP"] {
            let (folder, processes) = (TestFolder::new(), AdapterProcesses::new());
            endless(&folder);
            let running = ssespec(words("client --delivery as-written --cases"))
                .args([folder.path()])
                .adapter([processes.option()])
                .start();
            let adapter = await_session(&processes);
            send(&running, signal);
            assert!(running.ends(130).contains("error: interrupted\n"));
            adapter.exited();
        }
    }

    pub(super) fn an_adapter_that_says_no_hello() {
        let processes = AdapterProcesses::new();
        let running = ssespec(words("client --filter client/lines/*"))
            .adapter([processes.option(), "silent".into()])
            .start();
        let adapter = processes.next();
        send(&running, "INT");
        running.ends(130);
        adapter.exited();
    }

    pub(super) fn a_folder() {
        let (folder, processes) = (TestFolder::new(), AdapterProcesses::new());
        endless(&folder);
        let command = own(&["adapter", &processes.option()]);
        folder.file(
            "small/ssespec.toml",
            &format!("name = \"small\"\nrole = \"client\"\ncommand = {command}\n"),
        );
        let running = ssespec(words("run --delivery as-written --write-baseline --cases"))
            .args([folder.path(), &folder.path().join("small")])
            .start();
        let before = folder.read("small/ssespec.toml");
        let adapter = await_session(&processes);
        send(&running, "INT");
        running.ends(130);
        adapter.exited();
        assert_eq!(folder.read("small/ssespec.toml"), before, "no baseline is written by half a run");
    }

    pub(super) fn results_are_printed_as_they_come() {
        let folder = TestFolder::new();
        endless(&folder);
        let steps = "{ send = \"data: a\\n\\n\" }, { expect-event = { data = \"a\" } }";
        let text = format!("title = \"Short\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [{steps}]\n");
        folder.file("client/mine/short.toml", &text);
        let options = words("client --reference --delivery as-written --format jsonl --cases");
        let running = ssespec(options).args([folder.path()]).start();
        let lines = running.lines_to("\"case\":\"client/mine/short\"");
        assert!(lines.len() == 2 && lines[0].starts_with("{\"kind\":\"header\""), "{lines:?}");
        send(&running, "INT");
        assert!(running.rest().is_empty(), "the other case has not ended");
        running.ends(130);
    }

    pub(super) fn what_was_found_before() {
        let (folder, processes) = (TestFolder::new(), AdapterProcesses::new());
        endless(&folder);
        let file = folder.path().join("results.jsonl");
        let running = ssespec(words("client --delivery as-written --cases"))
            .args([folder.path()])
            .args(["--output"])
            .args([&file])
            .adapter([processes.option()])
            .start();
        let adapter = await_session(&processes);
        send(&running, "INT");
        running.ends(130);
        adapter.exited();
        let printed = ssespec(words("report --format terminal")).args([&file]).ends(0);
        printed.shows(&["INCOMPLETE RUN"]);
    }
}
