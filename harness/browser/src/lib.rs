//! Starts browsers, opens pages in them, and cleans up all their processes and files.
//!
//! - `find`: where a browser is installed, and which package provides it
//! - `process`: a browser's processes and its folder, which end together
//! - `marked`: finding a browser's processes; `owned_folder`: its folder, which the next run removes after a kill
//! - `chromium`, `firefox`, `webkit`: one engine each; `remote` drives the first two, `webdriver` the third
//! - `certificates`: which ones a browser accepts
//! - `error`: why a browser cannot be used
//! - `shared`: one browser for all lanes

mod certificates;
mod chromium;
mod error;
mod find;
mod firefox;
mod marked;
mod owned_folder;
mod process;
mod remote;
mod shared;
mod webdriver;
mod webkit;

pub use certificates::Certificates;
pub use error::BrowserError;
pub use find::{Installed, find};
pub use shared::Shared;

#[cfg(test)]
mod tests;
