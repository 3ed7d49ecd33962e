//! One topic: a client that opens its URL first gets the events after its Last-Event-ID, then every new event.
//!
//! A lock keeps streams from being opened while an event is sent, so no event is lost or repeated between the missed
//! events and the new ones.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;
use crate::server::emission::{Emission, Event};
use crate::server::encoder::{Encoder, Refusal};
use crate::server::history::{History, Missed, replayed};
use crate::server::notice::{Departure, Notice};
use crate::server::stream_queue::{Next, StreamQueue};

/// More than a small event, in bytes.
const LARGE: usize = 64 * 1024;

/// How long a gap between missed and new events is.
const GAP: Duration = Duration::from_millis(50);

/// The function that passes notices to the topic's application.
type Notify = dyn Fn(Notice) + Send + Sync;

/// How a request for a topic is answered.
#[derive(Debug)]
pub(crate) enum Opening {
    /// With this stream.
    Stream(Arc<StreamQueue>),
    /// With no stream: the client must stop reconnecting.
    NoContent,
    /// With another status, which only a defect does.
    Status(u16),
}

struct TopicState {
    encoder: Encoder,
    streams: Vec<Arc<StreamQueue>>,
    history: History,
    is_stopped: bool,
    notes: Notes,
}

/// A record of earlier streams and events, read only by defects.
#[derive(Debug, Default)]
struct Notes {
    /// How many streams were opened.
    opened: usize,
    /// How many events were sent, the first of them, and the last.
    events: usize,
    first: Vec<Bytes>,
    last: Bytes,
    /// Events that are sent with the next one.
    held: Vec<Bytes>,
    /// Missed events that streams get after the next new one.
    late: Vec<(Arc<StreamQueue>, Vec<Bytes>)>,
    /// How many events were kept when the last client left.
    kept_at_departure: usize,
    /// How many departures have not been reported yet, and whether any was reported.
    unreported: usize,
    has_reported: bool,
    /// Whether the application ended the streams.
    has_ended: bool,
}

/// One topic.
pub(crate) struct Topic {
    state: Mutex<TopicState>,
    notify: Box<Notify>,
    defects: Defects,
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topic").field("streams", &self.state().streams.len()).finish_non_exhaustive()
    }
}

impl Topic {
    /// A topic without streams. This function tells its application about clients.
    pub(crate) fn new(defects: Defects, notify: impl Fn(Notice) + Send + Sync + 'static) -> Arc<Self> {
        let state = TopicState {
            encoder: Encoder::new(defects.clone()),
            streams: Vec::new(),
            history: History::default(),
            is_stopped: false,
            notes: Notes::default(),
        };
        Arc::new(Self { state: Mutex::new(state), notify: Box::new(notify), defects })
    }

    fn state(&self) -> MutexGuard<'_, TopicState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends something on all streams.
    ///
    /// # Errors
    /// If an event stream cannot carry it.
    pub(crate) fn emit(&self, emission: &Emission) -> Result<(), Refusal> {
        let mut state = self.state();
        let encoded = state.encoder.encode(emission);
        if encoded.is_err() && self.defects.has(Defect::TextBreaksStreams) {
            end_all(&mut state.streams, &Next::Drop);
            return Ok(());
        }
        let bytes = encoded?;
        for _ in 0..std::mem::take(&mut state.notes.unreported) {
            (self.notify)(Notice::Disconnected);
        }
        match emission {
            Emission::Event(event) => self.send_event(&mut state, event, &bytes),
            Emission::Comment(_) | Emission::Retry(_) => send(&state.streams, &bytes),
        }
        Ok(())
    }

    /// Keeps an event, and sends it immediately.
    fn send_event(&self, state: &mut TopicState, event: &Event, bytes: &Bytes) {
        let has = |defect| self.defects.has(defect);
        self.keep(state, event, bytes);
        let notes = &mut state.notes;
        notes.events += 1;
        notes.first.push(bytes.clone());
        notes.first.truncate(64);
        let last = std::mem::replace(&mut notes.last, bytes.clone());
        if last == *bytes && has(Defect::EqualEventsMerged) {
            return;
        }
        if has(Defect::EventsHeldBack) {
            let held = std::mem::replace(&mut notes.held, vec![bytes.clone()]);
            return held.iter().for_each(|bytes| send(&state.streams, bytes));
        }
        if bytes.len() > 2 * LARGE && has(Defect::LargeEventsOvertaken) {
            return notes.held.push(bytes.clone());
        }
        let is_slow = |queue: &Arc<StreamQueue>| queue.length() > 16 * LARGE;
        if state.streams.iter().any(is_slow) && has(Defect::SlowClientsHoldUp) {
            return;
        }
        self.send_to_streams(state, bytes);
        for bytes in std::mem::take(&mut state.notes.held) {
            send(&state.streams, &bytes);
        }
        for (queue, late) in std::mem::take(&mut state.notes.late) {
            late.into_iter().for_each(|bytes| queue.push(bytes));
        }
        if state.notes.events == 512 && has(Defect::StreamsEndAfterManyEvents) {
            end_all(&mut state.streams, &Next::End);
        }
    }

