//! The reference implementations: a sound client, a sound server and a sound intermediary, written from the texts of the standards, and the
//! defects that can be switched on in them.
//!
//! They show what a case expects of a correct implementation, and they prove the cases: the sound ones pass every case,
//! and each defect fails at least one.
//!
//! - `client`: the `EventSource` client
//! - `stream`: the interpretation of an event stream
//! - `server`: the server, over HTTP/1.x and HTTP/2
//! - `intermediary`: the intermediary, over HTTP/1.x and HTTP/2
//! - `defect`: the lists of defects, and how one is switched on
//! - `pace`: how fast a client with defects ages
//! - `adapters`: all of them as adapters in this process

mod adapters;
mod client;
mod defect;
mod intermediary;
mod pace;
mod server;
mod stream;

pub use adapters::{
    client, client_watched, defective, defective_intermediary, defective_server, intermediary, server,
    server_with_defects, surveyed, surveyed_at, surveyed_intermediary, surveyed_server, with_defects,
    with_defects_at,
};
pub use defect::list::{Defect, IntermediaryDefect, ServerDefect};
pub use defect::switches::Reached;
pub use intermediary::behind::Behind;
pub use intermediary::proxy::Intermediary;
pub use pace::Pace;
