//! Writes the records of a run to the results file and shows progress.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Stdout};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ssespec_reports::diagnosis::diagnose;
use ssespec_reports::fold::{CaseOutcome, Outcome};
use ssespec_reports::results::{
    CaseResult, Counts, Delivery, Footer, Header, Record, Results, ResultsWriter,
};
use ssespec_reports::terminal::{Progress, Style, case_line, progress_line};

use crate::error::CommandError;
use crate::options::format::Format;
use crate::output::{WriteFileError, note, stderr_color};

/// Takes the records of a run.
pub(crate) struct Recorder {
    file: Option<(ResultsWriter<BufWriter<File>>, String)>,
    streamed: Option<ResultsWriter<Stdout>>,
    progress: ProgressDisplay,
    planned: usize,
    header: Option<Header>,
    results: BTreeMap<(String, Delivery), CaseResult>,
    outcomes: BTreeMap<String, Outcome>,
    footer: Option<Footer>,
    write_error: Option<CommandError>,
}

/// How progress is shown.
enum ProgressDisplay {
    /// On a terminal: one line that is redrawn.
    Bar(ProgressBar),
    /// Elsewhere: a line for each case that needs attention.
    Lines,
    /// The output is for programs.
    Hidden,
}

impl Recorder {
    /// A recorder that shows progress, also writes a results file if `output` names one, and prints each record
    /// immediately if JSON Lines are asked for.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub(crate) fn new(output: Option<&Path>, format: Format, planned: usize) -> Result<Self, CommandError> {
        let file = match output {
            Some(path) => {
                let name = path.display().to_string();
                let file =
                    File::create(path).map_err(|source| WriteFileError { path: path.to_owned(), source })?;
                Some((ResultsWriter::new(BufWriter::new(file)), name))
            }
            None => None,
        };
        let progress = match format {
            Format::Terminal | Format::Full if std::io::stderr().is_terminal() => ProgressDisplay::Bar(bar()),
            Format::Terminal | Format::Full => ProgressDisplay::Lines,
            _ => ProgressDisplay::Hidden,
        };
        Ok(Self {
            file,
            streamed: (format == Format::Jsonl).then(|| ResultsWriter::new(std::io::stdout())),
            progress,
            planned,
            header: None,
            results: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            footer: None,
            write_error: None,
        })
    }

    /// Takes a record. A write error is reported by [`Self::finish`].
    pub(crate) fn take(&mut self, mut record: Record) {
        if let (Record::Footer(footer), Some(header)) = (&mut record, &self.header) {
            let results = self.results.values().cloned();
            footer.diagnosis = Some(diagnose(&Results::new("", header.clone(), results, None)));
        }
        if let Some((writer, name)) = &mut self.file
            && let Err(source) = writer.record(&record)
        {
            let file = name.clone();
            self.write_error.get_or_insert(CommandError::WriteResults { file, source });
        }
        if let Some(writer) = &mut self.streamed
            && writer.record(&record).is_err()
        {
            // A closed pipe needs no more output.
            self.streamed = None;
        }
        match record {
            Record::Header(header) => self.header = Some(*header),
            Record::Result(result) => {
                let case = result.case.clone();
                self.results.insert((case.clone(), result.delivery), *result);
                self.show(&case);
            }
            Record::Footer(footer) => {
                if let ProgressDisplay::Bar(bar) = &self.progress {
                    bar.finish_and_clear();
                }
                self.footer = Some(*footer);
            }
        }
    }

    /// Shows the outcome of a case so far.
    fn show(&mut self, case: &str) {
        let deliveries = self.results.range((case.to_owned(), Delivery::AS_WRITTEN)..);
        let of_case = deliveries.take_while(|((id, _), _)| id == case).map(|(_, result)| result);
        let Some(folded) = CaseOutcome::of(of_case) else { return };
        let earlier = self.outcomes.insert(case.to_owned(), folded.outcome());
        match &self.progress {
            ProgressDisplay::Bar(bar) => {
                let mut counts = Counts::default();
                self.outcomes.values().for_each(|outcome| counts.add(*outcome));
                let progress = Progress { counts, planned: self.planned, running: Some(case) };
                bar.set_message(progress_line(
                    &progress,
                    Style { color: stderr_color(), ..Style::default() },
                ));
            }
            ProgressDisplay::Lines => {
                // A case that fails in several deliveries is shown once.
                let is_new = earlier != Some(folded.outcome());
                if is_new && matches!(folded.outcome(), Outcome::Fail | Outcome::Error) {
                    let worst = CaseOutcome::of([folded.worst()]);
                    let style = Style::default();
                    worst.iter().for_each(|case| note(&case_line(case, style)));
                }
            }
            ProgressDisplay::Hidden => {}
        }
    }

    /// The results of the run.
    ///
    /// # Errors
    /// If the results file could not be written.
    pub(crate) fn finish(self, name: &str) -> Result<Results, CommandError> {
        if let Some(error) = self.write_error {
            return Err(error);
        }
        let header = self.header.ok_or(CommandError::NoHeader)?;
        Ok(Results::new(name, header, self.results.into_values(), self.footer))
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(
        ProgressStyle::with_template("{spinner} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
