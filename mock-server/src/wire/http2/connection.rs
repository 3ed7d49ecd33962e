//! One connection, whose streams are exchanges of their own. The `h2` crate speaks the protocol.
//!
//! Each stream has a number of its own, as if it were a connection: what is said of connections elsewhere holds for each of
//! them. Only their socket is common.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::server::{Connection as Http2, SendResponse};
use http::Request;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::{oneshot, watch};

use super::interjected::Interjected;
use super::link::{Ask, Flush, Link};
use super::socket::{Progress, Socket};
use super::stream::{Admission, Stream};
use crate::action;
use crate::action::http2::ErrorCode;
use crate::wire::barrier::Boundary;
use crate::wire::budget::Budget;
use crate::wire::departure::Departure;
use crate::wire::diversion::Diversion;
use crate::wire::event::{Reporter, WireEventKind};
use crate::wire::http1::inbox::{Inbox, Interruption};
use crate::wire::http1::intake::Intake;
use crate::wire::http1::order::Orders;
use crate::wire::http1::request::RequestLimits;
use crate::wire::registry::Registration;
use crate::wire::transport::Transport;

/// The connection preface, <https://www.rfc-editor.org/rfc/rfc9113#section-3.4>.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long GOAWAY may take to be written.
const LEAVING: Duration = Duration::from_millis(100);

/// How many streams of a connection may be answered with 503, because the limit was reached.
const REFUSED: usize = 256;

/// Whether bytes begin a connection over HTTP/2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum Begins {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// There are too few of them to tell.
    Perhaps,
}

impl Begins {
    /// What the first bytes of a connection say.
    pub(in crate::wire) fn with(bytes: &[u8]) -> Self {
        match bytes.len() {
            0 => Self::No,
            _ if bytes.starts_with(PREFACE) => Self::Yes,
            _ if PREFACE.starts_with(bytes) => Self::Perhaps,
            _ => Self::No,
        }
    }
}

/// What a connection needs to go on over HTTP/2.
pub(in crate::wire) struct Accepted {
    pub(in crate::wire) stream: Arc<Transport>,
    /// What was read of it already.
    pub(in crate::wire) ahead: Vec<u8>,
    pub(in crate::wire) reporter: Reporter,
    pub(in crate::wire) limits: RequestLimits,
    pub(in crate::wire) budget: Arc<Budget>,
    pub(in crate::wire) boundary: Boundary,
    pub(in crate::wire) diversion: Option<Diversion>,
    pub(in crate::wire) inbox: Inbox,
    pub(in crate::wire) orders: Orders,
    pub(in crate::wire) entry: Registration,
}

/// Why a connection ends.
enum Exit {
    /// The peer has left, or has broken the protocol.
    Over,
    /// FIN, without GOAWAY or an end of any stream; answered when it is sent.
    Fin(oneshot::Sender<()>),
    /// GOAWAY and FIN.
    Leave,
    /// RST.
    Abort,
}

/// What happens on a connection.
enum Happening {
    Request(Box<Request<h2::RecvStream>>, SendResponse<Bytes>),
    Exit(Exit),
}

impl Accepted {
    /// Runs the connection to its end.
    pub(in crate::wire) async fn run(mut self) {
        let progress = Arc::new(Progress::default());
        let interjected = Arc::new(Interjected::default());
        let socket = Socket::new(
            Arc::clone(&self.stream),
            &std::mem::take(&mut self.ahead),
            (Arc::clone(&progress), Arc::clone(&interjected)),
            self.reporter.clone(),
        );
        let mut builder = h2::server::Builder::new();
        // `h2` refuses further ones.
        let most = self.entry.limit().saturating_add(REFUSED);
        builder.max_concurrent_streams(u32::try_from(most).unwrap_or(u32::MAX));
        // With the usual 20, a peer that resets many streams while the machine is busy loses the connection with all others.
        builder.max_pending_accept_reset_streams(most);
        builder.max_header_list_size(u32::try_from(self.limits.head).unwrap_or(u32::MAX));
        let (tell_departure, departure) = watch::channel(None);
        let (asks, asking) = mpsc::unbounded_channel();
        let exit = tokio::select! {
            biased;
            interruption = self.inbox.interruption() => interruption.into(),
            connection = builder.handshake::<_, Bytes>(socket) => match connection {
                Ok(connection) => {
                    let link = Link {
                        asks,
                        interjected,
                        boundary: Arc::new(std::mem::replace(&mut self.boundary, Boundary::Off)),
                        departure,
                        offered: self.stream.offered(),
                        orders: self.orders.clone(),
                    };
                    self.streams(connection, &link, asking, &progress).await
                }
                Err(error) => self.broken(&error),
            },
        };
        let departure = self.end(exit, &progress).await;
        let Self { stream, reporter, entry, inbox, .. } = self;
        drop(stream);
        if let Some(departure) = departure {
            reporter.tell(WireEventKind::Disconnected(departure));
            tell_departure.send_replace(Some(departure));
        }
        drop(tell_departure);
        reporter.tell(WireEventKind::Closed);
        drop((inbox, entry));
    }

    /// Begins the streams that the peer opens, and writes what they send, until the connection ends.
    async fn streams(
        &mut self,
        mut connection: Http2<Socket, Bytes>,
        link: &Link,
        mut asking: UnboundedReceiver<Ask>,
        progress: &Progress,
    ) -> Exit {
        let mut flushes: Vec<Flush> = Vec::new();
        let exit = loop {
            let happening = tokio::select! {
                biased;
                happening = drive(&mut connection, &mut asking, &mut flushes, progress, &self.stream) => happening,
                interruption = self.inbox.interruption() => Ok(Happening::Exit(interruption.into())),
            };
            match happening {
                Ok(Happening::Request(request, response)) => self.begin(*request, response, link),
                Ok(Happening::Exit(exit)) => break exit,
                Err(error) => return self.broken(&error),
            }
        };
        if matches!(exit, Exit::Leave) {
            connection.abrupt_shutdown(Reason::NO_ERROR);
            // The peer may not read it.
            let _ = tokio::time::timeout(LEAVING, poll_fn(|context| connection.poll_closed(context))).await;
        }
        exit
    }

