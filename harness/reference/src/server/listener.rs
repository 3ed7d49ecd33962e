//! The listener and its connections.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::task::{JoinHandle, JoinSet};

use crate::defect::switches::ServerDefects as Defects;
use crate::server::connection;
use crate::server::topic::Topic;
use crate::server::topics::Topics;

/// How long connections may take to end at a shutdown.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(5);

/// How much the kernel keeps for a connection, in bytes.
const SEND_BUFFER: u32 = 256 * 1024;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A server on a port of its own.
#[derive(Debug)]
pub(crate) struct Listener {
    topics: Arc<Topics>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Listener {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    /// If there is no free port.
    pub(crate) async fn start(defects: Defects) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // What a client that does not read leaves in the kernel would otherwise depend on the machine.
        socket.set_send_buffer_size(SEND_BUFFER)?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        let topics = Topics::new(defects);
        let accepting = tokio::spawn(accept(listener, Arc::clone(&topics)));
        Ok(Self { topics, address, accepting })
    }

    /// Serves a topic at this path, in place of an earlier one, and returns its URL.
    pub(crate) fn serve(&self, path: &str, topic: Arc<Topic>) -> String {
        self.topics.add(path, topic);
        format!("http://{}{path}", self.address)
    }

    /// Accepts no more connections, ends all streams cleanly, and waits until everything is sent.
    pub(crate) async fn shut_down(&mut self) {
        self.topics.shut_down();
        // Connections that take longer are dropped with the task that holds them.
        let _ = tokio::time::timeout(SHUTDOWN_LIMIT, &mut self.accepting).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Accepts connections until the server is shutting down, then waits for them to end.
async fn accept(listener: TcpListener, topics: Arc<Topics>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = topics.closing() => break,
            accepted = listener.accept() => {
                // A connection that is gone already is ignored.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection::serve(stream, Arc::clone(&topics)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}
