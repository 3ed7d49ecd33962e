//! The processing model of `EventSource`.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model>
//!
//! The text queues tasks that do nothing when the state is CLOSED. Here close() ends the future that runs these steps,
//! so that none of them needs to look.

use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http::header::CONTENT_LENGTH;
use ssespec_cases::client::ReadyState;

use super::defect::Defects;
use super::exchange::{Response, words};
use super::fetch::{NetworkError, fetch};
use super::interpreter::{End as EndOfBody, Interpreter, Resumption, Shown};
use super::mime::is_event_stream;
use super::patience::Patience;
use super::request::Request;
use body::Body;
use ssespec::Observer;
use ssespec::protocol::{CloseIn, ConnectRequest, Event};
use wrong::Wrong;

mod body;
mod wrong;

/// The reconnection time before any `retry`: "an implementation-defined value, probably in the region of a few
/// seconds". Ours is short, because its users are tests.
pub(super) const RECONNECTION_TIME: Duration = Duration::from_secs(1);

/// How an event source ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The connection was failed.
    Failed,
    /// Its user called close() in a handler.
    Closed,
}

/// A step's result; it breaks when the event source has come to its end.
type Flow<T = ()> = ControlFlow<End, T>;

/// Why a connection is to be reestablished.
#[derive(Debug, thiserror::Error)]
enum Loss {
    #[error(transparent)]
    Network(NetworkError),
    #[error("the stream ended")]
    Ended,
    #[error("the stream broke off: {}", words(.0))]
    Broken(hyper::Error),
    /// Only to a client with a defect.
    #[error("the answer is no event stream")]
    NoStream,
}

/// Why a connection is failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Futile(NetworkError),
    #[error("the status is {0}")]
    Status(StatusCode),
    #[error("the content type is not text/event-stream")]
    ContentType,
    #[error("{0}; the request is not safe to repeat")]
    NotRepeatable(Loss),
    /// Only of a client with a defect.
    #[error("{0}; given up")]
    GivenUp(Loss),
}

/// Lives through one event source: from its constructor until its connection is failed or the harness wants it closed.
pub(super) async fn session(options: ConnectRequest, observer: Observer, defects: Defects) {
    observer.set_state(ReadyState::Connecting);
    let source = match Request::new(&options, defects.clone()) {
        Ok(request) => EventSource::new(&options, request, observer.clone(), defects.clone()),
        // A constructor would throw.
        Err(error) => {
            observer.set_state(ReadyState::Closed);
            return observer.error(error);
        }
    };
    let closing = wrong::Closing::new(&source);
    let mut running = pin!(source.run());
    let end = tokio::select! {
        // What is to be closed must not show anything that happened to be ready as well.
        biased;
        () = observer.close_requested() => None,
        end = &mut running => Some(end),
    };
    match end {
        // close(): the fetch is aborted with the future that drives it.
        None => {
            observer.set_state(ReadyState::Closed);
            closing.goes_wrong(&observer);
        }
        Some(End::Failed) => {}
        // Nothing may follow, which the harness sees best while we still could show it.
        Some(End::Closed) => observer.close_requested().await,
    }
}

/// An `EventSource` object and its user, who reports what it sees to the harness.
#[derive(Debug)]
struct EventSource {
    observer: Observer,
    close_in: Option<CloseIn>,
    request: Request,
    resumption: Resumption,
    patience: Patience,
    /// What only a defect looks at.
    wrong: Wrong,
    defects: Defects,
}

impl EventSource {
    fn new(options: &ConnectRequest, request: Request, observer: Observer, defects: Defects) -> Self {
        Self {
            observer,
            close_in: options.close_in,
            resumption: Resumption {
                reconnection_time: RECONNECTION_TIME,
                last_event_id: initial_last_event_id(options, &request),
            },
            wrong: Wrong::new(options, &request),
            request,
            patience: Patience::default(),
            defects,
        }
    }

    async fn run(mut self) -> End {
        loop {
            if let ControlFlow::Break(end) = self.connect().await {
                return end;
            }
        }
    }

    /// A fetch and what its response is processed to, up to the moment of the next fetch:
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource>, step 15.
    async fn connect(&mut self) -> Flow {
        self.request.set_last_event_id(&self.resumption.last_event_id);
        let loss = match self.fetch().await {
            Ok(response) => {
                if let Some(failure) = self.objection(&response) {
                    return self.object(failure, response).await;
                }
                self.announce()?;
                self.interpret(response).await?
            }
            Err(error) if error.is_futile() => return self.fail(&Failure::Futile(error)),
            Err(error) => Loss::Network(error),
        };
        self.reestablish(loss).await
    }

    /// "If res's status is not 200, or if res's `Content-Type` is not `text/event-stream`, then fail the connection."
    fn objection(&self, response: &Response) -> Option<Failure> {
        if response.status != StatusCode::OK && !self.accepts(response.status) {
            return Some(Failure::Status(response.status));
        }
        if !is_event_stream(&response.headers, &self.defects) && !self.accepts_any_type() {
            return Some(Failure::ContentType);
        }
        None
    }

    async fn object(&mut self, failure: Failure, response: Response) -> Flow {
        if self.defects.any() {
            return self.object_wrongly(failure, response).await;
        }
        self.fail(&failure)
    }

