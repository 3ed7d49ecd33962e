//! A failure as an issue for the implementation's own tracker, with a reproduction that needs no ssespec.
//!
//! - `session`: what the harness sent, request by request, from the wire log
//! - `python`: a server that sends it again, as one file of Python; `template.py` is its code
//! - `requests`: what the harness asked of a server, as command lines
//! - `bytes`: bytes as literals of Python and the shell
//! - `distinct`: one case for each distinct failure
//! - `page`: the text of the issue

mod bytes;
mod distinct;
mod page;
mod python;
mod requests;
mod session;

pub use distinct::{Distinct, distinct};
pub use page::{Issue, IssueFile, issue};
