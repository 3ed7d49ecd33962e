//! How a connection ends.

use std::sync::Arc;

use super::Connection;
use crate::action;
use crate::wire::barrier::Kept;
use crate::wire::diversion::{Diverted, DivertedStream};
use crate::wire::event::WireEventKind;
use crate::wire::http1::exit::Exit;
use crate::wire::http1::order::{Done, Order};
use crate::wire::http1::request::Request;
#[cfg(feature = "http2")]
use crate::wire::http2::connection::Accepted;

impl Connection {
    /// Ends the connection.
    pub(super) async fn finish(mut self, mut exit: Exit) {
        let done = loop {
            self.handle.close();
            exit = match exit {
                Exit::Departed(departure) => {
                    self.handle.set_peer_gone();
                    self.report_received();
                    self.reporter.tell(WireEventKind::Disconnected(departure));
                    break None;
                }
                Exit::Abort(done) => {
                    self.report_received();
                    self.stream.reset_when_dropped();
                    break done;
                }
                Exit::Drop(how, done) => self.drop(how, done).await,
                Exit::Divert(request) => return self.give_away(*request),
                #[cfg(feature = "http2")]
                Exit::Http2 => return self.go_on_over_http2().await,
                Exit::Leave => {
                    self.stream.close();
                    self.part().await
                }
            };
        };
        let Self { stream, reporter, entry, inbox, .. } = self;
        drop(stream);
        reporter.tell(WireEventKind::Closed);
        if let Some(done) = done {
            // The order's future may have been dropped. The same applies wherever an order is answered.
            let _ = done.send(());
        }
        drop(inbox);
        drop(entry);
    }

    /// What begins with the preface of HTTP/2 was no exchange yet.
    #[cfg(feature = "http2")]
    async fn go_on_over_http2(self) {
        let Self {
            stream, reporter, limits, budget, diversion, inbox, intake, output, sender, entry, ..
        } = self;
        let (ahead, boundary) = (intake.buffer, output.into_boundary());
        Accepted {
            stream,
            ahead,
            reporter,
            limits,
            budget,
            boundary,
            diversion,
            inbox,
            orders: sender,
            entry,
        }
        .run()
        .await;
    }

    /// Gives the connection away, which is reported as its end.
    fn give_away(self, request: Request) {
        let Self { stream, reporter, entry, inbox, intake, diversion, .. } = self;
        drop((inbox, entry));
        reporter.tell(WireEventKind::Closed);
        if let Some(diversion) = diversion {
            // The handle is closed, so nobody else has the socket.
            if let Some(stream) = Arc::into_inner(stream).map(DivertedStream::new) {
                // It is closed if the receiver was dropped.
                let _ = diversion.to.send(Diverted { stream, request, ahead: intake.buffer });
            }
        }
    }

    /// Ends the connection as the script specifies.
    async fn drop(&mut self, how: action::Drop, done: Done) -> Exit {
        // Other orders can wait until then.
        tokio::select! {
            biased;
            kept = self.output.settle(&self.stream) => if kept == Kept::No {
                self.reporter.tell(WireEventKind::BoundaryNotKept);
            },
            departure = self.intake.watch(&self.stream, 0) => return Exit::Departed(departure),
        }
        self.reporter.tell(WireEventKind::Dropped(how));
        match how {
            action::Drop::Fin => {
                self.stream.cut();
                let _ = done.send(());
                self.part().await
            }
            action::Drop::Reset | action::Drop::ResetWith(_) => Exit::Abort(Some(done)),
        }
    }

    /// Waits, after sending FIN, for the peer to leave. Closing the socket earlier would turn FIN into RST if the peer is
    /// still sending.
    pub(super) async fn part(&mut self) -> Exit {
        loop {
            let order = tokio::select! {
                biased;
                order = self.inbox.next() => order,
                departure = self.intake.watch(&self.stream, 0) => return Exit::Departed(departure),
            };
            match order {
                Order::Drop { how: how @ (action::Drop::Reset | action::Drop::ResetWith(_)), done } => {
                    return Exit::Drop(how, done);
                }
                Order::Abort => return Exit::Abort(None),
                // It has already ended. Tasks that wait see the dropped sender and know that nothing can be written.
                Order::Drop { .. }
                | Order::Leave
                | Order::Write { .. }
                | Order::Head { .. }
                | Order::Trailers { .. }
                | Order::Control { .. }
                | Order::RequireHttp1
                | Order::Repeat { .. } => {}
            }
        }
    }
}
