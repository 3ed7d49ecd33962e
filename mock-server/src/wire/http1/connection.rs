//! One connection: the task that owns its socket. It reads all the time, and writes what the exchange orders.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use super::exchange::Exchange;
use super::exit::Exit;
use super::handle::{ConnectionHandle, Written};
use super::inbox::Inbox;
use super::intake::Intake;
use super::order::{Order, Orders};
use super::output::Output;
use super::repeat::beginning;
use super::request::{Malformed, Request, RequestLimits};
use super::request_reader::{Progress, RequestReader};
use super::response::{BAD_REQUEST, CONTINUE, Ending, unavailable};
use crate::wire::barrier::{Boundary, Kept};
use crate::wire::budget::{Budget, Held};
use crate::wire::captured::{CAPTURE_LIMIT, Captured, ReportSent as _};
use crate::wire::departure::Departure;
use crate::wire::diversion::Diversion;
use crate::wire::event::{Reporter, WireEventKind};
#[cfg(feature = "http2")]
use crate::wire::http2::connection::Begins;
use crate::wire::registry::Registration;
use crate::wire::transport::Transport;
use crate::wire::versions::Versions;

mod ending;

/// How long the head of a request may be that is answered with 503.
const REFUSED_HEAD: usize = 64 * 1024;

/// How long a connection that is refused waits for its request.
const REFUSED_PATIENCE: Duration = Duration::from_secs(2);

/// The task of one connection.
#[derive(Debug)]
pub(in crate::wire) struct Connection {
    stream: Arc<Transport>,
    reporter: Reporter,
    limits: RequestLimits,
    budget: Arc<Budget>,
    handle: Arc<ConnectionHandle>,
    inbox: Inbox,
    intake: Intake,
    output: Output,
    #[cfg(feature = "http2")]
    sender: Orders,
    diversion: Option<Diversion>,
    versions: Versions,
    /// Its registration with the listener, dropped when the socket is gone.
    entry: Registration,
}

impl Connection {
    pub(in crate::wire) fn new(
        stream: Transport,
        reporter: Reporter,
        (limits, budget): (RequestLimits, Arc<Budget>),
        boundary: Boundary,
        (entry, orders): (Registration, UnboundedReceiver<Box<Order>>),
        sender: Orders,
    ) -> Self {
        let stream = Arc::new(stream);
        // What is encrypted may have to be written in parts, which only the task does.
        let direct = (boundary.is_off() && !stream.is_encrypted()).then(|| Arc::downgrade(&stream));
        let captures = reporter.reports_bytes();
        Self {
            stream,
            handle: Arc::new(ConnectionHandle::new(Box::new(reporter.clone()), sender.clone(), direct)),
            reporter,
            limits,
            budget,
            inbox: Inbox::new(orders),
            intake: Intake::new(captures),
            output: Output::new(boundary),
            #[cfg(feature = "http2")]
            sender,
            diversion: None,
            versions: Versions::Http1,
            entry,
        }
    }

    /// With a handler for requests that are not for scripts.
    pub(in crate::wire) fn diverted_by(mut self, diversion: Option<Diversion>) -> Self {
        self.diversion = diversion;
        self
    }

    /// Answers the first request with 503, because a limit was reached. Answering before the request arrives, or closing
    /// before it is read, would look like a broken connection.
    pub(in crate::wire) async fn turn_away(mut self, reason: Malformed) {
        self.limits = RequestLimits { head: REFUSED_HEAD, body: REFUSED_HEAD as u64 };
        let answer = async {
            let request = async {
                self.handshake().await?;
                self.request().await
            };
            let _ = tokio::time::timeout(REFUSED_PATIENCE, request).await;
            match self.refuse(reason).await {
                Exit::Leave => {
                    self.stream.close();
                    self.part().await
                }
                exit => exit,
            }
        };
        let exit = tokio::time::timeout(REFUSED_PATIENCE * 2, answer).await.unwrap_or(Exit::Abort(None));
        self.finish(exit).await;
    }

    /// In these versions of HTTP.
    pub(in crate::wire) fn speaking(mut self, versions: Versions) -> Self {
        self.versions = versions;
        self
    }

    /// Runs the connection to its end.
    pub(in crate::wire) async fn run(mut self) {
        let exit = self.exchanges().await;
        self.finish(exit).await;
    }

