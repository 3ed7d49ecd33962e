//! What a server saw and did, a line each.

use std::time::SystemTime;

use serde::Serialize;

#[cfg(test)]
mod tests;

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// When, in the form of RFC 3339 with milliseconds.
    pub at: String,
    /// The connection's number, from 1.
    pub connection: u32,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// A request came.
    Request {
        /// Its method.
        method: String,
        /// Its target.
        target: String,
        /// Its header fields; bytes that are not UTF-8 are replaced.
        headers: Vec<(String, String)>,
        /// Which route serves it, as written; absent where none does.
        route: Option<String>,
        /// Which of the route's connections this is, from 1.
        nth: usize,
    },
    /// Bytes came that are no request.
    Malformed {
        /// What is wrong with them.
        reason: String,
    },
    /// The script of a connection was played to its end; what it left open stays so until the client leaves.
    Played,
    /// The client left.
    Left {
        /// `fin`, `reset` or how else.
        how: String,
    },
    /// The script dropped the connection.
    Dropped {
        /// `fin` or `reset`.
        how: String,
    },
    /// The script ended the body.
    Ended,
}

impl Entry {
    /// An entry of this moment.
    pub fn now(connection: u32, what: What) -> Self {
        Self { at: humantime::format_rfc3339_millis(SystemTime::now()).to_string(), connection, what }
    }

    /// The value of a header field, for a request that has it.
    pub fn header(&self, name: &str) -> Option<&str> {
        let What::Request { headers, .. } = &self.what else { return None };
        let (_, value) = headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// As a line for people, with control characters written out.
    pub fn line(&self) -> String {
        let time = self.at.get(11..23).unwrap_or(&self.at);
        format!("{time}  #{:<3} {}", self.connection, self.what.words())
    }
}

impl What {
    fn words(&self) -> String {
        match self {
            Self::Request { method, target, headers, route, nth } => {
                let resume = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("last-event-id"));
                let resume: String = resume.map(|(_, value)| format!("  last-event-id: {value:?}")).collect();
                let served = match route {
                    Some(route) => format!("route {route}, connection {nth}"),
                    None => "no route".into(),
                };
                format!("{} {}{resume}  ({served})", method.escape_debug(), target.escape_debug())
            }
            Self::Malformed { reason } => format!("not a request: {}", reason.escape_debug()),
            Self::Played => "the script is played".into(),
            Self::Left { how } => format!("the client left ({how})"),
            Self::Dropped { how } => format!("dropped ({how})"),
            Self::Ended => "the body ended".into(),
        }
    }
}
