//! Writes the body of a response: at a rate, with random delays, and with heartbeats while nothing else is written.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::clock::Clock;
use super::pace::{Jitter, pieces};
use super::step::{Heartbeat, Pace};
use crate::wire::{Exchange, PeerGone};

/// Writes the bodies of a script.
#[derive(Debug)]
pub(super) struct Writer {
    clock: Arc<Clock>,
    pace: Option<Pace>,
    jitter: Jitter,
    heartbeat: Option<Heartbeat>,
    /// When the last bytes were written, if there are heartbeats: reading the clock costs as much as writing an event.
    wrote: Instant,
    /// The earliest time of the next write at the pace.
    next_write: Instant,
}

impl Writer {
    /// A writer whose random delays depend on this seed.
    pub(super) fn new(seed: u64, clock: Arc<Clock>) -> Self {
        let now = Instant::now();
        Self { clock, pace: None, jitter: Jitter::new(seed), heartbeat: None, wrote: now, next_write: now }
    }

    /// From now on, writes at this rate.
    pub(super) fn set_pace(&mut self, pace: Pace) {
        self.pace = Some(pace);
        self.next_write = Instant::now();
    }

    /// From now on, makes waits longer by up to this.
    pub(super) fn set_jitter(&mut self, most: Duration) {
        self.jitter.limit(most);
    }

    /// From now on, writes this whenever nothing else was written for a time.
    pub(super) fn set_heartbeat(&mut self, heartbeat: Heartbeat) {
        self.heartbeat = Some(heartbeat);
        self.wrote();
    }

    /// Whether there are heartbeats.
    pub(super) fn has_heartbeat(&self) -> bool {
        self.heartbeat.is_some()
    }

    /// The next random delay.
    pub(super) fn delay(&mut self) -> Duration {
        self.jitter.next()
    }

    /// Something else was written.
    pub(super) fn wrote(&mut self) {
        if self.heartbeat.is_some() {
            self.wrote = Instant::now();
        }
    }

    /// Writes bytes of the body. Without a rate, the next write may follow together with it.
    pub(super) async fn write(&mut self, exchange: &mut Exchange, bytes: &[u8]) -> Result<(), PeerGone> {
        let Some(pace) = self.pace else {
            exchange.send_more(bytes).await?;
            self.wrote();
            return Ok(());
        };
        for piece in pieces(bytes, pace) {
            let time = self.next_write;
            self.sleep_until(exchange, time).await?;
            exchange.send(piece.bytes).await?;
            self.wrote();
            self.next_write = self.next_write.max(Instant::now()) + piece.time + self.jitter.next();
        }
        Ok(())
    }

    /// When a heartbeat is due, if one is.
    pub(super) fn heartbeat_due(&self, exchange: &Exchange) -> Option<Instant> {
        let heartbeat = self.heartbeat.as_ref()?;
        (exchange.has_head() && exchange.is_open()).then(|| self.wrote + heartbeat.every)
    }

    /// Writes a heartbeat.
    pub(super) async fn beat(&mut self, exchange: &mut Exchange) -> Result<(), PeerGone> {
        if let Some(heartbeat) = &self.heartbeat {
            exchange.send(heartbeat.text.as_bytes()).await?;
            self.wrote();
        }
        Ok(())
    }

    /// Sleeps, and writes heartbeats meanwhile.
    pub(super) async fn sleep(&mut self, exchange: &mut Exchange, time: Duration) -> Result<(), PeerGone> {
        self.sleep_until(exchange, Instant::now() + time).await
    }

    /// Sleeps until this time, and writes heartbeats meanwhile.
    pub(super) async fn sleep_until(
        &mut self,
        exchange: &mut Exchange,
        time: Instant,
    ) -> Result<(), PeerGone> {
        if time <= Instant::now() {
            return Ok(());
        }
        exchange.flush().await?;
        while let Some(due) = self.heartbeat_due(exchange).filter(|due| *due < time) {
            self.clock.sleep_until(due).await;
            self.beat(exchange).await?;
        }
        self.clock.sleep_until(time).await;
        Ok(())
    }
}
