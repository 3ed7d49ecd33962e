//! Many streams of one client that are lost together: how long they wait, and whether they come back together.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ssespec_cases::client::{Connect, Herd, words};
use ssespec_mock_server::action::{Drop, Respond};
use ssespec_mock_server::wire::Exchange;

use super::others::Others;
use super::queues::{Arrival, Seen};
use super::session::{Answer, ResponseKind, Session};
use crate::protocol::{ConnectRequest, Order};
use crate::session::deadline::Came;
use crate::session::describe;
use crate::session::late_arrivals::session_of;
use crate::session::outcome::Stop;
use crate::session::patience::Allowance;

/// The open streams of a herd, by session.
type Open = BTreeMap<u64, Exchange>;

impl Session<'_> {
    /// Opens the other streams of a herd, loses all of them together, and judges how they come back.
    pub(super) async fn expect_herd(&mut self, herd: &Herd) -> Result<(), Stop> {
        let others = herd.streams.saturating_sub(1);
        let first = self.stage.numbers.fetch_add(others, Ordering::Relaxed) + 1;
        self.others = Others::new(first..first + others);
        let request = self.connect_request(&Connect::default());
        for number in self.others.numbers() {
            let url = format!("{}/{number}/", self.stage.base.url());
            self.stage
                .adapter
                .order(number, Order::Connect(Box::new(ConnectRequest { url, ..request.clone() })));
        }
        let held = self.lose_together(herd).await;
        if let Err(fault @ Stop::Fault { .. }) = held {
            return Err(fault);
        }
        self.close_others().await?;
        held
    }

    async fn lose_together(&mut self, herd: &Herd) -> Result<(), Stop> {
        let mut open: Open = self.exchange.take().map(|own| (self.number, own)).into_iter().collect();
        self.gather(herd, &mut open, &BTreeMap::new(), "at first").await?;
        for loss in 1..=herd.losses {
            self.progress.transcript.harness("lost", format!("{} streams", open.len()));
            let mut lost = BTreeMap::new();
            for (number, mut exchange) in std::mem::take(&mut open) {
                lost.insert(number, Instant::now());
                exchange.drop_connection(Drop::Fin).await;
            }
            self.herd_delays = self.gather(herd, &mut open, &lost, &format!("after loss {loss}")).await?;
        }
        self.exchange = open.remove(&self.number);
        self.answer = Answer::Open(ResponseKind::Stream);
        let after = herd.after.unwrap_or_default();
        let at_once = self.herd_delays.iter().filter(|delay| **delay < after).count();
        if at_once * 2 > self.herd_delays.len() {
            let observed =
                format!("{at_once} of them within {} after loss {}", describe::time(after), herd.losses);
            return Err(self.progress.failure(words::herd(herd), observed).into());
        }
        // The others leave before their streams end, or they would connect again; those of a client that cannot be closed stay
        // open as long as the session.
        let closed = self.close_others().await;
        self.others_open = open;
        closed
    }

    /// Answers the requests of all streams that are not open; returns how long each came after its loss.
    async fn gather(
        &mut self,
        herd: &Herd,
        open: &mut Open,
        lost: &BTreeMap<u64, Instant>,
        when: &str,
    ) -> Result<Vec<Duration>, Stop> {
        let mut wait = self.wait(Allowance::final_after(herd.within));
        let mut delays = Vec::new();
        while (open.len() as u64) < herd.streams {
            match self.queues.wire.pop_front() {
                Some(Seen::Request(Arrival { mut exchange, at, .. })) => {
                    let session = session_of(&exchange.request().target);
                    let Some(number) = session.filter(|number| !open.contains_key(number)) else {
                        let observed = format!("two connections for one stream {when}");
                        return Err(self.progress.failure(words::herd(herd), observed).into());
                    };
                    delays.extend(lost.get(&number).map(|lost| at.saturating_duration_since(*lost)));
                    // A client that left is missed afterwards.
                    let _ = exchange.respond(&Respond::default(), str::to_owned).await;
                    open.insert(number, exchange);
                    continue;
                }
                Some(Seen::Malformed { reason }) => {
                    let observed = format!("a malformed request: {reason}");
                    return Err(self.progress.failure(words::herd(herd), observed).into());
                }
                Some(Seen::Left { .. } | Seen::PingAck | Seen::Distrust) => continue,
                None => {}
            }
            let has_stopped = self.queues.closed || self.others.has_closed();
            if has_stopped || (self.take_in(wait.until()).await? == Came::Nothing && !wait.goes_on()) {
                let count = open.len();
                let why = if has_stopped { "the client has stopped" } else { "no more came" };
                let observed = format!("{count} of {} streams {when}: {why}", herd.streams);
                let allowance = Allowance::final_after(herd.within);
                return Err(self.progress.silence(words::herd(herd), observed, allowance).into());
            }
        }
        Ok(delays)
    }

    /// Closes the other sessions and waits until they are, or the client shows that it cannot be closed.
    pub(super) async fn close_others(&mut self) -> Result<(), Stop> {
        let left = self.others.order_close();
        if left.is_empty() {
            return Ok(());
        }
        for number in left {
            self.stage.adapter.order(number, Order::Close);
        }
        let deadline = Instant::now() + self.patience_for_closed;
        while !self.others.are_closed() {
            if self.take_in(deadline).await? == Came::Nothing {
                break;
            }
        }
        Ok(())
    }
}
