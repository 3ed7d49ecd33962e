//! Which defect fails which cases.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::sync::Arc;

use ssespec::run::Launch;
use ssespec_cases::server::ServerStep;
use ssespec_cases::{Case, Level, Script};
use ssespec_reference::{self as reference, Defect, Pace, Reached, ServerDefect};
use ssespec_reports::diagnosis::Table;
use ssespec_reports::diagnosis::table::Mistake as Entry;
use ssespec_reports::results::{Delivery, Role};

/// A defect of one role.
pub(crate) trait Mistake: Copy + Ord + Send + Sync + fmt::Debug + 'static {
    /// The role.
    const ROLE: Role;
    /// If more cases than this catch a defect, they are not listed.
    const MANY: usize;
    /// All of them.
    fn all() -> &'static [Self];
    fn name(self) -> String;
    fn description(self) -> &'static str;
    fn origin(self) -> &'static str;
    /// Whether what it does is random, so that a case may also pass.
    fn is_random(self) -> bool;
    /// The implementation with these defects, at this pace.
    fn launch(pace: Pace, defects: &[Self]) -> Launch;
    /// The sound implementation, which records the defects whose decisions it reaches.
    fn surveyed(pace: Pace, reached: Reached<Self>) -> Launch;
}

macro_rules! mistake {
    ($defect:ty, $role:expr, $many:literal, $random:expr, $with:expr, $surveyed:expr) => {
        impl Mistake for $defect {
            const ROLE: Role = $role;
            const MANY: usize = $many;

            fn all() -> &'static [Self] {
                Self::ALL
            }

            fn name(self) -> String {
                Self::name(self)
            }

            fn description(self) -> &'static str {
                Self::description(self)
            }

            fn origin(self) -> &'static str {
                Self::origin(self)
            }

            fn is_random(self) -> bool {
                $random(self)
            }

            fn launch(pace: Pace, defects: &[Self]) -> Launch {
                Launch::from($with(pace, defects.iter().copied()))
            }

            fn surveyed(pace: Pace, reached: Reached<Self>) -> Launch {
                Launch::from($surveyed(pace, reached))
            }
        }
    };
}

/// Whether what a defect does is random, or comes too late now and then.
fn is_random(defect: Defect) -> bool {
    matches!(defect, Defect::DelayIsRandom | Defect::DelayGrowsAlways | Defect::FailedConnectsAgain)
}

/// Whether what a defect does depends on when the server notices that a client has left.
fn is_random_for_servers(defect: ServerDefect) -> bool {
    matches!(defect, ServerDefect::ReplayFromWhatWasSent)
}

/// Whether what a case shows depends on what comes first, so that it may also pass with a defect that it fails with.
pub(crate) fn races(case: &Case) -> bool {
    match &case.script {
        Script::Server(steps) => steps.iter().any(|step| matches!(step.kind, ServerStep::EmitEarly(_))),
        _ => false,
    }
}

mistake!(Defect, Role::Client, 40, is_random, reference::with_defects_at, reference::surveyed_at);
mistake!(
    ServerDefect,
    Role::Server,
    20,
    is_random_for_servers,
    // There are no soak cases for servers.
    |_, defects| reference::server_with_defects(defects),
    |_, reached| reference::surveyed_server(reached)
);

/// The result of a case.
#[derive(Debug, Clone)]
pub(crate) enum Came {
    /// It passed.
    Held,
    /// It failed in this delivery, at this step (0: after the last), for this reason.
    Failed(Delivery, usize, String),
    /// The adapter broke the protocol.
    Fault(String),
}

/// A case that the reference implementation can reach.
#[derive(Debug, Clone)]
pub(crate) struct Row<D> {
    pub(crate) case: Arc<Case>,
    pub(crate) level: Level,
    /// Its result with the sound implementation.
    pub(crate) sound: Came,
    /// The defects whose decisions it reached.
    pub(crate) reached: BTreeSet<D>,
}

