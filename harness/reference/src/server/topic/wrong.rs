//! What comes of defects in a topic.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::Notify;

use super::super::defect::ServerDefect as Defect;
use super::super::history::Kept;
use super::super::outlet::{Next, Outlet};
use super::super::{Emission, Event, Notice};
use super::{Left, Opening, State, Topic, send};

/// More than a small event.
const LARGE: usize = 64 * 1024;

/// What a defect remembers.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// How often a stream was opened.
    opened: usize,
    /// How many events were emitted.
    events: usize,
    /// The last block.
    last: Bytes,
    /// What is sent with the next.
    held: Vec<Bytes>,
    /// What a stream missed and gets after the next event.
    late: Vec<(Arc<Outlet>, Vec<Bytes>)>,
    /// All events.
    past: Vec<Bytes>,
    /// How many events were kept when the last client left.
    sent: usize,
    /// How many have left and were not told of.
    untold: usize,
    has_told: bool,
    has_ended: bool,
}

impl Topic {
    pub(super) fn emit_wrongly(&self, state: &mut State, emission: &Emission, bytes: &Bytes) {
        let has = |defect| self.defects.has(defect);
        if state.wrong.untold > 0 {
            for _ in 0..std::mem::take(&mut state.wrong.untold) {
                (self.tell)(Notice::Disconnected);
            }
        }
        let Emission::Event(event) = emission else { return send(&state.streams, bytes) };
        if event.id.is_some() {
            self.keep_wrongly(state, event, bytes);
        }
        state.wrong.events += 1;
        state.wrong.past.push(bytes.clone());
        state.wrong.past.truncate(64);
        let last = std::mem::replace(&mut state.wrong.last, bytes.clone());
        if last == *bytes && has(Defect::EqualEventsMerged) {
            return;
        }
        if has(Defect::EventsHeldBack) {
            let held = std::mem::replace(&mut state.wrong.held, vec![bytes.clone()]);
            return held.iter().for_each(|bytes| send(&state.streams, bytes));
        }
        if bytes.len() > 2 * LARGE && has(Defect::LargeEventsOvertaken) {
            return state.wrong.held.push(bytes.clone());
        }
        if state.streams.iter().any(|outlet| outlet.waiting() > 16 * LARGE) && has(Defect::SlowClientsHoldUp)
        {
            return;
        }
        self.send_wrongly(state, bytes);
        for bytes in std::mem::take(&mut state.wrong.held) {
            send(&state.streams, &bytes);
        }
        for (outlet, late) in std::mem::take(&mut state.wrong.late) {
            late.into_iter().for_each(|bytes| outlet.push(bytes));
        }
        if state.wrong.events == 512 && has(Defect::StreamsEndAfterManyEvents) {
            state.streams.drain(..).for_each(|outlet| outlet.end(Next::End));
        }
    }

    fn send_wrongly(&self, state: &State, bytes: &Bytes) {
        let has = |defect| self.defects.has(defect);
        let streams = &state.streams;
        if streams.len() > 1 {
            if has(Defect::EventsForTheNewest) {
                return streams.last().into_iter().for_each(|outlet| outlet.push(bytes.clone()));
            }
            if has(Defect::EventsInTurn) {
                let turn = streams.get(state.wrong.events % streams.len());
                return turn.into_iter().for_each(|outlet| outlet.push(bytes.clone()));
            }
        }
        send(streams, bytes);
        let gone = state.wrong.opened.saturating_sub(streams.len());
        if gone > 0 && has(Defect::ListenersPileUp) {
            (0..gone).for_each(|_| send(streams, bytes));
        }
    }

    fn keep_wrongly(&self, state: &mut State, event: &Event, bytes: &Bytes) {
        let has = |defect| self.defects.has(defect);
        if state.streams.is_empty() && has(Defect::NothingKeptForNobody) {
            return;
        }
        if bytes.len() > LARGE && has(Defect::SmallHistory) {
            return;
        }
        state.history.keep(event, bytes);
        if state.history.kept.len() > 8 && has(Defect::ShortHistory) {
            state.history.kept.pop_front();
        }
    }

    /// A request that is answered otherwise than with a stream of its own.
    pub(super) fn open_wrongly(&self, state: &mut State, woken: &Arc<Notify>) -> Option<Opening> {
        let has = |defect| self.defects.has(defect);
        if state.wrong.has_ended && has(Defect::EndIsForGood) {
            return Some(Opening::Status(404));
        }
        if state.streams.len() >= 64 && has(Defect::StreamsLimited) {
            return Some(Opening::Status(503));
        }
        if state.is_stopped && has(Defect::StopIsEmptyStream) {
            let outlet = Outlet::new(Arc::clone(woken));
            outlet.end(Next::End);
            return Some(Opening::Stream(outlet));
        }
        None
    }