    /// Sends an event to each stream once.
    fn send_to_streams(&self, state: &TopicState, bytes: &Bytes) {
        let has = |defect| self.defects.has(defect);
        let streams = &state.streams;
        if streams.len() > 1 {
            if has(Defect::EventsForTheNewest) {
                return streams.last().into_iter().for_each(|queue| queue.push(bytes.clone()));
            }
            if has(Defect::EventsInTurn) {
                let turn = streams.get(state.notes.events % streams.len());
                return turn.into_iter().for_each(|queue| queue.push(bytes.clone()));
            }
        }
        send(streams, bytes);
        let gone = state.notes.opened.saturating_sub(streams.len());
        if gone > 0 && has(Defect::ListenersPileUp) {
            (0..gone).for_each(|_| send(streams, bytes));
        }
    }

    /// Keeps an event for clients that miss it.
    fn keep(&self, state: &mut TopicState, event: &Event, bytes: &Bytes) {
        let has = |defect| self.defects.has(defect);
        if event.id.is_none()
            || (state.streams.is_empty() && has(Defect::NothingKeptForNobody))
            || (bytes.len() > LARGE && has(Defect::SmallHistory))
        {
            return;
        }
        state.history.keep(event, bytes);
        if state.history.len() > 8 && has(Defect::ShortHistory) {
            state.history.drop_oldest();
        }
    }

    /// Opens a stream for a client that sends this Last-Event-ID.
    pub(crate) fn open(self: &Arc<Self>, last_event_id: Option<&str>) -> Opening {
        let has = |defect| self.defects.has(defect);
        let mut state = self.state();
        if state.notes.has_ended && has(Defect::EndIsForGood) {
            return Opening::Status(404);
        }
        if state.streams.len() >= 64 && has(Defect::StreamsLimited) {
            return Opening::Status(503);
        }
        let queue = StreamQueue::new();
        if state.is_stopped {
            if has(Defect::StopIsEmptyStream) {
                queue.end(Next::End);
                return Opening::Stream(queue);
            }
            return Opening::NoContent;
        }
        state.notes.opened += 1;
        self.begin(&mut state, &queue, last_event_id.unwrap_or_default());
        if last_event_id.is_some() && has(Defect::SubscribedAfterReplay) {
            self.subscribe_later(&queue, last_event_id);
            return Opening::Stream(queue);
        }
        state.streams.push(Arc::clone(&queue));
        (self.notify)(Notice::Connected { last_event_id: last_event_id.unwrap_or_default().to_owned() });
        Opening::Stream(queue)
    }

    /// Subscribes a stream when it is too late for what is emitted now. Only a topic with a defect does this.
    fn subscribe_later(self: &Arc<Self>, queue: &Arc<StreamQueue>, last_event_id: Option<&str>) {
        let last_event_id = last_event_id.unwrap_or_default().to_owned();
        let (topic, queue) = (Arc::clone(self), Arc::clone(queue));
        tokio::spawn(async move {
            tokio::time::sleep(GAP).await;
            topic.state().streams.push(queue);
            (topic.notify)(Notice::Connected { last_event_id });
        });
    }

    /// Begins a stream with the events that its client missed.
    fn begin(&self, state: &mut TopicState, queue: &Arc<StreamQueue>, id: &str) {
        let has = |defect| self.defects.has(defect);
        if has(Defect::GreetingSent) {
            queue.push(Bytes::from_static(b"event: connected\ndata: welcome\n\n"));
        }
        if id.is_empty() {
            if !state.notes.first.is_empty() && has(Defect::PastForEveryone) {
                state.notes.first.iter().for_each(|bytes| queue.push(bytes.clone()));
            }
            return;
        }
        let missed = Missed { id, kept_at_departure: state.notes.kept_at_departure };
        let missed = state.history.missed(&missed, &self.defects);
        let mut blocks: Vec<Bytes> = missed.iter().map(|kept| replayed(kept, &self.defects)).collect();
        if !blocks.is_empty() {
            if has(Defect::NothingReplayed) {
                blocks.clear();
            } else if has(Defect::ReplaySkipsOne) {
                blocks.remove(0);
            } else if has(Defect::ReplayWithoutTheLast) {
                blocks.pop();
            } else if has(Defect::ReplayRepeatsTheLast) {
                blocks.extend(blocks.last().cloned());
            } else if blocks.len() > 1 && has(Defect::ReplayBackwards) {
                blocks.reverse();
            } else if has(Defect::ReplayAfterTheNext) {
                state.notes.late.push((Arc::clone(queue), std::mem::take(&mut blocks)));
            } else if has(Defect::ReplayOnce) {
                state.history.clear();
            }
        }
        blocks.into_iter().for_each(|bytes| queue.push(bytes));
    }

