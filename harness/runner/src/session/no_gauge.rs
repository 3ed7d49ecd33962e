//! In place of `gauge` without the feature `measure`: spans of work are not judged.

use ssespec_cases::grammar::Growth;

use crate::adapter::processes::Processes;

/// Measures nothing.
#[derive(Debug)]
pub(crate) struct Gauge;

/// Why nothing is judged.
const NOT_MEASURED: &str = "measuring needs the feature `measure` of ssespec, which is on by default";

impl Gauge {
    pub(crate) fn of(_: Growth, _: Processes) -> (Self, Option<String>) {
        (Self, Some(NOT_MEASURED.into()))
    }

    pub(crate) fn begin(&self, _: u64) {}

    pub(crate) fn ends(&self) -> Option<String> {
        None
    }

    pub(crate) fn is_flat(&self) -> bool {
        false
    }

    pub(crate) fn excess(&self) -> Option<String> {
        None
    }

    pub(crate) fn alarm(&self) -> Alarm {
        Alarm
    }
}

/// Never rings.
pub(crate) struct Alarm;

impl Alarm {
    pub(crate) async fn rings(&self) {
        std::future::pending().await
    }
}