    /// What a new stream begins with.
    pub(super) fn begin_wrongly(&self, state: &mut State, outlet: &Arc<Outlet>, id: Option<&str>) {
        let has = |defect| self.defects.has(defect);
        state.wrong.opened += 1;
        if has(Defect::GreetingSent) {
            outlet.push(Bytes::from_static(b"event: connected\ndata: welcome\n\n"));
        }
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            if !state.wrong.past.is_empty() && has(Defect::PastForEveryone) {
                state.wrong.past.iter().for_each(|bytes| outlet.push(bytes.clone()));
            }
            return;
        };
        let missed = self.missed_wrongly(state, id);
        let mut blocks: Vec<Bytes> = missed.iter().map(|kept| self.again(kept)).collect();
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
                state.wrong.late.push((Arc::clone(outlet), std::mem::take(&mut blocks)));
            } else if has(Defect::ReplayOnce) {
                state.history.kept.clear();
            }
        }
        blocks.into_iter().for_each(|bytes| outlet.push(bytes));
    }

    /// The events that a client is thought to have missed.
    fn missed_wrongly(&self, state: &State, id: &str) -> Vec<Kept> {
        let has = |defect| self.defects.has(defect);
        let kept = &state.history.kept;
        let known = kept.iter().any(|kept| kept.id() == id);
        if known && has(Defect::ReplayFromTheSame) {
            let at = kept.iter().rposition(|kept| kept.id() == id).unwrap_or_default();
            return kept.iter().skip(at).cloned().collect();
        }
        if known && has(Defect::ReplayFromWhatWasSent) {
            return kept.iter().skip(state.wrong.sent).cloned().collect();
        }
        if has(Defect::IdsAreNumbers) {
            let number = |text: &str| text.parse::<u64>().ok();
            let Some(last) = number(id) else { return Vec::new() };
            return kept
                .iter()
                .filter(|kept| number(kept.id()).is_some_and(|id| id > last))
                .cloned()
                .collect();
        }
        if known && has(Defect::IdsAreOrdered) {
            return kept.iter().filter(|kept| kept.id() > id).cloned().collect();
        }
        state.history.after(id)
    }

    /// A missed event as it is written again.
    fn again(&self, kept: &Kept) -> Bytes {
        let has = |defect| self.defects.has(defect);
        let text = || String::from_utf8_lossy(&kept.bytes).into_owned();
        let without = |name: &str| -> Bytes {
            let text = text();
            text.split_inclusive('\n').filter(|line| !line.starts_with(name)).collect::<String>().into()
        };
        if kept.event.kind.is_some() && has(Defect::ReplayWithoutTypes) {
            return without("event:");
        }
        if has(Defect::ReplayWithoutIds) {
            return without("id:");
        }
        if kept.event.data.contains('\n') && has(Defect::ReplayOfFirstLines) {
            return text()
                .replacen("data:", "\u{1}", 1)
                .replace("data:", ":")
                .replace('\u{1}', "data:")
                .into();
        }
        kept.bytes.clone()
    }

    pub(super) fn leave_wrongly(&self, state: &mut State, outlet: &Outlet, how: Left) {
        let has = |defect| self.defects.has(defect);
        state.wrong.sent = state.history.kept.len();
        if state.streams.is_empty() && !state.history.kept.is_empty() && has(Defect::HistoryGoneWithTheLast) {
            state.history.kept.clear();
        }
        if !state.streams.is_empty() {
            let ends_all = match how {
                Left::Closed => has(Defect::LeavingEndsAll),
                Left::Broken | Left::Reset => has(Defect::BreakingEndsAll),
            };
            if ends_all {
                state.streams.drain(..).for_each(|outlet| outlet.end(Next::End));
            }
        }
        let untold = match how {
            Left::Closed => has(Defect::LeavingUntold),
            Left::Broken => has(Defect::BreakingUntold),
            Left::Reset => has(Defect::Http2ResetUntold),
        };
        let is_again = std::mem::replace(&mut state.wrong.has_told, true);
        if untold
            || (state.wrong.events == 0 && !outlet.is_over() && has(Defect::LeavingBeforeEventsUntold))
            || (is_again && has(Defect::LeavingToldOnce))
        {
            return;
        }
        if has(Defect::LeavingToldOnWrite) {
            state.wrong.untold += 1;
            return;
        }
        (self.tell)(Notice::Disconnected);
    }

    pub(super) fn end_wrongly(&self, state: &mut State) {
        let has = |defect| self.defects.has(defect);
        state.wrong.has_ended = true;
        if has(Defect::EndIsIgnored) {
            return;
        }
        if has(Defect::EndIsAnnounced) {
            send(&state.streams, &Bytes::from_static(b"event: end\ndata: [DONE]\n\n"));
        }
        let how = if has(Defect::EndIsReset) { Next::GiveUp } else { Next::End };
        if state.streams.len() > 1 && has(Defect::EndOfTheNewest) {
            return state.streams.pop().into_iter().for_each(|outlet| outlet.end(how.clone()));
        }
        state.streams.drain(..).for_each(|outlet| outlet.end(how.clone()));
    }

    /// What a shutdown does to open streams, where not end them; nothing at all where that is none.
    pub(super) fn shut_down_wrongly(&self) -> Option<Option<Next>> {
        if self.defects.has(Defect::ShutdownWaits) {
            return Some(None);
        }
        self.defects.has(Defect::ShutdownBreaks).then_some(Some(Next::GiveUp))
    }
}
