//! Roles as the results file records them.

use ssespec_cases::Role;
use ssespec_reports::results;

/// How a role is recorded in the results.
pub(crate) fn recorded(role: Role) -> results::Role {
    match role {
        Role::Client => results::Role::Client,
        Role::Server => results::Role::Server,
        Role::Intermediary => results::Role::Intermediary,
    }
}
