//! The header fields of the next request.

use super::EventSource;
use crate::defect::list::Defect;

impl EventSource {
    /// Sets the header fields that the user has changed since the last fetch.
    pub(super) fn refresh_headers(&mut self) {
        let fields = self.observer.headers();
        if fields == self.past.fields || self.defects.has(Defect::RefreshedHeadersNotSent) {
            return;
        }
        self.request.refresh(&fields);
        self.past.fields = fields;
        if self.defects.has(Defect::RefreshForgetsLastEventId) {
            self.resumption.last_event_id = "".into();
        }
    }

    /// Sets `Last-Event-ID` to the last event ID string, which the user may have given.
    pub(super) fn set_last_event_id(&mut self) {
        let has = |defect| self.defects.has(defect);
        let (id, initial) = (&*self.resumption.last_event_id, &self.past.initial_id);
        self.request.set_last_event_id(id);
        let is_first = self.past.reconnections == 0;
        if !initial.is_empty() {
            if is_first && has(Defect::InitialIdNotSent) {
                self.request.set_last_event_id("");
            } else if !is_first && id != initial && has(Defect::InitialIdSentAlways) {
                self.request.set_last_event_id(initial);
            } else if !is_first && id == initial && has(Defect::InitialIdSentOnce) {
                self.request.set_last_event_id("");
            }
        } else if id.is_empty() && !is_first && has(Defect::EmptyLastEventIdSentAgain) {
            self.request.set_empty_last_event_id();
        }
    }
}