    /// Reads and answers requests, one after another.
    async fn exchanges(&mut self) -> Exit {
        if let Err(exit) = self.handshake().await {
            return exit;
        }
        #[cfg(feature = "http2")]
        match self.speaks_http2().await {
            Ok(true) => return Exit::Http2,
            Ok(false) => {}
            Err(exit) => return exit,
        }
        loop {
            let (request, held) = match self.request().await {
                Ok(Ok(request)) => request,
                Ok(Err(malformed)) => return self.refuse(malformed).await,
                Err(exit) => return exit,
            };
            if self.diversion.as_ref().is_some_and(|diversion| diversion.takes(&request)) {
                return Exit::Divert(Box::new(request));
            }
            self.report_received();
            let answered = Written::default();
            let exchange = Exchange::new(
                request,
                Arc::clone(&self.handle),
                answered.clone(),
                held,
                self.stream.offered(),
            );
            self.reporter.tell(WireEventKind::Request(exchange));
            if let Err(exit) = self.answer(&answered).await {
                return exit;
            }
            if self.intake.overflowed() {
                return self.refuse(Malformed::Pipelined(self.limits.head)).await;
            }
        }
    }

    /// Completes the handshake of TLS, if it has that.
    async fn handshake(&mut self) -> Result<(), Exit> {
        let handshake = tokio::select! {
            biased;
            interruption = self.inbox.interruption() => return Err(interruption.into()),
            handshake = self.stream.handshake() => handshake,
        };
        handshake.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Exit::Departed(Departure::Fin),
            io::ErrorKind::InvalidData => {
                self.reporter.tell(WireEventKind::HandshakeFailed { reason: format!("no TLS: {error}") });
                Exit::Leave
            }
            _ => Exit::Departed(error.into()),
        })
    }

    /// Whether the connection goes on over HTTP/2: what was chosen in the handshake of TLS, or else whether it begins with
    /// the preface.
    #[cfg(feature = "http2")]
    async fn speaks_http2(&mut self) -> Result<bool, Exit> {
        match self.versions {
            Versions::Http1 => return Ok(false),
            Versions::Http2 => return Ok(true),
            Versions::Http1And2 => {}
        }
        if let Some(protocol) = self.stream.protocol() {
            return Ok(protocol == b"h2");
        }
        loop {
            match Begins::with(&self.intake.buffer) {
                Begins::Yes => return Ok(true),
                Begins::No if !self.intake.buffer.is_empty() => return Ok(false),
                Begins::No | Begins::Perhaps => self.more().await?,
            }
        }
    }

    /// Waits for more bytes of the peer.
    async fn more(&mut self) -> Result<(), Exit> {
        tokio::select! {
            biased;
            interruption = self.inbox.interruption() => Err(interruption.into()),
            came = self.intake.more(&self.stream) => came.map_err(Exit::Departed),
        }
    }

    /// Waits for a request.
    async fn request(&mut self) -> Result<Result<(Request, Held), Malformed>, Exit> {
        let mut reader = RequestReader::new(self.limits);
        let mut held = self.budget.nothing();
        loop {
            if !held.resize(self.intake.buffer.len() + reader.held()) {
                return Ok(Err(Malformed::Memory(self.budget.limit())));
            }
            match reader.advance(&mut self.intake.buffer) {
                Ok(Progress::Complete(request)) => {
                    if self.intake.buffer.is_empty() {
                        self.intake.buffer = Vec::new();
                    }
                    return Ok(Ok((request, held)));
                }
                Ok(Progress::More) => {}
                Ok(Progress::AwaitsContinue) => {
                    self.report_received();
                    // The peer may send more immediately, so do not wait, and keep everything.
                    self.handle.report_sent(CONTINUE);
                    self.write(CONTINUE, usize::MAX, None).await?;
                }
                Err(malformed) => return Ok(Err(malformed)),
            }
            self.more().await?;
        }
    }

    /// Executes the orders that answer a request, until the response is complete.
    async fn answer(&mut self, answered: &Written) -> Result<(), Exit> {
        // A peer may send the head of its next request before it has the response.
        let keep = self.limits.head;
        loop {
            let order = tokio::select! {
                biased;
                order = self.inbox.next() => order,
                departure = self.intake.watch(&self.stream, keep) => return Err(Exit::Departed(departure)),
            };
            match order {
                Order::Write { bytes, shown, ending, pushed, done } => {
                    if ending.is_some() {
                        self.settle(keep).await?;
                    }
                    if let Some(captured) = shown {
                        self.reporter.tell(WireEventKind::Sent(captured));
                    }
                    if ending.is_some() {
                        self.reporter.tell(WireEventKind::Ended);
                    }
                    self.write(&bytes, keep, Some(answered)).await?;
                    let mut settled = if bytes.is_empty() { Ok(()) } else { self.settle(keep).await };
                    // Ending the connection is part of the order.
                    if ending == Some(Ending::Close) && settled.is_ok() {
                        self.stream.close();
                        settled = Err(Exit::Leave);
                    }
                    self.handle.executed(pushed);
                    let _ = done.send(());
                    settled?;
                    if ending.is_some() {
                        return Ok(());
                    }
                }
                Order::Repeat { repeat, coding, done } => {
                    let bytes = beginning(&repeat, CAPTURE_LIMIT);
                    self.reporter.tell(WireEventKind::Sent(Captured { bytes, length: repeat.total() }));
                    let before = self.output.written();
                    let work = self.output.write_repeat(&self.stream, &repeat, coding, answered);
                    let result = attend(&self.stream, &mut self.inbox, &mut self.intake, keep, work).await;
                    if self.report_truncated_write(before, result)? == Kept::No {
                        self.reporter.tell(WireEventKind::BoundaryNotKept);
                    }
                    let settled = self.settle(keep).await;
                    self.handle.executed(0);
                    let _ = done.send(());
                    settled?;
                }
                // For streams of HTTP/2 only.
                Order::Head { .. } | Order::Trailers { .. } | Order::Control { .. } | Order::RequireHttp1 => {
                }
                Order::Drop { how, done } => return Err(Exit::Drop(how, done)),
                Order::Leave => return Err(Exit::Leave),
                Order::Abort => return Err(Exit::Abort(None)),
            }
        }
    }

    /// Writes all of `bytes`, and meanwhile buffers up to this much of what the peer sends.
    async fn write(&mut self, bytes: &[u8], keep: usize, answered: Option<&Written>) -> Result<(), Exit> {
        let before = self.output.written();
        let work = self.output.write(&self.stream, bytes, answered);
        let result = attend(&self.stream, &mut self.inbox, &mut self.intake, keep, work).await;
        self.report_truncated_write(before, result)
    }

    fn report_truncated_write<T>(
        &self,
        before: u64,
        result: Result<Result<T, Departure>, Exit>,
    ) -> Result<T, Exit> {
        let result = result.and_then(|written| written.map_err(Exit::Departed));
        if result.is_err() {
            self.reporter.tell(WireEventKind::CutShort { written: self.output.written() - before });
        }
        result
    }

    /// Waits until the peer has read everything, or for a limited time.
    async fn settle(&mut self, keep: usize) -> Result<(), Exit> {
        let work = self.output.settle(&self.stream);
        if attend(&self.stream, &mut self.inbox, &mut self.intake, keep, work).await? == Kept::No {
            self.reporter.tell(WireEventKind::BoundaryNotKept);
        }
        Ok(())
    }

    /// Answers bytes that are not a request, and ends the connection.
    async fn refuse(&mut self, malformed: Malformed) -> Exit {
        self.report_received();
        let reason = malformed.to_string();
        let response = if malformed.is_limit() { unavailable(&reason) } else { BAD_REQUEST.to_vec() };
        self.reporter.tell(if malformed.is_limit() {
            WireEventKind::Refused { reason }
        } else {
            WireEventKind::Malformed { reason }
        });
        self.handle.report_sent(&response);
        match self.write(&response, 0, None).await {
            Ok(()) => Exit::Leave,
            Err(exit) => exit,
        }
    }

    fn report_received(&mut self) {
        if let Some(captured) = self.intake.captured() {
            self.reporter.tell(WireEventKind::Received(captured));
        }
    }
}

/// Does `work`, unless an order that cannot wait comes first or the peer leaves.
async fn attend<T>(
    stream: &Transport,
    inbox: &mut Inbox,
    intake: &mut Intake,
    keep: usize,
    work: impl Future<Output = T>,
) -> Result<T, Exit> {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        interruption = inbox.interruption() => Err(interruption.into()),
        // Before the watch: work completed before the peer left counts.
        result = &mut work => Ok(result),
        departure = intake.watch(stream, keep) => Err(Exit::Departed(departure)),
    }
}
