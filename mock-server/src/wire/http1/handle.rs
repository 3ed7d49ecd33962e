//! A connection as seen from its exchanges, and from those who push into its open body.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::oneshot;

use super::order::{Done, Order, Orders};
use super::response::Coding;
use crate::wire::captured::{Captured, ReportSent};
use crate::wire::transport::Transport;

/// Nothing more can be written: the peer has left, the connection was closed at the end of a session, or the
/// response is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is no longer open to this exchange; the transcript says who closed it")]
pub struct PeerGone;

/// A connection as seen from its exchanges.
#[derive(Debug)]
pub(in crate::wire) struct ConnectionHandle {
    reporter: Box<dyn ReportSent>,
    orders: Orders,
    turn: Mutex<Turn>,
    closed: AtomicBool,
    peer_gone: AtomicBool,
}

/// Whose turn it is to write.
#[derive(Debug)]
struct Turn {
    /// The socket, if exchanges may write without the task of the connection, which takes two switches of tasks less.
    direct: Option<Weak<Transport>>,
    /// The orders that the task of the connection has yet to execute. They come first.
    waiting: usize,
    /// The bytes in pushes among them.
    pushed: usize,
}

impl ConnectionHandle {
    pub(in crate::wire) fn new(
        reporter: Box<dyn ReportSent>,
        orders: Orders,
        direct: Option<Weak<Transport>>,
    ) -> Self {
        let turn = Mutex::new(Turn { direct, waiting: 0, pushed: 0 });
        Self { reporter, orders, turn, closed: AtomicBool::new(false), peer_gone: AtomicBool::new(false) }
    }

    /// The connection, before it has an exchange, with this reporter.
    #[cfg(feature = "http2")]
    pub(in crate::wire) fn reporting_to(&self, reporter: Box<dyn ReportSent>) -> Self {
        Self::new(reporter, self.orders.clone(), None)
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the connection.
    pub(in crate::wire) fn connection(&self) -> u32 {
        self.reporter.connection()
    }

    /// The number of the connection that carries it.
    pub(in crate::wire) fn carrier(&self) -> u32 {
        self.reporter.carrier()
    }

    /// Whether the connection is over TLS.
    pub(in crate::wire) fn is_encrypted(&self) -> bool {
        self.reporter.is_encrypted()
    }

    /// Nothing more will be written. When this returns, nobody is writing.
    pub(in crate::wire) fn close(&self) {
        let _turn = self.turn();
        self.closed.store(true, Ordering::Release);
    }

    /// The peer has left.
    pub(in crate::wire) fn set_peer_gone(&self) {
        self.peer_gone.store(true, Ordering::Release);
    }

    /// Whether orders are still taken.
    pub(in crate::wire) fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Acquire) && !self.orders.is_closed()
    }

    /// Whether the peer has left.
    pub(in crate::wire) fn is_peer_gone(&self) -> bool {
        self.peer_gone.load(Ordering::Acquire)
    }

    /// Whether exchanges may write without waiting for the peer to read.
    pub(in crate::wire) fn is_direct(&self) -> bool {
        self.turn().direct.is_some()
    }

    /// What to report of bytes that are written, if that is reported.
    pub(in crate::wire) fn shown(&self, bytes: &[u8]) -> Option<Captured> {
        self.reporter.reports_bytes().then(|| Captured::of(bytes))
    }

    /// Reports bytes that are about to be written.
    pub(in crate::wire) fn report_sent(&self, bytes: &[u8]) {
        if let Some(captured) = self.shown(bytes) {
            self.reporter.sent(captured);
        }
    }

    /// Gives an order and waits until it is done. If the future is dropped, the order is still executed.
    pub(in crate::wire) async fn order(&self, order: impl FnOnce(Done) -> Order) -> Result<(), PeerGone> {
        let (done, answer) = oneshot::channel();
        self.enqueue(&mut self.turn(), order(done))?;
        self.answer(answer).await
    }

    async fn answer(&self, mut answer: oneshot::Receiver<()>) -> Result<(), PeerGone> {
        tokio::select! {
            biased;
            answer = &mut answer => answer.map_err(|_| PeerGone),
            // An order that is sent while the receiver is being dropped stays in the channel, and is answered only when
            // the last sender, which is this handle, is gone.
            () = self.orders.closed() => answer.try_recv().map_err(|_| PeerGone),
        }
    }

    /// Gives an order and does not wait.
    pub(in crate::wire) fn give(&self, order: Order) -> Result<(), PeerGone> {
        self.enqueue(&mut self.turn(), order)
    }

    fn enqueue(&self, turn: &mut Turn, order: Order) -> Result<(), PeerGone> {
        turn.waiting += 1;
        self.orders.send(Box::new(order)).map_err(|_| PeerGone)
    }

    /// The task of the connection has executed an order to write.
    pub(in crate::wire) fn executed(&self, pushed: usize) {
        let mut turn = self.turn();
        turn.waiting = turn.waiting.saturating_sub(1);
        turn.pushed = turn.pushed.saturating_sub(pushed);
    }

    /// Writes as much as the system takes immediately, and orders the rest.
    pub(in crate::wire) async fn write(&self, bytes: &[u8], answered: &Written) -> Result<(), PeerGone> {
        let answer = {
            let mut turn = self.turn();
            let rest = self.write_now(&turn, bytes, answered)?;
            if rest.is_empty() {
                None
            } else {
                let (done, answer) = oneshot::channel();
                let bytes = rest.to_vec();
                self.enqueue(&mut turn, Order::Write { bytes, shown: None, ending: None, pushed: 0, done })?;
                Some(answer)
            }
        };
        match answer {
            Some(answer) => self.answer(answer).await,
            None => {
                // A script that writes without end must let others run.
                tokio::task::consume_budget().await;
                Ok(())
            }
        }
    }

    /// Writes as much as the system takes immediately; returns what is left.
    fn write_now<'b>(
        &self,
        turn: &Turn,
        mut bytes: &'b [u8],
        answered: &Written,
    ) -> Result<&'b [u8], PeerGone> {
        if self.closed.load(Ordering::Acquire) {
            return Err(PeerGone);
        }
        let Some(direct) = turn.direct.as_ref().filter(|_| turn.waiting == 0) else { return Ok(bytes) };
        let stream = direct.upgrade().ok_or(PeerGone)?;
        while !bytes.is_empty() {
            match stream.try_write(bytes) {
                Ok(length) => {
                    bytes = bytes.get(length..).unwrap_or_default();
                    answered.add(length);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // The task of the connection notices it when it reads.
                Err(_) => return Err(PeerGone),
            }
        }
        Ok(bytes)
    }

    /// Writes a part of an open body that no script wrote. Waits for nothing.
    pub(in crate::wire) fn push(
        &self,
        data: &[u8],
        answered: &Written,
        limit: usize,
    ) -> Result<(), PushError> {
        let mut turn = self.turn();
        let coding = answered.body().ok_or(PushError::NotOpen)?;
        if !self.is_open() {
            return Err(PushError::NotOpen);
        }
        if turn.pushed.saturating_add(data.len()) > limit {
            return Err(PushError::Slow(limit));
        }
        let mut bytes = Vec::new();
        super::response::code(&mut bytes, coding, data);
        let direct = turn.direct.is_some();
        if direct {
            self.report_sent(data);
        }
        let rest = self.write_now(&turn, &bytes, answered)?;
        if rest.is_empty() {
            return Ok(());
        }
        let shown = if direct { None } else { self.shown(data) };
        let (bytes, pushed, done) = (rest.to_vec(), rest.len(), oneshot::channel().0);
        turn.pushed += pushed;
        Ok(self.enqueue(&mut turn, Order::Write { bytes, shown, ending: None, pushed, done })?)
    }
}

