//! What the grammar of one role consists of.

use ssespec_diagnostics::{Table, Verb};

use crate::role::Role;

/// The grammar of the cases of one role.
pub(crate) struct RoleGrammar {
    /// The role.
    pub(crate) role: Role,
    /// The keys of a case.
    pub(crate) case: &'static Table,
    /// The verbs of its steps.
    pub(crate) verbs: &'static [&'static [Verb]],
}

impl RoleGrammar {
    /// Whether it has this verb.
    pub(crate) fn has(&self, verb: &str) -> bool {
        self.verbs.iter().flat_map(|list| list.iter()).any(|known| known.name == verb)
    }
}
