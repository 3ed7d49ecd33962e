//! The page of a lane's listener.

#[cfg(feature = "page")]
use crate::page::opener::Lane;
#[cfg(feature = "page")]
use crate::page::site::Site;

/// The page that a lane's listener serves, if its adapters are pages.
#[derive(Debug)]
pub struct LanePage {
    #[cfg(feature = "page")]
    pub(super) page: Option<(Site, Lane)>,
}
