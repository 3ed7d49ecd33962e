//! The listener of an intermediary, and its connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::defect::list::IntermediaryDefect as Defect;
use crate::defect::switches::IntermediaryDefects as Defects;
use crate::intermediary::behind::Behind;
use crate::intermediary::shared::Shared;
use crate::intermediary::{http1, http2};
use crate::pace::Pace;

/// How much the kernel keeps of what a client does not read, in bytes.
const SEND_BUFFER: usize = 256 * 1024;

/// A running intermediary. It ends, with all of its connections, when it is dropped.
#[derive(Debug)]
pub struct Intermediary {
    address: SocketAddr,
    accepting: JoinHandle<()>,
    shared: Arc<Shared>,
}

impl Intermediary {
    /// Listens at an address (port 0 for any free port) and forwards to another. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// If binding fails.
    pub(crate) async fn start(
        listen: SocketAddr,
        behind: Behind,
        defects: Defects,
        pace: Pace,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(behind, defects, pace));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, accepting, shared })
    }

    /// What makes it reload its configuration, which changes nothing: streams that are open go on.
    pub fn reload(&self) -> impl Fn() + Send + Sync + use<> {
        let shared = Arc::clone(&self.shared);
        move || shared.reloads.send_modify(|reloads| *reloads += 1)
    }

    /// The URL at which clients reach it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Intermediary {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // A set, so that all connections end with it.
    let mut connections = JoinSet::new();
    let mut reloads = shared.reloads.subscribe();
    let mut accepts = true;
    loop {
        tokio::select! {
            // A connection that comes after a reload must not be accepted before it.
            biased;
            Ok(()) = reloads.changed() => accepts = !shared.defects.has(Defect::NothingAcceptedAfterReload),
            accepted = listener.accept(), if accepts => if let Ok((stream, _)) = accepted {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Without this, the system may delay a small write until the previous one is acknowledged.
    let _ = stream.set_nodelay(true);
    // What a client that does not read leaves in the kernel would otherwise depend on the machine.
    let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER);
    match http2::is_preface(&stream).await {
        Ok(true) => http2::serve(stream, shared).await,
        Ok(false) => http1::serve(stream, shared).await,
        // It has ended before its first byte.
        Err(_) => {}
    }
}
