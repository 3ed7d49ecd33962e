//! Which implementations of `ci/implementations` a test runs.
//!
//! - `SSESPEC_IMPLEMENTATIONS`: their names, separated by spaces; all where it is unset. One of a folder's versions is named
//!   with it: `eventsource-5.1.5`
//! - `SSESPEC_ALL_IMPLEMENTATIONS`: if set, none of them may be left out because it is not set up or installed

/// Whether an implementation that is not set up is set up, or fails the test, instead of being left out.
pub(crate) fn none_may_be_left_out() -> bool {
    std::env::var_os("SSESPEC_ALL_IMPLEMENTATIONS").is_some()
}

/// Why an implementation does not run at all.
pub(crate) fn not_chosen(name: &str) -> Option<String> {
    let names = std::env::var("SSESPEC_IMPLEMENTATIONS").ok()?;
    let is_chosen = names.split_whitespace().any(|chosen| chosen == name);
    (!is_chosen).then(|| "SSESPEC_IMPLEMENTATIONS does not name it".to_owned())
}
