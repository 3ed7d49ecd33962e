//! Options that several commands share.

pub(crate) mod color;
pub(crate) mod execution;
pub(crate) mod format;
pub(crate) mod headings;
pub(crate) mod http_version;
pub(crate) mod level;
pub(crate) mod listing;
pub(crate) mod protocol;
pub(crate) mod remote;
pub(crate) mod selection;
pub(crate) mod values;
pub(crate) mod variation;
