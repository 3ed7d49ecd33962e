//! One stream of a connection: a request and its response.

mod ending;

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use h2::RecvStream;
use h2::server::SendResponse;
use http::Request;

use super::link::Link;
use super::outlet::{Exit, Outlet, capacity, fields, response};
use super::request::{self, field_lines};
use super::response::Head;
use crate::action::Repeat;
use crate::wire::barrier::Kept;
use crate::wire::budget::{Budget, Held};
use crate::wire::captured::{CAPTURE_LIMIT, Captured, ReportSent as _};
use crate::wire::diversion::Diversion;
use crate::wire::event::{Reporter, WireEventKind};
use crate::wire::http1::exchange::Exchange;
use crate::wire::http1::handle::{ConnectionHandle, Written};
use crate::wire::http1::inbox::Inbox;
use crate::wire::http1::order::{Order, Orders};
use crate::wire::http1::repeat::{RepeatedWrites, beginning};
use crate::wire::http1::request::{Malformed, RequestLimits};
use crate::wire::registry::Registration;

/// Whether a request is answered by a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Yes,
    /// There are this many connections and streams already.
    Crowded(usize),
}

/// The task of one stream.
pub(super) struct Stream {
    outlet: Outlet,
    reporter: Reporter,
    limits: RequestLimits,
    budget: Arc<Budget>,
    link: Link,
    handle: Arc<ConnectionHandle>,
    inbox: Inbox,
    /// Bytes that the connection had written with the last write of this stream, until the peer has read them.
    unsettled: Option<u64>,
    /// Its registration with the listener.
    entry: Registration,
}

impl Stream {
    pub(super) fn new(
        response: SendResponse<Bytes>,
        reporter: Reporter,
        (limits, budget): (RequestLimits, Arc<Budget>),
        link: Link,
        (entry, inbox, sender): (Registration, Inbox, Orders),
    ) -> Self {
        Self {
            outlet: Outlet::Head(response),
            handle: Arc::new(ConnectionHandle::new(Box::new(reporter.clone()), sender, None)),
            reporter,
            limits,
            budget,
            link,
            inbox,
            unsettled: None,
            entry,
        }
    }

    /// Runs the stream to its end.
    pub(super) async fn run(
        mut self,
        request: Request<RecvStream>,
        admission: Admission,
        diversion: Option<Diversion>,
    ) {
        let exit = match admission {
            Admission::Yes => self.exchange(request, diversion).await,
            Admission::Crowded(limit) => self.refuse(Malformed::Crowded(limit)).await,
        };
        self.handle.close();
        let done = self.finish(exit.unwrap_or_else(|exit| exit)).await;
        let Self { outlet, reporter, entry, inbox, .. } = self;
        drop(outlet);
        reporter.tell(WireEventKind::Closed);
        if let Some(done) = done {
            // Whoever gave the order may have given up.
            let _ = done.send(());
        }
        drop((inbox, entry));
    }

    /// Reads the request and executes the orders that answer it.
    async fn exchange(
        &mut self,
        request: Request<RecvStream>,
        diversion: Option<Diversion>,
    ) -> Result<Exit, Exit> {
        let (head, content) = request.into_parts();
        let mut request = request::of(head);
        let diversion = diversion.filter(|diversion| diversion.takes(&request));
        if diversion.is_some() {
            // It is reported as a connection that is given away.
            self.reporter.tell(WireEventKind::Closed);
            self.reporter = self.reporter.silent();
            self.handle = Arc::new(self.handle.reporting_to(Box::new(self.reporter.clone())));
        }
        self.report_received(field_lines(&request));
        let held = match self.content(content, &mut request.body).await? {
            Ok(held) => held,
            Err(malformed) => return self.refuse(malformed).await,
        };
        self.report_received(request.body.clone());
        let answered = Written::default();
        let offered = Arc::clone(&self.link.offered);
        let exchange = |handle| Exchange::new(request, handle, answered.clone(), held, offered);
        match diversion {
            None => self.reporter.tell(WireEventKind::Request(exchange(Arc::clone(&self.handle)))),
            Some(diversion) => {
                let Some(handler) = diversion.streams else { return Err(Exit::NeedsHttp1) };
                if handler.send(exchange(Arc::clone(&self.handle))).is_err() {
                    return Err(Exit::Leave);
                }
            }
        }
        self.answer(&answered).await
    }

    fn report_received(&self, bytes: Vec<u8>) {
        if !bytes.is_empty() && self.reporter.reports_bytes() {
            self.reporter.tell(WireEventKind::Received(Captured::of(&bytes)));
        }
    }

