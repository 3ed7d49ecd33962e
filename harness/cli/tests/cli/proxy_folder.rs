//! `ssespec run` with the folder of a proxy: it is started and ended, and nothing is left of it.

use crate::Tests;
use crate::adapter_processes::AdapterProcesses;
use crate::command::{Ssespec, ssespec, words};
use crate::test_folder::{TestFolder, own};

pub(crate) const TESTS: Tests = &[
    ("each_variant_is_run", each_variant_is_run),
    ("one_variant_is_run", one_variant_is_run),
    ("known_failures_of_a_variant", known_failures_of_a_variant),
    ("a_baseline_is_written_for_a_variant", a_baseline_is_written_for_a_variant),
    ("the_cases_are_listed", the_cases_are_listed),
    ("one_that_ends_early", one_that_ends_early),
    ("one_that_forwards_elsewhere", one_that_forwards_elsewhere),
    ("one_that_ends_during_the_run", one_that_ends_during_the_run),
    ("another_version", another_version),
    #[cfg(unix)]
    ("a_signal_leaves_nothing", a_signal_leaves_nothing),
];

/// The folder of a proxy.
struct Proxy {
    folder: TestFolder,
    processes: AdapterProcesses,
}

impl Proxy {
    /// With two variants, of which each gets these options.
    fn new(one: &[&str], two: &[&str], more: &str) -> Self {
        let (folder, processes) = (TestFolder::new(), AdapterProcesses::new());
        let observer = processes.option();
        let command =
            |options: &[&str]| own(&[&["as-proxy", "{dir}/proxy.conf", &observer], options].concat());
        let version = own(&["as-proxy", "version"]);
        let text = format!(
            "name = \"small\"\nrole = \"intermediary\"\nversion = \"1.2.3\"\nversion-command = {version}\n\
             templates = \"templates\"\n\n[variants.one]\ncommand = {}\n\n[variants.two]\ncommand = {}\n{more}",
            command(one),
            command(two),
        );
        folder.file("small/ssespec.toml", &text);
        folder.file("small/templates/proxy.conf", "listen {listen}\nupstream {upstream}\n");
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder, processes }
    }

    /// The command that runs it.
    fn run(&self, line: &str) -> Ssespec {
        let temporary = self.folder.path().join("tmp");
        ssespec(words("run"))
            .args(words(line))
            .args([self.folder.path().join("small")])
            .env("TMPDIR", temporary.to_str().unwrap())
    }

    /// Checks that this many processes were started, and that nothing is left.
    #[track_caller]
    fn has_left_nothing(&self, started: usize) {
        let all = self.processes.all();
        assert_eq!(all.len(), started);
        for process in all {
            process.exited();
        }
        self.has_no_files();
    }

    /// Checks that no file is left.
    #[track_caller]
    fn has_no_files(&self) {
        let left: Vec<_> = std::fs::read_dir(self.folder.path().join("tmp")).unwrap().flatten().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// A selection that takes a moment.
const SOME: &str = "--filter intermediary/requests/*";

fn each_variant_is_run() {
    let proxy = Proxy::new(&["worker"], &[], "");
    let results = proxy.folder.path().join("results");
    let printed = proxy.run(SOME).args(["--output".into(), results.clone()]).ends(0);
    printed.shows(&[
        "small (one) 1.2.3 (intermediary) over network",
        "small (two) 1.2.3 (intermediary) over network",
        "of what small (two) can reach",
    ]);
    let mut files: Vec<_> =
        std::fs::read_dir(results).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["small-one.jsonl", "small-two.jsonl"]);
    // Each, and a worker of the first.
    proxy.has_left_nothing(3);
}

fn one_variant_is_run() {
    let proxy = Proxy::new(&[], &[], "");
    let printed = proxy.run(SOME).args(["--variant", "two"]).ends(0);
    printed.shows(&["small (two) 1.2.3"]);
    assert!(!printed.stdout.contains("(one)"), "{}", printed.stdout);
    proxy.has_left_nothing(1);
    proxy
        .run(SOME)
        .args(["--variant", "three"])
        .ends(2)
        .says(&["there is no variant three; there are one, two"]);
    let client = proxy.folder.implementation("client", "");
    let printed = ssespec(words("run --variant one")).args([client]).ends(2);
    printed.says(&["there is no variant one; no folder has variants"]);
}

/// A failure that does not happen.
const NOT_SO: &str = "\n[[known-failure]]\ncase = \"intermediary/requests/unknown-field\"\nreason = \"so\"\n";

