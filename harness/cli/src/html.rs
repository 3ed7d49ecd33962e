//! Sites of static pages.
//!
//! - [`background`]: what the cases add to results files
//! - [`folder`]: the folder of a site

pub(crate) mod background;
pub(crate) mod folder;
