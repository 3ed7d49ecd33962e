//! What defects make of an event source: of answers, of losses, of what is shown, and of close().

use std::time::Duration;

use http::StatusCode;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use ssespec_cases::client::ReadyState;

use super::super::defect::{Defect, Defects};
use super::super::exchange::{ExchangeError, Response, exchange};
use super::super::fetch::{NetworkError, fetch};
use super::super::interpreter::{Interpreter, Shown};
use super::super::mime::names_other_charset;
use super::super::request::Request;
use super::{End, EventSource, Failure, Flow, Loss, RECONNECTION_TIME};
use ssespec::Observer;
use ssespec::protocol::{CloseIn, ConnectRequest};

/// How long a client with a defect waits with what it should do later or not at all.
const SOON: Duration = Duration::from_millis(100);

/// How often clients with such a limit reconnect.
const FEW_RECONNECTS: u32 = 5;

/// What only a defect looks at.
#[derive(Debug)]
pub(super) struct Wrong {
    first_origin: String,
    initial_id: String,
    own_headers: Vec<String>,
    /// Whether the client was open before, and how often it reconnected.
    later: bool,
    reconnects: u32,
    body: Body,
    before: Option<Interpreter>,
    opening: Opening,
    /// Whether close() was called in a handler and waits for the end of the read.
    closing: bool,
    /// Whether the last fetch met a redirect.
    redirected: bool,
    /// The delay that the next fetch waits for itself.
    delay: Option<Duration>,
}

/// What is known of the last body.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Body {
    #[default]
    Chunked,
    Sized,
    ToTheEnd,
    Empty,
}

/// What the announcement of an open connection waits for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Opening {
    #[default]
    Nothing,
    Bytes,
    Event,
}

impl Wrong {
    pub(super) fn new(options: &ConnectRequest, request: &Request) -> Self {
        Self {
            first_origin: request.url().origin(),
            initial_id: options.last_event_id.clone(),
            own_headers: options.headers.iter().map(|(name, _)| name.clone()).collect(),
            later: false,
            reconnects: 0,
            body: Body::default(),
            before: None,
            opening: Opening::Nothing,
            closing: false,
            redirected: false,
            delay: None,
        }
    }

    /// Keeps a stream that has ended for what a defect carries over.
    pub(super) fn keep(&mut self, interpreter: Interpreter, defects: &Defects) {
        if defects.any() {
            self.before = Some(interpreter);
        }
    }
}

/// What close() does beside what it should.
pub(super) struct Closing {
    request: Request,
    defects: Defects,
}

impl Closing {
    pub(super) fn new(source: &EventSource) -> Self {
        Self { request: source.request.clone(), defects: source.defects.clone() }
    }

    pub(super) fn goes_wrong(self, observer: &Observer) {
        if self.defects.has(Defect::CloseGivesError) {
            observer.error("closed");
        }
        if self.defects.has(Defect::CloseIsALoss) {
            request_in_the_dark(self.request, self.defects, SOON);
        }
    }
}

/// Sends a request that nobody waits for any more, after a delay.
fn request_in_the_dark(request: Request, defects: Defects, delay: Duration) {
    tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        // Whatever comes of it.
        let _ = exchange(&request, &defects).await;
    });
}

impl EventSource {
    /// Whether the answer's status is accepted although it is not 200.
    pub(super) fn accepts(&self, status: StatusCode) -> bool {
        let has = |defect| self.defects.has(defect);
        (status.is_success() && has(Defect::AnySuccessAccepted))
            || (self.wrong.later && has(Defect::StatusOfReconnectIgnored))
            || has(Defect::StatusIgnored)
    }

    /// Whether any content type is accepted.
    pub(super) fn accepts_any_type(&self) -> bool {
        self.wrong.later && self.defects.has(Defect::TypeOfReconnectIgnored)
    }

    pub(super) async fn object_wrongly(&mut self, failure: Failure, response: Response) -> Flow {
        let retried = match response.status.as_u16() {
            200 => Defect::OtherTypeRetried,
            204 => Defect::NoContentRetried,
            205 => Defect::ResetContentRetried,
            300 | 304 => Defect::RedirectionRetried,
            301..=399 => Defect::RedirectWithoutLocationRetried,
            401 | 403 => Defect::ForbiddenRetried,
            429 => Defect::TooManyRequestsRetried,
            400..=499 => Defect::ClientErrorRetried,
            500..=599 => Defect::ServerErrorRetried,
            _ => return self.fail(&failure),
        };
        if self.defects.has(retried) {
            return self.reestablish_wrongly(Loss::NoStream).await;
        }
        if self.defects.has(Defect::FailedBodyRead) {
            let _ = Box::pin(self.interpret(response)).await?;
        }
        self.fail(&failure)
    }

