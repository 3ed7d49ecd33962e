//! Connections over HTTP/2: one for each origin, shared by all streams of a client. The `h2` crate speaks the protocol.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use h2::client::{Builder, ResponseFuture, SendRequest};
use h2::{Reason, RecvStream, SendStream};
use ssespec::target::Target;
use ssespec::upstream::Downstream;
use ssespec_mock_server::client::{Connection, Offer, Trust};
use tokio::sync::watch;

use crate::client::frames::Frames;
use crate::client::http_error::{ExchangeError, HttpError, Read};
use crate::client::socket::{CONNECTING, Socket};
use crate::defect::list::Defect;
use crate::defect::switches::Defects;

/// The window of each stream.
const STREAM_WINDOW: u32 = 256 * 1024;

/// The window of a connection. A stream that is not read must not hold up the others.
const CONNECTION_WINDOW: u32 = 512 * 1024;

/// How many bytes are read before their credit is given back. `h2` gives back the rest of a stream that is dropped.
const BATCH: usize = 64 * 1024;

/// Where a request is sent.
#[derive(Debug)]
pub(crate) struct Origin {
    /// Scheme, host and port.
    pub(crate) name: String,
    /// Where to connect.
    pub(crate) server: Target,
    /// Which certificates are trusted.
    pub(crate) trust: Trust,
    /// Where what the connection carries is recorded, and under which path.
    pub(crate) record: Option<(Downstream, String)>,
    /// Whether the user of the stream takes no more events.
    pub(crate) paused: Arc<AtomicBool>,
}

/// The connections of a client, by origin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<HashMap<String, Slot>>>);

/// Where the connection to an origin is kept: who opens one holds up the others, which then share it.
type Slot = Arc<tokio::sync::Mutex<Option<Shared>>>;

/// A connection.
#[derive(Debug, Clone)]
struct Shared {
    requests: SendRequest<Bytes>,
    link: Arc<Link>,
}

/// What the streams of a connection know of it.
#[derive(Debug)]
struct Link {
    goes_away: Arc<watch::Sender<bool>>,
    /// Whether a stream has noticed that the connection is lost.
    is_lost: AtomicBool,
    /// Ends the connection.
    end: watch::Sender<bool>,
    /// Streams whose credit is not given back, which only a defect keeps.
    kept: Mutex<Vec<RecvStream>>,
}

/// The head of a response over HTTP/2, and its body.
pub(crate) type Answer = (http::response::Parts, Body);

impl Connections {
    /// Sends a request, and waits for the head of its final response.
    pub(crate) async fn ask(
        &self,
        origin: &Origin,
        message: http::Request<Bytes>,
        defects: &Defects,
    ) -> Result<Answer, ExchangeError> {
        let Shared { mut requests, link } = self.get(origin, defects).await?;
        let (head, content) = message.into_parts();
        let head = http::Request::from_parts(head, ());
        let (response, mut sender) =
            requests.send_request(head, content.is_empty()).map_err(HttpError::from)?;
        if !content.is_empty() {
            sender.send_data(content, true).map_err(HttpError::from)?;
        }
        let stream = Stream { sender, link, defects: defects.clone() };
        let (head, content) = stream.lost(response).await?.into_parts();
        Ok((head, Body { content: Some(Box::new(content)), unreleased: 0, has_trailers: false, stream }))
    }

    /// The connection to the origin of a request. It is not shared if what it carries is recorded, for one path.
    async fn get(&self, origin: &Origin, defects: &Defects) -> Result<Shared, ExchangeError> {
        if origin.record.is_some() || defects.has(Defect::StreamsUnshared) {
            return open(origin, defects).await;
        }
        let slot = {
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(origin.name.clone()).or_default())
        };
        let mut kept = slot.lock().await;
        if let Some(shared) = kept.take()
            && let Ok(requests) = shared.requests.ready().await
        {
            return Ok(kept.insert(Shared { requests, link: shared.link }).clone());
        }
        Ok(kept.insert(open(origin, defects).await?).clone())
    }
}

