//! Fields of event blocks, also of unfinished ones.

use std::time::Duration;

use ssespec_strict::Field;

/// A field that comes so long after another one of its block was not written together with it.
pub(crate) const PAUSE: Duration = Duration::from_millis(500);

/// How many pauses are kept.
const PAUSES: usize = 100;

/// A field in one line.
fn as_sent(field: &Field) -> String {
    if field.value.is_empty() { field.name.clone() } else { format!("{}: {}", field.name, field.value) }
}

/// The fields of a stream's event blocks, whether or not a blank line followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BlockFields {
    /// How many data fields came.
    pub(crate) data_count: u64,
    /// When the first data field came.
    pub(crate) first_data: Option<Duration>,
    /// The times at which a field came long after another one of its block: of that one, and of the field; up to a limit.
    pub(crate) pauses: Vec<(Duration, Duration)>,
    /// The first `event` or `id` field that is not the only one in its block, as sent.
    pub(crate) repeated: Option<String>,
    /// How many other fields came, which clients do not know.
    pub(crate) other_count: u64,
    /// The first of them, as sent, and when it came.
    pub(crate) first_other: Option<(String, Duration)>,
    /// Whether fields came after the last blank line.
    pub(crate) is_open: bool,
    last: Duration,
    has_event: bool,
    has_id: bool,
}

impl BlockFields {
    /// A field has come.
    pub(crate) fn field(&mut self, field: &Field) {
        if self.is_open && field.at.saturating_sub(self.last) > PAUSE {
            self.note_pause(field.at);
        }
        (self.is_open, self.last) = (true, field.at);
        let is_repeated = match field.name.as_str() {
            "data" => {
                self.data_count += 1;
                self.first_data.get_or_insert(field.at);
                false
            }
            "event" => std::mem::replace(&mut self.has_event, true),
            "id" => std::mem::replace(&mut self.has_id, true),
            "retry" => false,
            _ => {
                self.other_count += 1;
                self.first_other.get_or_insert_with(|| (as_sent(field), field.at));
                false
            }
        };
        if is_repeated && self.repeated.is_none() {
            self.repeated = Some(as_sent(field));
        }
    }

    fn note_pause(&mut self, at: Duration) {
        if self.pauses.len() < PAUSES {
            self.pauses.push((self.last, at));
        }
    }

    /// A blank line has come.
    pub(crate) fn blank_line(&mut self) {
        (self.is_open, self.has_event, self.has_id) = (false, false, false);
    }
}
