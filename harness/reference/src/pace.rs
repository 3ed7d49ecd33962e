//! How fast a client with defects ages: what takes minutes in the field is proved in less than two seconds.

use std::time::Duration;

/// By how much time is divided for a hurried client.
const HASTE: u32 = 200;

/// How fast the limits of clients with defects come. All other times, such as reconnection delays, are as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// As in the field.
    #[default]
    Usual,
    /// Two hundred times as fast.
    Hurried,
}

impl Pace {
    /// How long something takes at this pace.
    pub fn time(self, usual: Duration) -> Duration {
        match self {
            Self::Usual => usual,
            Self::Hurried => usual / HASTE,
        }
    }

    pub(crate) fn seconds(self, usual: u64) -> Duration {
        self.time(Duration::from_secs(usual))
    }
}