    /// A client left, or was dropped. Has no effect if the topic ended its stream.
    pub(crate) fn leave(&self, queue: &Arc<StreamQueue>, how: Departure) {
        let has = |defect| self.defects.has(defect);
        let mut state = self.state();
        let before = state.streams.len();
        state.streams.retain(|other| !Arc::ptr_eq(other, queue));
        if state.streams.len() == before {
            return;
        }
        state.notes.kept_at_departure = state.history.len();
        if state.streams.is_empty() && state.history.len() > 0 && has(Defect::HistoryGoneWithTheLast) {
            state.history.clear();
        }
        if !state.streams.is_empty() {
            let ends_all = match how {
                Departure::Closed => has(Defect::LeavingEndsAll),
                Departure::Broken | Departure::Reset | Departure::ResetAmongOthers => {
                    has(Defect::BreakingEndsAll)
                }
            };
            if ends_all {
                end_all(&mut state.streams, &Next::End);
            }
        }
        self.report_departure(&mut state, queue, how);
    }

    /// Tells the application that a client left.
    fn report_departure(&self, state: &mut TopicState, queue: &StreamQueue, how: Departure) {
        let has = |defect| self.defects.has(defect);
        let is_unreported = match how {
            Departure::Closed => has(Defect::LeavingUntold),
            Departure::Broken => has(Defect::BreakingUntold),
            Departure::Reset => has(Defect::Http2ResetUntold),
            Departure::ResetAmongOthers => {
                has(Defect::Http2ResetUntold) || has(Defect::Http2ResetAmongOthersUntold)
            }
        };
        let has_reported = std::mem::replace(&mut state.notes.has_reported, true);
        if is_unreported
            || (state.notes.events == 0 && !queue.is_ended() && has(Defect::LeavingBeforeEventsUntold))
            || (has_reported && has(Defect::LeavingToldOnce))
        {
            return;
        }
        if has(Defect::LeavingToldOnWrite) {
            state.notes.unreported += 1;
            return;
        }
        (self.notify)(Notice::Disconnected);
    }

    /// Ends all streams cleanly.
    pub(crate) fn end(&self) {
        let has = |defect| self.defects.has(defect);
        let mut state = self.state();
        state.notes.has_ended = true;
        if has(Defect::EndIsIgnored) {
            return;
        }
        if has(Defect::EndIsAnnounced) {
            send(&state.streams, &Bytes::from_static(b"event: end\ndata: [DONE]\n\n"));
        }
        let how = if has(Defect::EndIsReset) { Next::Drop } else { Next::End };
        if state.streams.len() > 1 && has(Defect::EndOfTheNewest) {
            return state.streams.pop().into_iter().for_each(|queue| queue.end(how.clone()));
        }
        end_all(&mut state.streams, &how);
    }

    /// Whether an event with this id is kept.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.state().history.knows(id)
    }

    /// From now on, responses tell clients to stop reconnecting.
    pub(crate) fn stop(&self) {
        self.state().is_stopped = true;
    }

    /// The server is shutting down: ends all streams cleanly.
    pub(crate) fn shut_down(&self) {
        let mut state = self.state();
        if self.defects.has(Defect::ShutdownWaits) {
            return;
        }
        if self.defects.has(Defect::ShutdownBreaks) {
            return state.streams.iter().for_each(|queue| queue.end(Next::Drop));
        }
        end_all(&mut state.streams, &Next::End);
    }

    /// Drops all clients without telling the application.
    pub(crate) fn close(&self) {
        end_all(&mut self.state().streams, &Next::Drop);
    }
}

fn send(streams: &[Arc<StreamQueue>], bytes: &Bytes) {
    streams.iter().for_each(|queue| queue.push(bytes.clone()));
}

fn end_all(streams: &mut Vec<Arc<StreamQueue>>, how: &Next) {
    streams.drain(..).for_each(|queue| queue.end(how.clone()));
}
