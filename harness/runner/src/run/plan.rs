//! Which cases in which deliveries, and in which order.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
#[cfg(feature = "command")]
use std::time::Duration;

use globset::GlobMatcher;
use ssespec_cases::client::Expectation;
use ssespec_cases::{Capability, Case, Corpus, Level, Script};
#[cfg(feature = "command")]
use ssespec_reports::results::{CaseResult, Shard, Verdict};
use ssespec_reports::results::{Deciding, Protocol, Role, Variation};

use super::over_http2::needs_http1;
use super::protocol_needs::{lacking_for, needed};
use super::second_pass::SecondPass;
use super::through;
use super::variation;
use super::waits::waits;
use crate::delivery::{DeliveryKind, Program, programs};
use crate::role;

/// The suites that decide conformance unless others are asked for.
const DECIDING: &[&str] = &["whatwg", "http"];

/// Which cases and deliveries a user asks for.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Globs over case ids; all cases where there are none.
    pub filters: Vec<GlobMatcher>,
    /// The deliveries.
    pub deliveries: Vec<DeliveryKind>,
    /// The protocols over which cases for clients are played.
    pub protocols: Vec<Protocol>,
    /// The cases that are also played over another protocol, if a client speaks it.
    pub second_pass: Option<SecondPass>,
    /// The suites; all where there are none, of which only some decide then.
    pub suites: Vec<String>,
    /// The levels; all where there are none.
    pub levels: Vec<Level>,
    /// The part of all these cases that is played here; all of them where it is absent.
    #[cfg(feature = "command")]
    pub shard: Option<Shard>,
    /// Which results decide the exit status.
    pub deciding: Deciding,
    /// What of the cases is varied.
    pub variation: Variation,
    /// The longest waits for which soak cases are played; none are played where it is absent.
    #[cfg(feature = "command")]
    pub soak: Option<Duration>,
    /// How far the cases are played.
    #[cfg(feature = "command")]
    pub until: Until,
}

/// How far the selected cases are played.
#[cfg(feature = "command")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Until {
    /// To the last one.
    #[default]
    End,
    /// Until a result makes the run fail.
    FirstFailure,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            filters: Vec::new(),
            deliveries: DeliveryKind::STANDARD.to_vec(),
            protocols: vec![Protocol::Http1],
            second_pass: None,
            suites: Vec::new(),
            levels: Vec::new(),
            #[cfg(feature = "command")]
            shard: None,
            deciding: Deciding::default(),
            variation: Variation::default(),
            #[cfg(feature = "command")]
            soak: None,
            #[cfg(feature = "command")]
            until: Until::default(),
        }
    }
}

impl Selection {
    /// Whether it leaves out no case.
    #[cfg(feature = "write-baseline")]
    pub fn is_whole(&self) -> bool {
        #[cfg(feature = "command")]
        if self.shard.is_some() {
            return false;
        }
        self.is_whole_in_all_shards()
    }

    /// Whether it leaves out no case, all shards together.
    fn is_whole_in_all_shards(&self) -> bool {
        self.filters.is_empty() && self.suites.is_empty() && self.levels.is_empty()
    }

    /// Whether a baseline's pattern must match a case of the suite. Of several shards, one judges it.
    pub(super) fn judges(&self, pattern: &str) -> bool {
        self.is_whole_in_all_shards() && self.is_in_shard(pattern)
    }

    /// Whether the id of a check, or a pattern, belongs to the shard. Cases are split by what they cost.
    #[cfg(feature = "command")]
    pub fn is_in_shard(&self, id: &str) -> bool {
        self.shard.is_none_or(|shard| shard.contains(id))
    }

    /// Without the command, runs are not split.
    #[cfg(not(feature = "command"))]
    fn is_in_shard(&self, _: &str) -> bool {
        true
    }

    /// Whether it has these deliveries; all standard ones if none is named.
    pub(crate) fn has_deliveries(&self, named: &[DeliveryKind]) -> bool {
        let asked_for = if named.is_empty() { DeliveryKind::STANDARD } else { named };
        asked_for.iter().all(|kind| self.deliveries.contains(kind))
    }

    /// Whether it has these protocols; the usual one if none is named.
    pub(super) fn has_protocols(&self, named: &[Protocol]) -> bool {
        let asked_for = if named.is_empty() { &[Protocol::Http1] } else { named };
        let second = self.second_pass.map(|pass| pass.protocol);
        asked_for.iter().all(|protocol| self.protocols.contains(protocol) || second == Some(*protocol))
    }

    /// Whether failures in a suite decide the exit status.
    pub fn decides(&self, suite: &str) -> bool {
        if self.deciding != Deciding::Suites {
            true
        } else if self.suites.is_empty() {
            DECIDING.contains(&suite)
        } else {
            self.suites.iter().any(|s| s == suite)
        }
    }

    /// Whether a result makes the run fail.
    #[cfg(feature = "command")]
    pub(super) fn rejects(&self, result: &CaseResult) -> bool {
        let decides = match result.verdict {
            Verdict::Fail => self.decides(&result.suite),
            Verdict::Warn => self.deciding == Deciding::FailuresAndWarnings,
            Verdict::Pass | Verdict::Info | Verdict::Skip | Verdict::Error => false,
        };
        decides && result.known.is_none()
    }

