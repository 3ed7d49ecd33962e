//! The shards of a run, merged into one run.

use std::collections::BTreeMap;

use crate::{
    fold, limits,
    results::{Adapters, Footer, KnownFailure, ProcessorTime, Results, Shard, V1, Warning},
    terminal, visible,
};

/// Why shards cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Two files are the same shard of the same run.
    #[error("{first} and {second} are both shard {shard} of {implementation}: pass only one of them")]
    Duplicate {
        /// The shard.
        shard: Shard,
        /// The implementation, with its version.
        implementation: String,
        /// One file.
        first: String,
        /// The other file.
        second: String,
    },
}

/// Merges the shards of each run; other runs are unchanged.
///
/// Shards belong to the same run if they have the same implementation, version of the suite and selection, and the same
/// number of parts. A run with a missing or incomplete shard is incomplete, and a [`Warning`] names the missing ones.
///
/// # Errors
///
/// When two files are the same shard of the same run.
pub fn merge(runs: Vec<Results>) -> Result<Vec<Results>, MergeError> {
    let mut merged: Vec<Group> = Vec::new();
    for run in runs {
        let Some(shard) = run.header().selection.shard else {
            merged.push(Group::Whole(Box::new(run)));
            continue;
        };
        let of_this_run = merged.iter_mut().find_map(|group| match group {
            Group::Shards(shards) if shards.values().all(|other| is_same_run(other, &run)) => Some(shards),
            _ => None,
        });
        match of_this_run {
            Some(shards) => {
                if let Some(first) = shards.get(&shard) {
                    return Err(MergeError::Duplicate {
                        shard,
                        implementation: terminal::identity(run.header()),
                        first: visible::line(first.name(), limits::LINK),
                        second: visible::line(run.name(), limits::LINK),
                    });
                }
                shards.insert(shard, run);
            }
            None => merged.push(Group::Shards(BTreeMap::from([(shard, run)]))),
        }
    }
    Ok(merged.into_iter().filter_map(Group::into_run).collect())
}

/// The files of one run.
enum Group {
    Whole(Box<Results>),
    Shards(BTreeMap<Shard, Results>),
}

fn is_same_run(a: &Results, b: &Results) -> bool {
    let run = |results: &Results| {
        let header = results.header();
        let mut selection = header.selection.clone();
        let parts = selection.shard.take().map(Shard::of);
        (
            header.suite_version.clone(),
            header.implementation.clone(),
            header.adapter.transport,
            selection,
            parts,
        )
    };
    run(a) == run(b)
}

impl Group {
    fn into_run(self) -> Option<Results> {
        match self {
            Self::Whole(run) => Some(*run),
            Self::Shards(shards) => one(&shards),
        }
    }
}

/// The run of these shards; `None` if there are none.
fn one(shards: &BTreeMap<Shard, Results>) -> Option<Results> {
    let (shard, first) = shards.first_key_value()?;
    let name = shards.values().map(Results::name).collect::<Vec<_>>().join(", ");
    let mut header = first.header().clone();
    header.selection.shard = None;
    let headers = || shards.values().map(Results::header);
    header.started = headers().map(|header| header.started.clone()).min().unwrap_or_default();
    // A probe's header has only the requirements of its own checks.
    for requirement in headers().skip(1).flat_map(|header| &header.requirements) {
        if !header.requirements.iter().any(|known| known.id == requirement.id) {
            header.requirements.push(requirement.clone());
        }
    }
    let results = || shards.values().flat_map(Results::results).cloned();
    let mut warnings: Vec<Warning> = shards.values().flat_map(Results::warnings).cloned().collect();
    let missing: Vec<Shard> = shard.all().filter(|part| !shards.contains_key(part)).collect();
    let footer = missing.is_empty().then(|| footer(shards)).flatten();
    if !missing.is_empty() {
        warnings.push(Warning::MissingShards { files: name.clone(), shards: missing });
    }
    Some(Results::with_warnings(name, header, results(), footer, warnings))
}

/// The footer of a run, if every shard has one.
fn footer(shards: &BTreeMap<Shard, Results>) -> Option<Footer> {
    let footers: Vec<&Footer> = shards.values().map(Results::footer).collect::<Option<_>>()?;
    let all: Vec<_> = shards.values().flat_map(Results::results).cloned().collect();
    let entries =
        |of: fn(&Footer) -> &Vec<KnownFailure>| footers.iter().flat_map(|f| of(f)).cloned().collect();
    Some(Footer {
        v: V1,
        finished: footers.iter().map(|footer| footer.finished.clone()).max()?,
        duration_us: footers.iter().fold(0, |sum, footer| sum.saturating_add(footer.duration_us)),
        counts: fold::counts(&fold::fold(&all)),
        stale: entries(|footer| &footer.stale),
        unmatched: entries(|footer| &footer.unmatched),
        diagnosis: None,
        notes: Vec::new(),
        exit_status: footers.iter().map(|footer| footer.exit_status).max()?,
        complete: footers.iter().all(|footer| footer.complete),
        adapters: sum(footers.iter().filter_map(|footer| footer.adapters), |a, b| Adapters {
            started: a.started.saturating_add(b.started),
            died: a.died.saturating_add(b.died),
        }),
        processor: sum(footers.iter().filter_map(|footer| footer.processor), |a, b| ProcessorTime {
            harness_us: a.harness_us.saturating_add(b.harness_us),
            adapters_us: a.adapters_us.saturating_add(b.adapters_us),
        }),
    })
}

/// The sum of what the shards recorded; `None` if none did.
fn sum<T>(parts: impl Iterator<Item = T>, add: fn(T, T) -> T) -> Option<T> {
    parts.reduce(add)
}