    /// Reads the content of the request.
    async fn content(
        &mut self,
        mut stream: RecvStream,
        content: &mut Vec<u8>,
    ) -> Result<Result<Held, Malformed>, Exit> {
        let mut held = self.budget.nothing();
        loop {
            let data = tokio::select! {
                biased;
                interruption = self.inbox.interruption() => return Err(interruption.into()),
                data = stream.data() => data,
            };
            match data {
                None => return Ok(Ok(held)),
                Some(Err(error)) => {
                    let reset = error.reason().filter(|_| error.is_reset());
                    return Err(reset.map_or(Exit::Lost, Exit::Reset));
                }
                Some(Ok(bytes)) => {
                    // This fails only on a stream that has ended.
                    let _ = stream.flow_control().release_capacity(bytes.len());
                    let length = content.len() + bytes.len();
                    if length as u64 > self.limits.body {
                        return Ok(Err(Malformed::LongBody(self.limits.body)));
                    }
                    if !held.resize(length) {
                        return Ok(Err(Malformed::Memory(self.budget.limit())));
                    }
                    content.extend_from_slice(&bytes);
                }
            }
        }
    }

    /// Executes the orders that answer the request, until the response is complete.
    async fn answer(&mut self, answered: &Written) -> Result<Exit, Exit> {
        loop {
            let order = tokio::select! {
                biased;
                order = self.inbox.next() => order,
                exit = self.outlet.left() => return Err(exit),
            };
            let (done, pushed, is_complete) = match order {
                Order::Head { head, content, shown, ending, done } => {
                    self.announce(shown, ending.is_some()).await?;
                    self.head(&head, ending.is_some() && content.is_empty()).await?;
                    answered.add(head.shown().len());
                    if !content.is_empty() {
                        self.write(content, ending.is_some(), answered).await?;
                    }
                    (done, 0, ending.is_some())
                }
                Order::Write { bytes, shown, ending, pushed, done } => {
                    if matches!(self.outlet, Outlet::Head(_)) {
                        return Err(Exit::NeedsHttp1);
                    }
                    self.announce(shown, ending.is_some()).await?;
                    self.write(bytes, ending.is_some(), answered).await?;
                    (done, pushed, ending.is_some())
                }
                Order::Trailers { fields, shown, done } => {
                    self.announce(shown, true).await?;
                    self.trailers(&fields).await?;
                    (done, 0, true)
                }
                Order::Control { control, done } => {
                    self.link.control(self.outlet.stream(), control);
                    self.flush().await?;
                    (done, 0, false)
                }
                Order::Repeat { repeat, done, .. } => {
                    self.repeat(&repeat, answered).await?;
                    (done, 0, false)
                }
                Order::RequireHttp1 => return Err(Exit::NeedsHttp1),
                Order::Drop { how, done } => return Err(Exit::Drop(how, done)),
                Order::Leave | Order::Abort => return Err(Exit::Leave),
            };
            let settled = self.settle().await;
            self.handle.executed(pushed);
            // Whoever gave the order may have given up.
            let _ = done.send(());
            settled?;
            if is_complete {
                return Ok(Exit::Complete);
            }
        }
    }

    /// Reports what is about to be written.
    async fn announce(&mut self, shown: Option<Captured>, is_end: bool) -> Result<(), Exit> {
        if is_end {
            self.settle().await?;
        }
        if let Some(captured) = shown {
            self.reporter.tell(WireEventKind::Sent(captured));
        }
        if is_end {
            self.reporter.tell(WireEventKind::Ended);
        }
        Ok(())
    }

    async fn head(&mut self, head: &Head, is_end: bool) -> Result<(), Exit> {
        let Outlet::Head(sender) = &mut self.outlet else { return Err(Exit::NeedsHttp1) };
        // 101 is for HTTP/1.1 only, <https://www.rfc-editor.org/rfc/rfc9113#section-8.6>.
        let response = (head.status != 101).then(|| response(head)).flatten().ok_or(Exit::NeedsHttp1)?;
        let sent = if response.status().is_informational() {
            sender.send_informational(response)
        } else {
            sender.send_response(response, is_end).map(|stream| self.outlet = Outlet::Body(stream))
        };
        if sent.is_err() {
            return Err(self.outlet.left().await);
        }
        self.flush().await
    }

