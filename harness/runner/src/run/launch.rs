//! How an adapter is started.

#[cfg(any(feature = "command", feature = "page"))]
use std::time::Duration;

use ssespec_mock_server::wire::Listener;
use ssespec_reports::results::{Role, Transport};

use super::lane_page::{LanePage, Starts};
use crate::adapter::fault::Fault;
use crate::adapter::in_process::client::Client;
#[cfg(feature = "server")]
use crate::adapter::in_process::server::Server;
#[cfg(feature = "command")]
use crate::adapter::process::Command;
use crate::adapter::running::Adapter;
#[cfg(feature = "page")]
use crate::page::board::Board;
#[cfg(feature = "page")]
use crate::page::opener::{Lane, Opener};
#[cfg(feature = "page")]
use crate::page::site::Site;

/// How adapters are started.
#[derive(Debug, Clone)]
pub enum Launch {
    /// A child process that speaks the protocol as this role.
    #[cfg(feature = "command")]
    Process(Role, Command),
    /// A client as a function of this process.
    Client(Client),
    /// A server as a function of this process.
    #[cfg(feature = "server")]
    Server(Server),
    /// As a page in a browser.
    #[cfg(feature = "page")]
    Page(PageLaunch),
}

/// How pages are opened, and what they show.
#[cfg(feature = "page")]
#[derive(Debug, Clone)]
pub struct PageLaunch {
    /// Who opens the pages.
    pub opener: Opener,
    /// What the pages show of the run.
    pub board: Board,
}

/// How long a process may take to send its hello: runtimes start slowly on a busy machine.
#[cfg(any(feature = "command", feature = "page"))]
const HELLO_PATIENCE: Duration = Duration::from_secs(20);

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
        match self {
            #[cfg(feature = "command")]
            Self::Process(role, command) => command.start_as(*role, HELLO_PATIENCE).await,
            Self::Client(client) => Ok(client.start()),
            #[cfg(feature = "server")]
            Self::Server(server) => Ok(server.start()),
            #[cfg(feature = "page")]
            Self::Page(launch) => launch.start(lane_page).await,
        }
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
            Self::Page(_) => Some((Site::open(listener)?, Lane::default())),
            _ => None,
        };
        Ok(LanePage {
            starts: starts.clone(),
            #[cfg(feature = "page")]
            page,
        })
    }

    /// The role of what is started.
    pub fn role(&self) -> Role {
        match self {
            #[cfg(feature = "command")]
            Self::Process(role, _) => *role,
            #[cfg(feature = "server")]
            Self::Server(_) => Role::Server,
            Self::Client(_) => Role::Client,
            #[cfg(feature = "page")]
            Self::Page(_) => Role::Client,
        }
    }

    pub(super) fn transport(&self) -> Transport {
        match self {
            #[cfg(feature = "command")]
            Self::Process(..) => Transport::Process,
            Self::Client(_) => Transport::InProcess,
            #[cfg(feature = "server")]
            Self::Server(_) => Transport::InProcess,
            #[cfg(feature = "page")]
            Self::Page(_) => Transport::Page,
        }
    }

    /// How many lanes to run per processor core: most client cases spend most of their time waiting, server cases do
    /// not. Each page is one or two processes of a browser, which take 270 MB.
    pub fn lanes_a_core(&self) -> usize {
        match self {
            #[cfg(feature = "page")]
            Self::Page(_) => 6,
            _ if self.role() == Role::Server => 2,
            _ => 8,
        }
    }

    /// Whether the time and the memory that an adapter takes can be measured. The pages of a browser share its
    /// processes.
    pub(super) fn can_be_measured(&self) -> bool {
        #[cfg(feature = "page")]
        let shared = matches!(self, Self::Page(_));
        #[cfg(not(feature = "page"))]
        let shared = false;
        !shared
    }

    /// Whether something of a session can outlive it: the future of a function that returned cannot.
    pub(super) fn outlives_its_sessions(&self) -> bool {
        !self.is_in_process()
    }

    /// Whether the adapter is a process, of which the system reports time and memory.
    pub(super) fn is_a_process(&self) -> bool {
        self.transport() == Transport::Process && cfg!(target_os = "linux")
    }

    /// Whether the adapter runs in this process.
    pub(super) fn is_in_process(&self) -> bool {
        self.transport() == Transport::InProcess
    }

    /// The board that shows the run's progress on the page.
    #[cfg(feature = "page")]
    pub(super) fn board(&self) -> Option<&Board> {
        match self {
            Self::Page(launch) => Some(&launch.board),
            _ => None,
        }
    }
}

/// How long a browser started by the harness may take to load the page.
#[cfg(feature = "page")]
const PAGE_PATIENCE: Duration = Duration::from_secs(30);

#[cfg(feature = "page")]
impl PageLaunch {
    async fn start(&self, lane_page: &LanePage) -> Result<Adapter, (Fault, String)> {
        let Some((site, lane)) = &lane_page.page else {
            // A lane's listener is prepared before its adapter starts.
            return Err((Fault::Gone, String::new()));
        };
        let (coming, turn) = site.next_page();
        let opened =
            self.opener.open(site.url(), lane, &self.board).await.map_err(|fault| (fault, String::new()))?;
        let came: Result<_, tokio::time::error::Elapsed> = match self.opener {
            // A person may take any time to open the URL.
            Opener::Person(_) => Ok(coming.await),
            Opener::Browser(_) => tokio::time::timeout(PAGE_PATIENCE, coming).await,
        };
        match came {
            Ok(Ok(socket)) => {
                crate::adapter::page::start(socket, opened, turn, &self.board, HELLO_PATIENCE).await
            }
            Ok(Err(_)) => Err((Fault::Gone, String::new())),
            Err(_) => Err((Fault::NoPage(PAGE_PATIENCE), String::new())),
        }
    }
}
