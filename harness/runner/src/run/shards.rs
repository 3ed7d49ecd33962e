//! The cases of each shard, so that all shards take about as long.
//!
//! What a case costs is estimated from its script alone, so the same case is in the same shard whatever the
//! implementation, the selection and the machine are, as long as the cases are the same.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

use ssespec_cases::{Case, Corpus};
use ssespec_reports::results::{Role, Shard};

use super::through;
use super::waits::waits;
use crate::delivery::{DeliveryKind, programs};

/// The processor time of a session, and that of an adapter of its own: rough, since only their proportion matters.
const SESSION: Duration = Duration::from_millis(10);
const ADAPTER: Duration = Duration::from_millis(300);

/// How many sessions wait at the same time: a second of waiting takes that part of a second.
const WAITING: u32 = 16;

/// The longest that a script is expected to wait: the times that it allows its steps say little together.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// The ids of the cases of a role that belong to a shard: each goes to the shard that has least, first those with adapters
/// of their own and then the costliest.
pub(super) fn part(corpus: &Corpus, role: Role, shard: Shard) -> BTreeSet<&str> {
    let of_role = corpus.cases.values().filter(|case| through::is_for(case, role));
    let mut cases: Vec<(Duration, &Case)> = of_role.map(|case| (cost(case), case)).collect();
    cases.sort_by_key(|(cost, case)| (Reverse(case.isolated), Reverse(*cost), &case.id));
    let mut shards: Vec<(Duration, Shard)> = shard.all().map(|shard| (Duration::ZERO, shard)).collect();
    let mut part = BTreeSet::new();
    for (cost, case) in cases {
        let Some((sum, least)) = shards.iter_mut().min() else { break };
        *sum += cost;
        if *least == shard {
            part.insert(case.id.as_str());
        }
    }
    part
}

/// What a case costs in its standard deliveries.
fn cost(case: &Case) -> Duration {
    let own = if case.isolated { ADAPTER } else { Duration::ZERO };
    let session = SESSION + own + waits(&case.script).min(LONGEST_WAIT) / WAITING;
    let sessions = programs(&case.script, DeliveryKind::STANDARD).len();
    session.saturating_mul(u32::try_from(sessions).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(corpus: &Corpus, role: Role, of: u32) -> Vec<BTreeSet<&str>> {
        let first: Shard = format!("1/{of}").parse().unwrap();
        first.all().map(|shard| part(corpus, role, shard)).collect()
    }

    #[test]
    fn each_case_is_in_one_shard() {
        let corpus = Corpus::embedded().unwrap();
        for of in [1, 2, 7] {
            let parts = parts(&corpus, Role::Client, of);
            let all: Vec<&str> = parts.iter().flatten().copied().collect();
            let clients = corpus.cases.keys().filter(|id| id.starts_with("client/"));
            assert_eq!(all.len(), clients.count());
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
            assert!(all.iter().all(|id| id.starts_with("client/")));
        }
    }

    #[test]
    fn shards_cost_the_same_and_measure_as_often() {
        let corpus = Corpus::embedded().unwrap();
        for role in [Role::Client, Role::Server] {
            for of in [2, 4, 8] {
                let parts = parts(&corpus, role, of);
                let sum = |part: &BTreeSet<&str>| part.iter().map(|id| cost(&corpus.cases[*id])).sum();
                let sums: Vec<Duration> = parts.iter().map(sum).collect();
                let (least, most) = (sums.iter().min().unwrap(), sums.iter().max().unwrap());
                assert!(*most < least.mul_f64(1.1), "{role} in {of}: {sums:?}");
                let isolated =
                    |part: &BTreeSet<&str>| part.iter().filter(|id| corpus.cases[**id].isolated).count();
                let counts: Vec<usize> = parts.iter().map(isolated).collect();
                let spread = counts.iter().max().unwrap() - counts.iter().min().unwrap();
                assert!(spread <= 2, "{role} in {of}: {counts:?}");
            }
        }
    }

    #[test]
    fn the_shard_of_a_case_depends_on_the_cases_alone() {
        let corpus = Corpus::embedded().unwrap();
        assert_eq!(parts(&corpus, Role::Client, 3), parts(&corpus.clone(), Role::Client, 3));
        // A case of the other role changes nothing.
        let cases = corpus.cases.iter().filter(|(id, _)| id.starts_with("client/"));
        let cases = cases.map(|(id, case)| (id.clone(), case.clone())).collect();
        let clients = Corpus { cases, ..Corpus::default() };
        assert_eq!(parts(&corpus, Role::Client, 3), parts(&clients, Role::Client, 3));
    }
}
