//! Progress while a run goes on, and the renderings of its results.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::Path;

use anstream::ColorChoice;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ssespec_reports::fold::{CaseOutcome, Outcome};
use ssespec_reports::results::{CaseResult, Footer, Header, Record, Results, ResultsWriter};
use ssespec_reports::terminal::{Color, Progress, Style, Times, case_line, progress_line, render};
use ssespec_reports::{junit, markdown, snapshot};

use super::arguments::Format;

/// Prints to standard output; a reader that has left needs nothing more.
pub(super) fn print(text: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

/// Prints a message for the user to standard error.
pub(super) fn error(message: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stderr().lock());
    let _ = writeln!(out, "error: {message}");
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

/// Where the records of a run go while it runs.
pub(super) struct Recorder {
    file: Option<(ResultsWriter<BufWriter<File>>, String)>,
    progress: Option<Live>,
    header: Option<Header>,
    results: Vec<CaseResult>,
    footer: Option<Footer>,
    trouble: Option<String>,
}

/// How progress is shown.
struct Live {
    bar: Option<ProgressBar>,
    planned: usize,
}

impl Recorder {
    /// A recorder that also writes a results file, and shows progress for people.
    pub(super) fn new(output: Option<&Path>, format: Format, planned: usize) -> Result<Self, String> {
        let file = match output {
            Some(path) => {
                let name = path.display().to_string();
                let file = File::create(path).map_err(|error| format!("{name}: {error}"))?;
                Some((ResultsWriter::new(BufWriter::new(file)), name))
            }
            None => None,
        };
        let progress = (format == Format::Terminal).then(|| Live { bar: bar(), planned });
        Ok(Self { file, progress, header: None, results: Vec::new(), footer: None, trouble: None })
    }

    pub(super) fn take(&mut self, record: Record) {
        if let Some((writer, name)) = &mut self.file
            && let Err(problem) = writer.record(&record)
        {
            self.trouble.get_or_insert(format!("{name}: {problem}"));
        }
        match record {
            Record::Header(header) => self.header = Some(*header),
            Record::Result(result) => {
                let earlier = self.results.iter().position(|r| r.case == result.case && r.delivery == result.delivery);
                match earlier {
                    Some(at) => self.results[at] = *result,
                    None => self.results.push(*result),
                }
                self.show_progress();
            }
            Record::Footer(footer) => {
                if let Some(bar) = self.progress.as_ref().and_then(|live| live.bar.as_ref()) {
                    bar.finish_and_clear();
                }
                self.footer = Some(*footer);
            }
        }
    }

    fn show_progress(&self) {
        let (Some(live), Some(last)) = (&self.progress, self.results.last()) else { return };
        match &live.bar {
            Some(bar) => {
                let cases = ssespec_reports::fold::fold(&self.results);
                let counts = ssespec_reports::fold::counts(&cases);
                let progress = Progress { counts, planned: live.planned, running: Some(&last.case) };
                bar.set_message(progress_line(&progress, Style { color: stderr_color(), times: Times::Hidden }));
            }
            None => {
                // Where lines cannot be drawn again, only what needs attention is worth one.
                let Some(case) = CaseOutcome::of([last]) else { return };
                if matches!(case.outcome(), Outcome::Fail | Outcome::Error) {
                    note(&case_line(&case, Style { color: Color::Plain, times: Times::Hidden }));
                }
            }
        }
    }

    /// The results of the run, and what went wrong when they were written.
    pub(super) fn finish(self, name: &str) -> Result<Results, String> {
        if let Some(trouble) = self.trouble {
            return Err(trouble);
        }
        let header = self.header.ok_or_else(|| "the run wrote no header".to_owned())?;
        Ok(Results::new(name, header, self.results, self.footer))
    }
}

fn bar() -> Option<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{spinner} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(std::time::Duration::from_millis(100));
    Some(bar)
}

fn stderr_color() -> Color {
    match anstream::AutoStream::choice(&std::io::stderr()) {
        ColorChoice::Never => Color::Plain,
        _ => Color::Ansi,
    }
}

/// Renders results in a format.
pub(super) fn rendered(runs: &[Results], format: Format, color: Color) -> Result<String, String> {
    let style = Style { color, times: Times::Shown };
    match format {
        Format::Terminal => Ok(runs.iter().map(|run| render(run, style)).collect::<Vec<_>>().join("\n")),
        Format::Snapshot => Ok(runs.iter().map(snapshot::snapshot).collect::<Vec<_>>().join("\n")),
        Format::Markdown => markdown::matrix(runs).map_err(|error| error.to_string()),
        Format::Junit => {
            let reports: Result<Vec<String>, _> = runs.iter().map(junit::junit).collect();
            reports.map(|list| list.join("\n")).map_err(|error| error.to_string())
        }
        Format::Jsonl => runs.iter().map(jsonl).collect::<Result<Vec<_>, _>>().map(|list| list.concat()),
    }
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