    /// Whether a case is selected, in whichever shard.
    pub fn selects(&self, case: &Case, suite: &str, level: Level) -> bool {
        (self.filters.is_empty() || self.filters.iter().any(|glob| glob.is_match(&case.id)))
            && (self.suites.is_empty() || self.suites.iter().any(|s| s == suite))
            && (self.levels.is_empty() || self.levels.contains(&level))
            && (!case.soak || self.soaks(case))
    }

    /// Whether a soak case is played: it waits at most a tenth longer than was asked for.
    #[cfg(feature = "command")]
    fn soaks(&self, case: &Case) -> bool {
        // A case about five minutes waits a little longer than five minutes.
        self.soak.is_some_and(|longest| waits(&case.script) <= longest.saturating_add(longest / 10))
    }

    /// How long the selected soak cases wait at most; `None` if none is selected.
    #[cfg(feature = "command")]
    pub fn longest_soak(&self, role: Role, corpus: &Corpus) -> Option<Duration> {
        let all = Self { soak: Some(Duration::MAX), ..self.clone() };
        let cases = corpus.cases.values().filter(|case| case.soak && role::recorded(case.role()) == role);
        let selected = cases.filter(|case| {
            corpus.judgement(case).is_some_and(|(suite, level)| all.selects(case, suite, level))
        });
        selected.map(|case| waits(&case.script)).max()
    }

    /// Without the command, nobody waits for minutes.
    #[cfg(not(feature = "command"))]
    fn soaks(&self, _: &Case) -> bool {
        false
    }

    /// What was asked for, in words.
    pub fn describe(&self) -> String {
        let mut words = Vec::new();
        words.extend(self.filters.iter().map(|glob| format!("--filter '{}'", glob.glob())));
        words.extend(self.suites.iter().map(|suite| format!("--suite {suite}")));
        words.extend(self.levels.iter().map(|level| format!("--level {level}")));
        if words.is_empty() { "the suite is empty".into() } else { words.join(" ") }
    }
}

/// One case in one delivery.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The case.
    pub case: Arc<Case>,
    /// The suite of its requirements.
    pub suite: String,
    /// The level at which it is judged.
    pub level: Level,
    /// The script in its delivery.
    pub program: Program,
}

/// A case that is not played.
#[derive(Debug, Clone)]
pub struct Skipped {
    /// The case in its first delivery.
    pub trial: Trial,
    /// Why not.
    pub reason: SkipReason,
}

/// Why a case is not played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkipReason {
    /// The implementation does not have these capabilities.
    Lacking(Vec<Capability>),
    /// It uses this, which has no meaning over HTTP/2.
    NeedsHttp1(&'static str),
    /// It uses this, for which the protocol of test services has no message.
    NotOfService(&'static str),
    /// It uses this, which a page cannot do.
    NotOfPage(&'static str),
    /// It is about this, which the protocol is not.
    About(&'static str),
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lacking(lacking) => {
                let words: Vec<&str> = lacking.iter().map(|capability| capability.word()).collect();
                write!(f, "needs {}", words.join(", "))
            }
            Self::About(what) => write!(f, "is about {what}"),
            Self::NeedsHttp1(what) => write!(f, "needs HTTP/1.1 for {what}"),
            Self::NotOfPage(what) => write!(f, "a page cannot {what}"),
            Self::NotOfService(what) => write!(f, "a test service has no message for {what}"),
        }
    }
}

/// What a run will play.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// What is played, in order.
    pub trials: Vec<Trial>,
    /// What is not.
    pub skipped: Vec<Skipped>,
    /// How many selected cases belong to other shards.
    pub elsewhere: usize,
}

impl Plan {
    /// Plans the selected cases for a client with these capabilities.
    pub fn new(corpus: &Corpus, selection: &Selection, capabilities: &BTreeSet<Capability>) -> Self {
        Self::of_role(Role::Client, corpus, selection, capabilities)
    }

