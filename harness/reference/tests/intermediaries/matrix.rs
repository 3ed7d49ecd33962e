//! Which defect fails which cases.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::sync::Arc;

use ssespec_cases::{Case, Level};
use ssespec_reference::IntermediaryDefect as Defect;
use ssespec_reports::diagnosis::Symptom;

/// If more cases than this catch a defect, they are not listed.
const MANY: usize = 25;

/// How a case failed.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    pub(crate) why: String,
    /// How it looks, if it was judged.
    pub(crate) symptom: Option<Symptom>,
}

/// A case, and what the sound intermediary made of it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) case: Arc<Case>,
    pub(crate) level: Level,
    /// How it failed, if it did.
    pub(crate) sound: Option<Failed>,
    /// The defects whose decisions it reached.
    pub(crate) reached: BTreeSet<Defect>,
}

/// The results of all cases with all defects.
#[derive(Debug)]
pub(crate) struct Matrix {
    pub(crate) defects: Vec<Defect>,
    pub(crate) rows: BTreeMap<String, Row>,
    /// How a case failed with a defect; `None` if it passed.
    pub(crate) came: BTreeMap<(Defect, String), Option<Failed>>,
    pub(crate) seconds: f64,
}

impl Matrix {
    pub(crate) fn sound_failures(&self) -> Vec<String> {
        let failures = self
            .rows
            .values()
            .filter_map(|row| row.sound.as_ref().map(|failed| format!("- {}: {}", row.case.id, failed.why)));
        failures.collect()
    }

    /// The cases that a defect fails.
    fn caught(&self, defect: Defect) -> Vec<&str> {
        let failed = self.came.iter().filter(|((other, case), why)| {
            *other == defect && why.is_some() && self.rows[case].level != Level::May
        });
        failed.map(|((_, case), _)| case.as_str()).collect()
    }

    /// The defects that fail no case.
    pub(crate) fn missing(&self) -> String {
        let mut missing = String::new();
        for defect in self.defects.iter().copied().filter(|defect| self.caught(*defect).is_empty()) {
            let near = self.rows.values().filter(|row| row.reached.contains(&defect));
            let near: Vec<&str> = near.map(|row| row.case.id.as_str()).collect();
            let _ = writeln!(missing, "- {}: {} ({})", defect.name(), defect.description(), defect.origin());
            let _ = writeln!(missing, "  cases that reach its decision and pass: {}", near.join(", "));
        }
        missing
    }

    /// The `must` cases that no defect fails.
    pub(crate) fn idle(&self) -> String {
        let failed = self.came.iter().filter(|(_, why)| why.is_some());
        let busy: BTreeSet<&str> = failed.map(|((_, case), _)| case.as_str()).collect();
        let mut idle = String::new();
        for row in self.rows.values() {
            if row.level == Level::Must && !busy.contains(row.case.id.as_str()) {
                let _ = writeln!(idle, "- {}: {}", row.case.id, row.case.title);
            }
        }
        idle
    }

    /// Figures to print.
    pub(crate) fn statistics(&self) -> String {
        format!(
            "{} defects, {} cases, {} sessions in {:.1} s",
            self.defects.len(),
            self.rows.len(),
            self.came.len() + self.rows.len(),
            self.seconds
        )
    }

    /// Every result with its reason.
    pub(crate) fn details(&self) -> String {
        let line = |((defect, case), failed): (&(Defect, String), &Option<Failed>)| {
            let why = failed.as_ref().map_or("holds", |failed| failed.why.as_str());
            format!("{} {case}: {why}", defect.name())
        };
        self.came.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// A block for each defect: what it is, and for each group the cases that it fails.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts: Vec<usize> = self.defects.iter().map(|defect| self.caught(*defect).len()).collect();
        counts.sort_unstable();
        let median = counts.get(counts.len() / 2).copied().unwrap_or_default();
        writeln!(f, "Failing cases of a defect: median {median}")?;
        for defect in &self.defects {
            let caught = self.caught(*defect);
            let count =
                if caught.len() > MANY { format!("more than {MANY}") } else { caught.len().to_string() };
            writeln!(f, "\n{}: {count}", defect.name())?;
            writeln!(f, "  {} ({})", defect.description(), defect.origin())?;
            let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for case in caught.iter().filter(|_| caught.len() <= MANY) {
                let (group, name) = case.rsplit_once('/').unwrap_or_default();
                groups.entry(group).or_default().push(name);
            }
            for (group, names) in groups {
                writeln!(f, "  {group}: {}", names.join(", "))?;
            }
        }
        Ok(())
    }
}
