//! What comes next on a stream, and what is sent where nothing does.

use std::time::Duration;

use tokio::time::timeout;

use super::defect::{Defects, ServerDefect as Defect};
use super::outlet::{Next, Outlet};

/// After what time a quiet stream carries a comment,
/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes>: "every 15 seconds or so".
pub(super) const INTERVAL: Duration = Duration::from_secs(15);

/// After what time a server of the field takes a quiet stream for dead.
const IDLE: Duration = Duration::from_secs(2);

/// What is to be written.
#[derive(Debug)]
pub(super) enum Beat {
    Next(Next),
    KeepAlive,
}

/// Waits for what is to be written.
pub(super) async fn beat(outlet: &Outlet, defects: &Defects) -> Beat {
    if defects.any() {
        return beat_wrongly(outlet, defects).await;
    }
    timeout(INTERVAL, outlet.next()).await.map_or(Beat::KeepAlive, Beat::Next)
}

async fn beat_wrongly(outlet: &Outlet, defects: &Defects) -> Beat {
    if let Ok(next) = timeout(IDLE, outlet.next()).await {
        return Beat::Next(next);
    }
    if defects.has(Defect::QuietStreamsEnd) {
        return Beat::Next(Next::End);
    }
    if let Ok(next) = timeout(INTERVAL - IDLE, outlet.next()).await {
        return Beat::Next(next);
    }
    if defects.has(Defect::NoKeepAlive) {
        return Beat::Next(outlet.next().await);
    }
    Beat::KeepAlive
}
