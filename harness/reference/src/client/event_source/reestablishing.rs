//! What happens when a connection is lost.

use std::time::Duration;

use h2::Reason;
use http::header::HeaderValue;
use ssespec::protocol::CloseIn;
use ssespec_cases::client::ReadyState;

use super::{EventSource, MOMENT};
use crate::client::exchange::send_unattended;
use crate::client::fetch::NetworkError;
use crate::client::http_error::ExchangeError;
use crate::client::loss::{Failure, Flow, Loss};
use crate::client::past::BodyFraming;
use crate::defect::list::Defect;
use crate::stream::resumption::DEFAULT_RECONNECTION_TIME;

/// How often clients with such a limit reconnect.
const FEW_RECONNECTIONS: u32 = 5;

impl EventSource {
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection>, but for the fetch.
    ///
    /// In the standard the request always is a GET. Where our user chose a method that is not safe to repeat, only the
    /// server's own event IDs show that the stream can be resumed, and the one text about that says: "Resumption is
    /// always via HTTP GET with `Last-Event-ID`",
    /// <https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery>.
    pub(super) async fn reestablish(&mut self, loss: Loss) -> Flow {
        if !self.request.is_idempotent() && !self.defects.has(Defect::PostRepeated) {
            if self.resumption.last_event_id.is_empty() {
                return self.fail(&Failure::NotRepeatable(loss));
            }
            self.request.become_get();
        }
        self.reconnect(loss).await
    }

    pub(super) async fn reconnect(&mut self, loss: Loss) -> Flow {
        if self.overlooks(&loss) {
            std::future::pending::<()>().await;
        }
        if matches!(loss, Loss::Network(_)) {
            self.past.failed_attempts += 1;
        }
        if self.gives_up(&loss) {
            return self.fail(&Failure::GaveUp(loss));
        }
        self.report_loss(&loss)?;
        if self.defects.has(Defect::WaitNeverEnds) {
            std::future::pending::<()>().await;
        }
        let is_untrusted = matches!(&loss, Loss::Network(error) if self.tries_again_untrusted(error));
        let delay = if is_untrusted { Duration::ZERO } else { self.reconnection_delay() };
        self.past.reconnections += 1;
        self.past.was_reset = matches!(&loss, Loss::Broken(error) if error.is_reset());
        if !self.past.own_headers.is_empty() && self.defects.has(Defect::OwnHeadersSentOnce) {
            self.request.remove(&self.past.own_headers);
        }
        if matches!(loss, Loss::Broken(_)) && self.defects.has(Defect::TwoRequestsAfterReset) {
            send_unattended(self.request.clone(), self.defects.clone(), Duration::ZERO);
        }
        if self.defects.has(Defect::CloseLeavesTimer) {
            self.past.delay = Some(delay);
        } else {
            tokio::time::sleep(delay).await;
        }
        if self.defects.has(Defect::RetryForgottenAfterUse) {
            self.resumption.reconnection_time = Duration::ZERO;
        }
        Flow::Continue(())
    }

    /// Decides whether a server whose certificate is not trusted is tried again, which only a defect does.
    pub(super) fn tries_again_untrusted(&self, error: &NetworkError) -> bool {
        error.is_distrust() && self.defects.has(Defect::UntrustedServerTriedAtOnce)
    }

    /// Decides whether the loss of a connection goes unnoticed.
    fn overlooks(&self, loss: &Loss) -> bool {
        match loss {
            Loss::Ended => self.defects.has(Defect::CleanEndUnnoticed),
            Loss::Broken(_) | Loss::Network(_) => self.defects.has(Defect::BreakUnnoticed),
            Loss::Silent(_) | Loss::NoStream => false,
        }
    }

