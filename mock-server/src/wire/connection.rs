//! One connection: the task that owns its socket. It reads all the time, and writes as the exchange orders.

use std::collections::VecDeque;
use std::future::Future;
use std::net::Shutdown;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::barrier::{Boundary, Kept};
use super::captured::{CAPTURE_LIMIT, Captured};
use super::departure::Departure;
use super::diversion::{Diversion, Diverted};
use super::event::{Reporter, WireEventKind};
use super::exchange::Exchange;
use super::handle::{Answered, ConnectionHandle};
use super::intake::Intake;
use super::order::{Done, Order};
use super::output::{Output, beginning};
use super::registry::Entry;
use super::request::Request;
use super::request_reader::malformed::{Malformed, RequestLimits};
use super::request_reader::{Progress, RequestReader};
use super::response::{BAD_REQUEST, CONTINUE, Ending};
use crate::action;

/// Why a connection does not go on.
#[derive(Debug)]
enum Exit {
    /// The peer has left.
    Departed(Departure),
    /// To be dropped, as the script says.
    Drop(action::Drop, Done),
    /// To be closed with FIN, if that has not been sent.
    Leave,
    /// To be reset now.
    Abort(Option<Done>),
    /// To be given away with this request.
    Divert(Box<Request>),
}

/// The orders, and those that came while another was carried out.
#[derive(Debug)]
struct Inbox {
    orders: UnboundedReceiver<Order>,
    waiting: VecDeque<Order>,
}

impl Inbox {
    async fn next(&mut self) -> Order {
        match self.waiting.pop_front() {
            Some(order) => order,
            // The connection itself has a sender, so this does not happen.
            None => self.orders.recv().await.unwrap_or(Order::Abort),
        }
    }

    /// Waits for an order that is not to wait for its turn.
    async fn interruption(&mut self) -> Exit {
        loop {
            match self.orders.recv().await.unwrap_or(Order::Abort) {
                Order::Drop { how, done } => return Exit::Drop(how, done),
                Order::Leave => return Exit::Leave,
                Order::Abort => return Exit::Abort(None),
                order => self.waiting.push_back(order),
            }
        }
    }
}

/// The task of one connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    reporter: Reporter,
    limits: RequestLimits,
    handle: Arc<ConnectionHandle>,
    inbox: Inbox,
    intake: Intake,
    output: Output,
    diversion: Option<Diversion>,
    /// Its place in the listener's list, given up when the socket is gone.
    entry: Entry,
}

impl Connection {
    pub(super) fn new(
        stream: TcpStream,
        reporter: Reporter,
        limits: RequestLimits,
        boundary: Boundary,
        (entry, orders): (Entry, UnboundedReceiver<Order>),
        sender: UnboundedSender<Order>,
    ) -> Self {
        Self {
            stream,
            handle: Arc::new(ConnectionHandle::new(reporter.connection, sender)),
            reporter,
            limits,
            inbox: Inbox { orders, waiting: VecDeque::new() },
            intake: Intake::default(),
            output: Output::new(boundary),
            diversion: None,
            entry,
        }
    }

    /// With requests that are for somebody else.
    pub(super) fn diverted_by(mut self, diversion: Option<Diversion>) -> Self {
        self.diversion = diversion;
        self
    }

    /// Lives through the connection.
    pub(super) async fn run(mut self) {
        let mut exit = self.exchanges().await;
        let done = loop {
            self.handle.close();
            exit = match exit {
                Exit::Departed(departure) => {
                    self.handle.set_peer_gone();
                    self.tell_received();
                    self.reporter.tell(WireEventKind::Disconnected(departure));
                    break None;
                }
                Exit::Abort(done) => {
                    self.tell_received();
                    // Fails where the peer is gone already.
                    let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
                    break done;
                }
                Exit::Drop(how, done) => self.drop(how, done).await,
                Exit::Divert(request) => return self.give_away(*request),
                Exit::Leave => {
                    self.fin();
                    self.part().await
                }
            };
        };
        let Self { stream, reporter, entry, inbox, .. } = self;
        drop(stream);
        reporter.tell(WireEventKind::Closed);
        if let Some(done) = done {
            // Nobody waits where the order's future was dropped; so everywhere.
            let _ = done.send(());
        }
        drop(inbox);
        drop(entry);
    }