/// Why nothing was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The response has no open body: it has not begun, is complete, or has a fixed length.
    #[error("the stream is not open")]
    NotOpen,
    /// The peer does not read.
    #[error("the client has not read {0} bytes that were pushed earlier")]
    Slow(usize),
}

impl From<PeerGone> for PushError {
    fn from(PeerGone: PeerGone) -> Self {
        Self::NotOpen
    }
}

/// How many bytes of an answer were written so far, also while a write is in progress.
#[derive(Debug, Clone, Default)]
pub struct Written(Arc<Answer>);

#[derive(Debug, Default)]
struct Answer {
    bytes: AtomicU64,
    body: AtomicU8,
}

/// The values of [`Answer::body`].
const CHUNKED: u8 = 1;
const IDENTITY: u8 = 2;

impl Written {
    /// The number of bytes.
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Acquire)
    }

    pub(in crate::wire) fn add(&self, bytes: usize) {
        self.0.bytes.fetch_add(bytes as u64, Ordering::Release);
    }

    /// How an open body of any length is coded, if there is one.
    pub(in crate::wire) fn body(&self) -> Option<Coding> {
        match self.0.body.load(Ordering::Acquire) {
            CHUNKED => Some(Coding::Chunked),
            IDENTITY => Some(Coding::Identity),
            _ => None,
        }
    }

    pub(in crate::wire) fn set_body(&self, body: Option<Coding>) {
        let body = match body {
            Some(Coding::Chunked) => CHUNKED,
            Some(Coding::Identity) => IDENTITY,
            None => 0,
        };
        self.0.body.store(body, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use tokio::sync::mpsc;

    use super::*;

    /// Reports nothing.
    #[derive(Debug)]
    struct Nobody;

    impl ReportSent for Nobody {
        fn connection(&self) -> u32 {
            1
        }

        fn carrier(&self) -> u32 {
            1
        }

        fn is_encrypted(&self) -> bool {
            false
        }

        fn reports_bytes(&self) -> bool {
            false
        }

        fn sent(&self, _: Captured) {}
    }

    const ROUNDS: usize = 20_000;

    #[tokio::test]
    async fn an_order_to_a_connection_that_is_just_ending_is_answered() {
        // The other thread drops the receiver of a round as soon as `round` says so.
        let (receiver, ready, round) = (Mutex::new(None), AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
        let (receiver, ready) = (Arc::new(receiver), Arc::new(ready));
        let connections = std::thread::spawn({
            let (receiver, ready, round) = (Arc::clone(&receiver), Arc::clone(&ready), Arc::clone(&round));
            move || {
                for number in 1..=ROUNDS {
                    let ending: mpsc::UnboundedReceiver<Box<Order>> = loop {
                        match receiver.lock().unwrap().take() {
                            Some(receiver) => break receiver,
                            None => std::thread::yield_now(),
                        }
                    };
                    ready.store(number, Ordering::SeqCst);
                    while round.load(Ordering::SeqCst) < number {}
                    drop(ending);
                }
            }
        });
        for number in 1..=ROUNDS {
            let (sender, ending) = mpsc::unbounded_channel();
            *receiver.lock().unwrap() = Some(ending);
            let handle = ConnectionHandle::new(Box::new(Nobody), sender, None);
            while ready.load(Ordering::SeqCst) < number {
                std::thread::yield_now();
            }
            round.store(number, Ordering::SeqCst);
            let order = handle.order(|done| Order::Drop { how: crate::action::Drop::Fin, done });
            let answer = tokio::time::timeout(Duration::from_secs(10), order).await;
            assert_eq!(answer, Ok(Err(PeerGone)), "round {number}");
        }
        connections.join().unwrap();
    }
}