/// The results of all cases with all defects.
#[derive(Debug, Clone)]
pub(crate) struct Matrix<D> {
    pub(crate) defects: Vec<D>,
    pub(crate) rows: BTreeMap<String, Row<D>>,
    pub(crate) came: BTreeMap<(D, String), Came>,
    pub(crate) sessions: usize,
    pub(crate) seconds: [f64; 3],
}

impl<D: Mistake> Matrix<D> {
    pub(crate) fn sound_failures(&self) -> Vec<String> {
        let failures = self.rows.values().filter_map(|row| match &row.sound {
            Came::Held => None,
            Came::Failed(delivery, _, why) => Some(format!("- {} ({delivery}): {why}", row.case.id)),
            Came::Fault(fault) => Some(format!("- {}: {fault}", row.case.id)),
        });
        failures.collect()
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = self.came.iter().filter_map(|((defect, case), came)| match came {
            Came::Fault(fault) => Some(format!("- {} in {case}: {fault}", defect.name())),
            _ => None,
        });
        faults.collect()
    }

    /// The cases that a defect fails, without those of level `may`, and without those that may also pass if there are
    /// others.
    fn caught(&self, defect: D) -> Vec<(&str, Delivery)> {
        let failed = self.came.iter().filter_map(|((other, case), came)| match came {
            Came::Failed(delivery, ..) if *other == defect && self.rows[case].level != Level::May => {
                Some((case.as_str(), *delivery))
            }
            _ => None,
        });
        let (racing, mut caught): (Vec<_>, Vec<_>) =
            failed.partition(|(case, _)| races(&self.rows[*case].case));
        if caught.is_empty() {
            caught = racing;
        }
        caught
    }

    fn uncaught(&self) -> Vec<D> {
        self.defects.iter().copied().filter(|defect| self.caught(*defect).is_empty()).collect()
    }

    /// The cases that reached a defect's decision.
    fn reached_by(&self, defect: D) -> Vec<&str> {
        let rows = self.rows.values().filter(|row| row.reached.contains(&defect));
        rows.map(|row| row.case.id.as_str()).collect()
    }

    /// The cases of a level that no defect fails.
    fn idle_cases(&self, level: Level) -> Vec<&Case> {
        let busy: BTreeSet<&str> = self
            .came
            .iter()
            .filter(|(_, came)| matches!(came, Came::Failed(..)))
            .map(|((_, case), _)| case.as_str())
            .collect();
        let idle =
            self.rows.values().filter(|row| row.level == level && !busy.contains(row.case.id.as_str()));
        idle.map(|row| &*row.case).collect()
    }

    /// The defects that fail no case.
    pub(crate) fn missing(&self) -> String {
        let mut missing = String::new();
        for defect in self.uncaught() {
            let near = self.reached_by(defect);
            let _ = writeln!(missing, "- {}: {} ({})", defect.name(), defect.description(), defect.origin());
            let _ = match near.len() {
                0 => writeln!(missing, "  no case reaches its decision"),
                _ => {
                    writeln!(missing, "  cases that reach its decision and pass: {}", near.join(", "))
                }
            };
        }
        missing
    }

    /// The `must` cases that no defect fails.
    pub(crate) fn idle(&self) -> String {
        let mut idle = String::new();
        for case in self.idle_cases(Level::Must) {
            let _ = writeln!(idle, "- {}: {}", case.id, case.title);
            let reached: BTreeSet<String> =
                self.rows[&case.id].reached.iter().map(|defect| defect.name()).collect();
            let reached: Vec<String> = reached.into_iter().collect();
            let _ = writeln!(idle, "  passes with: {}", reached.join(", "));
        }
        idle
    }

    fn median(&self) -> usize {
        let mut counts: Vec<usize> = self.defects.iter().map(|defect| self.caught(*defect).len()).collect();
        counts.sort_unstable();
        counts.get(counts.len() / 2).copied().unwrap_or_default()
    }

