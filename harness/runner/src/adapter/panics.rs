//! What a client of this process says when it panics: it belongs into the report of its case, with the place in the
//! source, and not between the lines of a passing run.

use super::stderr::Stderr;

tokio::task_local! {
    /// Where the panics of the present task are told.
    static TOLD_TO: Stderr;
}

/// Runs a future whose panics, and those of what it [passes them on](passed_on) to, are told here.
pub(super) fn told_to(stderr: Stderr, future: impl Future<Output = ()>) -> impl Future<Output = ()> {
    TOLD_TO.scope(stderr, future)
}

/// A future for a task of its own, whose panics are told where those of the present task are.
pub(super) fn passed_on<T>(future: impl Future<Output = T>) -> impl Future<Output = T> {
    let stderr = TOLD_TO.try_with(Clone::clone).unwrap_or_default();
    TOLD_TO.scope(stderr, future)
}

/// Whether panics of clients are printed as well, as all others are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Printed {
    /// They are told in the report only.
    No,
    /// They are printed too, with a backtrace where `RUST_BACKTRACE` asks for it.
    Yes,
}

/// Listens to the panics of this process.
pub(crate) fn listen(printed: Printed) {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let told = TOLD_TO.try_with(|stderr| stderr.push(format!("{panic}\n").as_bytes())).is_ok();
        if !told || printed == Printed::Yes {
            usual(panic);
        }
    }));
}