/// Opens a connection for a request.
async fn open(origin: &Origin, defects: &Defects) -> Result<Shared, ExchangeError> {
    let offer = if defects.has(Defect::AlpnNotOffered) { Offer::Nothing } else { Offer::H2 };
    let stream = Connection::open(&origin.server, &origin.trust, offer, CONNECTING);
    let stream = stream.await.map_err(ExchangeError::Connect)?;
    let goes_away = Arc::new(watch::Sender::new(false));
    let frames = Frames::new(Arc::clone(&goes_away), Arc::clone(&origin.paused), defects.clone());
    let socket = Socket::new(stream, defects.clone(), origin.record.clone()).of_http2(frames);
    let is_narrow = defects.has(Defect::UnreadStreamHoldsOthers);
    let mut builder = Builder::new();
    builder
        .enable_push(false)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(if is_narrow { STREAM_WINDOW } else { CONNECTION_WINDOW });
    let (requests, connection) = builder.handshake(socket).await.map_err(HttpError::from)?;
    let (end, mut ended) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            // Each stream learns of it.
            _ = connection => {}
            _ = ended.wait_for(|is_ended| *is_ended) => {}
        }
    });
    let requests = requests.ready().await.map_err(HttpError::from)?;
    let link = Link { goes_away, is_lost: AtomicBool::new(false), end, kept: Mutex::default() };
    Ok(Shared { requests, link: Arc::new(link) })
}

/// A stream that was opened. Dropping it resets it with CANCEL, unless it is over: `h2` does.
#[derive(Debug)]
struct Stream {
    sender: SendStream<Bytes>,
    link: Arc<Link>,
    defects: Defects,
}

impl Stream {
    /// Waits for the head, or for the loss of the stream.
    async fn lost(&self, response: ResponseFuture) -> Result<http::Response<RecvStream>, HttpError> {
        match response.await {
            Ok(response) => Ok(response),
            Err(error) => Err(self.broken(error).await),
        }
    }

    /// An error of the stream. With a defect, only the first stream notices that its connection is lost.
    async fn broken(&self, error: h2::Error) -> HttpError {
        if error.is_io()
            && self.link.is_lost.swap(true, Ordering::AcqRel)
            && self.defects.has(Defect::OneStreamNoticesLoss)
        {
            return std::future::pending().await;
        }
        error.into()
    }

    /// Waits for GOAWAY, for a client that ends all streams then.
    async fn goes_away(&self) {
        let mut goes_away = self.link.goes_away.subscribe();
        let came = goes_away.wait_for(|came| *came).await.is_ok();
        if !came || !self.defects.has(Defect::GoAwayCutsStreams) {
            std::future::pending::<()>().await;
        }
    }
}

/// The body of a response.
#[derive(Debug)]
pub(crate) struct Body {
    /// `None` when it is dropped.
    content: Option<Box<RecvStream>>,
    /// How many bytes were read whose credit was not given back.
    unreleased: usize,
    has_trailers: bool,
    stream: Stream,
}

impl Body {
    /// How many bytes are read before their credit is given back. A client that keeps the credit of aborted
    /// streams gives it back later, so that some is always left to keep: its case sends 64 KiB before an abort.
    fn batch(&self) -> usize {
        if self.stream.defects.has(Defect::AbortedStreamKeepsCredit) { 2 * BATCH } else { BATCH }
    }

    /// Waits for the next bytes. The credit of those before is given back, many bytes in one frame.
    pub(crate) async fn next(&mut self) -> Read {
        let batch = self.batch();
        let content = self.content.as_mut()?;
        if self.unreleased >= batch {
            // This fails only on a stream that has ended.
            let _ = content.flow_control().release_capacity(std::mem::take(&mut self.unreleased));
        }
        let data = tokio::select! {
            biased;
            data = content.data() => data,
            () = self.stream.goes_away() => return Some(Err(HttpError::GoAway)),
        };
        match data {
            Some(Ok(bytes)) => {
                self.unreleased += bytes.len();
                Some(Ok(bytes))
            }
            Some(Err(error)) => Some(Err(self.stream.broken(error).await)),
            None => {
                self.has_trailers |= matches!(content.trailers().await, Ok(Some(_)));
                if self.has_trailers && self.stream.defects.has(Defect::TrailersUnnoticed) {
                    return std::future::pending().await;
                }
                None
            }
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let Stream { sender, link, defects } = &mut self.stream;
        let Some(content) = self.content.take_if(|content| !content.is_end_stream()) else { return };
        if defects.has(Defect::CloseEndsConnection) {
            link.end.send_replace(true);
        }
        if defects.has(Defect::AbortedStreamKeepsCredit) {
            sender.send_reset(Reason::CANCEL);
            link.kept.lock().unwrap_or_else(PoisonError::into_inner).push(*content);
        }
    }
}
