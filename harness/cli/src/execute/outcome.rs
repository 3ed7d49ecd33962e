//! The outcome of a run: results and exit status.

use ssespec::run::Conclusion;
use ssespec_reports::results::Results;

use crate::error::CommandError;
use crate::options::execution::TimingOptions;
use crate::options::format::Format;
use crate::output;
use crate::render::print_results;
use crate::status::Status;

/// The results of a run, and its exit status.
pub(crate) struct Outcome {
    pub(crate) status: Status,
    pub(crate) results: Results,
}

impl Outcome {
    /// The outcome of a finished run. If the report that explains a failure is not printed, a note explains the status.
    pub(crate) fn new(conclusion: Conclusion, results: Results, format: Format) -> Self {
        let status = match conclusion {
            Conclusion::AsExpected => Status::Success,
            Conclusion::NotAsExpected => Status::NotConforming,
            Conclusion::Error => Status::NotRun,
        };
        if !matches!(format, Format::Terminal | Format::Full) && status != Status::Success {
            explain_status(&results);
        }
        Self { status, results }
    }

    /// Prints the results, and returns the exit status.
    pub(crate) fn print(self, format: Format, timings: TimingOptions) -> Result<Status, CommandError> {
        print_results(&[self.results], format, timings)?;
        Ok(self.status)
    }
}

/// Prints why a run did not succeed.
fn explain_status(results: &Results) {
    let Some(footer) = results.footer() else { return };
    let (counts, stale, unmatched) = (&footer.counts, footer.stale.len(), footer.unmatched.len());
    let died = footer.adapters.map_or(0, |adapters| adapters.died);
    if died > 0 {
        output::note(&format!("the adapter died and was restarted: {died}"));
    }
    output::note(&format!(
        "exit status {}: {} fail, {} error; {stale} stale and {unmatched} unmatched entries of the baseline; --format \
         terminal shows them",
        footer.exit_status, counts.fail, counts.error
    ));
}
