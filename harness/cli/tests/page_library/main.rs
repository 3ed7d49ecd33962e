//! A client library in a page of Chromium: a correct one passes the cases about hidden pages, and one that makes a mistake
//! fails them. No client outside of a browser could show that these cases can fail.
//!
//! Where Chromium is not installed the tests are left out and say so, unless `SSESPEC_ALL_IMPLEMENTATIONS` is set.

use std::path::Path;
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ssespec::engine::Engine;
use ssespec_browser::find;

/// A correct library.
const CLIENT: &str = include_str!("client.js");

/// What a correct library must pass, and the mistakes fail.
const HIDDEN: &str = "client/resilience/hidden-page*";

type Check = fn() -> Result<(), Failed>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tests: [(&str, Check); 6] = [
        ("the_example_of_the_manual_passes", the_example_of_the_manual_passes),
        ("a_correct_library_passes", a_correct_library_passes),
        ("a_browsers_own_event_source_passes", a_browsers_own_event_source_passes),
        ("mistakes_fail_the_cases_about_hidden_pages", mistakes_fail_the_cases_about_hidden_pages),
        ("a_folder_names_a_library", a_folder_names_a_library),
        ("scripts_that_expose_no_client_are_explained", scripts_that_expose_no_client_are_explained),
    ];
    let trials = tests.map(|(name, test)| {
        Trial::ignorable_test(name, move || match find(Engine::Chromium) {
            Err(missing) if std::env::var_os("SSESPEC_ALL_IMPLEMENTATIONS").is_none() => {
                Ok(Completion::ignored_with(format!("{missing}; {}", missing.hint())))
            }
            _ => test().map(|()| Completion::Completed),
        })
    });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

/// The output of the command in a folder with this script.
fn run(script: &str, arguments: &[&str]) -> Result<(Output, String), Failed> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("library.js"), script)?;
    ssespec(folder.path(), arguments)
}

fn ssespec(folder: &Path, arguments: &[&str]) -> Result<(Output, String), Failed> {
    let output = Command::new(env!("CARGO_BIN_EXE_ssespec")).current_dir(folder).args(arguments).output()?;
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok((output, text))
}

/// A run of the library with these cases.
fn with_library(script: &str, filter: &str) -> Result<(Output, String), Failed> {
    let arguments = ["client", "--browser", "chromium", "--page-library", "library.js", "--lanes", "1"];
    run(script, &[&arguments[..], &["--delivery", "as-written", "--strict", "--filter", filter]].concat())
}

fn expect(holds: bool, text: &str) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(text.into()) }
}

fn the_example_of_the_manual_passes() -> Result<(), Failed> {
    let (output, text) =
        with_library(include_str!("adapter.js"), "client/{dispatch/*,resilience/hidden-page*}")?;
    expect(output.status.success() && text.contains("my-client 1.0.0 (JavaScript client) over page"), &text)
}

fn a_correct_library_passes() -> Result<(), Failed> {
    let (output, text) = with_library(CLIENT, HIDDEN)?;
    expect(
        output.status.success() && text.contains("2 pass") && text.contains("client of a test 1 "),
        &text,
    )?;
    // It is the library that connects: no EventSource sends this.
    let (output, text) = with_library(CLIENT, "client/resilience/post-is-not-repeated")?;
    expect(output.status.code() == Some(1) && text.contains("POST"), &text)
}

fn a_browsers_own_event_source_passes() -> Result<(), Failed> {
    let arguments =
        ["client", "--browser", "chromium", "--lanes", "1", "--delivery", "as-written", "--strict"];
    let (output, text) = run("", &[&arguments[..], &["--filter", HIDDEN]].concat())?;
    expect(output.status.success() && text.contains("1 pass") && text.contains("1 skip"), &text)
}

fn mistakes_fail_the_cases_about_hidden_pages() -> Result<(), Failed> {
    for mistake in ["pauses-while-hidden", "reconnects-when-visible"] {
        let script = CLIENT.replace("'none'", &format!("'{mistake}'"));
        let (output, text) = with_library(&script, HIDDEN)?;
        expect(output.status.code() == Some(1) && text.contains("2 warn"), &format!("{mistake}: {text}"))?;
    }
    Ok(())
}

fn a_folder_names_a_library() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let toml =
        "name = \"mine\"\nrole = \"client\"\nbrowser = \"chromium\"\npage-library = \"dist/client.js\"\n";
    std::fs::write(folder.path().join("ssespec.toml"), toml)?;
    let arguments = ["run", "--filter", "client/dispatch/*", "--lanes", "1"];
    let (output, text) = ssespec(folder.path(), &arguments)?;
    expect(output.status.code() == Some(3) && text.contains("dist/client.js"), &text)?;
    std::fs::create_dir(folder.path().join("dist"))?;
    std::fs::write(folder.path().join("dist/client.js"), CLIENT)?;
    let (_, text) = ssespec(folder.path(), &["run", "--filter", "client/dispatch/*", "--lanes", "1"])?;
    expect(text.contains("client of a test 1 (JavaScript client) over page"), &text)
}

fn scripts_that_expose_no_client_are_explained() -> Result<(), Failed> {
    for (script, said) in [
        ("", "the script did not set globalThis.ssespec"),
        ("this is no script", "the script throws: "),
        ("throw new Error('no luck')", "no luck"),
        ("globalThis.ssespec = { name: 'x' }", "ssespec.connect is not a function"),
        ("globalThis.ssespec = { connect() {}, name: 'x' }", "ssespec.capabilities is not an array"),
        ("globalThis.ssespec = { connect() {}, name: 'x', capabilities: ['dom'] }", "\"dom\""),
        (
            "globalThis.ssespec = { connect() {}, name: 'x', capabilities: ['fly'] }",
            "unknown capability \"fly\"",
        ),
    ] {
        let (output, text) = with_library(script, HIDDEN)?;
        expect(output.status.code() == Some(3) && text.contains(said), &format!("{script}: {text}"))?;
    }
    Ok(())
}
