//! How many statements have a case.

use serde::Serialize;

use super::document::{Statement, Suite};

/// How many statements of a suite bind a role, and how many of them have a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// The suite.
    pub suite: String,
    /// The role.
    pub role: String,
    /// How many statements bind it.
    pub statements: usize,
    /// How many of them no case can check.
    pub untestable: usize,
    /// How many of them are disputed.
    pub disputed: usize,
    /// How many of them are testable.
    pub testable: usize,
    /// How many of these have a case.
    pub covered: usize,
}

impl Tally {
    /// How many testable statements have no case.
    pub fn missing(&self) -> usize {
        self.testable - self.covered
    }

    fn add(&mut self, statement: &Statement) {
        self.statements += 1;
        self.disputed += usize::from(statement.disputed.is_some());
        if statement.untestable.is_some() {
            self.untestable += 1;
        } else {
            self.testable += 1;
            self.covered += usize::from(!statement.missing.contains(&self.role));
        }
    }
}

/// The tallies of these documents: for each a line for every role that it binds, in the order of the first statement.
pub(super) fn summary(suites: &[Suite]) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = Vec::new();
    for suite in suites {
        let first = tallies.len();
        for statement in suite.sections.iter().flat_map(|section| &section.requirements) {
            for role in &statement.roles {
                let known = tallies[first..].iter().position(|tally| tally.role == *role);
                let at = known.map_or(tallies.len(), |at| first + at);
                if known.is_none() {
                    tallies.push(Tally {
                        suite: suite.name.clone(),
                        role: role.clone(),
                        statements: 0,
                        untestable: 0,
                        disputed: 0,
                        testable: 0,
                        covered: 0,
                    });
                }
                tallies[at].add(statement);
            }
        }
    }
    tallies
}
