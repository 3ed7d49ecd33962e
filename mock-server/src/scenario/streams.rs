//! The open streams of a running server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;

use super::path_pattern::{PathPattern, path};
use crate::action::Drop;
use crate::wire::{Exchange, PushError, Pusher};

/// The open streams of a server. Clones show the same streams.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<BTreeMap<u32, Stream>>>);

#[derive(Debug)]
struct Stream {
    target: String,
    route: Arc<PathPattern>,
    last_event_id: Option<String>,
    since: Instant,
    body: Pusher,
}

/// A stream that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct OpenStream {
    /// The number of its connection.
    pub connection: u32,
    /// The target of the request, with its query.
    pub target: String,
    /// The path of the route, as written.
    pub route: String,
    /// The `Last-Event-ID` of the request.
    pub last_event_id: Option<String>,
    /// How long ago the request arrived, in milliseconds.
    pub age_ms: u64,
    /// How many bytes of the response were written, with its head.
    pub bytes: u64,
}

/// Which streams are meant. The default means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only the one on this connection.
    pub connection: Option<u32>,
    /// Only those whose request has this path.
    pub path: Option<String>,
}

/// What became of a push.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Pushed {
    /// The connections to which it was written.
    pub connections: Vec<u32>,
    /// The connections to which it was not, because their clients do not read.
    pub slow: Vec<u32>,
}

impl Selection {
    /// Whether a stream is meant.
    fn includes(&self, connection: u32, stream: &Stream) -> bool {
        let path = || Some(path(&stream.target));
        self.connection.is_none_or(|wanted| wanted == connection)
            && self.path.as_deref().is_none_or(|wanted| path() == Some(wanted))
            && stream.body.is_open()
    }
}

impl Streams {
    fn all(&self) -> MutexGuard<'_, BTreeMap<u32, Stream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request arrived.
    pub(super) fn add(&self, exchange: &Exchange, route: Arc<PathPattern>) {
        let request = exchange.request();
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let stream = Stream {
            target: request.target.clone(),
            route,
            last_event_id: request.header("last-event-id").next().map(text),
            since: Instant::now(),
            body: exchange.pusher(),
        };
        self.all().insert(exchange.connection(), stream);
    }

    /// A response or a connection ended.
    pub(super) fn remove(&self, connection: u32) {
        self.all().remove(&connection);
    }

    /// The streams that are meant, in order of their connections.
    pub fn list(&self, selection: &Selection) -> Vec<OpenStream> {
        let all = self.all();
        let open = all.iter().filter(|(connection, stream)| selection.includes(**connection, stream));
        open.map(|(connection, stream)| OpenStream {
            connection: *connection,
            target: stream.target.clone(),
            route: stream.route.text().to_owned(),
            last_event_id: stream.last_event_id.clone(),
            age_ms: u64::try_from(stream.since.elapsed().as_millis()).unwrap_or(u64::MAX),
            bytes: stream.body.written(),
        })
        .collect()
    }

    /// How many streams are open.
    pub fn count(&self) -> usize {
        self.all().values().filter(|stream| stream.body.is_open()).count()
    }

    fn selected(&self, selection: &Selection) -> Vec<(u32, Pusher)> {
        let all = self.all();
        let open = all.iter().filter(|(connection, stream)| selection.includes(**connection, stream));
        open.map(|(connection, stream)| (*connection, stream.body.clone())).collect()
    }

    /// Writes bytes to the bodies of streams now, between two writes of their scripts.
    pub fn push(&self, selection: &Selection, bytes: &[u8]) -> Pushed {
        let mut pushed = Pushed::default();
        for (connection, body) in self.selected(selection) {
            match body.push(bytes) {
                Ok(()) => pushed.connections.push(connection),
                Err(PushError::Slow(_)) => pushed.slow.push(connection),
                // It ended meanwhile.
                Err(PushError::NotOpen) => {}
            }
        }
        pushed
    }

    /// Drops streams; returns their connections.
    pub fn drop_connections(&self, selection: &Selection, how: Drop) -> Vec<u32> {
        let selected = self.selected(selection).into_iter();
        selected
            .filter_map(|(connection, body)| body.drop_connection(how).is_ok().then_some(connection))
            .collect()
    }

    /// Ends the bodies of streams cleanly; returns their connections. What clients that do not read have not taken is
    /// written later.
    pub fn end(&self, selection: &Selection) -> Vec<u32> {
        let selected = self.selected(selection).into_iter();
        selected.filter_map(|(connection, body)| body.end().is_ok().then_some(connection)).collect()
    }
}
