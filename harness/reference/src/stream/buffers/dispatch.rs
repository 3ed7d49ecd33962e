//! The dispatch of an event.

use std::sync::Arc;
use std::time::Duration;

use super::Buffers;
use crate::defect::list::Defect;
use crate::stream::output::Event;
use crate::stream::resumption::Resumption;
use crate::stream::retry;

impl Buffers {
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage>. The event is given to the
    /// caller, which queues the task that fires it.
    pub(crate) fn dispatch(&mut self, resumption: &mut Resumption) -> Option<Event> {
        let waiting = self.notes.waiting_retry.take().and_then(|digits| retry::integer(&digits));
        if let Some(milliseconds) = waiting
            && !(self.data.is_empty() && self.defects.has(Defect::RetryNeedsData))
        {
            resumption.reconnection_time = Duration::from_millis(milliseconds);
        }
        let has_id = std::mem::take(&mut self.notes.has_id);
        let has_empty_type = std::mem::take(&mut self.notes.has_empty_type);
        self.settle_last_event_id(has_id, resumption);
        self.commit_last_event_id(resumption);
        if self.data == "\n" && self.defects.has(Defect::EmptyEventNotDelivered) {
            self.data.clear();
        }
        if self.data.is_empty() {
            self.reset(Defect::TypeOfBlockWithoutDataKept);
            return None;
        }
        let kind = self.kind(has_empty_type);
        let data = self.take_data();
        self.reset(Defect::TypeKept);
        let last_event_id = self.shown_last_event_id(has_id, resumption);
        let event = Event { kind, data, last_event_id };
        self.is_delivered(&event).then_some(event)
    }

    /// The last event ID buffer at the end of a block: the value that the `id` fields gave it.
    fn settle_last_event_id(&mut self, has_id: bool, resumption: &Resumption) {
        let is_new = self.last_event_id != resumption.last_event_id;
        let is_first = !self.data.is_empty() && std::mem::take(&mut self.notes.is_first);
        if is_first
            && !has_id
            && !self.last_event_id.is_empty()
            && self.defects.has(Defect::IdForgottenByFirstEvent)
        {
            self.last_event_id = "".into();
            return;
        }
        let has = |defect| self.defects.has(defect);
        if self.data.is_empty() {
            if is_new && has(Defect::IdWithoutDataIgnored) {
                self.last_event_id = Arc::clone(&resumption.last_event_id);
            }
        } else if is_new && !self.event_type.is_empty() && has(Defect::IdOfMessagesOnly) {
            self.last_event_id = Arc::clone(&resumption.last_event_id);
        } else if !has_id && !self.last_event_id.is_empty() && has(Defect::IdForgottenByNextEvent) {
            self.last_event_id = "".into();
        }
    }

    /// Step 1: "Set the last event ID string of the event source to the value of the last event ID buffer. The buffer
    /// does not get reset". This happens without data too.
    pub(super) fn commit_last_event_id(&self, resumption: &mut Resumption) {
        resumption.last_event_id = Arc::clone(&self.last_event_id);
    }

    /// Step 3: "If the data buffer's last character is a U+000A LINE FEED (LF) character, then remove the last
    /// character from the data buffer." The buffer is empty then, as step 7 wants it.
    fn take_data(&mut self) -> String {
        let has = |defect| self.defects.has(defect);
        let keeps_all = self.data.ends_with("\n\n") && has(Defect::AllLastLfsRemoved);
        let is_stripped = keeps_all || !has(Defect::LastLfKept);
        let is_kept = has(Defect::DataKept);
        let mut data = if is_kept { self.data.clone() } else { std::mem::take(&mut self.data) };
        if keeps_all {
            data.truncate(data.trim_end_matches('\n').len());
        } else if is_stripped && data.ends_with('\n') {
            data.pop();
        }
        self.read_data(data)
    }

    /// The data that the user gets: its lines, joined with LF.
    fn read_data(&self, data: String) -> String {
        let has = |defect| self.defects.has(defect);
        if data.contains('\n') {
            let separators = [
                (Defect::DataJoinedWithSpace, " "),
                (Defect::DataJoinedWithNothing, ""),
                (Defect::DataJoinedWithCrlf, "\r\n"),
            ];
            if let Some((_, separator)) = separators.into_iter().find(|(defect, _)| has(*defect)) {
                return data.replace('\n', separator);
            }
        }
        if data.trim() != data && has(Defect::DataTrimmed) {
            return data.trim().to_owned();
        }
        if data.starts_with(['[', '{']) && has(Defect::JsonRewritten) {
            let value: Option<serde_json::Value> = serde_json::from_str(&data).ok();
            return value.map_or(data, |value| value.to_string());
        }
        data
    }

    /// Steps 5 and 6: the type is `message`, but "if the event type buffer has a value other than the empty string",
    /// that value.
    fn kind(&self, has_empty_type: bool) -> String {
        match self.event_type.as_str() {
            "" | "message" if has_empty_type && self.defects.has(Defect::EmptyTypeIsAType) => String::new(),
            "" if self.defects.has(Defect::NoTypeIsEmpty) => String::new(),
            "" => "message".to_owned(),
            kind => kind.to_owned(),
        }
    }

    /// Steps 2 and 7: "set the data buffer and the event type buffer to the empty string". The data was taken, or there
    /// was none. The defect is that the type stays.
    fn reset(&mut self, type_kept: Defect) {
        if self.event_type.is_empty() || !self.defects.has(type_kept) {
            self.event_type.clear();
        }
    }

    /// Clears the buffers in the middle of a block, which only a defect does.
    pub(crate) fn discard(&mut self) {
        self.data.clear();
        self.event_type.clear();
    }

    /// Step 4: `lastEventId` is "the last event ID string of the event source".
    fn shown_last_event_id(&self, has_id: bool, resumption: &Resumption) -> Arc<str> {
        let id = &resumption.last_event_id;
        if !id.is_empty() && !has_id && self.defects.has(Defect::OwnIdOnly) {
            return "".into();
        }
        if id.is_empty() && !has_id && self.defects.has(Defect::NoIdIsTheWordNull) {
            return "null".into();
        }
        Arc::clone(id)
    }

    /// Step 8: every event is dispatched, whatever its type.
    fn is_delivered(&self, event: &Event) -> bool {
        !((event.kind == "error" && self.defects.has(Defect::ErrorTypeNotDelivered))
            || (event.kind == "open" && self.defects.has(Defect::OpenTypeNotDelivered)))
    }
}
