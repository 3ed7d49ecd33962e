//! The origin, as it is asked for one request.

use std::io;

use crate::intermediary::behind::Behind;
use crate::intermediary::came::Came;
use crate::intermediary::origin_http1::Http1Origin;
use crate::intermediary::origin_http2::Http2Origin;
use crate::intermediary::request::Request;
use crate::intermediary::shared::Shared;

/// The origin, as it is asked for one request.
#[derive(Debug)]
pub(crate) enum Origin {
    Http1(Box<Http1Origin>),
    Http2(Http2Origin),
}

impl Origin {
    /// Sends a request.
    ///
    /// # Errors
    /// If the origin cannot be reached.
    pub(crate) async fn ask(shared: &Shared, request: &Request) -> io::Result<Self> {
        let defects = &shared.defects;
        Ok(match shared.behind {
            Behind::Http1(address) => {
                let forwarded = request.forwarded(defects);
                let origin = Http1Origin::ask(address, &request.method, &forwarded).await?;
                Self::Http1(Box::new(origin))
            }
            Behind::Http2(_) => {
                let origin = shared.http2.get(defects).await?;
                Self::Http2(Http2Origin::ask(origin, request, defects)?)
            }
        })
    }

    /// Whether it stands inside a chunk.
    pub(crate) fn is_inside_chunk(&self) -> bool {
        match self {
            Self::Http1(origin) => origin.is_inside_chunk(),
            Self::Http2(_) => false,
        }
    }

    /// Waits for what comes next. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Came {
        match self {
            Self::Http1(origin) => origin.next().await,
            Self::Http2(origin) => origin.next().await,
        }
    }
}
