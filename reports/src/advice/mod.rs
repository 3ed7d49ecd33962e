//! Settings of known intermediaries that mend failures.
//!
//! - `known_proxy`: the known intermediaries, and how they are recognized
//! - `cause`: what goes wrong, by the cases that show it
//! - `settings`: which setting of which program mends what
//! - [`advise`]: the settings that may mend the failures of a run

#[cfg(feature = "renderings")]
mod advise;
#[cfg(feature = "renderings")]
mod cause;
mod known_proxy;
#[cfg(feature = "renderings")]
mod settings;

#[cfg(feature = "renderings")]
pub use advise::{Advice, Recommendation, advise, advised_cases};
pub use known_proxy::{KnownProxy, UnknownProxy};
