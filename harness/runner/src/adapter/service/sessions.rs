//! Following orders with a test service: each session is a task of its own, so that a slow answer delays no other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use http::Uri;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::callbacks::{Callbacks, Place};
use super::stream::Stream;
use crate::adapter::fault::Fault;
use crate::adapter::incoming::Incoming;
use crate::protocol::{ConnectRequest, Observation, Order};

/// Follows orders until there are no more; then it ends what is left.
pub(super) async fn follow(
    service: Uri,
    asks_for_types: bool,
    mut orders: mpsc::UnboundedReceiver<(u64, Order)>,
    callbacks: Arc<Callbacks>,
    tell: mpsc::UnboundedSender<Incoming>,
) {
    let mut sessions: HashMap<u64, mpsc::UnboundedSender<Order>> = HashMap::new();
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            order = orders.recv() => {
                let Some((number, order)) = order else { break };
                if let Order::Connect(_) = order {
                    sessions.entry(number).or_insert_with(|| {
                        let (orders, queue) = mpsc::unbounded_channel();
                        let session = Session {
                            number,
                            service: service.clone(),
                            asks_for_types,
                            callbacks: Arc::clone(&callbacks),
                            tell: tell.clone(),
                            streams: Vec::new(),
                        };
                        tasks.spawn(session.follow(queue));
                        orders
                    });
                }
                let is_last = order == Order::Close;
                // One that is not there is closed.
                let Some(orders) = sessions.get(&number) else { continue };
                // The receiver is gone only after a fault, which has been reported.
                let _ = orders.send(order);
                if is_last {
                    sessions.remove(&number);
                }
            }
            Some(_) = tasks.join_next() => {}
        }
    }
    drop(sessions);
    while tasks.join_next().await.is_some() {}
}

/// A session.
struct Session {
    number: u64,
    service: Uri,
    /// Whether the client needs the types of events for which to listen.
    asks_for_types: bool,
    callbacks: Arc<Callbacks>,
    tell: mpsc::UnboundedSender<Incoming>,
    streams: Vec<(Stream, Place)>,
}

impl Session {
    async fn follow(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let followed = loop {
            match orders.recv().await {
                Some(Order::Connect(request)) => {
                    if let Err(problem) = self.connect(&request).await {
                        break Err(problem);
                    }
                }
                Some(Order::Close) => break self.close().await.map(|()| self.report(Observation::Closed)),
                // These are for other transports, or for capabilities that no test service has.
                Some(
                    Order::ConnectIn(..)
                    | Order::Enter(_)
                    | Order::Visibility(_)
                    | Order::Run(_)
                    | Order::Evaluate(_)
                    | Order::State
                    | Order::Refresh(_)
                    | Order::Server(_),
                ) => {}
                // The run is over; nobody wants to know how this goes.
                None => {
                    let _ = self.close().await;
                    break Ok(());
                }
            }
        };
        if let Err(problem) = followed {
            // The receiver may be gone.
            let _ = self.tell.send(Incoming::Fault(Fault::TestService(problem)));
            // What can be ended must not go on in a service that other sessions use.
            let _ = self.close().await;
        }
    }

    async fn connect(&mut self, request: &ConnectRequest) -> Result<(), String> {
        let place = self.callbacks.place(self.number);
        let tag = format!("ssespec, session {}", self.number);
        let stream = Stream::create(&self.service, request, place.url(), &tag).await?;
        if self.asks_for_types {
            let listening = stream.listen(&request.types).await;
            self.streams.push((stream, place));
            listening?;
            self.report(Observation::Listening);
        } else {
            self.streams.push((stream, place));
        }
        Ok(())
    }

    async fn close(&mut self) -> Result<(), String> {
        let mut closed = Ok(());
        for (stream, place) in self.streams.drain(..) {
            // What it reports from now on may have been on its way.
            drop(place);
            closed = closed.and(stream.delete().await);
        }
        closed
    }

    fn report(&self, shown: Observation) {
        let heard = Incoming::Observation { session: self.number, shown, at: Instant::now(), share: None };
        // The receiver may be gone.
        let _ = self.tell.send(heard);
    }
}
