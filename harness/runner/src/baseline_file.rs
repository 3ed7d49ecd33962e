//! Writing a baseline: adds today's failures and removes entries that pass.
//!
//! Only complete entries are added and removed. Everything else in the file, including comments, is unchanged.

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;
use std::path::Path;

use ssespec_diagnostics::{Source, value};
#[cfg(feature = "command")]
use ssespec_reports::diagnosis::diagnose;
use ssespec_reports::fold::{CaseOutcome, Outcome, fold};
use ssespec_reports::results::{
    CaseResult, Deciding, DeliveryKind, Failure, KnownFailure, Protocol, Verdict,
};
#[cfg(feature = "command")]
use ssespec_reports::results::{Cause, Results};

use crate::implementation::FolderError;
use crate::implementation::known::{self, read_known_failures};
use crate::run::Selection;
use crate::run::baseline::id_glob;

/// How each known failure begins.
const HEADING: &str = "[[known-failure]]";

/// Why a baseline was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// The file cannot be read, or has mistakes.
    #[error(transparent)]
    File(#[from] FolderError),
    /// The known failures are not written as `[[known-failure]]` tables.
    #[error("{file}:{line}: known failures can only be updated if each starts with a line {HEADING}")]
    Form {
        /// The file.
        file: String,
        /// The line of one that is not, starting at 1.
        line: usize,
    },
    /// The file cannot be written.
    #[error("{file}: cannot be written: {problem}")]
    Write {
        /// The file.
        file: String,
        /// What the operating system said.
        problem: io::Error,
    },
}

/// What was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The cases that were added as known failures.
    pub added: Vec<String>,
    /// The patterns of entries that were removed.
    pub removed: Vec<String>,
    /// Patterns that match passing cases, in a run that did not select all cases: they are unchanged.
    pub left: Vec<String>,
}

/// Updates the known failures of an `ssespec.toml`.
///
/// An entry is removed if all its cases pass or it matches no case. If only some cases of a pattern pass, it is
/// replaced by one entry for each case that fails, with the same reason. An entry that is also about other variants or versions is
/// left unchanged, since only this one has run. New entries are appended: one for each cause,
/// whose reason is the mistake, and one for each case without a known cause, whose reason is the observation.
///
/// # Errors
/// If the file cannot be read or written, or if its known failures are not `[[known-failure]]` tables.
#[cfg(feature = "command")]
pub fn update(
    file: &Path,
    variant: Option<&str>,
    results: &Results,
    selection: &Selection,
) -> Result<Changes, UpdateError> {
    update_judged(file, variant, &Judged::of(results), selection)
}

/// What a run found out about a baseline.
#[derive(Debug, Clone, Default)]
pub(crate) struct Judged<'r> {
    /// All results.
    pub(crate) results: &'r [CaseResult],
    /// The entries whose failures did not happen, one for each case.
    pub(crate) stale: &'r [KnownFailure],
    /// The entries that match no case.
    pub(crate) unmatched: &'r [KnownFailure],
    /// The causes that explain failing cases, if they are known.
    pub(crate) causes: Vec<KnownCause>,
}

/// Mistakes that explain failing cases.
#[derive(Debug, Clone)]
pub(crate) struct KnownCause {
    /// The reason for a known failure.
    reason: String,
    /// The cases.
    cases: Vec<String>,
}

#[cfg(feature = "command")]
impl<'r> Judged<'r> {
    /// What the results of a run say. A run without a footer has judged nothing.
    fn of(results: &'r Results) -> Self {
        let footer = results.footer();
        Self {
            results: results.results(),
            stale: footer.map_or(&[], |footer| &footer.stale),
            unmatched: footer.map_or(&[], |footer| &footer.unmatched),
            causes: causes(results),
        }
    }
}

