//! The events that a client may have missed.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;
use crate::server::emission::Event;

/// How many events are kept.
const EVENTS: usize = 1000;

/// How many bytes of events are kept.
const BYTES: usize = 8 * 1024 * 1024;

/// An event with an id, as the application sent it and as it was written.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    event: Event,
    bytes: Bytes,
}

impl Kept {
    /// Its id; an event without one is not kept.
    fn id(&self) -> &str {
        self.event.id.as_deref().unwrap_or_default()
    }
}

/// A request for missed events: those after the last event with this id.
#[derive(Debug)]
pub(crate) struct Missed<'i> {
    pub(crate) id: &'i str,
    /// How many events were kept when the last client left. Only defects read it.
    pub(crate) kept_at_departure: usize,
}

/// The last events that had an id.
#[derive(Debug, Default)]
pub(crate) struct History {
    kept: VecDeque<Kept>,
    length: usize,
}

impl History {
    /// Keeps an event that has an id.
    pub(crate) fn keep(&mut self, event: &Event, bytes: &Bytes) {
        if event.id.as_deref().is_none_or(str::is_empty) {
            return;
        }
        self.length += bytes.len();
        self.kept.push_back(Kept { event: event.clone(), bytes: bytes.clone() });
        while self.kept.len() > EVENTS || self.length > BYTES {
            if !self.drop_oldest() {
                break;
            }
        }
    }

    /// Drops the oldest event. Returns whether there was one.
    pub(crate) fn drop_oldest(&mut self) -> bool {
        let Some(oldest) = self.kept.pop_front() else { return false };
        self.length -= oldest.bytes.len();
        true
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// How many events are kept.
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether an event with this id is kept.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.kept.iter().any(|kept| kept.id() == id)
    }

    /// The events after the last one with this id; none if it is unknown.
    pub(crate) fn missed(&self, missed: &Missed<'_>, defects: &Defects) -> Vec<Kept> {
        let has = |defect| defects.has(defect);
        let from = |at: usize| self.kept.iter().skip(at).cloned().collect();
        let known = self.kept.iter().rposition(|kept| kept.id() == missed.id);
        if let Some(at) = known {
            if has(Defect::ReplayFromTheSame) {
                return from(at);
            }
            if has(Defect::ReplayFromWhatWasSent) {
                return from(missed.kept_at_departure);
            }
        }
        if has(Defect::IdsAreNumbers) {
            let number = |text: &str| text.parse::<u64>().ok();
            let Some(last) = number(missed.id) else { return Vec::new() };
            let is_later = |kept: &&Kept| number(kept.id()).is_some_and(|id| id > last);
            return self.kept.iter().filter(is_later).cloned().collect();
        }
        let Some(at) = known else { return Vec::new() };
        if has(Defect::IdsAreOrdered) {
            return self.kept.iter().filter(|kept| kept.id() > missed.id).cloned().collect();
        }
        from(at + 1)
    }
}

/// The bytes of a missed event when it is sent again: unchanged.
pub(crate) fn replayed(kept: &Kept, defects: &Defects) -> Bytes {
    let has = |defect| defects.has(defect);
    let text = || String::from_utf8_lossy(&kept.bytes).into_owned();
    let without = |name: &str| -> Bytes {
        text().split_inclusive('\n').filter(|line| !line.starts_with(name)).collect::<String>().into()
    };
    if kept.event.kind.is_some() && has(Defect::ReplayWithoutTypes) {
        return without("event:");
    }
    if has(Defect::ReplayWithoutIds) {
        return without("id:");
    }
    if kept.event.data.contains('\n') && has(Defect::ReplayOfFirstLines) {
        return text().replacen("data:", "\u{1}", 1).replace("data:", ":").replace('\u{1}', "data:").into();
    }
    kept.bytes.clone()
}
