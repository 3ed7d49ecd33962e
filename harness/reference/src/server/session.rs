//! The application that runs on the server and follows the commands of the harness.

use std::io;

use ssespec::ServerSession;
use ssespec::protocol::server::{Emit, ServerOrder};

use crate::defect::switches::ServerDefects as Defects;
use crate::server::emission::{Emission, Event};
use crate::server::listener::Listener;
use crate::server::notice::Notice;
use crate::server::topic::Topic;

/// The path of a session's streams.
const PATH: &str = "/events";

/// Runs one session.
///
/// # Errors
/// If there is no free port.
pub(crate) async fn session(mut session: ServerSession, defects: Defects) -> io::Result<()> {
    let mut listener = Listener::start(defects.clone()).await?;
    let observer = session.observer();
    let topic = Topic::new(defects, move |notice| match notice {
        Notice::Connected { last_event_id } => observer.connected(Some(&last_event_id)),
        Notice::Disconnected => observer.disconnected(),
    });
    session.serving(listener.serve(PATH, topic.clone()));
    while let Some(order) = session.next().await {
        match order {
            // This is how a session begins; it was done above.
            ServerOrder::Serve => {}
            ServerOrder::Emit(emit) => match emission(emit).map(|emission| topic.emit(&emission)) {
                Some(Ok(())) => session.emitted(),
                Some(Err(refusal)) => session.refused(refusal),
                None => session.refused("not supported"),
            },
            ServerOrder::End => topic.end(),
            ServerOrder::Stop => {
                topic.stop();
                session.stopped();
            }
            ServerOrder::Shutdown => {
                listener.shut_down().await;
                return Ok(());
            }
            // A command of a later protocol version.
            _ => {}
        }
    }
    topic.close();
    Ok(())
}

/// What to send; `None` for a command that a later version may add.
fn emission(emit: Emit) -> Option<Emission> {
    match emit {
        Emit::Event { kind, data, id, retry } => Some(Emission::Event(Event { kind, data, id, retry })),
        Emit::Comment { comment } => Some(Emission::Comment(comment)),
        Emit::Retry { retry } => Some(Emission::Retry(retry)),
        _ => None,
    }
}
