//! The end of a stream.

use h2::Reason;

use super::Stream;
use crate::action;
use crate::wire::barrier::Kept;
use crate::wire::departure::Departure;
use crate::wire::event::WireEventKind;
use crate::wire::http1::inbox::{Inbox, Interruption};
use crate::wire::http1::order::{Done, Order};
use crate::wire::http2::outlet::Exit;

impl Stream {
    /// Ends the stream; returns whom to tell when it is gone.
    pub(super) async fn finish(&mut self, exit: Exit) -> Option<Done> {
        match exit {
            Exit::Complete => {}
            Exit::Reset(reason) => self.report_left(Departure::ResetStream(reason.into())),
            Exit::Lost => self.wait_for_departure().await,
            Exit::Leave => self.reset(Reason::CANCEL).await,
            Exit::NeedsHttp1 => {
                self.reporter.tell(WireEventKind::Dropped(action::Drop::Reset));
                self.reset(Reason::HTTP_1_1_REQUIRED).await;
            }
            Exit::Drop(how, done) => {
                if let Some(written) = self.unsettled.take() {
                    tokio::select! {
                        biased;
                        kept = self.link.settle(written) => if kept == Kept::No {
                            self.reporter.tell(WireEventKind::BoundaryNotKept);
                        },
                        exit = self.outlet.left() => {
                            match exit {
                                Exit::Reset(reason) => {
                                    self.report_left(Departure::ResetStream(reason.into()));
                                }
                                _ => self.wait_for_departure().await,
                            }
                            return None;
                        }
                    }
                }
                self.reporter.tell(WireEventKind::Dropped(how));
                match how {
                    action::Drop::Fin => {
                        self.link.fin().await;
                        let _ = done.send(());
                        self.wait_for_departure().await;
                    }
                    action::Drop::Reset => {
                        self.reset(Reason::INTERNAL_ERROR).await;
                        return Some(done);
                    }
                    action::Drop::ResetWith(code) => {
                        self.reset(code.number().into()).await;
                        return Some(done);
                    }
                }
            }
        }
        None
    }

    async fn reset(&mut self, reason: Reason) {
        self.outlet.reset(reason);
        // The connection may be over.
        tokio::select! {
            _ = self.link.flush() => {}
            Interruption::Abort = self.inbox.interruption() => {}
        }
    }

    /// Waits until the peer has left the connection, which is over for this side.
    async fn wait_for_departure(&mut self) {
        let departure = tokio::select! {
            biased;
            departure = self.link.departed() => departure,
            () = aborted(&mut self.inbox) => {
                // No other stream can use it either.
                let _ = self.link.orders.send(Box::new(Order::Abort));
                None
            }
        };
        if let Some(departure) = departure {
            self.report_left(departure);
        }
    }

    fn report_left(&self, how: Departure) {
        self.handle.set_peer_gone();
        self.reporter.tell(WireEventKind::Disconnected(how));
    }
}

/// Waits until the stream must end immediately.
async fn aborted(inbox: &mut Inbox) {
    loop {
        match inbox.interruption().await {
            Interruption::Abort | Interruption::Drop(action::Drop::Reset | action::Drop::ResetWith(_), _) => {
                return;
            }
            // It has already ended. Who waits sees the dropped sender, and knows that nothing can be written.
            Interruption::Drop(action::Drop::Fin, _) | Interruption::Leave => {}
        }
    }
}
