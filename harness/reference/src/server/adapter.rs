//! What the harness tells an application of the server, and what the application tells it.

use std::io;

use super::defect::Defects;
use super::site::Server;
use super::topic::Topic;
use super::{Emission, Event, Notice};
use ssespec::ServerSession;
use ssespec::protocol::server::{Emit, ServerOrder};

/// Where a session's streams are served.
const PATH: &str = "/events";

/// Lives through one session.
///
/// # Errors
/// When there is no port to listen on.
pub(in super::super) async fn session(mut session: ServerSession, defects: Defects) -> io::Result<()> {
    let mut server = Server::start(defects.clone()).await?;
    let observer = session.observer();
    let topic = Topic::new(defects, move |notice| match notice {
        Notice::Connected { last_event_id } => observer.connected(Some(&last_event_id)),
        Notice::Disconnected => observer.disconnected(),
    });
    session.serving(server.serve(PATH, topic.clone()));
    while let Some(order) = session.next().await {
        match order {
            // That is how a session begins, and was done.
            ServerOrder::Serve => {}
            ServerOrder::Emit(emit) => match topic.emit(&emission(emit)) {
                Ok(()) => session.emitted(),
                Err(refusal) => session.refused(refusal),
            },
            ServerOrder::End => topic.end(),
            ServerOrder::Stop => {
                topic.stop();
                session.stopped();
            }
            ServerOrder::Shutdown => {
                server.shut_down().await;
                return Ok(());
            }
        }
    }
    topic.close();
    Ok(())
}

fn emission(emit: Emit) -> Emission {
    match emit {
        Emit::Event { kind, data, id, retry } => Emission::Event(Event { kind, data, id, retry }),
        Emit::Comment { comment } => Emission::Comment(comment),
        Emit::Retry { retry } => Emission::Retry(retry),
    }
}
