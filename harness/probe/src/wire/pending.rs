//! Fields that wait for their blank line.

use std::time::Duration;

use ssespec_strict::Field;

/// A field that comes so long after the one before it in its block was not written with it.
const PAUSE: Duration = Duration::from_millis(500);

/// What was seen of fields in the blocks of a stream, whether or not a blank line followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pending {
    /// How many data fields came.
    pub(crate) data: u64,
    /// When the first came.
    pub(crate) since: Option<Duration>,
    /// How often a field came long after another of its block.
    pub(crate) pauses: u64,
    /// A type or an id that is not the first of its block, as it was sent.
    pub(crate) second: Option<String>,
    /// Whether fields came after the last blank line.
    pub(crate) is_open: bool,
    last: Duration,
    kind: bool,
    id: bool,
}

impl Pending {
    /// A field has come.
    pub(super) fn field(&mut self, field: &Field) {
        if self.is_open && field.at.saturating_sub(self.last) > PAUSE {
            self.pauses += 1;
        }
        (self.is_open, self.last) = (true, field.at);
        let is_second = match field.name.as_str() {
            "data" => {
                self.data += 1;
                self.since.get_or_insert(field.at);
                false
            }
            "event" => std::mem::replace(&mut self.kind, true),
            "id" => std::mem::replace(&mut self.id, true),
            _ => false,
        };
        if is_second && self.second.is_none() {
            self.second = Some(format!("{}: {}", field.name, field.value));
        }
    }

    /// A blank line has come.
    pub(super) fn blank_line(&mut self) {
        (self.is_open, self.kind, self.id) = (false, false, false);
    }
}