    /// Gives the connection away. Those who listen here see it go.
    fn give_away(self, request: Request) {
        let Self { stream, reporter, entry, inbox, intake, diversion, .. } = self;
        drop((inbox, entry));
        reporter.tell(WireEventKind::Closed);
        if let Some(diversion) = diversion {
            // Where nobody takes it any more it is closed.
            let _ = diversion.to.send(Diverted { stream, request, ahead: intake.buffer });
        }
    }

    /// Takes requests and answers them, one after another.
    async fn exchanges(&mut self) -> Exit {
        loop {
            let request = match self.request().await {
                Ok(Ok(request)) => request,
                Ok(Err(malformed)) => return self.refuse(malformed).await,
                Err(exit) => return exit,
            };
            if self.diversion.as_ref().is_some_and(|diversion| diversion.takes(&request)) {
                return Exit::Divert(Box::new(request));
            }
            self.tell_received();
            let answered = Arc::new(Answered::default());
            let exchange = Exchange::new(request, Arc::clone(&self.handle), Arc::clone(&answered));
            self.reporter.tell(WireEventKind::Request(exchange));
            if let Err(exit) = self.answer(&answered).await {
                return exit;
            }
            if self.intake.overflowed() {
                return self.refuse(Malformed::Pipelined(self.limits.head)).await;
            }
        }
    }

    /// Waits for a request.
    async fn request(&mut self) -> Result<Result<Request, Malformed>, Exit> {
        let mut reader = RequestReader::new(self.limits);
        loop {
            match reader.advance(&mut self.intake.buffer) {
                Ok(Progress::Complete(request)) => return Ok(Ok(request)),
                Ok(Progress::More) => {}
                Ok(Progress::AwaitsContinue) => {
                    self.tell_received();
                    // The peer may go on at once, so there is no waiting here, and all is kept.
                    self.reporter.tell(WireEventKind::Sent(Captured::of(CONTINUE)));
                    self.write(CONTINUE, usize::MAX, None).await?;
                }
                Err(malformed) => return Ok(Err(malformed)),
            }
            tokio::select! {
                biased;
                exit = self.inbox.interruption() => return Err(exit),
                came = self.intake.more(&self.stream) => came.map_err(Exit::Departed)?,
            }
        }
    }

    /// Carries out the orders that answer a request, until the answer is complete.
    async fn answer(&mut self, answered: &Answered) -> Result<(), Exit> {
        // What a peer may send before it has its answer: the head of the next request.
        let keep = self.limits.head;
        loop {
            let order = tokio::select! {
                biased;
                order = self.inbox.next() => order,
                departure = self.intake.watch(&self.stream, keep) => return Err(Exit::Departed(departure)),
            };
            match order {
                Order::Write { bytes, shown, ending, done } => {
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
                    // The end of the connection is part of the order.
                    if ending == Some(Ending::Close) && settled.is_ok() {
                        self.fin();
                        settled = Err(Exit::Leave);
                    }
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
                    if self.tell_cut_short(before, result)? == Kept::No {
                        self.reporter.tell(WireEventKind::BoundaryNotKept);
                    }
                    let settled = self.settle(keep).await;
                    let _ = done.send(());
                    settled?;
                }
                Order::Drop { how, done } => return Err(Exit::Drop(how, done)),
                Order::Leave => return Err(Exit::Leave),
                Order::Abort => return Err(Exit::Abort(None)),
            }
        }
    }

