//! What `ssespec init` writes, run as a user would: its setup, the check of the adapter, and some cases.
//!
//! A language without its tools on the PATH is ignored with that reason: `ci/packages` installs those of all but Java and Kotlin, and those too for `javalin`.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Failed, Trial};

/// The blank templates: language, role, and what must be on the PATH.
const BLANK: &[(&str, &str, &[&str])] = &[
    ("javascript", "client", &["node"]),
    ("javascript", "server", &["node"]),
    ("python", "client", &["python3"]),
    ("python", "server", &["python3"]),
    ("go", "client", &["go"]),
    ("go", "server", &["go"]),
    ("rust", "client", &["cargo"]),
    ("java", "client", &["javac", "mvn"]),
    ("kotlin", "client", &["javac", "mvn"]),
    ("php", "client", &["php"]),
    ("ruby", "client", &["ruby"]),
];

fn main() -> ExitCode {
    let mut trials: Vec<Trial> = BLANK
        .iter()
        .map(|(language, role, tools)| {
            let missing = tools.iter().find(|tool| !is_on_the_path(tool));
            let trial = Trial::test(format!("{language}/{role}"), || runs(language, role));
            match missing {
                Some(tool) => trial.with_kind(format!("needs {tool}")).with_ignored_flag(true),
                None => trial,
            }
        })
        .collect();
    trials.push(Trial::test("each_template_is_tested", each_template_is_tested));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn is_on_the_path(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(tool).is_file())
}

fn ssespec<A: AsRef<OsStr>>(folder: &Path, arguments: &[A]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ssespec"));
    command.args(arguments).current_dir(folder).output().expect("the command")
}

fn each_template_is_tested() -> Result<(), Failed> {
    let listed = ssespec(Path::new("."), &["init", "--list"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let blank: Vec<(&str, &str)> = listed
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (language, role) = (words.next()?, words.next()?);
            words.any(|name| name == "blank").then_some((language, role))
        })
        .collect();
    let tested: Vec<(&str, &str)> = BLANK.iter().map(|(language, role, _)| (*language, *role)).collect();
    if blank == tested { Ok(()) } else { Err(format!("{blank:?} are written, {tested:?} are tested").into()) }
}

fn runs(language: &str, role: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let written = ssespec(folder.path(), &["init", language, "--role", role]);
    succeeded(&written)?;
    // The setup is part of it; these cases pass with any reader and any server.
    let filter = if role == "client" { "client/lines/lf-ends-a-line" } else { "server/events/order" };
    let run = ssespec(folder.path(), &["run", "--setup", "--filter", filter, "conformance"]);
    succeeded(&run)?;
    let printed = String::from_utf8_lossy(&written.stdout).into_owned();
    let check =
        printed.lines().find_map(|line| line.split_once("&& ssespec ")).ok_or("no command to check it")?;
    // As it is typed: words with a `*` are quoted.
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{} {}", env!("CARGO_BIN_EXE_ssespec"), check.1)]);
    succeeded(&shell.current_dir(folder.path().join("conformance")).output()?)
}

fn succeeded(output: &Output) -> Result<(), Failed> {
    let printed = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{}\n{}", output.status, printed.join("\n")).into())
    }
}
