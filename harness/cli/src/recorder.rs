//! Where the records of a run go while it runs: the results file, and progress for people.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, IsTerminal};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ssespec_reports::fold::{CaseOutcome, Outcome};
use ssespec_reports::results::{
    CaseResult, Counts, Delivery, Footer, Header, Record, Results, ResultsWriter,
};
use ssespec_reports::terminal::{Color, Progress, Style, Times, case_line, progress_line};

use super::arguments::Format;
use super::output::{note, stderr_color};

/// Where the records of a run go.
pub(super) struct Recorder {
    file: Option<(ResultsWriter<BufWriter<File>>, String)>,
    shown: Shown,
    planned: usize,
    header: Option<Header>,
    results: BTreeMap<(String, Delivery), CaseResult>,
    outcomes: BTreeMap<String, Outcome>,
    footer: Option<Footer>,
    trouble: Option<String>,
}

/// How progress is shown.
enum Shown {
    /// On a terminal: one line that is drawn again and again.
    Bar(ProgressBar),
    /// Elsewhere: a line for each case that needs attention.
    Lines,
    /// What is printed is not for people.
    Nothing,
}

impl Recorder {
    /// A recorder that also writes a results file, and shows progress for people.
    pub(super) fn new(output: Option<&Path>, format: Format, planned: usize) -> Result<Self, String> {
        let file = match output {
            Some(path) => {
                let name = path.display().to_string();
                let file =
                    File::create(path).map_err(|error| format!("{name}: cannot be written: {error}"))?;
                Some((ResultsWriter::new(BufWriter::new(file)), name))
            }
            None => None,
        };
        let shown = match format {
            Format::Terminal if std::io::stderr().is_terminal() => Shown::Bar(bar()),
            Format::Terminal => Shown::Lines,
            _ => Shown::Nothing,
        };
        Ok(Self {
            file,
            shown,
            planned,
            header: None,
            results: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            footer: None,
            trouble: None,
        })
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
                let case = result.case.clone();
                self.results.insert((case.clone(), result.delivery), *result);
                self.show(&case);
            }
            Record::Footer(footer) => {
                if let Shown::Bar(bar) = &self.shown {
                    bar.finish_and_clear();
                }
                self.footer = Some(*footer);
            }
        }
    }

    /// Shows what has become of a case.
    fn show(&mut self, case: &str) {
        let deliveries = self.results.range((case.to_owned(), Delivery::AsWritten)..);
        let of_case = deliveries.take_while(|((id, _), _)| id == case).map(|(_, result)| result);
        let Some(folded) = CaseOutcome::of(of_case) else { return };
        let earlier = self.outcomes.insert(case.to_owned(), folded.outcome());
        match &self.shown {
            Shown::Bar(bar) => {
                let mut counts = Counts::default();
                self.outcomes.values().for_each(|outcome| counts.add(*outcome));
                let progress = Progress { counts, planned: self.planned, running: Some(case) };
                bar.set_message(progress_line(
                    &progress,
                    Style { color: stderr_color(), times: Times::Hidden },
                ));
            }
            Shown::Lines => {
                // Once is enough, though it may fail in every delivery.
                let is_news = earlier != Some(folded.outcome());
                if is_news && matches!(folded.outcome(), Outcome::Fail | Outcome::Error) {
                    let alone = CaseOutcome::of([folded.worst()]);
                    let style = Style { color: Color::Plain, times: Times::Hidden };
                    alone.iter().for_each(|case| note(&case_line(case, style)));
                }
            }
            Shown::Nothing => {}
        }
    }

    /// The results of the run, and what went wrong when they were written.
    pub(super) fn finish(self, name: &str) -> Result<Results, String> {
        if let Some(trouble) = self.trouble {
            return Err(trouble);
        }
        let header = self.header.ok_or_else(|| "the run wrote no header".to_owned())?;
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
