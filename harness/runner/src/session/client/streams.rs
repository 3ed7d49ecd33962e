//! Further streams of the same client in addition to that of the session.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ssespec_cases::client::{Connect, Streams, streams};
use ssespec_mock_server::action::Respond;
use ssespec_mock_server::wire::Exchange;
use tokio::time::timeout;

use super::queues::{Arrival, Seen};
use super::session::Session;
use crate::protocol::{ConnectRequest, Order};
use crate::session::deadline::Came;
use crate::session::late_arrivals::session_of;
use crate::session::outcome::Stop;
use crate::session::patience::Allowance;

/// How many bytes of data an event has on a stream that is stalled, and how many such events are one write.
const EVENT: usize = 1016;
const STALLING: usize = 64;

/// How long a write waits for room in the window before it has none. A client that is only slow gets less to stall on.
const STILL: Duration = Duration::from_millis(250);

impl Session<'_> {
    /// Opens further streams, and judges what the client does with them.
    pub(super) async fn act_on_streams(&mut self, step: Streams) -> Result<(), Stop> {
        match step {
            Streams::Open(count) => self.open_streams(step, count).await,
            Streams::Try { count, within } => self.try_streams(step, count, within).await,
            Streams::Deliver { connections } => self.deliver(step, connections).await,
            Streams::Abort { times, bytes } => self.abort_streams(step, times, bytes).await,
            Streams::Stall { bytes } => self.stall_stream(step, bytes).await,
        }
    }

    /// Orders the client to open a stream in a session of its own; returns its number.
    fn connect_another(&mut self) -> u64 {
        let request = self.connect_request(&Connect::default());
        self.order_another(request)
    }

    fn order_another(&mut self, request: ConnectRequest) -> u64 {
        let number = self.stage.numbers.fetch_add(1, Ordering::Relaxed) + 1;
        self.others.add(number);
        let url = format!("{}/{number}/", self.stage.base.url());
        self.stage.adapter.order(number, Order::Connect(Box::new(ConnectRequest { url, ..request })));
        number
    }

    async fn open_streams(&mut self, step: Streams, count: u64) -> Result<(), Stop> {
        let mut missing: BTreeSet<u64> = (0..count).map(|_| self.connect_another()).collect();
        while !missing.is_empty() {
            let (number, exchange) = self.next_stream(step, &missing).await?;
            missing.remove(&number);
            self.others_open.insert(number, exchange);
        }
        Ok(())
    }

    /// Orders the client to open further streams, and closes those that it lets wait.
    async fn try_streams(&mut self, step: Streams, count: u64, within: Duration) -> Result<(), Stop> {
        let mut missing: BTreeSet<u64> = (0..count).map(|_| self.connect_another()).collect();
        while !missing.is_empty() {
            let next = self.stream_within(step, &missing, Allowance::final_after(within)).await?;
            let Some((number, exchange)) = next else { break };
            missing.remove(&number);
            self.others_open.insert(number, exchange);
        }
        let open = self.others_open.len() as u64 + 1;
        self.tried = Some((open, open + missing.len() as u64));
        // One of them would come as soon as another stream ends.
        self.others.note_order(&missing);
        for number in &missing {
            self.stage.adapter.order(*number, Order::Close);
        }
        let deadline = Instant::now() + self.patience_for_closed;
        while !missing.iter().all(|number| self.others.is_closed(*number)) {
            if self.take_in(deadline).await? == Came::Nothing {
                break;
            }
        }
        Ok(())
    }

    /// The next request of one of these sessions, answered with an event stream.
    async fn next_stream(
        &mut self,
        step: Streams,
        sessions: &BTreeSet<u64>,
    ) -> Result<(u64, Exchange), Stop> {
        let next = self.stream_within(step, sessions, self.request_allowance()).await?;
        next.ok_or_else(|| self.silent(step, format!("no request of {} of them", sessions.len())))
    }

    /// The next request of one of these sessions, answered with an event stream; `None` if there is none.
    async fn stream_within(
        &mut self,
        step: Streams,
        sessions: &BTreeSet<u64>,
        allowance: Allowance,
    ) -> Result<Option<(u64, Exchange)>, Stop> {
        let mut wait = self.wait(allowance);
        loop {
            match self.queues.wire.pop_front() {
                Some(Seen::Request(Arrival { mut exchange, .. })) => {
                    let session = session_of(&exchange.request().target);
                    let Some(number) = session.filter(|number| sessions.contains(number)) else {
                        return Err(self.unlike(step, "another request than those of the further streams"));
                    };
                    // A client that left is missed afterwards.
                    let _ = exchange.respond(&Respond::default(), str::to_owned).await;
                    return Ok(Some((number, exchange)));
                }
                Some(Seen::Malformed { reason }) => {
                    return Err(self.unlike(step, format!("a malformed request: {reason}")));
                }
                Some(Seen::Left { .. } | Seen::PingAck | Seen::Distrust) => continue,
                None => {}
            }
            if self.take_in(wait.until()).await? == Came::Nothing && !wait.goes_on() {
                return Ok(None);
            }
        }
    }

    /// Sends an event on each of the open streams, and waits until each is shown.
    async fn deliver(&mut self, step: Streams, connections: Option<u64>) -> Result<(), Stop> {
        let mut sent = Vec::new();
        self.deliveries += 1;
        for (number, exchange) in &mut self.others_open {
            let data = format!("event {} on stream {number}", self.deliveries).into_bytes();
            let event = [b"data: ", data.as_slice(), b"\n\n"].concat();
            // A client that left shows nothing.
            let _ = timeout(self.full_patience.request, exchange.send(&event)).await;
            sent.push((*number, data));
        }
        let mut wait = self.wait(self.request_allowance());
        loop {
            sent.retain(|(number, data)| !self.others.shows(*number, data));
            if sent.is_empty() {
                break;
            }
            if self.take_in(wait.until()).await? == Came::Nothing && !wait.goes_on() {
                let observed = format!("no such event on {} of {}", sent.len(), self.others_open.len());
                return Err(self.silent(step, observed));
            }
        }
        let carriers: BTreeSet<u32> =
            self.exchange.iter().chain(self.others_open.values()).map(Exchange::carrier).collect();
        match connections {
            Some(most) if carriers.len() as u64 > most => {
                Err(self.unlike(step, format!("{} connections", carriers.len())))
            }
            _ => Ok(()),
        }
    }

    /// Lets the client open streams, and close each while the server is sending.
    async fn abort_streams(&mut self, step: Streams, times: u64, bytes: u64) -> Result<(), Stop> {
        let half = vec![b'x'; usize::try_from(bytes / 2).unwrap_or_default()];
        let field = [b"data: ", half.as_slice()].concat();
        for time in 1..=times {
            let number = self.connect_another();
            let (_, mut exchange) = self.next_stream(step, &[number].into()).await?;
            for (bytes, then_close) in [(&field, false), (&half, true)] {
                if then_close {
                    self.stage.adapter.order(number, Order::Close);
                }
                let written = timeout(self.full_patience.request, exchange.send(bytes)).await;
                if written.is_err() {
                    return Err(self.silent(step, format!("stream {time} takes no more bytes")));
                }
            }
            let deadline = Instant::now() + self.full_patience.observation;
            while !(exchange.peer_gone() && self.others.is_closed(number)) {
                if self.take_in(deadline).await? == Came::Nothing {
                    return Err(self.silent(step, format!("stream {time} is not left")));
                }
            }
        }
        Ok(())
    }

    /// Lets the client open a stream whose user takes one event, and sends until its window has no more room.
    async fn stall_stream(&mut self, step: Streams, bytes: u64) -> Result<(), Stop> {
        let request = ConnectRequest { pause: true, ..self.connect_request(&Connect::default()) };
        let number = self.order_another(request);
        let (_, mut exchange) = self.next_stream(step, &[number].into()).await?;
        // A client that left shows nothing.
        let _ = exchange.send(b"data: first\n\n").await;
        let mut wait = self.wait(self.request_allowance());
        while !self.others.shows(number, b"first") {
            if self.take_in(wait.until()).await? == Came::Nothing && !wait.goes_on() {
                return Err(self.silent(step, "no event on it".into()));
            }
        }
        let event = [b"data: ".as_slice(), &[b'x'; EVENT], b"\n\n"].concat();
        let events = event.repeat(STALLING);
        for _ in 0..bytes.div_ceil(events.len() as u64) {
            if timeout(STILL, exchange.send(&events)).await.is_err() {
                break;
            }
        }
        self.stalled.push(exchange);
        Ok(())
    }

    fn request_allowance(&self) -> Allowance {
        Allowance { now: self.patience.request, full: self.full_patience.request }
    }

    fn unlike(&self, step: Streams, observed: impl Into<String>) -> Stop {
        self.progress.failure(streams::words(step), observed).into()
    }

    fn silent(&self, step: Streams, observed: String) -> Stop {
        let allowance = Allowance::final_after(self.full_patience.request);
        self.progress.silence(streams::words(step), observed, allowance).into()
    }
}