    /// A stream has begun.
    fn begin(&self, request: Request<h2::RecvStream>, mut response: SendResponse<Bytes>, link: &Link) {
        // None are begun when the listener has stopped.
        let Some((entry, orders, sender)) = self.entry.another() else { return };
        let reporter = Reporter { connection: entry.connection, ..self.reporter.clone() };
        reporter.tell(WireEventKind::Accepted { peer: peer(&self.stream) });
        if self.entry.refuses_stream() {
            let how = action::Drop::ResetWith(ErrorCode::RefusedStream);
            reporter.tell(WireEventKind::Dropped(how));
            response.send_reset(Reason::REFUSED_STREAM);
            reporter.tell(WireEventKind::Closed);
            return;
        }
        let admission = match entry.crowd() {
            Some(limit) => Admission::Crowded(limit),
            None => Admission::Yes,
        };
        let stream = Stream::new(
            response,
            reporter,
            (self.limits, Arc::clone(&self.budget)),
            link.clone(),
            (entry, Inbox::new(orders), sender),
        );
        tokio::spawn(stream.run(request, admission, self.diversion.clone()));
    }

    /// The peer has broken the protocol, or the connection is lost.
    fn broken(&self, error: &h2::Error) -> Exit {
        if !error.is_io() {
            self.reporter.tell(WireEventKind::Malformed { reason: format!("not HTTP/2: {error}") });
        }
        Exit::Over
    }

    /// Ends the connection, and waits until the peer has left, unless it is reset.
    async fn end(&mut self, exit: Exit, progress: &Progress) -> Option<Departure> {
        let is_lost = progress.departure();
        match exit {
            Exit::Abort => {
                self.stream.reset_when_dropped();
                return None;
            }
            Exit::Over if is_lost.is_some() => return is_lost,
            Exit::Over | Exit::Leave => self.stream.close(),
            Exit::Fin(done) => {
                self.stream.cut();
                let _ = done.send(());
            }
        }
        let mut intake = Intake::new(false);
        loop {
            let interruption = tokio::select! {
                biased;
                interruption = self.inbox.interruption() => interruption,
                departure = intake.watch(&self.stream, 0) => return Some(departure),
            };
            match interruption {
                Interruption::Abort
                | Interruption::Drop(action::Drop::Reset | action::Drop::ResetWith(_), _) => {
                    self.stream.reset_when_dropped();
                    return None;
                }
                // It has already ended.
                Interruption::Drop(action::Drop::Fin, _) | Interruption::Leave => {}
            }
        }
    }
}

impl From<Interruption> for Exit {
    fn from(interruption: Interruption) -> Self {
        match interruption {
            Interruption::Drop(action::Drop::Fin, done) => Self::Fin(done),
            Interruption::Leave => Self::Leave,
            Interruption::Drop(action::Drop::Reset | action::Drop::ResetWith(_), _) | Interruption::Abort => {
                Self::Abort
            }
        }
    }
}

/// Lets `h2` read and write, until something happens. Answers those who wait for a flush.
async fn drive(
    connection: &mut Http2<Socket, Bytes>,
    asking: &mut UnboundedReceiver<Ask>,
    flushes: &mut Vec<Flush>,
    progress: &Progress,
    transport: &Transport,
) -> Result<Happening, h2::Error> {
    poll_fn(|context| {
        while let Poll::Ready(Some(ask)) = asking.poll_recv(context) {
            match ask {
                Ask::Flush(flush) => flushes.push(flush),
                Ask::InitialWindow(size) => {
                    if let Err(error) = connection.set_initial_window_size(size) {
                        tracing::warn!(%error, size, "the initial window is not changed");
                    }
                }
            }
        }
        match connection.poll_accept(context) {
            Poll::Ready(Some(Ok((request, response)))) => {
                return Poll::Ready(Ok(Happening::Request(Box::new(request), response)));
            }
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
            Poll::Ready(None) => return Poll::Ready(Ok(Happening::Exit(Exit::Over))),
            Poll::Pending => {}
        }
        // `h2` has written what it could.
        if !progress.is_blocked() {
            for flush in flushes.drain(..) {
                // Whoever waited may have given up.
                let _ = flush.send(transport.written());
            }
        }
        Poll::Pending
    })
    .await
}

fn peer(stream: &Transport) -> SocketAddr {
    // This fails only if the peer is gone already.
    stream.tcp().peer_addr().unwrap_or_else(|_| SocketAddr::from(([0, 0, 0, 0], 0)))
}

#[cfg(test)]
mod tests {
    use super::Begins;

    #[test]
    fn the_preface_is_recognized() {
        for (bytes, begins) in [
            (&b""[..], Begins::No),
            (b"P", Begins::Perhaps),
            (b"POST / HTTP/1.1\r\n", Begins::No),
            (b"PRI * HTTP/2.0\r\n\r\n", Begins::Perhaps),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0", Begins::Yes),
            (b"PRI * HTTP/2.0\r\nhost: x\r\n\r\n", Begins::No),
        ] {
            assert_eq!(Begins::with(bytes), begins, "{bytes:?}");
        }
    }
}
