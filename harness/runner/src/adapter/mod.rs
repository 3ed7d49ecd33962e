//! What connects the harness to an implementation, over any transport.
//!
//! - [`process`]: a child process that speaks JSON Lines
//! - [`in_process`]: an async function of this process
//! - `page`: a page in a browser, over a WebSocket
//! - `service`: a test service of sse-contract-tests, over its HTTP protocol (feature `command`)
//! - [`running`]: an adapter while it runs, over whichever transport
//! - `shared`, `seat`: an adapter that several lanes use at the same time (feature `command`)
//! - [`identity`], [`incoming`]: what it says of itself, and what is heard from it; `introduction`: its hello (feature
//!   `command`)
//! - [`fault`]: what an adapter can do wrong, and what its author can do about it
//! - [`processes`]: which it consists of; `footprint`: the processor time and memory they take (feature `measure`)
//! - [`reach`]: which hosts it may serve at
//! - `wait`: how long an adapter is waited for; `run_delay`: how long it got no processor (feature `command`)
//! - `lines`: reading lines that may never end
//! - `limits`, `unread`: how much it may write, and the memory that unread messages may take
//! - `stderr`, `panics`: what is kept for the report
//! - `task`: a task that ends with its handle

pub mod fault;
#[cfg(feature = "measure")]
pub mod footprint;
pub mod identity;
pub mod in_process;
pub mod incoming;
#[cfg(any(feature = "command", feature = "page"))]
mod introduction;
pub(crate) mod limits;
#[cfg(feature = "command")]
mod lines;
#[cfg(feature = "page")]
pub mod page;
pub(crate) mod panics;
#[cfg(feature = "command")]
pub mod process;
pub mod processes;
pub mod reach;
#[cfg(feature = "command")]
pub(crate) mod run_delay;
pub mod running;
#[cfg(feature = "command")]
mod seat;
#[cfg(feature = "command")]
pub mod service;
#[cfg(feature = "command")]
pub(crate) mod shared;
pub(crate) mod stderr;
pub(crate) mod task;
#[cfg(feature = "command")]
mod unread;
#[cfg(feature = "command")]
pub(crate) mod wait;
#[cfg(not(feature = "command"))]
#[path = "plain_wait.rs"]
pub(crate) mod wait;
