//! The body of a response, as a client with a defect reads it.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::super::defect::{Defect, Defects};
use super::super::exchange::{self, Read};

/// How soon an end comes that comes with the bytes before it, also on a busy machine.
const AT_ONCE: Duration = Duration::from_millis(300);

/// For how long a stream may be quiet in programs with a time limit for reading.
const QUIET: Duration = Duration::from_secs(5);

/// A body, and who reads it.
#[derive(Debug)]
pub(super) enum Body {
    /// Whoever waits for it; it ends with them.
    Own(exchange::Body),
    /// As before, but only as long as something comes.
    Watched(exchange::Body, Defects),
    /// As before, but bytes are given when it is known that no end comes with them; what was read ahead.
    Ahead(exchange::Body, Option<Read>),
    /// A task that nobody ends.
    Detached(mpsc::UnboundedReceiver<Read>),
}

impl Body {
    pub(super) fn new(body: exchange::Body, defects: &Defects) -> Self {
        if defects.has(Defect::LastReadLostWithConnection) {
            Self::Ahead(body, None)
        } else if defects.has(Defect::CloseLeavesConnection) {
            Self::Detached(detached(body))
        } else if defects.any() {
            Self::Watched(body, defects.clone())
        } else {
            Self::Own(body)
        }
    }

    /// Waits for the next bytes.
    pub(super) async fn next(&mut self) -> Read {
        match self {
            Self::Own(body) => body.next().await,
            Self::Watched(body, defects) => match timeout(QUIET, body.next()).await {
                Ok(read) => read,
                Err(_) if defects.has(Defect::QuietStreamLeft) => std::future::pending().await,
                Err(_) => body.next().await,
            },
            Self::Detached(reads) => reads.recv().await.flatten(),
            Self::Ahead(body, ahead) => {
                let read = match ahead.take() {
                    Some(read) => read,
                    None => body.next().await,
                };
                *ahead = match read {
                    Some(Ok(_)) => timeout(AT_ONCE, body.next()).await.ok(),
                    _ => None,
                };
                match ahead {
                    Some(None | Some(Err(_))) => ahead.take().flatten(),
                    _ => read,
                }
            }
        }
    }
}

fn detached(mut body: exchange::Body) -> mpsc::UnboundedReceiver<Read> {
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let read = body.next().await;
            let over = !matches!(read, Some(Ok(_)));
            // Nobody may listen any more, which is the defect.
            let _ = tell.send(read);
            if over {
                return;
            }
        }
    });
    told
}
