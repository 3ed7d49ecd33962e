//! The reference server: topics of event streams over HTTP/1.x and HTTP/2, written from the texts of the standards.
//!
//! It shows what a case expects of a server that does everything right, and it proves the cases of servers as the reference
//! client proves those of clients.
//!
//! - `encoder`: what is written for an event, a comment, a reconnection time
//! - `topic`, `history`, `outlet`: who gets it, and what waits for whom
//! - `pulse`: what is sent where nothing happens
//! - `request`, `answer`: a request, and the head of its response
//! - `http1`, `http2`: the connections
//! - `site`: the listener, and the topics by their paths
//! - `adapter`: the orders of the harness
//! - `defect`: the ways to get it wrong that can be switched on; modules named `wrong` hold what they do

mod adapter;
mod answer;
mod date;
mod defect;
mod encoder;
mod history;
mod http1;
mod http2;
mod outlet;
mod pulse;
mod request;
mod site;
mod topic;

pub(super) use adapter::session;
pub use defect::ServerDefect;

/// An event that an application emits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Event {
    kind: Option<String>,
    data: String,
    id: Option<String>,
    /// A reconnection time, whatever the application gives for one.
    retry: Option<String>,
}

/// What an application emits.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Emission {
    Event(Event),
    Comment(String),
    /// In milliseconds.
    Retry(u64),
}

/// What an application is told of its clients.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Notice {
    Connected {
        /// Empty where the client sent none.
        last_event_id: String,
    },
    Disconnected,
}
