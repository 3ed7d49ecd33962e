//! The reference implementation of each role, with defects.

use ssespec::run::Launch;
use ssespec_reference::{self as reference, Defect, Reached, ServerDefect};
use ssespec_reports::results::Role;

/// A defect of one role.
pub(crate) trait Mistake: Copy + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// The role.
    const ROLE: Role;
    /// All of them.
    fn all() -> &'static [Self];
    fn name(self) -> String;
    fn description(self) -> &'static str;
    fn origin(self) -> &'static str;
    /// The implementation with these defects.
    fn launch(defects: &[Self]) -> Launch;
    /// The sound implementation, which records the defects whose decisions it reaches.
    fn surveyed(reached: Reached<Self>) -> Launch;
}

macro_rules! mistake {
    ($defect:ty, $role:expr, $with:path, $surveyed:path) => {
        impl Mistake for $defect {
            const ROLE: Role = $role;

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

            fn launch(defects: &[Self]) -> Launch {
                Launch::from($with(defects.iter().copied()))
            }

            fn surveyed(reached: Reached<Self>) -> Launch {
                Launch::from($surveyed(reached))
            }
        }
    };
}

mistake!(Defect, Role::Client, reference::with_defects, reference::surveyed);
mistake!(ServerDefect, Role::Server, reference::server_with_defects, reference::surveyed_server);