fn known_failures_of_a_variant() {
    let proxy = Proxy::new(&[], &[], &format!("{NOT_SO}variants = [\"two\"]\n"));
    proxy.run(SOME).args(["--variant", "one"]).ends(0);
    let printed = proxy.run(SOME).args(["--variant", "two"]).ends(1);
    printed.shows(&["Stale baseline entries", "intermediary/requests/unknown-field"]);
}

fn a_baseline_is_written_for_a_variant() {
    let proxy = Proxy::new(&[], &[], &format!("{NOT_SO}variants = [\"two\"]\n"));
    let before = proxy.folder.read("small/ssespec.toml");
    proxy.run(SOME).args(["--variant", "one", "--write-baseline"]).ends(0);
    assert_eq!(proxy.folder.read("small/ssespec.toml"), before);
    proxy.run(SOME).args(["--variant", "two", "--write-baseline"]).ends(1);
    let after = proxy.folder.read("small/ssespec.toml");
    assert_eq!(after.trim_end(), before.split("\n[[").next().unwrap().trim_end());
}

fn the_cases_are_listed() {
    let proxy = Proxy::new(&[], &[], "");
    let printed = proxy.run("--list --variant one").ends(0);
    printed.shows(&["intermediary/requests/unknown-field ", "client/resume/"]);
    proxy.has_left_nothing(0);
}

fn one_that_ends_early() {
    let proxy = Proxy::new(&["exit"], &["exit"], "");
    let printed = proxy.run(SOME).ends(3);
    printed.says(&[
        "small: `",
        "ended before it was ready: exit status: 1",
        "help: the command must start the proxy in the foreground",
        "its output:\n  cannot use this:\n  listen 127.0.0.1:",
        "could not be run: ",
        "small (one), ",
        "small (two)",
    ]);
    proxy.has_left_nothing(0);
}

fn one_that_forwards_elsewhere() {
    let proxy = Proxy::new(&[], &[], "");
    let text = "listen {listen}\nupstream 127.0.0.1:1\n# {upstream}\n";
    proxy.folder.file("small/templates/proxy.conf", text);
    let printed = proxy.run(SOME).args(["--variant", "one"]).ends(3);
    printed.says(&[
        "without asking 127.0.0.1:",
        "help: configure the proxy to forward every path to `{upstream}`",
    ]);
    proxy.has_left_nothing(1);
}

fn one_that_ends_during_the_run() {
    let proxy = Proxy::new(&["stops=2"], &[], "");
    let printed = proxy.run("--filter intermediary/* --variant one").ends(3);
    printed.says(&[
        "ended during the run: exit status: 7",
        "help: the cases that ran last",
        "its output:\n  bye",
    ]);
    proxy.has_left_nothing(1);
}

fn another_version() {
    let proxy = Proxy::new(&[], &[], "");
    let text = proxy.folder.read("small/ssespec.toml").replace("\"1.2.3\"", "\"1.2\"");
    proxy.folder.file("small/ssespec.toml", &text);
    let printed = proxy.run(SOME).args(["--variant", "one"]).ends(3);
    printed.says(&["expected version 1.2, but `", "prints \"small 1.2.3\"", "help: install that version"]);
    proxy.has_left_nothing(0);
}

/// A case that takes longer than any test, while a stream is open.
#[cfg(unix)]
const ENDLESS: &str = "title = \"Endless\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [{ send = \"data: a\\n\\n\" }, \
                       { expect-event = { data = \"a\" } }, { wait = \"10min\" }]\n";

#[cfg(unix)]
fn a_signal_leaves_nothing() {
    for (signal, options) in [("INT", &["worker"][..]), ("TERM", &["deaf"]), ("HUP", &["worker", "deaf"])] {
        let proxy = Proxy::new(options, &[], "");
        let cases = proxy.folder.file("cases/client/mine/endless.toml", ENDLESS);
        let cases = cases.ancestors().nth(3).unwrap();
        let running = proxy
            .run("--variant one --delivery as-written --format jsonl")
            .args(["--cases".as_ref(), cases])
            .start();
        running.lines_to("\"kind\":\"header\"");
        let mut processes = vec![proxy.processes.next()];
        if options.contains(&"worker") {
            processes.push(proxy.processes.next());
        }
        crate::interrupt::send(&running, signal);
        assert!(running.ends(130).contains("error: interrupted\n"));
        processes.into_iter().for_each(|process| drop(process.exited()));
        proxy.has_no_files();
    }
}
