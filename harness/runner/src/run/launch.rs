//! How an adapter is started.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
#[cfg(feature = "command")]
use std::time::{Duration, Instant};

use ssespec_mock_server::wire::Listener;
use ssespec_reports::results::Role;

use super::lane_page::{LanePage, Starts};
use super::listening::Visitor;
#[cfg(feature = "page")]
use super::page_launch::PageLaunch;
use crate::adapter::fault::Fault;
use crate::adapter::in_process::client::Client;
#[cfg(feature = "server")]
use crate::adapter::in_process::server::Server;
#[cfg(feature = "command")]
use crate::adapter::process::Command;
use crate::adapter::running::Adapter;
#[cfg(feature = "command")]
use crate::adapter::service::TestService;
#[cfg(feature = "page")]
use crate::page::opener::Lane;
#[cfg(feature = "page")]
use crate::page::site::Site;
#[cfg(feature = "intermediary")]
use crate::upstream::Proxy;

/// How adapters are started.
#[derive(Debug, Clone)]
pub enum Launch {
    /// A child process that speaks the protocol as this role.
    #[cfg(feature = "command")]
    Process(Role, Command),
    /// A client behind a test service, which is running or about to.
    #[cfg(feature = "command")]
    Service(TestService),
    /// A client as a function of this process.
    Client(Client),
    /// A server as a function of this process.
    #[cfg(feature = "server")]
    Server(Server),
    /// An intermediary that is running, and a client of this process in front of it.
    #[cfg(feature = "intermediary")]
    Proxy(Box<Proxy>),
    /// As a page in a browser.
    #[cfg(feature = "page")]
    Page(PageLaunch),
}

/// How long an adapter may take to send its hello, at least.
#[cfg(feature = "command")]
const HELLO_PATIENCE: Duration = Duration::from_secs(20);

/// How many times as long as the slowest start so far the next one may take.
#[cfg(feature = "command")]
const SLOWER: u32 = 4;

impl From<Client> for Launch {
    fn from(client: Client) -> Self {
        Self::Client(client)
    }
}

#[cfg(feature = "server")]
impl From<Server> for Launch {
    fn from(server: Server) -> Self {
        Self::Server(server)
    }
}

impl Launch {
    /// Starts an adapter.
    ///
    /// # Errors
    /// If it cannot be started or its hello is invalid; with the end of its stderr.
    pub async fn start(&self, lane_page: &LanePage) -> Result<Adapter, (Fault, String)> {
        lane_page.starts.count();
        #[cfg(feature = "command")]
        let (started, patience) = (Instant::now(), HELLO_PATIENCE.max(lane_page.starts.slowest() * SLOWER));
        let adapter = match self {
            #[cfg(feature = "command")]
            Self::Process(role, command) => command.start_as(*role, patience).await,
            #[cfg(feature = "command")]
            Self::Service(service) => service.start(patience).await,
            Self::Client(client) => Ok(client.start()),
            #[cfg(feature = "server")]
            Self::Server(server) => Ok(server.start()),
            #[cfg(feature = "intermediary")]
            Self::Proxy(proxy) => Ok(proxy.client.start()),
            #[cfg(feature = "page")]
            Self::Page(launch) => launch.start(lane_page, patience).await,
        };
        #[cfg(feature = "command")]
        if adapter.is_ok() {
            lane_page.starts.introduced(started);
        }
        adapter
    }

    /// Prepares a lane's listener for adapters, whose starts are counted.
    ///
    /// # Errors
    /// If the system provides no random bytes for the page's URL.
    pub fn lane_page(&self, listener: &Listener, starts: &Starts) -> std::io::Result<LanePage> {
        // Only pages are served there.
        let _ = listener;
        #[cfg(feature = "page")]
        let page = match self {
            Self::Page(launch) => Some((Site::open(listener, launch.library.clone())?, Lane::default())),
            _ => None,
        };
        Ok(LanePage {
            starts: starts.clone(),
            #[cfg(feature = "page")]
            page,
        })
    }

    /// The intermediary, if it is one.
    #[cfg(feature = "intermediary")]
    pub(super) fn proxy(&self) -> Option<&Proxy> {
        match self {
            Self::Proxy(proxy) => Some(proxy),
            _ => None,
        }
    }

    /// What connects to the listeners of its lanes.
    pub(super) fn visitor(&self) -> Visitor {
        match self {
            #[cfg(feature = "page")]
            Self::Page(_) => Visitor::Browser,
            _ => Visitor::Other,
        }
    }

    /// The counter of the numbers of sessions.
    pub(super) fn numbers(&self) -> Arc<AtomicU64> {
        #[cfg(feature = "intermediary")]
        if let Some(proxy) = self.proxy() {
            return proxy.numbers();
        }
        Arc::default()
    }

    /// The role of what is started.
    pub fn role(&self) -> Role {
        match self {
            #[cfg(feature = "command")]
            Self::Process(role, _) => *role,
            #[cfg(feature = "server")]
            Self::Server(_) => Role::Server,
            #[cfg(feature = "command")]
            Self::Service(_) => Role::Client,
            Self::Client(_) => Role::Client,
            #[cfg(feature = "intermediary")]
            Self::Proxy(_) => Role::Intermediary,
            #[cfg(feature = "page")]
            Self::Page(_) => Role::Client,
        }
    }
}
