//! The listener, and the topics by their paths.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::defect::Defects;
use super::http1;
use super::topic::Topic;

/// How long connections may take to end at a shutdown.
const PATIENCE: Duration = Duration::from_secs(5);

/// What connections share.
#[derive(Debug)]
pub(super) struct Site {
    topics: Mutex<HashMap<String, Arc<Topic>>>,
    closing: watch::Sender<bool>,
    defects: Defects,
}

impl Site {
    /// The topic of this path.
    pub(super) fn topic(&self, path: &str) -> Option<Arc<Topic>> {
        let path = path.split('?').next().unwrap_or_default();
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    pub(super) fn defects(&self) -> &Defects {
        &self.defects
    }

    /// Waits until the server is about to leave.
    pub(super) async fn closing(&self) {
        // The sender lives as long as this.
        let _ = self.closing.subscribe().wait_for(|is_closing| *is_closing).await;
    }
}

/// A server on a port of its own.
#[derive(Debug)]
pub(super) struct Server {
    site: Arc<Site>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Starts it on a free port of the loopback interface.
    ///
    /// # Errors
    /// When there is no port.
    pub(super) async fn start(defects: Defects) -> io::Result<Self> {
        let listener = TcpListener::bind((IpAddr::V4(Ipv4Addr::LOCALHOST), 0)).await?;
        let address = listener.local_addr()?;
        let site = Arc::new(Site { topics: Mutex::default(), closing: watch::Sender::new(false), defects });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&site)));
        Ok(Self { site, address, accepting })
    }

    /// Serves a topic at this path, in place of the one that was there; its URL.
    pub(super) fn serve(&self, path: &str, topic: Arc<Topic>) -> String {
        let mut topics = self.site.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics.insert(path.to_owned(), topic);
        format!("http://{}{path}", self.address)
    }

    /// Takes no more connections, ends all streams in order, and waits until what was begun is sent.
    pub(super) async fn shut_down(&mut self) {
        for topic in self.site.topics.lock().unwrap_or_else(PoisonError::into_inner).values() {
            topic.shut_down();
        }
        self.site.closing.send_replace(true);
        // What takes longer is cut off with the task that holds the connections.
        let _ = tokio::time::timeout(PATIENCE, &mut self.accepting).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Takes connections until the server is about to leave, and waits for their end then.
async fn accept(listener: TcpListener, site: Arc<Site>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = site.closing() => break,
            accepted = listener.accept() => {
                // One that is gone already is no connection.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(http1::serve(stream, Arc::clone(&site)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}
