//! What is written next on a stream, and when a quiet stream gets a keep-alive.

use std::time::Duration;

use tokio::time::timeout;

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;
use crate::server::stream_queue::{Next, StreamQueue};

/// How long a stream may be quiet before it gets a comment,
/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes>: "every 15 seconds or so".
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a stream may be quiet on a server with the defect that ends it then.
const IDLE_LIMIT: Duration = Duration::from_secs(2);

/// What is written next.
#[derive(Debug)]
pub(crate) enum NextWrite {
    Queued(Next),
    KeepAlive,
}

/// Waits for what is written next.
pub(crate) async fn next_write(queue: &StreamQueue, defects: &Defects) -> NextWrite {
    if let Ok(next) = timeout(IDLE_LIMIT, queue.next()).await {
        return NextWrite::Queued(next);
    }
    if defects.has(Defect::QuietStreamsEnd) {
        return NextWrite::Queued(Next::End);
    }
    if let Ok(next) = timeout(KEEP_ALIVE - IDLE_LIMIT, queue.next()).await {
        return NextWrite::Queued(next);
    }
    if defects.has(Defect::NoKeepAlive) {
        return NextWrite::Queued(queue.next().await);
    }
    NextWrite::KeepAlive
}
