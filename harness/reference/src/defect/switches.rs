//! Which defects an implementation has.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::defect::list::{Defect, IntermediaryDefect, ServerDefect};

/// The defects whose decisions an implementation reached.
pub type Reached<D = Defect> = Arc<Mutex<BTreeSet<D>>>;

/// The defects of a server.
pub(crate) type ServerDefects = Defects<ServerDefect>;

/// The defects of an intermediary.
pub(crate) type IntermediaryDefects = Defects<IntermediaryDefect>;

/// The defects of an implementation.
#[derive(Debug, Clone, Default)]
pub(crate) enum Defects<D = Defect> {
    /// The implementation is sound.
    #[default]
    None,
    /// It has these defects.
    These(Vec<D>),
    /// It is sound, and records the defects whose decisions it reaches.
    Survey(Reached<D>),
}

impl<D: Copy + Ord> Defects<D> {
    /// Decides whether the implementation has this defect.
    pub(crate) fn has(&self, defect: D) -> bool {
        match self {
            Self::None => false,
            Self::These(own) => own.contains(&defect),
            Self::Survey(reached) => {
                reached.lock().unwrap_or_else(PoisonError::into_inner).insert(defect);
                false
            }
        }
    }
}