    /// Figures to print.
    pub(crate) fn statistics(&self) -> String {
        let mut counts: Vec<(usize, String)> =
            self.defects.iter().map(|defect| (self.caught(*defect).len(), defect.name())).collect();
        counts.sort_unstable_by(|one, other| other.cmp(one));
        let few = counts.iter().filter(|(count, _)| *count <= 3).count();
        let largest: Vec<String> = counts.iter().take(20).map(|(n, name)| format!("{name} {n}")).collect();
        format!(
            "{} defects, {} cases, {} sessions in {:.1} s, {:.1} s and {:.1} s; failing cases of a defect: median {}, {} have 3 \
             or fewer; largest: {}",
            self.defects.len(),
            self.rows.len(),
            self.sessions,
            self.seconds[0],
            self.seconds[1],
            self.seconds[2],
            self.median(),
            few,
            largest.join(", ")
        )
    }

    /// The failures that the table that explains failures lacks, and how many were compared. Defects whose cases are not
    /// listed were not played with all of them. A run has more patience than the matrix, so the table may have more.
    pub(crate) fn differences(&self, table: &Table) -> (Vec<String>, usize) {
        let (mut differences, mut compared) = (Vec::new(), 0);
        // The cases that measure are not played here.
        let is_played = |entry: &&Entry| entry.failures.keys().any(|case| self.rows.contains_key(case));
        for entry in table.mistakes.iter().filter(is_played) {
            let Some(defect) = self.defects.iter().copied().find(|defect| defect.name() == entry.name) else {
                differences.push(format!("- {}: there is no such defect", entry.name));
                continue;
            };
            let caught = self.caught(defect);
            if caught.len() > D::MANY {
                continue;
            }
            for ((_, case), came) in self.came.iter().filter(|((of, _), _)| *of == defect) {
                let Came::Failed(delivery, step, _) = came else { continue };
                if races(&self.rows[case].case) {
                    continue;
                }
                compared += 1;
                let listed = entry.failures.get(case).and_then(|failures| failures.get(*delivery));
                if self.rows[case].level != Level::May && listed.map(|symptom| symptom.step) != Some(*step) {
                    differences.push(format!("- {}: {case} ({delivery}) fails at step {step}", entry.name));
                }
            }
        }
        (differences, compared)
    }

    /// What a defect is, and for each group the cases that it fails. A delivery follows a case that passes as written.
    pub(crate) fn block(&self, defect: D) -> String {
        let caught = self.caught(defect);
        let is_listed = caught.len() <= D::MANY && !defect.is_random();
        let count = if defect.is_random() { "varies".into() } else { count::<D>(caught.len()) };
        let mut block =
            format!("{}: {count}\n  {} ({})\n", defect.name(), defect.description(), defect.origin());
        if !is_listed {
            // Every run, or every new case, would change the list.
            return block;
        }
        let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (case, delivery) in caught {
            let (group, name) = case.rsplit_once('/').unwrap_or_default();
            let name = match delivery {
                Delivery::AS_WRITTEN => name.to_owned(),
                other => format!("{name} ({other})"),
            };
            groups.entry(group).or_default().push(name);
        }
        for (group, names) in groups {
            let _ = writeln!(block, "  {group}: {}", names.join(", "));
        }
        block
    }

    /// Puts the results of these defects in another matrix in place of those of this one.
    pub(crate) fn replace(&mut self, defects: &[D], other: Self) {
        self.came.retain(|(defect, _), _| !defects.contains(defect));
        self.came.extend(other.came);
    }

    /// Every failure with its reason.
    pub(crate) fn details(&self) -> String {
        let mut lines = Vec::new();
        for ((defect, case), came) in &self.came {
            match came {
                Came::Held => lines.push(format!("{} {case}: holds", defect.name())),
                Came::Failed(delivery, _, why) => {
                    lines.push(format!("{} {case} ({delivery}): {why}", defect.name()));
                }
                Came::Fault(fault) => lines.push(format!("{} {case}: {fault}", defect.name())),
            }
        }
        lines.join("\n")
    }
}

fn count<D: Mistake>(cases: usize) -> String {
    if cases > D::MANY { format!("more than {}", D::MANY) } else { cases.to_string() }
}

/// A block for each defect.
impl<D: Mistake> fmt::Display for Matrix<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Failing cases of a defect: median {}", self.median())?;
        self.defects.iter().try_for_each(|defect| write!(f, "\n{}", self.block(*defect)))
    }
}
