//! The page through which a browser is tested: a lane's own listener serves it, so that it has the origin of the
//! streams, and it speaks the messages of [`protocol`](crate::protocol) over a WebSocket.
//!
//! - `site`: the path of a lane's listener at which the page is served
//! - `files`: the page's files, and the HTTP responses with them
//! - `board`: what the page shows of the run
//! - [`opener`]: who opens the page: a person, another page, or a browser that the harness starts; [`not_opened`]: why it
//!   could not
//! - `library`: a script that exposes a client library, which is tested instead of the browser's own EventSource
//!
//! The adapter over its WebSocket is [`adapter::page`](crate::adapter::page).

pub(crate) mod board;
mod files;
pub(crate) mod library;
pub mod not_opened;
pub mod opener;
pub(crate) mod site;

pub use board::Board;
pub use library::{LibraryNotRead, PageLibrary};
pub use not_opened::PageNotOpened;
pub use opener::Opener;
pub use site::{Site, Socket, Turn};
