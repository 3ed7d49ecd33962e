//! How often a client tries to connect in a period of time: the rate must be bounded, whatever the server does.

use std::time::{Duration, Instant};

use ssespec_cases::client::{AttemptAnswer, Attempts, ClientStep, Trust, words};
use ssespec_mock_server::action::{Action, Drop, Respond};

use super::queues::Seen;
use super::session::{Session, Silence};
use crate::session::deadline::Came;
use crate::session::outcome::Stop;

/// Why a case is not judged on systems that do not count refused connections.
const NOT_COUNTED: &str = "attempts were not judged: the system does not count refused connections";

impl Session<'_> {
    /// Answers every request that comes in a time, and counts them with the attempts that the port refused.
    ///
    /// Where requests are answered, only the client's own delays count as time: each from the moment at which the client
    /// had read an answer to its next request. How long a busy machine takes for requests and answers makes a client
    /// neither faster nor slower.
    pub(super) async fn expect_attempts(&mut self, expected: &Attempts) -> Result<(), Stop> {
        // The time begins with the first request, unless there can be none.
        let mut deadline =
            Instant::now() + if self.has_no_requests() { expected.time } else { self.full_patience.request };
        let mut left = expected.time;
        let mut answered = None;
        let mut requests = 0_u64;
        loop {
            match self.queues.wire.pop_front() {
                Some(Seen::Request(arrival)) => {
                    let delay =
                        answered.map_or(Duration::ZERO, |at| arrival.at.saturating_duration_since(at));
                    if delay > left {
                        break;
                    }
                    left -= delay;
                    requests += 1;
                    self.exchange = Some(arrival.exchange);
                    self.answer = super::session::Answer::Awaited;
                    self.check_attempts(expected, requests)?;
                    self.answer_attempt(expected.answer).await?;
                    if !self.has_no_requests() {
                        let now = Instant::now();
                        answered = Some(now);
                        deadline = now + left;
                    }
                    continue;
                }
                Some(Seen::Malformed { .. } | Seen::Distrust) => requests += 1,
                Some(Seen::Left { .. } | Seen::PingAck) => continue,
                None => {}
            }
            self.check_attempts(expected, requests)?;
            // A client that has stopped makes no more attempts.
            if self.queues.closed || self.take_in(deadline).await? == Came::Nothing {
                break;
            }
        }
        if self.refuses() && self.refused().is_none() {
            self.progress.not_judged = Some(NOT_COUNTED.into());
        }
        let refused = self.refused().unwrap_or_default();
        self.attempts = Some(requests + refused);
        self.progress
            .transcript
            .harness("attempts", format!("{requests} requests, {refused} refused connections or streams"));
        self.check_attempts(expected, requests)?;
        self.silence = Silence::Proved;
        Ok(())
    }

    async fn answer_attempt(&mut self, answer: AttemptAnswer) -> Result<(), Stop> {
        match answer {
            AttemptAnswer::Ended => {
                self.respond(&Respond::default()).await;
                self.act(&Action::End).await
            }
            AttemptAnswer::Reset => self.act(&Action::Drop(Drop::Reset)).await,
            AttemptAnswer::Unavailable => {
                self.respond(&Respond { status: 503, ..Respond::default() }).await;
                Ok(())
            }
            AttemptAnswer::Redirected => {
                let headers = Some(vec![("location".into(), "{base}".into())]);
                self.respond(&Respond { status: 307, headers, ..Respond::default() }).await;
                Ok(())
            }
        }
    }

    fn check_attempts(&self, expected: &Attempts, requests: u64) -> Result<(), Stop> {
        if requests + self.refused().unwrap_or_default() <= expected.at_most {
            return Ok(());
        }
        let words = words::attempts(expected);
        Err(self.progress.failure(words, "more attempts").into())
    }

    /// Whether the script counts attempts, so that one more is not a failure.
    pub(super) fn counts_attempts(&self) -> bool {
        let mut steps = self.ops.list.iter().filter_map(|op| op.kind.step());
        steps.any(|step| matches!(step, ClientStep::Attempts(_)))
    }

    /// Whether what the client tries fails before there can be a request.
    fn has_no_requests(&self) -> bool {
        self.refuses() || self.is_distrusted()
    }

    /// Whether the client does not trust the server's certificate.
    pub(super) fn is_distrusted(&self) -> bool {
        let mut steps = self.ops.list.iter().filter_map(|op| op.kind.step());
        steps.any(|step| matches!(step, ClientStep::Connect(connect) if connect.trust == Trust::Default))
    }

    fn refuses(&self) -> bool {
        let mut steps = self.ops.list.iter().filter_map(|op| op.kind.step());
        steps.any(|step| matches!(step, ClientStep::Wire(Action::Refuse(_))))
    }

    /// How many attempts were refused since the port began to; `None` where that is not known.
    fn refused(&self) -> Option<u64> {
        let streams = self.stage.base.refused_streams().saturating_sub(self.refused_streams_before);
        Some(refused()?.saturating_sub(self.refused_before?) + streams)
    }
}

/// How many attempts to connect have failed on this system. Linux counts them, for IPv4 and IPv6 together, see
/// <https://docs.kernel.org/networking/snmp_counter.html>.
pub(super) fn refused() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let text = std::fs::read_to_string("/proc/net/snmp").ok()?;
        let mut lines = text.lines().filter_map(|line| line.strip_prefix("Tcp:"));
        let (names, values) = (lines.next()?, lines.next()?);
        let mut counters = names.split_ascii_whitespace().zip(values.split_ascii_whitespace());
        counters.find(|(name, _)| *name == "AttemptFails")?.1.parse().ok()
    }
    #[cfg(not(target_os = "linux"))]
    None
}