    /// The fetch. Of the tasks that are spawned here close() ends nothing.
    pub(super) async fn fetch_wrongly(&mut self) -> Result<Response, NetworkError> {
        self.change_last_event_id();
        let delay = self.wrong.delay.take();
        if delay.is_none() && !self.defects.has(Defect::CloseLeavesRequest) {
            let before = self.request.url().clone();
            let fetched = fetch(&mut self.request, &self.defects).await;
            self.wrong.redirected = *self.request.url() != before;
            return fetched;
        }
        let (mut request, defects) = (self.request.clone(), self.defects.clone());
        let task = tokio::spawn(async move {
            tokio::time::sleep(delay.unwrap_or_default()).await;
            let fetched = fetch(&mut request, &defects).await;
            (request, fetched)
        });
        match task.await {
            Ok((request, fetched)) => {
                self.request = request;
                fetched
            }
            // The runtime ends.
            Err(_) => std::future::pending().await,
        }
    }

    fn change_last_event_id(&mut self) {
        let has = |defect| self.defects.has(defect);
        let (id, initial) = (&*self.resumption.last_event_id, &self.wrong.initial_id);
        if !initial.is_empty() {
            if self.wrong.reconnects == 0 && has(Defect::InitialIdNotSent) {
                self.request.set_last_event_id("");
            } else if self.wrong.reconnects > 0 && id != initial && has(Defect::InitialIdSentAlways) {
                self.request.set_last_event_id(initial);
            } else if self.wrong.reconnects > 0 && id == initial && has(Defect::InitialIdSentOnce) {
                self.request.set_last_event_id("");
            }
        } else if id.is_empty() && self.wrong.reconnects > 0 && has(Defect::EmptyLastEventIdSentAgain) {
            self.request.set_empty_last_event_id();
        }
    }

    pub(super) fn announce_wrongly(&mut self) -> Flow {
        let has = |defect| self.defects.has(defect);
        self.wrong.opening = Opening::Nothing;
        let times = match self.wrong.later {
            true if has(Defect::OpenOnce) => 0,
            true if has(Defect::OpenTwiceOnReconnect) => 2,
            _ if has(Defect::OpenWithFirstBytes) => {
                self.wrong.opening = Opening::Bytes;
                0
            }
            _ if has(Defect::OpenAfterFirstEvent) => {
                self.wrong.opening = Opening::Event;
                0
            }
            _ => 1,
        };
        self.wrong.later = true;
        (0..times).for_each(|_| self.observer.opened());
        if times > 0 { self.handled(CloseIn::Opened) } else { Flow::Continue(()) }
    }

    /// Announces the open connection now, if that waits for this.
    fn announce_late(&mut self, came: Opening) -> Flow {
        if self.wrong.opening != came {
            return Flow::Continue(());
        }
        self.wrong.opening = Opening::Nothing;
        self.observer.opened();
        self.handled(CloseIn::Opened)
    }

    pub(super) fn begin_wrongly(&mut self, interpreter: &mut Interpreter, response: &Response) {
        if let Some(before) = self.wrong.before.take() {
            interpreter.carry_over(&before, &self.resumption);
        }
        if self.resumption.reconnection_time > RECONNECTION_TIME
            && self.defects.has(Defect::LongRetryForgottenOnConnection)
        {
            self.resumption.reconnection_time = RECONNECTION_TIME;
        }
        if names_other_charset(&response.headers) && self.defects.has(Defect::CharsetHonoured) {
            interpreter.honour_charset();
        }
        self.wrong.body = match response.headers.get(CONTENT_LENGTH) {
            Some(length) if length == "0" => Body::Empty,
            Some(_) => Body::Sized,
            None if response.headers.contains_key(TRANSFER_ENCODING) => Body::Chunked,
            None => Body::ToTheEnd,
        };
    }

    pub(super) async fn show_all_wrongly(&mut self, shown: &mut Vec<Shown>, origin: &str) -> Flow {
        self.announce_late(Opening::Bytes)?;
        let first = self.wrong.first_origin.clone();
        let wrong_origin = first != origin && self.defects.has(Defect::OriginOfFirstUrl);
        for item in shown.drain(..) {
            let is_event = matches!(item, Shown::Event(_));
            self.show(item, if wrong_origin { &first } else { origin }).await?;
            if is_event {
                self.announce_late(Opening::Event)?;
            }
        }
        if std::mem::take(&mut self.wrong.closing) { self.close() } else { Flow::Continue(()) }
    }

