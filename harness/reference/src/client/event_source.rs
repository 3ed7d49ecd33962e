//! The processing model of `EventSource`.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model>
//!
//! The text queues tasks that do nothing when the state is CLOSED. Here close() ends the future that runs these steps,
//! so none of them needs to check.

mod header_fields;
mod reestablishing;

use std::ops::ControlFlow;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_LENGTH;
use ssespec::Observer;
use ssespec::protocol::{CloseIn, ConnectRequest, Event};
use ssespec_cases::client::ReadyState;

use crate::client::body_reader::{BodyReader, read_in_task};
use crate::client::exchange::{Response, send_unattended};
use crate::client::fetch::{NetworkError, fetch};
use crate::client::lifetime::Lifetime;
use crate::client::loss::{Failure, Flow, Loss, SourceEnd};
use crate::client::mime::{charset, is_event_stream};
use crate::client::past::{Announcement, BodyFraming, Past};
use crate::client::read_timeout::{ReadTimeout, Silence};
use crate::client::reconnection_delay::ReconnectionDelay;
use crate::client::request::Request;
use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::pace::Pace;
use crate::stream::interpreter::Interpreter;
use crate::stream::output::{Shown, StreamEnd};
use crate::stream::passed_on;
use crate::stream::resumption::{DEFAULT_RECONNECTION_TIME, Resumption};

/// A short delay, for defects that wait less than they should.
const MOMENT: Duration = Duration::from_millis(100);

/// The default reconnection time of clients that forget a retry with each connection.
const FIVE_SECONDS: Duration = Duration::from_secs(5);

/// An `EventSource` object and its user, who reports what it sees to the harness.
#[derive(Debug)]
pub(crate) struct EventSource {
    observer: Observer,
    close_in: Option<CloseIn>,
    pause: bool,
    read_timeout: Option<Duration>,
    request: Request,
    resumption: Resumption,
    delay: ReconnectionDelay,
    past: Past,
    pace: Pace,
    defects: Defects,
}

impl EventSource {
    pub(crate) fn new(
        options: &ConnectRequest,
        request: Request,
        observer: Observer,
        pace: Pace,
        defects: Defects,
    ) -> Self {
        Self {
            observer,
            close_in: options.close_in,
            pause: options.pause,
            read_timeout: options.read_timeout.map(Duration::from_millis),
            resumption: Resumption {
                reconnection_time: DEFAULT_RECONNECTION_TIME,
                last_event_id: request.initial_last_event_id(options),
            },
            past: Past::new(options, &request),
            request,
            delay: ReconnectionDelay::default(),
            pace,
            defects,
        }
    }

    pub(crate) async fn run(mut self) -> SourceEnd {
        loop {
            if let ControlFlow::Break(end) = self.connect().await {
                return end;
            }
        }
    }

    /// A fetch and the processing of its response, up to the moment of the next fetch:
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource>, step 15.
    async fn connect(&mut self) -> Flow {
        self.refresh_headers();
        self.set_last_event_id();
        let loss = match self.fetch().await {
            Ok(response) => {
                if let Some(failure) = self.objection(&response) {
                    return self.reject(failure, response).await;
                }
                self.announce()?;
                self.interpret(response).await?
            }
            Err(error) if error.is_futile() && !self.tries_again_untrusted(&error) => {
                return self.fail(&Failure::Futile(error));
            }
            Err(error) => Loss::Network(error),
        };
        self.reestablish(loss).await
    }

    /// Fetches. The fetch ends with the future that drives it, so close() aborts it; with a defect that leaves it
    /// running, a task drives it, and may wait the reconnection delay itself.
    async fn fetch(&mut self) -> Result<Response, NetworkError> {
        let delay = self.past.delay.take();
        if delay.is_none() && !self.defects.has(Defect::CloseLeavesRequest) {
            let before = self.request.url().clone();
            let fetched = fetch(&mut self.request, &self.defects).await;
            self.past.was_redirected = *self.request.url() != before;
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
            // The runtime shuts down.
            Err(_) => std::future::pending().await,
        }
    }

