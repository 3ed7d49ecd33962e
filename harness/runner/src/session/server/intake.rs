//! What comes from the streams and the adapter, put into queues.

use std::time::Instant;

use ssespec_cases::Capability;

use super::describe;
use super::outlet::StreamUpdate;
use super::served_url;
use super::session::{Answer, Presence, Session};
use super::stream::StreamState;
use super::stream_contents::Seen;
use crate::adapter::fault::Fault;
use crate::adapter::incoming::Incoming;
use crate::protocol::Observation;
use crate::protocol::server::ServerObservation;
use crate::session::deadline::{Came, WITHOUT_PAUSE};
use crate::session::describe::{server_shown, shown as shown_in_words};
use crate::session::late_arrivals::{LATE_LIMIT, Late, late_message};
use crate::session::outcome::Stop;

/// How many more events than were emitted may arrive before a stream counts as a flood.
const MORE_EVENTS: u64 = 1000;

/// How many more bytes, likewise.
const MORE_BYTES: u64 = 64 * 1024 * 1024;

/// The most items of one stream that are queued in addition to events.
const WAITING: usize = 10_000;

/// How many connections and disconnections an adapter may report.
const HAPPENINGS: u64 = 100_000;

impl Session<'_> {
    /// Takes in the next thing that comes from any source, until the deadline.
    pub(super) async fn take_in(&mut self, deadline: Instant) -> Result<Came, Stop> {
        if Instant::now() > deadline + WITHOUT_PAUSE {
            return Ok(Came::Nothing);
        }
        loop {
            tokio::select! {
                // What is there already is taken before the deadline counts.
                biased;
                Some(told) = self.told.recv() => {
                    self.absorb(told)?;
                    return Ok(Came::Something);
                }
                heard = self.stage.adapter.receive(), if self.presence != Presence::Gone => {
                    self.absorb_incoming(heard)?;
                    return Ok(Came::Something);
                }
                () = tokio::time::sleep_until(deadline.into()) => return Ok(Came::Nothing),
                () = self.stage.turn.ends() => self.stage.turn.end(),
            }
        }
    }

    /// Takes in something that a stream shows.
    pub(super) fn absorb(&mut self, told: StreamUpdate) -> Result<(), Stop> {
        let StreamUpdate { stream: number, at, seen } = told;
        let connection = u32::try_from(number + 1).unwrap_or(u32::MAX);
        self.progress.transcript.stream(at, connection, describe::row(&seen));
        let reported = self.events;
        let bytes = self.bytes;
        let readers = self.streams.len() as u64;
        let Some(stream) = self.streams.get_mut(number) else { return Ok(()) };
        if stream.state == StreamState::Left {
            return Ok(());
        }
        if stream.state == StreamState::HalfClosed {
            stream.is_closed |= seen == Seen::Closed;
            return Ok(());
        }
        match seen {
            // It is reported only of streams that are half-closed.
            Seen::Closed => {}
            Seen::Bytes(..) | Seen::Remark(_) => {}
            #[cfg(feature = "intermediary")]
            Seen::StreamLimit(_) => {}
            // The content of servers is interpreted.
            #[cfg(feature = "intermediary")]
            Seen::Content(_) => {}
            Seen::Head(head) => {
                stream.head = Some(head.clone());
                let implied = stream.implied.take();
                if let Some((expected, step)) = implied {
                    self.check_implied(&expected, &head, step)?;
                }
            }
            Seen::Event(event) if self.stage.adapter.identity().own_events.contains(&event.kind) => {}
            Seen::Event(mut event) => {
                event.has_own_id = self.stage.adapter.identity().capabilities.contains(&Capability::OwnId);
                stream.events += 1;
                stream.kept += event.length;
                let most = MORE_BYTES.saturating_add(bytes.saturating_mul(2).saturating_mul(readers));
                if stream.events > reported + MORE_EVENTS || stream.kept > most {
                    let observed = format!("{} events, of which {reported} were emitted", stream.events);
                    return Err(self.progress.failure("no more events than were emitted", observed).into());
                }
                stream.queue.push_back(Seen::Event(event));
            }
            Seen::Comment(_) | Seen::Retry(_) | Seen::End => {
                if stream.queue.len() < WAITING {
                    stream.queue.push_back(seen);
                }
            }
            Seen::Violation(what) => {
                let expected = "a stream of valid HTTP and UTF-8";
                return Err(self.progress.failure(expected, format!("{what}{}", self.of(number))).into());
            }
            Seen::Broken(_) if self.stream_reading.named.breaks => stream.queue.push_back(seen),
            Seen::Broken(what) => {
                let expected = "a stream that continues or ends cleanly";
                return Err(self.progress.failure(expected, format!("{what}{}", self.of(number))).into());
            }
        }
        Ok(())
    }

    /// Which stream it was, where there are several.
    fn of(&self, number: usize) -> String {
        let name = self.streams.get(number).map(|stream| stream.request.stream.as_str()).unwrap_or_default();
        if self.names.len() > 1 { format!(" (the stream {})", describe::quote(name)) } else { String::new() }
    }

    fn absorb_incoming(&mut self, heard: Incoming) -> Result<(), Stop> {
        let (session, shown, at) = match heard {
            Incoming::Observation { session, shown, at, share: _ } => (session, shown, at),
            Incoming::Fault(Fault::Exited { status })
                if self.presence == Presence::Leaving && status.ends_with(": 0") =>
            {
                self.progress.transcript.harness("left", status);
                self.presence = Presence::Gone;
                return Ok(());
            }
            Incoming::Fault(fault) => return Err(self.progress.fault(fault)),
        };
        if session < self.number {
            return match late_message(&shown) {
                None => Ok(()),
                Some(what) => {
                    self.stage.late.push(Late { session, what });
                    if self.stage.late.len() < LATE_LIMIT {
                        Ok(())
                    } else {
                        Err(self.progress.fault(Fault::Haunted))
                    }
                }
            };
        }
        self.progress.alive = true;
        match &shown {
            Observation::Closed => self.progress.transcript.closed(at),
            shown => self.progress.transcript.shown(at, shown),
        }
        if session > self.number {
            return Err(self.progress.fault(Fault::UnknownSession { named: session }));
        }
        if self.closed {
            return match late_message(&shown) {
                None => Ok(()),
                Some(_) => Err(self.progress.fault(Fault::AfterClosed { what: shown_in_words(&shown) })),
            };
        }
        let what = || shown_in_words(&shown);
        match &shown {
            Observation::Closed => {
                self.closed = true;
                Ok(())
            }
            Observation::Server(said) => self.absorb_said(said),
            _ => Err(self.progress.fault(Fault::OfAnotherRole { what: what() })),
        }
    }

    fn absorb_said(&mut self, said: &ServerObservation) -> Result<(), Stop> {
        let unasked = Fault::Unasked { what: server_shown(said) };
        match said {
            ServerObservation::Serving { url } => {
                if self.target.is_some() {
                    return Err(self.progress.fault(unasked));
                }
                match served_url::parse(url, self.stage.adapter.reach()) {
                    Ok(target) => {
                        self.progress.transcript.call(&target.origin(), "server.test");
                        self.target = Some(target);
                    }
                    Err(error) => {
                        let problem = error.to_string();
                        return Err(self.progress.fault(Fault::BadUrl { url: url.clone(), problem }));
                    }
                }
            }
            ServerObservation::Connected { last_event_id } => {
                self.announced += 1;
                if self.announced > self.streams.len() as u64 + HAPPENINGS {
                    return Err(self.progress.fault(Fault::Flooded));
                }
                self.connected.push_back(last_event_id.clone());
            }
            ServerObservation::Disconnected => {
                self.disconnected += 1;
                if self.disconnected > HAPPENINGS {
                    return Err(self.progress.fault(Fault::Flooded));
                }
            }
            ServerObservation::Emitted | ServerObservation::Refused { .. } if self.awaited_answers == 0 => {
                return Err(self.progress.fault(unasked));
            }
            ServerObservation::Emitted => {
                self.awaited_answers -= 1;
                self.answers.push_back(Answer::Emitted);
            }
            ServerObservation::Refused { message } => {
                self.awaited_answers -= 1;
                self.answers.push_back(Answer::Refused(message.clone()));
            }
            ServerObservation::Stopped => self.stopped = true,
        }
        Ok(())
    }
}