/// Updates the known failures of an `ssespec.toml`, or of a file that contains nothing else.
pub(crate) fn update_judged(
    file: &Path,
    variant: Option<&str>,
    results: &Judged<'_>,
    selection: &Selection,
) -> Result<Changes, UpdateError> {
    let source = Source::read(file).map_err(FolderError::from)?;
    let (text, changes) = updated(&source, variant, results, selection)?;
    if text != source.text() {
        std::fs::write(file, text)
            .map_err(|problem| UpdateError::Write { file: source.name().to_owned(), problem })?;
    }
    Ok(changes)
}

/// An entry in the file.
struct Entry {
    known: known::Entry,
    /// Its lines, from its heading to the last that is neither blank nor a comment.
    lines: Range<usize>,
    /// The string that is its pattern, quotes included.
    pattern: Range<usize>,
}

/// What happens to an entry.
enum Fate {
    Stays,
    Goes,
    /// It is replaced by one entry for each of these cases.
    Narrows(Vec<String>),
    /// Whether all its cases pass is not known.
    Undecided,
}

fn updated(
    source: &Source,
    variant: Option<&str>,
    results: &Judged<'_>,
    selection: &Selection,
) -> Result<(String, Changes), UpdateError> {
    let text = source.text();
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut changes = Changes::default();
    let mut written = String::new();
    let mut from = 0;
    let (lists_versions, entries) = entries(source)?;
    for entry in entries {
        written.push_str(&text[from..entry.lines.start]);
        let lines = &text[entry.lines.clone()];
        from = entry.lines.end;
        match fate(&entry.known, variant, results, selection) {
            Fate::Stays => written.push_str(lines),
            Fate::Undecided => {
                written.push_str(lines);
                changes.left.push(entry.known.known.case);
            }
            Fate::Goes => {
                // The blank lines after it are removed too.
                let rest = &text[from..];
                from += rest.len() - rest.trim_start_matches(['\n', '\r']).len();
                changes.removed.push(entry.known.known.case);
            }
            Fate::Narrows(cases) => {
                let (before, after) =
                    (entry.lines.start..entry.pattern.start, entry.pattern.end..entry.lines.end);
                let each = cases.iter().map(|case| {
                    let entry = format!("{}{}{}", &text[before.clone()], pattern(case), &text[after.clone()]);
                    format!("{}{line_end}", entry.trim_end())
                });
                written.push_str(&each.collect::<Vec<_>>().join(line_end));
                changes.removed.push(entry.known.known.case);
            }
        }
    }
    written.push_str(&text[from..]);
    let cases = fold(results.results);
    // Suites that do not decide need no known failures.
    let failed = |case: &&CaseOutcome<'_>| match case.outcome() {
        Outcome::Fail => selection.decides(case.suite()),
        Outcome::Warn => selection.deciding == Deciding::FailuresAndWarnings,
        _ => false,
    };
    let failed: Vec<&CaseOutcome<'_>> = cases.iter().filter(failed).collect();
    changes.added.extend(failed.iter().map(|case| case.case().to_owned()));
    for new in new_entries(&failed, results, selection) {
        let mut end = written.trim_end().to_owned();
        end.push_str(&format!("{line_end}{line_end}{HEADING}{line_end}"));
        end.push_str(&format!(
            "case = {}{line_end}reason = {}{line_end}",
            pattern_of(&new.cases),
            quoted(&new.reason)
        ));
        if !new.deliveries.is_empty() {
            let names: Vec<String> = new.deliveries.iter().map(|kind| quoted(kind.name())).collect();
            end.push_str(&format!("deliveries = [{}]{line_end}", names.join(", ")));
        }
        if !new.protocols.is_empty() {
            let names: Vec<String> = new.protocols.iter().map(|protocol| quoted(protocol.name())).collect();
            end.push_str(&format!("protocols = [{}]{line_end}", names.join(", ")));
        }
        if let Some(variant) = variant {
            let key = if lists_versions { "versions" } else { "variants" };
            end.push_str(&format!("{key} = [{}]{line_end}", quoted(variant)));
        }
        written = end;
    }
    Ok((written, changes))
}

