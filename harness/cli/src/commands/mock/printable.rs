//! What `ssespec mock` prints after its URL.

use ssespec::manual::Notice;
use ssespec_mock_server::scenario::journal::Entry;

/// What is printed as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Printable {
    /// An entry of the journal.
    Entry(Entry),
    /// What happens in a case, and what the client must do next.
    Notice(Notice),
}

impl Printable {
    /// About how many bytes of memory it takes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Entry(entry) => entry.size(),
            Self::Notice(notice) => size_of::<Notice>() + notice.text().len(),
        }
    }

    /// The line for people.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Entry(entry) => entry.line(),
            Self::Notice(notice) => notice.to_string(),
        }
    }

    /// The line in JSON.
    pub(super) fn json(&self) -> String {
        match self {
            Self::Entry(entry) => serde_json::json!(entry).to_string(),
            Self::Notice(notice) => notice.json().to_string(),
        }
    }
}

impl From<Entry> for Printable {
    fn from(entry: Entry) -> Self {
        Self::Entry(entry)
    }
}

impl From<Notice> for Printable {
    fn from(notice: Notice) -> Self {
        Self::Notice(notice)
    }
}
