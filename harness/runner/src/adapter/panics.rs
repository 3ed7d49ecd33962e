//! The panic messages of clients in this process: they belong in the report of their case, with their source location,
//! not in the output of a passing run.

use super::stderr::Stderr;

tokio::task_local! {
    /// Where panics of the current task are recorded.
    static RECORDED_IN: Stderr;
}

/// Runs a future and records its panics, and those of the futures that it [passes on](passed_on).
pub(super) fn recorded_in(stderr: Stderr, future: impl Future<Output = ()>) -> impl Future<Output = ()> {
    RECORDED_IN.scope(stderr, future)
}

/// Wraps a future for a task of its own, whose panics are recorded where those of the current task are.
pub(super) fn passed_on<T>(future: impl Future<Output = T>) -> impl Future<Output = T> {
    let stderr = RECORDED_IN.try_with(Clone::clone).unwrap_or_default();
    RECORDED_IN.scope(stderr, future)
}

/// Whether panics of clients are printed as well, as all others are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Printed {
    /// They are only in the report.
    No,
    /// They are also printed, with a backtrace if `RUST_BACKTRACE` asks for it.
    Yes,
}

/// Listens to the panics of this process.
pub(crate) fn listen(printed: Printed) {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let recorded = RECORDED_IN.try_with(|stderr| stderr.push(format!("{panic}\n").as_bytes())).is_ok();
        if !recorded || printed == Printed::Yes {
            usual(panic);
        }
    }));
}