    /// "If res's status is not 200, or if res's `Content-Type` is not `text/event-stream`, then fail the connection."
    fn objection(&self, response: &Response) -> Option<Failure> {
        if response.status != StatusCode::OK && !self.accepts_status(response.status) {
            return Some(Failure::Status(response.status));
        }
        if !is_event_stream(&response.headers, &self.defects) && !self.accepts_any_type() {
            return Some(Failure::ContentType);
        }
        None
    }

    /// Decides whether a status other than 200 is accepted.
    fn accepts_status(&self, status: StatusCode) -> bool {
        let has = |defect| self.defects.has(defect);
        let has_body = !matches!(status.as_u16(), 204 | 205 | 304);
        (has_body && has(Defect::StatusOfBodyIgnored))
            || (has_body && status.is_redirection() && has(Defect::RedirectIsRead))
            || (status.is_success() && has(Defect::AnySuccessAccepted))
            || (self.past.was_open && has(Defect::StatusOfReconnectIgnored))
            || has(Defect::StatusIgnored)
    }

    /// Decides whether another content type is accepted.
    fn accepts_any_type(&self) -> bool {
        self.past.was_open && self.defects.has(Defect::TypeOfReconnectIgnored)
    }

    /// Fails the connection because of its response.
    async fn reject(&mut self, failure: Failure, response: Response) -> Flow {
        let retried = match response.status.as_u16() {
            200 => Defect::OtherTypeRetried,
            204 => Defect::NoContentRetried,
            205 => Defect::ResetContentRetried,
            201..=299 => Defect::OtherSuccessRetried,
            300 | 304 => Defect::RedirectionRetried,
            301..=399 => Defect::RedirectWithoutLocationRetried,
            401 | 403 => Defect::ForbiddenRetried,
            429 => Defect::TooManyRequestsRetried,
            400..=499 => Defect::ClientErrorRetried,
            500..=599 => Defect::ServerErrorRetried,
            _ => return self.fail(&failure),
        };
        let is_later = self.past.was_open && self.defects.has(Defect::StatusOfReconnectRetried);
        if is_later || self.defects.has(retried) {
            return self.reconnect(Loss::NoStream).await;
        }
        if self.defects.has(Defect::FailedBodyRead) {
            let _ = Box::pin(self.interpret(response)).await?;
        } else if self.defects.has(Defect::FailedConnectionKept) {
            // Nobody reads what it receives.
            drop(read_in_task(response.body));
        }
        self.fail(&failure)
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#announce-the-connection>
    fn announce(&mut self) -> Flow {
        self.past.failed_attempts = 0;
        self.past.had_error_event = false;
        let has = |defect| self.defects.has(defect);
        if has(Defect::OpenBeforeState) {
            self.observer.opened();
            self.observer.set_state(ReadyState::Open);
            self.past.was_open = true;
            self.past.announcement = Announcement::Made;
            return self.handled(CloseIn::Opened);
        }
        if !has(Defect::OpenLeavesState) {
            self.observer.set_state(ReadyState::Open);
        }
        let was_open = std::mem::replace(&mut self.past.was_open, true);
        if (was_open && has(Defect::OpenOnce)) || has(Defect::OpenNever) {
            return Flow::Continue(());
        }
        let is_twice = was_open && has(Defect::OpenTwiceOnReconnect);
        self.past.announcement = if has(Defect::OpenWithFirstBytes) {
            Announcement::WithFirstBytes
        } else if has(Defect::OpenAfterFirstEvent) {
            Announcement::AfterFirstEvent
        } else {
            Announcement::Made
        };
        if self.past.announcement != Announcement::Made {
            return Flow::Continue(());
        }
        if is_twice {
            self.observer.opened();
        }
        self.observer.opened();
        self.handled(CloseIn::Opened)
    }

    /// Announces the open connection now, if that waited for this.
    fn announce_late(&mut self, reached: Announcement) -> Flow {
        if self.past.announcement != reached {
            return Flow::Continue(());
        }
        self.past.announcement = Announcement::Made;
        self.observer.opened();
        self.handled(CloseIn::Opened)
    }

    /// "Interpret res's body line by line", until it ends. The text reconnects at the end of the body; that a body
    /// which breaks off ends too follows from its introduction only: "Clients will reconnect if the connection is
    /// closed".
    async fn interpret(&mut self, response: Response) -> Flow<Loss> {
        let mut interpreter = self.interpreter(&response);
        let is_sized = response.headers.contains_key(CONTENT_LENGTH);
        let mut body = BodyReader::new(response.body, self.past.framing, &self.defects);
        let mut shown = Vec::new();
        let mut silence = ReadTimeout::new(self.read_timeout, &self.defects);
        let mut life = Lifetime::new(self.pace, &self.defects);
        let (end, loss) = loop {
            let read = tokio::select! {
                biased;
                read = silence.read(&mut body) => read,
                limit = life.runs_out() => Err(Silence(limit)),
            };
            let read = match read {
                Ok(read) => read,
                Err(Silence(limit)) => break (StreamEnd::Broken, Loss::Silent(limit)),
            };
            match read {
                Some(Ok(bytes)) => {
                    let bytes = self.with_framing(bytes);
                    interpreter.feed(&bytes, &mut self.resumption, &mut shown);
                    silence.heard(&bytes, &shown);
                    life.heard(&shown);
                    self.show_all(&mut shown).await?;
                    if interpreter.gave_up() {
                        break (StreamEnd::Broken, Loss::Ended);
                    }
                }
                Some(Err(error)) if error.is_reset() && self.defects.has(Defect::ResetNotNoticed) => {
                    std::future::pending().await
                }
                Some(Err(error)) => break (StreamEnd::Broken, Loss::Broken(error)),
                None if is_sized => break (StreamEnd::AtLength, Loss::Ended),
                None => break (StreamEnd::Clean, Loss::Ended),
            }
        };
        if matches!(loss, Loss::Ended)
            && interpreter.is_inside_event()
            && self.defects.has(Defect::CutEventIsTheEnd)
        {
            self.observer.set_state(ReadyState::Closed);
            return Flow::Break(SourceEnd::Failed);
        }
        interpreter.end(end, &mut self.resumption, &mut shown);
        self.show_all(&mut shown).await?;
        self.past.stream = Some(interpreter);
        self.past.ended_all_delays |= life.ends_all_delays();
        Flow::Continue(loss)
    }

    /// What was read of a body, for a client that does not decode its framing.
    fn with_framing(&self, bytes: Bytes) -> Bytes {
        if self.past.framing == BodyFraming::Chunked && self.defects.has(Defect::ChunkSizesAreText) {
            let size = format!("{:x}\r\n", bytes.len());
            [size.as_bytes(), &bytes, b"\r\n"].concat().into()
        } else {
            bytes
        }
    }

    /// The interpreter of a response's body.
    fn interpreter(&mut self, response: &Response) -> Interpreter {
        let mut interpreter = Interpreter::new(&self.resumption, &self.defects);
        if let Some(before) = self.past.stream.take() {
            interpreter.follow(&before, self.past.was_reset, &self.resumption);
        }
        interpreter.set_charset(charset(&response.headers));
        if self.resumption.reconnection_time > DEFAULT_RECONNECTION_TIME
            && self.defects.has(Defect::LongRetryForgottenOnConnection)
        {
            self.resumption.reconnection_time = DEFAULT_RECONNECTION_TIME;
        }
        if self.past.reconnections > 0 && self.defects.has(Defect::FiveSecondsAfterEachConnection) {
            self.resumption.reconnection_time = FIVE_SECONDS;
        }
        self.past.framing = BodyFraming::of(&response.headers);
        interpreter
    }

    /// Shows what a read completed, in its order.
    async fn show_all(&mut self, shown: &mut Vec<Shown>) -> Flow {
        self.announce_late(Announcement::WithFirstBytes)?;
        for item in shown.drain(..) {
            let is_event = item.is_event();
            self.show(item).await?;
            if is_event {
                self.announce_late(Announcement::AfterFirstEvent)?;
            }
        }
        if std::mem::take(&mut self.past.is_closing) { self.close() } else { Flow::Continue(()) }
    }

    /// The task that <https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage> queues.
    async fn show(&mut self, shown: Shown) -> Flow {
        // Each is a task of its own, so that a close() between two of them is not too late for the second.
        tokio::task::yield_now().await;
        match shown {
            Shown::Comment(text) => {
                self.observer.comment(&text);
                Flow::Continue(())
            }
            Shown::Event(event) => {
                self.delay.event_delivered();
                if event.kind == "error" && self.defects.has(Defect::ErrorEventIsALoss) {
                    self.past.had_error_event = true;
                    self.observer.set_state(ReadyState::Connecting);
                }
                let raw = passed_on::bytes(&event.data);
                self.observer.event(Event {
                    kind: Some(passed_on::replaced(event.kind)),
                    data: if raw.is_some() { None } else { Some(event.data) },
                    data_base64: raw.map(|bytes| BASE64_STANDARD.encode(bytes)),
                    id: Some(passed_on::replaced(event.last_event_id.as_ref().to_owned())),
                    origin: Some(self.event_origin()),
                    ..Event::default()
                });
                if self.pause {
                    self.request.pause();
                    // Its handler does not return; close() ends it.
                    std::future::pending::<()>().await;
                }
                self.handled(CloseIn::Event)
            }
        }
    }

    /// "The serialization of the origin of the event stream's final URL (i.e., the URL after redirects)".
    fn event_origin(&self) -> String {
        let (origin, first) = (self.request.url().origin(), &self.past.first_origin);
        if *first != origin && self.defects.has(Defect::OriginOfFirstUrl) { first.clone() } else { origin }
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#fail-the-connection>: "Once the user agent has
    /// failed the connection, it does not attempt to reconnect." A close() in this error's handler changes nothing.
    fn fail(&mut self, failure: &Failure) -> Flow {
        let has = |defect| self.defects.has(defect);
        if has(Defect::FailureErrorBeforeState) {
            self.observer.error(failure);
            self.observer.set_state(ReadyState::Closed);
            return Flow::Break(SourceEnd::Failed);
        }
        if !has(Defect::FailureLeavesState) {
            self.observer.set_state(ReadyState::Closed);
        }
        if !has(Defect::FailureWithoutError) {
            self.observer.error(failure);
        }
        if has(Defect::FailedConnectsAgain) {
            send_unattended(self.request.clone(), self.defects.clone(), MOMENT * 2);
        }
        Flow::Break(SourceEnd::Failed)
    }

    /// The user's handler ran, and may have called close().
    fn handled(&mut self, handler: CloseIn) -> Flow {
        if self.close_in == Some(handler) && !self.ignores_close(handler) {
            self.close()
        } else {
            Flow::Continue(())
        }
    }

    /// Decides whether close() in a handler does nothing, or nothing yet.
    fn ignores_close(&mut self, handler: CloseIn) -> bool {
        if handler == CloseIn::Event && self.defects.has(Defect::CloseAfterTheRead) {
            self.past.is_closing = true;
        }
        self.past.is_closing
            || self.defects.has(match handler {
                CloseIn::Opened => Defect::CloseInOpenHandlerIgnored,
                CloseIn::Event => Defect::CloseInEventHandlerIgnored,
                CloseIn::Error => Defect::CloseInErrorHandlerIgnored,
            })
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-close>: the state is CLOSED
    /// immediately, no event is fired, and leaving all steps aborts the fetch.
    fn close(&mut self) -> Flow {
        self.observer.set_state(ReadyState::Closed);
        Flow::Break(SourceEnd::Closed)
    }
}