    /// Ends the body with fields.
    async fn trailers(&mut self, list: &[(String, Vec<u8>)]) -> Result<(), Exit> {
        let Outlet::Body(stream) = &mut self.outlet else { return Err(Exit::NeedsHttp1) };
        let trailers = fields(list).ok_or(Exit::NeedsHttp1)?;
        if stream.send_trailers(trailers).is_err() {
            return Err(self.outlet.left().await);
        }
        self.flush().await
    }

    /// Writes bytes of the body, in one frame if the window and the peer's limit for frames allow it.
    async fn write(&mut self, bytes: Vec<u8>, is_end: bool, answered: &Written) -> Result<(), Exit> {
        let mut rest = Bytes::from(bytes);
        let mut written = 0;
        let result = loop {
            match self.write_frames(&mut rest, is_end).await {
                Ok(length) => {
                    answered.add(length);
                    written += length as u64;
                }
                Err(exit) => break Err(exit),
            }
            if rest.is_empty() {
                break Ok(());
            }
        };
        if result.is_err() {
            self.reporter.tell(WireEventKind::CutShort { written });
        }
        result
    }

    /// Writes as many bytes as the window allows, but at least one; returns how many.
    async fn write_frames(&mut self, rest: &mut Bytes, is_end: bool) -> Result<usize, Exit> {
        let Outlet::Body(stream) = &mut self.outlet else { return Err(Exit::NeedsHttp1) };
        let capacity = match rest.len() {
            0 => 0,
            wanted => {
                stream.reserve_capacity(wanted);
                tokio::select! {
                    biased;
                    interruption = self.inbox.interruption() => return Err(interruption.into()),
                    capacity = capacity(stream) => match capacity {
                        Some(capacity) => capacity,
                        None => return Err(self.outlet.left().await),
                    },
                }
            }
        };
        let piece = rest.split_to(capacity.min(rest.len()));
        let length = piece.len();
        if stream.send_data(piece, is_end && rest.is_empty()).is_err() {
            return Err(self.outlet.left().await);
        }
        self.flush().await?;
        Ok(length)
    }

    /// Writes a pattern many times, with one write in memory.
    async fn repeat(&mut self, repeat: &Repeat, answered: &Written) -> Result<(), Exit> {
        let bytes = beginning(repeat, CAPTURE_LIMIT);
        self.reporter.tell(WireEventKind::Sent(Captured { bytes, length: repeat.total() }));
        let mut writes = RepeatedWrites::new(repeat);
        while let Some(bytes) = writes.next() {
            self.write(bytes.to_vec(), false, answered).await?;
            if repeat.write.is_some() && !writes.is_over() && self.link.boundary.is_exact() {
                self.settle().await?;
            }
        }
        Ok(())
    }

    /// Waits until the system has taken what `h2` had to write.
    async fn flush(&mut self) -> Result<(), Exit> {
        let flushed = attend(&mut self.inbox, &mut self.outlet, self.link.flush()).await?;
        self.unsettled = Some(flushed.map_err(|_| Exit::Lost)?);
        Ok(())
    }

    /// Waits until the peer has read everything, or for a limited time.
    async fn settle(&mut self) -> Result<(), Exit> {
        let Some(written) = self.unsettled.take() else { return Ok(()) };
        if attend(&mut self.inbox, &mut self.outlet, self.link.settle(written)).await? == Kept::No {
            self.reporter.tell(WireEventKind::BoundaryNotKept);
        }
        Ok(())
    }

    /// Answers a request for which a limit is reached.
    async fn refuse(&mut self, malformed: Malformed) -> Result<Exit, Exit> {
        let text = format!("{malformed}\n");
        self.reporter.tell(WireEventKind::Refused { reason: malformed.to_string() });
        let fields = vec![
            ("content-type".to_owned(), b"text/plain; charset=utf-8".to_vec()),
            ("content-length".to_owned(), text.len().to_string().into_bytes()),
        ];
        let head = Head { status: 503, fields };
        self.handle.report_sent(&[head.shown(), text.clone().into_bytes()].concat());
        self.head(&head, false).await?;
        self.write(text.into_bytes(), true, &Written::default()).await?;
        Ok(Exit::Complete)
    }
}

/// Does `work`, unless an order that cannot wait comes first or the peer leaves.
async fn attend<T>(inbox: &mut Inbox, outlet: &mut Outlet, work: impl Future<Output = T>) -> Result<T, Exit> {
    tokio::select! {
        biased;
        interruption = inbox.interruption() => Err(interruption.into()),
        // Before the watch: work completed before the peer left counts.
        result = work => Ok(result),
        exit = outlet.left() => Err(exit),
    }
}