/// The protocols over which a case fails; none if it was played over no other.
fn failing_protocols(case: &CaseOutcome<'_>) -> BTreeSet<Protocol> {
    let over = |fails: bool| {
        let played = case.results().iter().filter(|result| result.verdict != Verdict::Skip);
        let some = played.filter(move |result| !fails || Outcome::of(result) == Outcome::Fail);
        some.map(|result| result.delivery.protocol).collect::<BTreeSet<Protocol>>()
    };
    let failing = over(true);
    if failing == over(false) { BTreeSet::new() } else { failing }
}

/// The deliveries in which a case fails over these protocols, or over any if there are none; none if those are all that there
/// are.
fn failing_deliveries(
    case: &CaseOutcome<'_>,
    protocols: &BTreeSet<Protocol>,
    selection: &Selection,
) -> BTreeSet<DeliveryKind> {
    let fails = |result: &&CaseResult| Outcome::of(result) == Outcome::Fail;
    let over = |result: &CaseResult| protocols.is_empty() || protocols.contains(&result.delivery.protocol);
    let everywhere =
        case.results().iter().copied().filter(|result| over(result)).all(|result| fails(&result));
    if everywhere && selection.has_deliveries(&[]) {
        return BTreeSet::new();
    }
    case.decisive().filter(fails).map(|result| result.delivery.kind()).collect()
}

/// The causes that explain failing cases.
#[cfg(feature = "command")]
fn causes(results: &Results) -> Vec<KnownCause> {
    let diagnosis = diagnose(results);
    let is_explained = |case: &String| !diagnosis.unexplained.contains(case);
    let cause = |cause: &Cause| {
        let mistakes = cause.mistakes.iter().map(|mistake| mistake.description.trim_end_matches('.'));
        KnownCause {
            reason: format!("perhaps: {}", mistakes.collect::<Vec<_>>().join("; or: ")),
            cases: cause.cases.iter().filter(|case| is_explained(case)).cloned().collect(),
        }
    };
    diagnosis.causes.iter().map(cause).collect()
}

/// A new entry.
struct NewEntry {
    cases: Vec<String>,
    reason: String,
    /// The deliveries that it excuses; none for all.
    deliveries: BTreeSet<DeliveryKind>,
    /// The protocols that it excuses; none for all.
    protocols: BTreeSet<Protocol>,
}

