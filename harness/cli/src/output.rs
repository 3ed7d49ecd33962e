//! What is printed, and the renderings of results.

use std::io::Write;
use std::path::Path;

use anstream::ColorChoice;
use ssespec_reports::results::{Record, Results, ResultsWriter};
use ssespec_reports::terminal::{Color, Style, Times, render};
use ssespec_reports::{junit, markdown, snapshot, visible};

use super::arguments::Format;

/// Prints to standard output; a reader that has left needs nothing more.
pub(super) fn print(text: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

/// Prints a text, or writes it to a file.
///
/// # Errors
/// When the file cannot be written; the message names it.
pub(super) fn deliver(text: &str, file: Option<&Path>) -> Result<(), String> {
    match file {
        None => print(text),
        Some(file) => {
            std::fs::write(file, text)
                .map_err(|error| format!("{}: cannot be written: {error}", file.display()))?;
        }
    }
    Ok(())
}

/// Prints a message for the user to standard error.
pub(super) fn error(message: &str) {
    // What shows lines of a file begins so itself.
    note(&format!("error: {}", message.strip_prefix("error: ").unwrap_or(message)));
}

/// Prints a note for the user to standard error.
pub(super) fn note(message: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stderr().lock());
    let _ = writeln!(out, "{message}");
}

/// Whether standard output takes colours.
pub(super) fn stdout_color() -> Color {
    match anstream::AutoStream::choice(&std::io::stdout()) {
        ColorChoice::Never => Color::Plain,
        _ => Color::Ansi,
    }
}

/// Whether standard error takes colours.
pub(super) fn stderr_color() -> Color {
    match anstream::AutoStream::choice(&std::io::stderr()) {
        ColorChoice::Never => Color::Plain,
        _ => Color::Ansi,
    }
}

/// Whether a format can show this many runs.
///
/// # Errors
/// When it cannot; the message says what to do.
pub(super) fn can_show(runs: usize, format: Format) -> Result<(), String> {
    if format == Format::Jsonl && runs > 1 {
        return Err(format!(
            "--format jsonl is the results file of one run, and these are {runs}; `ssespec run --output FOLDER` writes a file \
             for each"
        ));
    }
    Ok(())
}

/// Renders results in a format.
pub(super) fn rendered(runs: &[Results], format: Format, color: Color) -> Result<String, String> {
    let style = Style { color, times: Times::Shown };
    match format {
        Format::Terminal => Ok(runs.iter().map(|run| render(run, style)).collect::<Vec<_>>().join("\n")),
        Format::Snapshot => Ok(runs.iter().map(snapshot::snapshot).collect::<Vec<_>>().join("\n")),
        Format::Markdown => markdown::matrix(runs).map_err(|error| error.to_string()),
        Format::Junit => xml(runs),
        Format::Jsonl => runs.iter().map(jsonl).collect::<Result<Vec<_>, _>>().map(|list| list.concat()),
    }
}

/// The longest name of an implementation in XML, in characters.
const NAME: usize = 100;

/// One XML document, however many runs there are.
fn xml(runs: &[Results]) -> Result<String, String> {
    let mut reports = runs.iter().map(junit::report);
    let Some(mut report) = reports.next() else { return Ok(String::new()) };
    if let [first, rest @ ..] = runs
        && !rest.is_empty()
    {
        let named = |run: &Results, suite: &str| {
            format!("{}: {suite}", visible::line(&run.header().implementation.name, NAME))
        };
        report.name = Some("ssespec".into());
        report.time = None;
        for suite in &mut report.test_suites {
            suite.name = named(first, suite.name.as_str()).into();
        }
        for (run, other) in rest.iter().zip(reports) {
            for mut suite in other.test_suites {
                suite.name = named(run, suite.name.as_str()).into();
                report.add_test_suite(suite);
            }
        }
    }
    report.to_string().map_err(|error| error.to_string())
}

fn jsonl(run: &Results) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut writer = ResultsWriter::new(&mut bytes);
    let mut write = |record: Record| writer.record(&record).map_err(|error| error.to_string());
    write(Record::Header(Box::new(run.header().clone())))?;
    for result in run.results() {
        write(Record::Result(Box::new(result.clone())))?;
    }
    if let Some(footer) = run.footer() {
        write(Record::Footer(Box::new(footer.clone())))?;
    }
    String::from_utf8(bytes).map_err(|error| error.to_string())
}
