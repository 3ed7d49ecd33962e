//! What a stream has of its connection.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use super::interjected::{self, Interjected};
use crate::action;
use crate::action::http2::{Control, GoAway, LastStream};
use crate::wire::barrier::{Boundary, Kept};
use crate::wire::departure::Departure;
use crate::wire::http1::handle::PeerGone;
use crate::wire::http1::order::{Order, Orders};

/// Answered with the number of bytes that the connection has written, when the system has taken everything that `h2` had
/// to write.
pub(super) type Flush = oneshot::Sender<u64>;

/// What a stream asks of its connection.
#[derive(Debug)]
pub(super) enum Ask {
    Flush(Flush),
    /// New streams of the peer have windows of this size.
    InitialWindow(u32),
}

/// What a stream has of its connection. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) asks: mpsc::UnboundedSender<Ask>,
    pub(super) interjected: Arc<Interjected>,
    pub(super) boundary: Arc<Boundary>,
    /// How the peer left the connection; the sender is gone if the server ended it.
    pub(super) departure: watch::Receiver<Option<Departure>>,
    /// The protocols that the peer offered in the handshake of TLS.
    pub(super) offered: Arc<Vec<String>>,
    /// The orders to the connection.
    pub(super) orders: Orders,
}

impl Link {
    /// Waits until the system has taken everything that `h2` had to write; returns the number of bytes since the connection
    /// was established.
    ///
    /// # Errors
    /// If the connection is over.
    pub(super) async fn flush(&self) -> Result<u64, PeerGone> {
        let (done, flushed) = oneshot::channel();
        self.asks.send(Ask::Flush(done)).map_err(|_| PeerGone)?;
        flushed.await.map_err(|_| PeerGone)
    }

    /// Lets the connection write a frame about itself, at the request of this stream. A flush waits for it.
    pub(super) fn control(&self, stream: u32, control: Control) {
        match control {
            Control::GoAway(GoAway { last, code }) => {
                let last = match last {
                    LastStream::This => stream,
                    LastStream::None => 0,
                };
                self.interjected.push(interjected::go_away(last, code.number()));
            }
            Control::Ping => self.interjected.push(interjected::ping()),
            Control::Settings(settings) => {
                if let Some(count) = settings.max_concurrent_streams {
                    self.interjected.push(interjected::max_concurrent_streams(count));
                }
                if let Some(size) = settings.initial_window_size {
                    // Otherwise the connection is over.
                    let _ = self.asks.send(Ask::InitialWindow(size));
                }
            }
        }
    }

    /// Waits until the peer has read the first `written` bytes of the connection, or for a limited time.
    pub(super) async fn settle(&self, written: u64) -> Kept {
        self.boundary.settle(written).await
    }

    /// Ends the connection with FIN. Returns when it is sent.
    pub(super) async fn fin(&self) {
        let (done, ended) = oneshot::channel();
        // Otherwise the connection is over.
        if self.orders.send(Box::new(Order::Drop { how: action::Drop::Fin, done })).is_ok() {
            let _ = ended.await;
        }
    }

    /// Waits until the connection is over; returns how the peer left, unless the server reset the connection.
    pub(super) async fn departed(&mut self) -> Option<Departure> {
        match self.departure.wait_for(Option::is_some).await {
            Ok(departure) => *departure,
            Err(_) => None,
        }
    }
}