/// One entry for the cases that a cause explains, with the cause as its reason, and one for each other case, with what
/// was observed. A cause that fails some cases only in some deliveries gets an entry for those.
fn new_entries(failed: &[&CaseOutcome<'_>], results: &Judged<'_>, selection: &Selection) -> Vec<NewEntry> {
    let cause_of = |case: &str| results.causes.iter().find(|cause| cause.cases.iter().any(|id| id == case));
    let mut entries: Vec<NewEntry> = Vec::new();
    for case in failed {
        let protocols = failing_protocols(case);
        let deliveries = failing_deliveries(case, &protocols, selection);
        let cause = cause_of(case.case()).map(|cause| cause.reason.clone());
        let same = |entry: &&mut NewEntry| {
            cause.as_ref() == Some(&entry.reason)
                && entry.deliveries == deliveries
                && entry.protocols == protocols
        };
        match entries.iter_mut().find(same) {
            Some(entry) => entry.cases.push(case.case().to_owned()),
            None => entries.push(NewEntry {
                cases: vec![case.case().to_owned()],
                reason: cause.unwrap_or_else(|| reason(case)),
                deliveries,
                protocols,
            }),
        }
    }
    entries
}

fn reason(case: &CaseOutcome<'_>) -> String {
    case.worst().failure.as_ref().map_or_else(|| "fails".to_owned(), Failure::summary)
}

/// Whether the file lists versions, and its entries in its order.
fn entries(source: &Source) -> Result<(bool, Vec<Entry>), UpdateError> {
    let (root, known) = read_known_failures(source)?;
    let form =
        |place: usize| UpdateError::Form { file: source.name().to_owned(), line: source.position(place).0 };
    let list = value::get(&root, "known-failure");
    if let (Some(list), true) = (list, known.is_empty()) {
        return Err(form(list.span().start));
    }
    let places = list.into_iter().flat_map(value::list);
    let patterns = places.filter_map(|place| Some(value::get(value::table(place)?, "case")?.span()));
    let text = source.text();
    let mut entries = Vec::new();
    let mut before = 0;
    for (known, pattern) in known.into_iter().zip(patterns) {
        let heading = lines(text, before..pattern.start).filter(|(_, line)| is_heading(line)).last();
        let Some((start, _)) = heading else { return Err(form(pattern.start)) };
        let own = lines(text, pattern.start..text.len()).take_while(|(_, line)| !is_heading(line));
        let last =
            own.filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#')).last();
        let end = last.map_or(text.len(), |(at, line)| at + line.len());
        before = end;
        entries.push(Entry { known, lines: start..end, pattern });
    }
    Ok((value::get(&root, "versions").is_some(), entries))
}

/// Lines with their newlines, and the offset of each; the first may be the rest of a line.
fn lines(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
    let mut at = range.start;
    text[range].split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

fn is_heading(line: &str) -> bool {
    line.trim_start().strip_prefix("[[").is_some_and(|rest| rest.trim_start().starts_with("known-failure"))
}

fn fate(entry: &known::Entry, variant: Option<&str>, results: &Judged<'_>, selection: &Selection) -> Fate {
    if !entry.is_about(variant) {
        return Fate::Stays;
    }
    let fate = fate_in_this_run(&entry.known, results, selection);
    let is_only_about_this = variant.is_none_or(|variant| entry.variants == [variant]);
    if is_only_about_this || matches!(fate, Fate::Stays) { fate } else { Fate::Undecided }
}

fn fate_in_this_run(entry: &KnownFailure, results: &Judged<'_>, selection: &Selection) -> Fate {
    if results.unmatched.iter().any(|unmatched| unmatched.says_the_same_as(entry)) {
        return Fate::Goes;
    }
    let Ok(glob) = id_glob(&entry.case).map(|glob| glob.compile_matcher()) else { return Fate::Stays };
    let is_stale = |case: &str| {
        let of_this = KnownFailure { case: case.to_owned(), ..entry.clone() };
        results.stale.iter().any(|stale| stale.says_the_same_as(&of_this))
    };
    let cases = fold(results.results);
    let matched: Vec<&CaseOutcome<'_>> = cases.iter().filter(|case| glob.is_match(case.case())).collect();
    if !matched.iter().any(|case| is_stale(case.case())) {
        return Fate::Stays;
    }
    // A pattern that names one case means only that case.
    let names_one = matched.len() == 1 && globset::escape(matched[0].case()) == entry.case;
    if !names_one && !selection.is_whole() {
        return Fate::Undecided;
    }
    let played = |case: &CaseOutcome<'_>| case.results().iter().any(|result| result.verdict != Verdict::Skip);
    let failing: Vec<String> = matched
        .into_iter()
        .filter(|case| played(case) && !is_stale(case.case()))
        .map(|case| case.case().to_owned())
        .collect();
    if failing.is_empty() { Fate::Goes } else { Fate::Narrows(failing) }
}

/// The pattern that matches these cases alone, as a basic string.
fn pattern_of(cases: &[String]) -> String {
    match cases {
        [one] => pattern(one),
        several => {
            let each: Vec<String> = several.iter().map(|case| globset::escape(case)).collect();
            quoted(&format!("{{{}}}", each.join(",")))
        }
    }
}

/// The pattern that matches this case alone, as a basic string.
fn pattern(case: &str) -> String {
    quoted(&globset::escape(case))
}

/// A text as a basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
