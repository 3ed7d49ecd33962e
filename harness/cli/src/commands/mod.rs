//! The subcommands, one module each.

pub(crate) mod cases;
pub(crate) mod check;
pub(crate) mod client;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod mock;
pub(crate) mod probe;
pub(crate) mod proxy;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod requirements;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod server;
