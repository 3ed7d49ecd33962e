//! One event source, from its constructor until the connection fails or the harness closes it.

use std::pin::pin;
use std::time::Duration;

use ssespec::Observer;
use ssespec::protocol::ConnectRequest;
use ssespec::upstream::Downstream;
use ssespec_cases::client::ReadyState;

use crate::client::event_source::EventSource;
use crate::client::exchange::send_unattended;
use crate::client::http2::Connections;
use crate::client::loss::SourceEnd;
use crate::client::request::Request;
use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::pace::Pace;

/// How long a client with a defect waits before the request that close() should have prevented.
const SOON: Duration = Duration::from_millis(20);

/// Runs one event source.
pub(crate) async fn session(
    options: ConnectRequest,
    observer: Observer,
    connections: Connections,
    (pace, downstream): (Pace, Option<Downstream>),
    defects: Defects,
) {
    observer.set_state(ReadyState::Connecting);
    let request = match Request::new(&options, defects.clone()) {
        Ok(request) => request.watched(downstream).sharing(connections),
        // A constructor would throw.
        Err(error) => {
            observer.set_state(ReadyState::Closed);
            return observer.error(error);
        }
    };
    let source = EventSource::new(&options, request.clone(), observer.clone(), pace, defects.clone());
    let mut running = pin!(source.run());
    let end = tokio::select! {
        // Once close() is called, events that are ready must not be shown.
        biased;
        () = observer.close_requested() => None,
        end = &mut running => Some(end),
    };
    match end {
        None => close(request, &observer, defects),
        Some(SourceEnd::Failed) => {}
        // Nothing may follow. Waiting here lets the harness see whether anything does.
        Some(SourceEnd::Closed) => observer.close_requested().await,
    }
}

/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-close>: the fetch is aborted with the
/// future that drives it.
fn close(request: Request, observer: &Observer, defects: Defects) {
    observer.set_state(ReadyState::Closed);
    if defects.has(Defect::CloseGivesError) {
        observer.error("closed");
    }
    if defects.has(Defect::CloseIsALoss) {
        send_unattended(request, defects, SOON);
    }
}
