//! One event source, from its constructor until its connection is failed or the harness wants it closed.

use std::pin::pin;
use std::time::Duration;

use ssespec::Observer;
use ssespec::protocol::ConnectRequest;
use ssespec_cases::client::ReadyState;

use crate::client::event_source::EventSource;
use crate::client::exchange::send_unattended;
use crate::client::loss::SourceEnd;
use crate::client::request::Request;
use crate::defect::list::Defect;
use crate::defect::switches::Defects;

/// How long a client waits with the request that close() should have prevented.
const SOON: Duration = Duration::from_millis(100);

/// Runs one event source.
pub(crate) async fn session(options: ConnectRequest, observer: Observer, defects: Defects) {
    observer.set_state(ReadyState::Connecting);
    let request = match Request::new(&options, defects.clone()) {
        Ok(request) => request,
        // A constructor would throw.
        Err(error) => {
            observer.set_state(ReadyState::Closed);
            return observer.error(error);
        }
    };
    let source = EventSource::new(&options, request.clone(), observer.clone(), defects.clone());
    let mut running = pin!(source.run());
    let end = tokio::select! {
        // A source to be closed must not show anything that happened to be ready as well.
        biased;
        () = observer.close_requested() => None,
        end = &mut running => Some(end),
    };
    match end {
        None => close(request, &observer, defects),
        Some(SourceEnd::Failed) => {}
        // Nothing may follow, which the harness sees best while we still could show it.
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
