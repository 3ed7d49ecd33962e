//! Why a browser could not open a page.

/// Why a browser could not open a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct PageNotOpened {
    /// What happened.
    pub problem: String,
    /// How to fix it.
    pub hint: &'static str,
}