    /// Writes all of `bytes`, and meanwhile keeps so much of what the peer sends.
    async fn write(&mut self, bytes: &[u8], keep: usize, answered: Option<&Answered>) -> Result<(), Exit> {
        let before = self.output.written();
        let work = self.output.write(&self.stream, bytes, answered);
        let result = attend(&self.stream, &mut self.inbox, &mut self.intake, keep, work).await;
        self.tell_cut_short(before, result)
    }

    fn tell_cut_short<T>(&self, before: u64, result: Result<Result<T, Departure>, Exit>) -> Result<T, Exit> {
        let result = result.and_then(|written| written.map_err(Exit::Departed));
        if result.is_err() {
            self.reporter.tell(WireEventKind::CutShort { written: self.output.written() - before });
        }
        result
    }

    /// Waits until the peer has read everything, or for a while.
    async fn settle(&mut self, keep: usize) -> Result<(), Exit> {
        let work = self.output.settle();
        if attend(&self.stream, &mut self.inbox, &mut self.intake, keep, work).await? == Kept::No {
            self.reporter.tell(WireEventKind::BoundaryNotKept);
        }
        Ok(())
    }

    /// Answers what is no request, and ends the connection.
    async fn refuse(&mut self, malformed: Malformed) -> Exit {
        self.tell_received();
        self.reporter.tell(WireEventKind::Malformed { reason: malformed.to_string() });
        self.reporter.tell(WireEventKind::Sent(Captured::of(BAD_REQUEST)));
        match self.write(BAD_REQUEST, 0, None).await {
            Ok(()) => Exit::Leave,
            Err(exit) => exit,
        }
    }

    /// Ends our direction.
    fn fin(&self) {
        // Fails where the peer is gone already.
        let _ = SockRef::from(&self.stream).shutdown(Shutdown::Write);
    }

    /// Ends the connection as the script says.
    async fn drop(&mut self, how: action::Drop, done: Done) -> Exit {
        // Other orders can wait that long.
        tokio::select! {
            biased;
            kept = self.output.settle() => if kept == Kept::No {
                self.reporter.tell(WireEventKind::BoundaryNotKept);
            },
            departure = self.intake.watch(&self.stream, 0) => return Exit::Departed(departure),
        }
        self.reporter.tell(WireEventKind::Dropped(how));
        match how {
            action::Drop::Fin => {
                self.fin();
                let _ = done.send(());
                Exit::Leave
            }
            action::Drop::Reset => Exit::Abort(Some(done)),
        }
    }

    /// Waits, after our FIN, for the peer to leave. To close the socket before would turn the FIN into RST where the
    /// peer still sends.
    async fn part(&mut self) -> Exit {
        loop {
            let order = tokio::select! {
                biased;
                order = self.inbox.next() => order,
                departure = self.intake.watch(&self.stream, 0) => return Exit::Departed(departure),
            };
            match order {
                Order::Drop { how: action::Drop::Reset, done } => {
                    return Exit::Drop(action::Drop::Reset, done);
                }
                Order::Abort => return Exit::Abort(None),
                // It has ended already. Those who wait learn from the dropped sender that nothing can be written.
                Order::Drop { .. } | Order::Leave | Order::Write { .. } | Order::Repeat { .. } => {}
            }
        }
    }

    fn tell_received(&mut self) {
        if let Some(captured) = self.intake.captured() {
            self.reporter.tell(WireEventKind::Received(captured));
        }
    }
}

/// Does `work`, unless an order that cannot wait comes first, or the peer leaves.
async fn attend<T>(
    stream: &TcpStream,
    inbox: &mut Inbox,
    intake: &mut Intake,
    keep: usize,
    work: impl Future<Output = T>,
) -> Result<T, Exit> {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        exit = inbox.interruption() => Err(exit),
        // Before the watch: what was done before the peer left counts as done.
        result = &mut work => Ok(result),
        departure = intake.watch(stream, keep) => Err(Exit::Departed(departure)),
    }
}
