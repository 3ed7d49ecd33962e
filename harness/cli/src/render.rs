//! Results rendered in each output format.

use ssespec_reports::results::{Record, Results, ResultsWriter};
use ssespec_reports::terminal::{Color, Failures, Style, Times, overview, render, timings};
use ssespec_reports::{junit, markdown, snapshot, visible};

use crate::error::CommandError;
use crate::options::execution::TimingOptions;
use crate::options::format::Format;
use crate::output;

/// Checks that a format can show this many runs.
///
/// # Errors
/// If it can show only one.
pub(crate) fn check_number_of_runs(runs: usize, format: Format) -> Result<(), CommandError> {
    if format == Format::Jsonl && runs > 1 { Err(CommandError::SeveralRuns(runs)) } else { Ok(()) }
}

/// Prints the results of finished runs to standard output; nothing if there are none. JSON Lines have been printed while
/// they ran.
pub(crate) fn print_results(
    runs: &[Results],
    format: Format,
    with_timings: TimingOptions,
) -> Result<(), CommandError> {
    if !runs.is_empty() && format != Format::Jsonl {
        output::print(&rendered(runs, format, output::stdout_color())?);
    }
    for run in runs.iter().filter(|_| with_timings.shown) {
        if matches!(format, Format::Terminal | Format::Full) {
            let style = Style { color: output::stdout_color(), ..Style::default() };
            output::print(&format!("\n{}", timings(run, style)));
        } else {
            let style = Style { color: output::stderr_color(), ..Style::default() };
            output::note(timings(run, style).trim_end());
        }
    }
    Ok(())
}

/// Renders results in a format.
pub(crate) fn rendered(runs: &[Results], format: Format, color: Color) -> Result<String, CommandError> {
    let failures = if format == Format::Full { Failures::All } else { Failures::OnePerCause };
    let style = Style { color, times: Times::Shown, failures };
    match format {
        Format::Terminal | Format::Full => {
            let mut texts: Vec<String> = runs.iter().map(|run| render(run, style)).collect();
            if runs.len() > 1 {
                texts.push(overview(runs, style));
            }
            Ok(texts.join("\n"))
        }
        Format::Snapshot => Ok(runs.iter().map(snapshot::snapshot).collect::<Vec<_>>().join("\n")),
        Format::Markdown => Ok(markdown::matrix(runs)?),
        Format::Junit => xml(runs),
        Format::Jsonl => runs.iter().map(jsonl).collect::<Result<Vec<_>, _>>().map(|list| list.concat()),
    }
}

/// The longest name of an implementation in XML, in characters.
const NAME: usize = 100;

/// One XML document for all runs.
fn xml(runs: &[Results]) -> Result<String, CommandError> {
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
    report.to_string().map_err(|error| CommandError::Render(error.into()))
}

fn jsonl(run: &Results) -> Result<String, CommandError> {
    let mut bytes = Vec::new();
    let mut writer = ResultsWriter::new(&mut bytes);
    let mut write =
        |record: Record| writer.record(&record).map_err(|error| CommandError::Render(error.into()));
    write(Record::Header(Box::new(run.header().clone())))?;
    for result in run.results() {
        write(Record::Result(Box::new(result.clone())))?;
    }
    if let Some(footer) = run.footer() {
        write(Record::Footer(Box::new(footer.clone())))?;
    }
    String::from_utf8(bytes).map_err(|error| CommandError::Render(error.into()))
}
