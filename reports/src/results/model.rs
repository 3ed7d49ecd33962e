//! A results file in memory: one result for every case and delivery, in a fixed order.

use std::{collections::BTreeMap, fmt};

use super::{CaseResult, Delivery, Footer, Header, Requirement, Shard};
use crate::visible;

/// The results of one run.
///
/// The same run gives the same model, regardless of the order of the lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    name: String,
    header: Header,
    results: Vec<CaseResult>,
    footer: Option<Footer>,
    warnings: Vec<Warning>,
}

/// A problem with a results file that does not prevent reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The last line is truncated, as if the run was killed while writing it.
    CutLine {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// A line is damaged, and was skipped.
    Damaged {
        /// The file and the line, and what is wrong with it.
        message: String,
    },
    /// A line of an unknown kind was skipped.
    UnknownKind {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The kind.
        kind: String,
    },
    /// Shards of the run are missing.
    MissingShards {
        /// The files of the others.
        files: String,
        /// The shards.
        shards: Vec<Shard>,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutLine { file, line } => {
                write!(
                    f,
                    "{}:{line}: the last line is truncated; the run was stopped while writing it",
                    show(file)
                )
            }
            Self::Damaged { message } => write!(f, "skipped a line: {message}"),
            Self::UnknownKind { file, line, kind } => write!(
                f,
                "{}:{line}: skipped a line of the unknown kind {}; a newer ssespec wrote it",
                show(file),
                show(kind)
            ),
            Self::MissingShards { files, shards } => {
                let list: Vec<String> = shards.iter().take(SHARDS).map(Shard::to_string).collect();
                let more = if shards.len() > SHARDS { " and more" } else { "" };
                let (noun, verb) = if shards.len() == 1 { ("shard", "is") } else { ("shards", "are") };
                write!(f, "{}: {noun} {}{more} {verb} missing", show(files), list.join(", "))
            }
        }
    }
}

/// How many missing shards a message names.
const SHARDS: usize = 10;

fn show(text: &str) -> String {
    visible::line(text, 200)
}

impl Results {
    /// The model of a run's records: of several records of the same case and delivery, the one with
    /// the highest sequence wins (the later one if they are equal).
    pub fn new(
        name: impl Into<String>,
        header: Header,
        records: impl IntoIterator<Item = CaseResult>,
        footer: Option<Footer>,
    ) -> Self {
        Self::with_warnings(name.into(), header, records, footer, Vec::new())
    }

    pub(crate) fn with_warnings(
        name: String,
        header: Header,
        records: impl IntoIterator<Item = CaseResult>,
        footer: Option<Footer>,
        warnings: Vec<Warning>,
    ) -> Self {
        let mut latest: BTreeMap<(String, Delivery), CaseResult> = BTreeMap::new();
        for record in records {
            let key = (record.case.clone(), record.delivery);
            if latest.get(&key).is_none_or(|earlier| earlier.sequence <= record.sequence) {
                latest.insert(key, record);
            }
        }
        Self { name, header, results: latest.into_values().collect(), footer, warnings }
    }

    /// The name of the file in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What ran against what.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// One result for every case and delivery, by case id and then by delivery.
    pub fn results(&self) -> &[CaseResult] {
        &self.results
    }

    /// The last line; `None` if the run did not finish.
    pub fn footer(&self) -> Option<&Footer> {
        self.footer.as_ref()
    }

    /// The problems of the file.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Whether the run finished, and all of it could be read.
    pub fn is_complete(&self) -> bool {
        let is_damaged = self.warnings.iter().any(|warning| matches!(warning, Warning::Damaged { .. }));
        self.footer.as_ref().is_some_and(|footer| footer.complete) && !is_damaged
    }

    /// The requirement with this id.
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.header.requirements.iter().find(|requirement| requirement.id == id)
    }
}