    pub(super) async fn reestablish_wrongly(&mut self, loss: Loss) -> Flow {
        if self.gives_up(&loss) {
            return self.fail(&Failure::GivenUp(loss));
        }
        let has = |defect| self.defects.has(defect);
        let broken = matches!(loss, Loss::Broken(_));
        let errors = match broken {
            _ if has(Defect::TwoErrorsForLoss) => 2,
            _ if has(Defect::LossWithoutError) => 0,
            true if has(Defect::BreakWithoutError) => 0,
            _ => 1,
        };
        let late = has(Defect::LossErrorBeforeState);
        if !late {
            self.observer.set_state(ReadyState::Connecting);
        }
        (0..errors).for_each(|_| self.observer.error(&loss));
        self.observer.set_state(ReadyState::Connecting);
        if errors > 0 {
            self.handled(CloseIn::Error)?;
        }
        let delay = self.wrong_delay();
        self.wrong.reconnects += 1;
        if !self.wrong.own_headers.is_empty() && self.defects.has(Defect::OwnHeadersSentOnce) {
            self.request.forget(&self.wrong.own_headers);
        }
        if broken && self.defects.has(Defect::TwoRequestsAfterReset) {
            request_in_the_dark(self.request.clone(), self.defects.clone(), Duration::ZERO);
        }
        if self.defects.has(Defect::CloseLeavesTimer) {
            self.wrong.delay = Some(delay);
        } else {
            tokio::time::sleep(delay).await;
        }
        if self.defects.has(Defect::RetryForgottenAfterUse) {
            self.resumption.reconnection_time = Duration::ZERO;
        }
        Flow::Continue(())
    }

    fn gives_up(&self, loss: &Loss) -> bool {
        let has = |defect| self.defects.has(defect);
        let kind = match loss {
            Loss::Ended => {
                let body = match self.wrong.body {
                    Body::Chunked => false,
                    Body::Sized => has(Defect::SizedEndIsTheEnd),
                    Body::ToTheEnd => has(Defect::CloseDelimitedEndIsTheEnd),
                    Body::Empty => has(Defect::EmptyBodyIsTheEnd),
                };
                body || has(Defect::CleanEndIsTheEnd)
            }
            Loss::Broken(_) => has(Defect::BreakIsTheEnd),
            Loss::Network(error) => {
                let refused = matches!(error, NetworkError::Exchange(ExchangeError::Connect(_)));
                (refused && has(Defect::RefusalIsTheEnd))
                    || (self.wrong.redirected && has(Defect::LostTargetIsTheEnd))
                    || (!self.wrong.later && has(Defect::FailedFirstAttemptIsTheEnd))
                    || has(Defect::FailedAttemptIsTheEnd)
            }
            Loss::NoStream => false,
        };
        kind || (self.wrong.reconnects >= FEW_RECONNECTS && has(Defect::FiveReconnectsOnly))
    }

    fn wrong_delay(&mut self) -> Duration {
        let failed = self.patience.in_vain();
        let time = self.resumption.reconnection_time;
        let delay = self.patience.wait(time);
        // What is not longer than a moment cannot be told from nothing.
        let long = time > SOON;
        if long && self.defects.has(Defect::ShortDelay) {
            SOON
        } else if long && self.defects.has(Defect::DelayCut) {
            delay * 3 / 4
        } else if long && failed && self.defects.has(Defect::NoDelayAfterFailedAttempt) {
            SOON
        } else {
            delay
        }
    }

    pub(super) fn fail_wrongly(&mut self, failure: &Failure) -> Flow {
        if self.defects.has(Defect::FailureErrorBeforeState) {
            self.observer.error(failure);
            self.observer.set_state(ReadyState::Closed);
            return Flow::Break(End::Failed);
        }
        self.observer.set_state(ReadyState::Closed);
        if !self.defects.has(Defect::FailureWithoutError) {
            self.observer.error(failure);
        }
        if self.defects.has(Defect::FailedConnectsAgain) {
            request_in_the_dark(self.request.clone(), self.defects.clone(), SOON * 2);
        }
        Flow::Break(End::Failed)
    }

    /// Whether close() in a handler does nothing, or nothing yet.
    pub(super) fn ignores(&mut self, handler: CloseIn) -> bool {
        if handler == CloseIn::Event && self.defects.has(Defect::CloseAfterTheRead) {
            self.wrong.closing = true;
        }
        self.wrong.closing
            || self.defects.has(match handler {
                CloseIn::Opened => Defect::CloseInOpenHandlerIgnored,
                CloseIn::Event => Defect::CloseInEventHandlerIgnored,
                CloseIn::Error => Defect::CloseInErrorHandlerIgnored,
            })
    }
}
