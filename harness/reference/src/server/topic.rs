//! One topic: whoever opens its URL gets every event from then on, and what was missed since the event whose id it sends.
//!
//! Opening and emitting exclude each other, so that nothing is lost and nothing comes twice between what was missed and
//! what is new.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use super::defect::{Defects, ServerDefect as Defect};
use super::encoder::{Encoder, Refusal};
use super::history::History;
use super::outlet::{Next, Outlet};
use super::{Emission, Notice};
use wrong::Memory;

mod wrong;

/// Where a topic's application hears of its clients.
type Tell = dyn Fn(Notice) + Send + Sync;

/// How a client has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// It has closed its connection.
    Closed,
    /// Its connection broke, or it was given up.
    Broken,
    /// It has reset its stream over HTTP/2.
    Reset,
}

/// What a request for a topic comes to.
#[derive(Debug)]
pub(super) enum Opening {
    /// This stream.
    Stream(Arc<Outlet>),
    /// No stream, now or later.
    NoContent,
    /// Only of a server with a defect: another status.
    Status(u16),
}

struct State {
    encoder: Encoder,
    streams: Vec<Arc<Outlet>>,
    history: History,
    is_stopped: bool,
    /// What only a defect looks at.
    wrong: Memory,
}

/// One topic.
pub(super) struct Topic {
    state: Mutex<State>,
    tell: Box<Tell>,
    defects: Defects,
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topic").field("streams", &self.state().streams.len()).finish_non_exhaustive()
    }
}

impl Topic {
    /// A topic without streams, whose application is told so of its clients.
    pub(super) fn new(defects: Defects, tell: impl Fn(Notice) + Send + Sync + 'static) -> Arc<Self> {
        let state = State {
            encoder: Encoder::new(defects.clone()),
            streams: Vec::new(),
            history: History::default(),
            is_stopped: false,
            wrong: Memory::default(),
        };
        Arc::new(Self { state: Mutex::new(state), tell: Box::new(tell), defects })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends something on all streams.
    ///
    /// # Errors
    /// When no stream can carry it.
    pub(super) fn emit(&self, emission: &Emission) -> Result<(), Refusal> {
        let mut state = self.state();
        let encoded = state.encoder.encode(emission);
        if encoded.is_err() && self.defects.has(Defect::TextBreaksStreams) {
            state.streams.drain(..).for_each(|outlet| outlet.end(Next::GiveUp));
            return Ok(());
        }
        let bytes = encoded?;
        if self.defects.any() {
            self.emit_wrongly(&mut state, emission, &bytes);
            return Ok(());
        }
        if let Emission::Event(event) = emission {
            state.history.keep(event, &bytes);
        }
        send(&state.streams, &bytes);
        Ok(())
    }

    /// Opens a stream for a client that sends this Last-Event-ID.
    pub(super) fn open(&self, last_event_id: Option<&str>, woken: Arc<Notify>) -> Opening {
        let mut state = self.state();
        if self.defects.any()
            && let Some(opening) = self.open_wrongly(&mut state, &woken)
        {
            return opening;
        }
        if state.is_stopped {
            return Opening::NoContent;
        }
        let outlet = Outlet::new(woken);
        if self.defects.any() {
            self.begin_wrongly(&mut state, &outlet, last_event_id);
        } else {
            let missed = state.history.after(last_event_id.unwrap_or_default());
            missed.into_iter().for_each(|kept| outlet.push(kept.bytes));
        }
        state.streams.push(Arc::clone(&outlet));
        (self.tell)(Notice::Connected { last_event_id: last_event_id.unwrap_or_default().to_owned() });
        Opening::Stream(outlet)
    }

    /// A client has left, or was given up. Without effect where its stream was ended.
    pub(super) fn leave(&self, outlet: &Arc<Outlet>, how: Left) {
        let mut state = self.state();
        let before = state.streams.len();
        state.streams.retain(|other| !Arc::ptr_eq(other, outlet));
        if state.streams.len() == before {
            return;
        }
        if self.defects.any() {
            return self.leave_wrongly(&mut state, outlet, how);
        }
        (self.tell)(Notice::Disconnected);
    }

    /// Ends all streams, in order.
    pub(super) fn end(&self) {
        let mut state = self.state();
        if self.defects.any() {
            return self.end_wrongly(&mut state);
        }
        state.streams.drain(..).for_each(|outlet| outlet.end(Next::End));
    }

    /// Whether an event with this id is kept.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.state().history.kept.iter().any(|kept| kept.id() == id)
    }

    /// From now on clients are told not to come again.
    pub(super) fn stop(&self) {
        self.state().is_stopped = true;
    }

    /// The server is about to leave.
    pub(super) fn shut_down(&self) {
        let mut state = self.state();
        if self.defects.any()
            && let Some(end) = self.shut_down_wrongly()
        {
            return state
                .streams
                .iter()
                .for_each(|outlet| end.iter().for_each(|end| outlet.end(end.clone())));
        }
        state.streams.drain(..).for_each(|outlet| outlet.end(Next::End));
    }

    /// Drops everything: its streams end without a goodbye, and nobody is told.
    pub(super) fn close(&self) {
        self.state().streams.drain(..).for_each(|outlet| outlet.end(Next::GiveUp));
    }
}

fn send(streams: &[Arc<Outlet>], bytes: &Bytes) {
    streams.iter().for_each(|outlet| outlet.push(bytes.clone()));
}