    async fn fetch(&mut self) -> Result<Response, NetworkError> {
        if self.defects.any() {
            return self.fetch_wrongly().await;
        }
        fetch(&mut self.request, &self.defects).await
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#announce-the-connection>
    fn announce(&mut self) -> Flow {
        self.observer.set_state(ReadyState::Open);
        if self.defects.any() {
            return self.announce_wrongly();
        }
        self.observer.opened();
        self.handled(CloseIn::Opened)
    }

    /// "Interpret res's body line by line", until it ends. The text reconnects at the end of the body; that a body
    /// which breaks off ends too follows from its introduction only: "Clients will reconnect if the connection is
    /// closed".
    async fn interpret(&mut self, response: Response) -> Flow<Loss> {
        let origin = self.request.url().origin();
        let mut interpreter = Interpreter::new(&self.resumption, self.defects.clone());
        if self.defects.any() {
            self.begin_wrongly(&mut interpreter, &response);
        }
        let sized = response.headers.contains_key(CONTENT_LENGTH);
        let mut body = Body::new(response.body, &self.defects);
        let mut shown = Vec::new();
        let (end, loss) = loop {
            match body.next().await {
                Some(Ok(bytes)) => {
                    interpreter.feed(&bytes, &mut self.resumption, &mut shown);
                    self.show_all(&mut shown, &origin).await?;
                    if interpreter.gave_up() {
                        break (EndOfBody::Broken, Loss::Ended);
                    }
                }
                Some(Err(error)) => break (EndOfBody::Broken, Loss::Broken(error)),
                None if sized => break (EndOfBody::AtLength, Loss::Ended),
                None => break (EndOfBody::Clean, Loss::Ended),
            }
        };
        interpreter.end(end, &mut self.resumption, &mut shown);
        self.show_all(&mut shown, &origin).await?;
        self.wrong.keep(interpreter, &self.defects);
        Flow::Continue(loss)
    }

    async fn show_all(&mut self, shown: &mut Vec<Shown>, origin: &str) -> Flow {
        if self.defects.any() {
            return self.show_all_wrongly(shown, origin).await;
        }
        for item in shown.drain(..) {
            self.show(item, origin).await?;
        }
        Flow::Continue(())
    }

    /// The task that <https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage> queues.
    async fn show(&mut self, shown: Shown, origin: &str) -> Flow {
        // Each is a task of its own, so that a close() that comes between two of them is not too late for the second.
        tokio::task::yield_now().await;
        match shown {
            Shown::Comment(text) => {
                self.observer.comment(&text);
                Flow::Continue(())
            }
            Shown::Event(event) => {
                self.patience.rewarded();
                self.observer.event(Event {
                    kind: Some(event.kind),
                    data: Some(event.data),
                    id: Some(event.last_event_id.as_ref().to_owned()),
                    origin: Some(origin.to_owned()),
                    ..Event::default()
                });
                self.handled(CloseIn::Event)
            }
        }
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection>, but for the fetch.
    ///
    /// In the standard the request always is a GET. Where our user chose a method that is not safe to repeat, only the
    /// server's own event IDs show that the stream can be resumed, and the one text about that says: "Resumption is
    /// always via HTTP GET with `Last-Event-ID`",
    /// <https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery>.
    async fn reestablish(&mut self, loss: Loss) -> Flow {
        if !self.request.is_idempotent() {
            if self.resumption.last_event_id.is_empty() {
                return self.fail(&Failure::NotRepeatable(loss));
            }
            self.request.become_get();
        }
        if self.defects.any() {
            return self.reestablish_wrongly(loss).await;
        }
        self.observer.set_state(ReadyState::Connecting);
        self.observer.error(loss);
        self.handled(CloseIn::Error)?;
        tokio::time::sleep(self.patience.wait(self.resumption.reconnection_time)).await;
        Flow::Continue(())
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#fail-the-connection>: "Once the user agent has
    /// failed the connection, it does not attempt to reconnect." A close() in this error's handler changes nothing.
    fn fail(&mut self, failure: &Failure) -> Flow {
        if self.defects.any() {
            return self.fail_wrongly(failure);
        }
        self.observer.set_state(ReadyState::Closed);
        self.observer.error(failure);
        Flow::Break(End::Failed)
    }

    /// The user's handler has run; whether it has called close().
    fn handled(&mut self, handler: CloseIn) -> Flow {
        if self.close_in == Some(handler) && !self.ignores(handler) {
            self.close()
        } else {
            Flow::Continue(())
        }
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-close>: the state is CLOSED at
    /// once, no event is fired, and leaving all steps aborts the fetch.
    fn close(&mut self) -> Flow {
        self.observer.set_state(ReadyState::Closed);
        Flow::Break(End::Closed)
    }
}

/// The last event ID string to start with. It is empty in the standard; our user can give one, also in the form of the
/// header, which then must not outlive the IDs of the stream.
fn initial_last_event_id(options: &ConnectRequest, request: &Request) -> Arc<str> {
    if options.last_event_id.is_empty() {
        request.last_event_id().unwrap_or_default().into()
    } else {
        options.last_event_id.as_str().into()
    }
}

#[cfg(test)]
mod tests;
