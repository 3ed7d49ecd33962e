//! `--check`: what an adapter does of what it claims, and what each further capability would let be played.

use std::fmt::Write;

use ssespec::adapter::fault::Fault;
use ssespec::adapter_check::unlock::{Reach, reach};
use ssespec::adapter_check::{AdapterCheck, Finding, Found, Subject, check};
use ssespec::run::Run;
use ssespec_cases::Role;
use ssespec_reports::results::{Role as RecordedRole, Row};
use ssespec_reports::visible;

use super::not_run::not_run;
use crate::error::CommandError;
use crate::output;
use crate::status::Status;

/// The longest text of a message that is repeated, in characters, and the most lines of a dialog or of stderr.
const LINE: usize = 100;
const LINES: usize = 6;

/// Checks the adapter of a run, and prints what was found.
///
/// # Errors
/// If it cannot be started, or its hello is not one.
pub(crate) async fn execute(run: &Run) -> Result<Status, CommandError> {
    let found = check(run).await.map_err(|error| not_run(error, run))?;
    let recorded = run.launch.role();
    let reach = reach(recorded, &run.corpus, &found.identity.capabilities);
    let role = if recorded == RecordedRole::Server { Role::Server } else { Role::Client };
    output::print(&text(role, &found, &reach));
    Ok(match (found.is_cut_short(), found.is_sound()) {
        (true, _) => Status::NotRun,
        (false, true) => Status::Success,
        (false, false) => Status::NotConforming,
    })
}

/// All of it, for a terminal of 100 columns.
fn text(role: Role, check: &AdapterCheck, reach: &Reach) -> String {
    let identity = &check.identity;
    let mut text = format!(
        "{} {} ({} {})\nhello after {} ms; {}\n\nfirst session\n",
        shown(&identity.name),
        shown(&identity.version),
        shown(&identity.language),
        role.word(),
        check.introduced.as_millis(),
        match identity.sessions.get() {
            1 => "one session at a time: `\"sessions\": 64` in the hello makes a run several times faster"
                .into(),
            sessions => format!("up to {sessions} sessions at the same time"),
        },
    );
    for row in check.dialog.iter().filter(|row| is_said(row)).take(LINES) {
        let _ = writeln!(text, "  {:<14}  {:<10}  {}", row.from, row.kind, shown(&row.text));
    }
    text.push('\n');
    check.findings.iter().for_each(|finding| write_finding(&mut text, role, finding));
    let _ = writeln!(text, "\n{} of {} cases can be played", reach.played, reach.total);
    let unlocked: Vec<_> = reach.unlocked.iter().filter(|(_, count)| *count > 0).collect();
    if !unlocked.is_empty() {
        text.push_str("each of these would add cases, if the API can do it:\n");
    }
    for (capability, count) in unlocked {
        let _ = writeln!(
            text,
            "  {:<22}{:>4}  {}",
            capability.word(),
            format!("+{count}"),
            capability.meaning(role)
        );
    }
    let lines: Vec<&str> = check.stderr.lines().collect();
    if let [.., _] = lines.as_slice() {
        text.push_str("\nthe end of its stderr\n");
        for line in &lines[lines.len().saturating_sub(LINES)..] {
            let _ = writeln!(text, "  {}", shown(line));
        }
    }
    text
}

fn write_finding(text: &mut String, role: Role, finding: &Finding) {
    let subject = match finding.subject {
        Subject::Everyone(words) => words,
        Subject::Capability(capability) => capability.word(),
    };
    let (sign, note) = match &finding.outcome {
        Found::Works => ("✔", String::new()),
        Found::Unclaimed => ("?", "works, but the hello does not claim it: its cases are skipped".into()),
        Found::LeftToCases => ("·", "claimed; the cases judge it".into()),
        Found::NotPlayed => ("·", "not checked: the adapter broke its protocol before".into()),
        Found::Differs { expected, observed, hint } => (
            "✘",
            format!(
                "expected {}\nobserved {}\nif the {} does this, {hint}",
                shown(expected),
                shown(observed),
                role.word(),
            ),
        ),
        Found::Broken(fault) => ("✘", broken(fault)),
    };
    let mut lines = note.lines();
    let first = format!("  {sign} {subject:<26}  {}", lines.next().unwrap_or_default());
    let _ = writeln!(text, "{}", first.trim_end());
    for line in lines {
        let _ = writeln!(text, "{:32}{line}", "");
    }
}

fn broken(fault: &Fault) -> String {
    format!("{}\n{}", shown(&fault.to_string()), fault.hint())
}

/// Whether a row is one of those that an author wants to see: no bytes, which the request and the event say again.
fn is_said(row: &Row) -> bool {
    row.from == "implementation" || row.kind == "request"
}

fn shown(text: &str) -> String {
    visible::line(text, LINE)
}