    /// Plans the selected cases for an implementation of this role with these capabilities.
    pub fn of_role(
        role: Role,
        corpus: &Corpus,
        selection: &Selection,
        capabilities: &BTreeSet<Capability>,
    ) -> Self {
        let mut plan = Self::default();
        let deliveries = deliveries(role, selection);
        #[cfg(feature = "command")]
        let part = selection.shard.map(|shard| super::shards::part(corpus, role, shard));
        for case in corpus.cases.values().filter(|case| through::is_for(case, role)) {
            let Some((suite, level)) = corpus.judgement(case) else { continue };
            let suite = suite.to_owned();
            // What a client may do says nothing about an intermediary.
            if level == Level::May && role::recorded(case.role()) != role {
                continue;
            }
            if !selection.selects(case, &suite, level) {
                continue;
            }
            #[cfg(feature = "command")]
            if part.as_ref().is_some_and(|part| !part.contains(case.id.as_str())) {
                plan.elsewhere += 1;
                continue;
            }
            let case = Arc::new(case.clone());
            let variation = variation::of_case(&case, selection.variation);
            // How the bytes are cut makes no difference to what happens after minutes.
            let deliveries = if case.soak { &[DeliveryKind::AsWritten] } else { deliveries };
            for (protocol, deliveries) in passes(role, selection, &case, deliveries, capabilities) {
                let programs = programs(&case.script, deliveries).into_iter();
                let mut trials = programs.map(|program| Trial {
                    case: Arc::clone(&case),
                    suite: suite.clone(),
                    level,
                    program: program.varied(variation).over(protocol),
                });
                match skip_reason(&case, protocol, capabilities) {
                    None => plan.trials.extend(trials),
                    Some(reason) => {
                        plan.skipped.extend(trials.next().map(|trial| Skipped { trial, reason }));
                    }
                }
            }
        }
        // Clients that report `closed` are watched longest, and long waits should start early.
        plan.trials.sort_by_cached_key(|trial| {
            (
                Reverse(says_closed(&trial.case.script)),
                Reverse(waits(&trial.case.script)),
                trial.case.id.clone(),
            )
        });
        plan
    }

    /// Skips the cases for which there is a reason.
    #[cfg(feature = "command")]
    pub(super) fn skip(&mut self, reason: impl Fn(&Case) -> Option<SkipReason>) {
        let mut skipped: Vec<Skipped> = Vec::new();
        self.trials.retain(|trial| {
            let Some(reason) = reason(&trial.case) else { return true };
            if !skipped.iter().any(|other| other.trial.case.id == trial.case.id) {
                skipped.push(Skipped { trial: trial.clone(), reason });
            }
            false
        });
        self.skipped.extend(skipped);
    }

    /// How many of the selected cases belong to this shard.
    pub fn cases(&self) -> usize {
        let played = self.trials.iter().map(|trial| trial.case.id.as_str());
        let skipped = self.skipped.iter().map(|skipped| skipped.trial.case.id.as_str());
        played.chain(skipped).collect::<BTreeSet<_>>().len()
    }

    /// The protocols over which something is played.
    #[cfg(feature = "command")]
    pub(super) fn protocols(&self) -> BTreeSet<Protocol> {
        self.trials.iter().map(|trial| trial.program.delivery.protocol).collect()
    }

    /// Whether nothing is selected. A shard may be left without a case of a selection that is not empty.
    pub fn is_empty(&self) -> bool {
        self.cases() + self.elsewhere == 0
    }
}

/// The protocols over which a case is played, and how its bytes are cut there.
fn passes<'d>(
    role: Role,
    selection: &Selection,
    case: &Case,
    deliveries: &'d [DeliveryKind],
    capabilities: &BTreeSet<Capability>,
) -> Vec<(Protocol, &'d [DeliveryKind])> {
    let mut passes: Vec<(Protocol, &[DeliveryKind])> =
        protocols(role, selection).iter().map(|protocol| (*protocol, deliveries)).collect();
    let second = selection.second_pass.filter(|pass| {
        role == Role::Client
            && pass.is_spoken(capabilities)
            && pass.plays(case)
            && needed(case, pass.protocol).is_none()
            && !selection.protocols.contains(&pass.protocol)
            && (needs_http1(case).is_none() || !pass.protocol.is_http2())
    });
    if let Some(SecondPass { protocol, .. }) = second {
        // What is about another protocol than the first is not reported as skipped there.
        passes.retain(|(first, _)| needed(case, *first).is_none());
        if passes.is_empty() {
            passes.push((protocol, deliveries));
        } else if deliveries.contains(&DeliveryKind::AsWritten) {
            passes.push((protocol, &[DeliveryKind::AsWritten]));
        }
    }
    passes
}

/// The protocols for a role: how others than clients are reached is not selected.
fn protocols(role: Role, selection: &Selection) -> &[Protocol] {
    match role {
        Role::Client => &selection.protocols,
        _ => &[Protocol::Http1],
    }
}

/// Why a case is not played over a protocol with an implementation that has these capabilities.
fn skip_reason(case: &Case, protocol: Protocol, capabilities: &BTreeSet<Capability>) -> Option<SkipReason> {
    let lacking = case.needs.iter().copied().filter(|need| !need.is_among(capabilities));
    let lacking: Vec<Capability> = lacking.chain(lacking_for(protocol, capabilities)).collect();
    if !lacking.is_empty() {
        return Some(SkipReason::Lacking(lacking));
    }
    if let Some(what) = needed(case, protocol) {
        return Some(SkipReason::About(what));
    }
    needs_http1(case).filter(|_| protocol.is_http2()).map(SkipReason::NeedsHttp1)
}

/// The deliveries for a role: server cases have no writes to cut.
pub(super) fn deliveries(role: Role, selection: &Selection) -> &[DeliveryKind] {
    match role {
        Role::Server => &[DeliveryKind::AsWritten],
        _ => &selection.deliveries,
    }
}

fn says_closed(script: &Script) -> bool {
    match script {
        Script::Client(steps) => {
            let mut expected = steps.iter().flat_map(|step| step.kind.expectations());
            expected.any(|expected| matches!(expected, Expectation::Closed))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