    /// Decides whether the loss of a connection stops the client. A sound client never stops.
    fn gives_up(&self, loss: &Loss) -> bool {
        let has = |defect| self.defects.has(defect);
        let by_loss = match loss {
            Loss::Ended => {
                let by_framing = match self.past.framing {
                    BodyFraming::Chunked => false,
                    BodyFraming::Sized => has(Defect::SizedEndIsTheEnd),
                    BodyFraming::ToTheEnd => has(Defect::CloseDelimitedEndIsTheEnd),
                    BodyFraming::Empty => has(Defect::EmptyBodyIsTheEnd),
                };
                by_framing || has(Defect::CleanEndIsTheEnd)
            }
            Loss::Broken(error) => {
                (error.is_malformed() && has(Defect::BrokenChunkIsTheEnd))
                    || (error.reset_code() == Some(Reason::CANCEL) && has(Defect::CanceledStreamIsTheEnd))
                    || has(Defect::BreakIsTheEnd)
            }
            Loss::Network(error) => {
                let is_refused = matches!(error, NetworkError::Exchange(ExchangeError::Connect(_)));
                let is_not_http =
                    matches!(error, NetworkError::Exchange(ExchangeError::Http(error)) if error.is_parse());
                let reset = match error {
                    NetworkError::Exchange(ExchangeError::Http(error)) => error.reset_code(),
                    _ => None,
                };
                let is_reset = reset.is_some_and(|code| code != Reason::REFUSED_STREAM);
                (is_reset && has(Defect::ResetBeforeHeadIsTheEnd))
                    || (is_not_http && has(Defect::NotHttpIsTheEnd))
                    || (is_refused && has(Defect::RefusalIsTheEnd))
                    || (self.past.was_redirected && has(Defect::LostTargetIsTheEnd))
                    || (!self.past.was_open && has(Defect::FailedFirstAttemptIsTheEnd))
                    || (self.past.failed_attempts > FEW_RECONNECTIONS
                        && has(Defect::SixthFailedAttemptIsTheEnd))
                    || has(Defect::FailedAttemptIsTheEnd)
            }
            Loss::Silent(_) => has(Defect::SilenceIsTheEnd),
            Loss::NoStream => false,
        };
        let is_unsendable = HeaderValue::from_bytes(self.resumption.last_event_id.as_bytes()).is_err();
        let is_outside_latin_1 = self.resumption.last_event_id.chars().any(|character| character > '\u{FF}');
        by_loss
            || (is_unsendable && has(Defect::UnsendableIdIsTheEnd))
            || (is_outside_latin_1 && has(Defect::IdOutsideLatin1IsTheEnd))
            || (self.resumption.last_event_id.contains('\0') && has(Defect::IdWithNulIsTheEnd))
            || has(Defect::EveryLossIsTheEnd)
            || (self.past.reconnections >= FEW_RECONNECTIONS && has(Defect::FiveReconnectsOnly))
    }

    /// Step 1: "set the readyState attribute to CONNECTING and fire an event named `error`".
    fn report_loss(&mut self, loss: &Loss) -> Flow {
        let has = |defect| self.defects.has(defect);
        let errors = if has(Defect::TwoErrorsForLoss) {
            2
        } else if has(Defect::LossWithoutError)
            || (matches!(loss, Loss::Broken(_)) && has(Defect::BreakWithoutError))
            || (matches!(loss, Loss::Network(_)) && has(Defect::FailedAttemptWithoutError))
            || (self.past.had_error_event && has(Defect::ErrorEventIsALoss))
        {
            0
        } else {
            1
        };
        let is_state_late = has(Defect::LossErrorBeforeState);
        if !is_state_late {
            self.observer.set_state(ReadyState::Connecting);
        }
        (0..errors).for_each(|_| self.observer.error(loss));
        if is_state_late {
            self.observer.set_state(ReadyState::Connecting);
        }
        if errors > 0 { self.handled(CloseIn::Error) } else { Flow::Continue(()) }
    }

    /// The delay before the next connection: at least the reconnection time.
    fn reconnection_delay(&mut self) -> Duration {
        let has = |defect| self.defects.has(defect);
        let has_failed = self.delay.has_failed();
        let time = self.resumption.reconnection_time;
        let delay = self.delay.after_loss(time);
        // Shorter times cannot be distinguished from no delay.
        let is_long = time > MOMENT;
        if time == DEFAULT_RECONNECTION_TIME && has(Defect::NoDelayWithoutRetry) {
            return Duration::ZERO;
        }
        if self.past.ended_all_delays || (time.is_zero() && has(Defect::NoDelayAfterRetryZero)) {
            return Duration::ZERO;
        }
        if delay > time && is_long && has(Defect::DelayNeverGrows) {
            return time;
        }
        if self.past.reconnections > 0 && !time.is_zero() && has(Defect::DelayGrowsAlways) {
            return time.saturating_mul(1 << self.past.reconnections.min(12));
        }
        if is_long && has(Defect::DelayIsRandom) {
            return delay / 20;
        }
        if is_long && has(Defect::ShortDelay) {
            MOMENT
        } else if is_long && has(Defect::DelayCut) {
            delay * 3 / 4
        } else if is_long && has_failed && has(Defect::NoDelayAfterFailedAttempt) {
            MOMENT
        } else {
            delay
        }
    }
}
