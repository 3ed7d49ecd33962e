//! What comes from the streams and the adapter, put into queues.

use std::time::{Duration, Instant};

use ssespec_cases::Capability;

use super::seen::Seen;
use super::stream::{State, Told};
use super::target;
use super::{Presence, Session, Stop, describe};
use crate::adapter::fault::Fault;
use crate::adapter::heard::Heard;
use crate::protocol::Shown;
use crate::protocol::server::ServerShown;
use crate::session::{LATE_LIMIT, Late, LateKind, describe as client};

/// Whether something came before the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    Something,
    Nothing,
}

/// How long after a deadline what keeps coming without a pause is still taken in.
const WITHOUT_PAUSE: Duration = Duration::from_millis(100);

/// How many more events than were handed over may come before a stream is called a flood.
const MORE_EVENTS: u64 = 1000;

/// How many bytes of them, likewise.
const MORE_BYTES: u64 = 64 * 1024 * 1024;

/// The most things of one stream that wait beside events.
const WAITING: usize = 10_000;

/// How much an adapter may say of things that happen by themselves, such as streams that were opened.
const HAPPENINGS: u64 = 100_000;

impl Session<'_> {
    /// Takes in the next thing that comes from any source, until the deadline.
    pub(super) async fn take_in(&mut self, deadline: Instant) -> Result<Came, Stop> {
        if Instant::now() > deadline + WITHOUT_PAUSE {
            return Ok(Came::Nothing);
        }
        tokio::select! {
            // What is there already is taken before the deadline counts.
            biased;
            Some(told) = self.told.recv() => {
                self.absorb(told)?;
                Ok(Came::Something)
            }
            heard = self.stage.adapter.hear(), if self.presence != Presence::Gone => {
                self.absorb_heard(heard)?;
                Ok(Came::Something)
            }
            () = tokio::time::sleep_until(deadline.into()) => Ok(Came::Nothing),
        }
    }

    /// Takes in something that a stream shows.
    pub(super) fn absorb(&mut self, told: Told) -> Result<(), Stop> {
        let Told { stream: number, at, seen } = told;
        let connection = u32::try_from(number + 1).unwrap_or(u32::MAX);
        self.transcript.stream(at, connection, describe::row(&seen));
        let reported = self.events;
        let bytes = self.bytes;
        let readers = self.streams.len() as u64;
        let Some(stream) = self.streams.get_mut(number) else { return Ok(()) };
        if stream.state == State::Left {
            return Ok(());
        }
        match seen {
            Seen::Bytes(..) | Seen::Remark(_) => {}
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
                    return Err(self.failure("no more events than were emitted", observed).into());
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
                return Err(self.failure(expected, format!("{what}{}", self.of(number))).into());
            }
            Seen::Broken(_) if self.manner.named.breaks => stream.queue.push_back(seen),
            Seen::Broken(what) => {
                let expected = "a stream that goes on or ends cleanly";
                return Err(self.failure(expected, format!("{what}{}", self.of(number))).into());
            }
        }
        Ok(())
    }

    /// Which stream it was, where there are several.
    fn of(&self, number: usize) -> String {
        let name = self.streams.get(number).map(|stream| stream.request.stream.as_str()).unwrap_or_default();
        if self.names.len() > 1 { format!(" (the stream {})", describe::quote(name)) } else { String::new() }
    }

    fn absorb_heard(&mut self, heard: Heard) -> Result<(), Stop> {
        let (session, shown, at) = match heard {
            Heard::Shown { session, shown, at, share: _ } => (session, shown, at),
            Heard::Fault(Fault::Exited { status })
                if self.presence == Presence::Leaving && status.ends_with(": 0") =>
            {
                self.transcript.harness("left", status);
                self.presence = Presence::Gone;
                return Ok(());
            }
            Heard::Fault(fault) => return Err(self.fault(fault)),
        };
        if session < self.number {
            return match late(&shown) {
                None => Ok(()),
                Some(what) => {
                    self.stage.late.push(Late { session, what: LateKind::Message(what) });
                    if self.stage.late.len() < LATE_LIMIT { Ok(()) } else { Err(self.fault(Fault::Haunted)) }
                }
            };
        }
        match &shown {
            Shown::Closed => self.transcript.closed(at),
            shown => self.transcript.shown(at, shown),
        }
        if session > self.number {
            return Err(self.fault(Fault::UnknownSession { named: session }));
        }
        if self.closed {
            return match late(&shown) {
                None => Ok(()),
                Some(what) => Err(self.fault(Fault::AfterClosed { what })),
            };
        }
        let what = || client::shown(&shown);
        match &shown {
            Shown::Closed => {
                self.closed = true;
                Ok(())
            }
            Shown::Server(said) => self.absorb_said(said),
            _ => Err(self.fault(Fault::OfAnotherRole { what: what() })),
        }
    }

    fn absorb_said(&mut self, said: &ServerShown) -> Result<(), Stop> {
        let unasked = Fault::Unasked { what: describe::shown(said) };
        match said {
            ServerShown::Serving { url } => {
                if self.target.is_some() {
                    return Err(self.fault(unasked));
                }
                match target::parse(url) {
                    Ok(target) => {
                        self.transcript.call(&target.origin(), "server.test");
                        self.target = Some(target);
                    }
                    Err(error) => {
                        let problem = error.to_string();
                        return Err(self.fault(Fault::BadUrl { url: url.clone(), problem }));
                    }
                }
            }
            ServerShown::Connected { last_event_id } => {
                self.announced += 1;
                if self.announced > self.streams.len() as u64 + HAPPENINGS {
                    return Err(self.fault(Fault::Flooded));
                }
                self.connected.push_back(last_event_id.clone());
            }
            ServerShown::Disconnected => {
                self.disconnected += 1;
                if self.disconnected > HAPPENINGS {
                    return Err(self.fault(Fault::Flooded));
                }
            }
            ServerShown::Emitted | ServerShown::Refused { .. } if self.awaited_answers == 0 => {
                return Err(self.fault(unasked));
            }
            ServerShown::Emitted => {
                self.awaited_answers -= 1;
                self.answers.push_back(Ok(()));
            }
            ServerShown::Refused { message } => {
                self.awaited_answers -= 1;
                self.answers.push_back(Err(message.clone()));
            }
            ServerShown::Stopped => self.stopped = true,
        }
        Ok(())
    }
}

/// What an adapter says too late of a session; `None` for what the network tells it when it likes.
pub(crate) fn late(shown: &Shown) -> Option<String> {
    match shown {
        Shown::Server(ServerShown::Connected { .. } | ServerShown::Disconnected) => None,
        shown => Some(client::shown(shown)),
    }
}
