//! The control port and the page of a mock server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use ssespec_mock_server::control::{ControlServer, PAGE_PATH};
use ssespec_mock_server::scenario::server::Server;
use ssespec_mock_server::wire::Diverted;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::error::CommandError;
use crate::output;
use crate::status::Status;

/// How long a control port may take to say that the server runs.
const HEALTHY: Duration = Duration::from_secs(3);

/// Controlling a mock server while it runs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Control")]
pub(super) struct ControlOptions {
    /// Serve an HTTP interface that lists, feeds and drops streams at this port; 0 picks a free one
    #[arg(long, value_name = "PORT", conflicts_with = "case")]
    control: Option<u16>,
    /// The address of the control port; anyone who reaches it controls the server
    #[arg(long, value_name = "ADDRESS", requires = "control", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    control_bind: IpAddr,
    /// Serve a page with the open streams and the journal at /__ssespec/; anyone who reaches it controls the server
    #[arg(long, conflicts_with = "case")]
    ui: bool,
    /// Exit with status 0 if the mock server with this control port runs, with 1 if not
    #[arg(long, value_name = "ADDRESS:PORT", exclusive = true)]
    pub(super) health: Option<SocketAddr>,
}

/// The connections for the page, before the server runs.
pub(super) type PageConnections = Option<mpsc::UnboundedReceiver<Diverted>>;

/// The control port and the page, which end when they are dropped.
#[derive(Debug)]
pub(super) struct Controls {
    port: Option<ControlServer>,
    _page: Option<ControlServer>,
}

impl Controls {
    /// The URL of the control port.
    pub(super) fn url(&self) -> Option<String> {
        let address = self.port.as_ref()?.address()?;
        Some(format!("http://{address}/"))
    }
}

impl ControlOptions {
    /// Whether there is a page.
    pub(super) fn has_page(&self) -> bool {
        self.ui
    }

    /// Opens what was asked for, and says where.
    pub(super) async fn open(
        &self,
        server: &Server,
        connections: PageConnections,
    ) -> Result<Controls, CommandError> {
        let page = connections.map(|connections| {
            output::note(&format!("page: {}{}", server.url().trim_end_matches('/'), PAGE_PATH));
            ControlServer::serve_page(connections, server.control().clone(), server.url())
        });
        let port = match self.control {
            None => None,
            Some(port) => {
                let address = SocketAddr::new(self.control_bind, port);
                let started = ControlServer::start(address, server.control().clone(), server.url()).await;
                let started = started.map_err(|source| CommandError::Bind { address, source })?;
                Some(started)
            }
        };
        let controls = Controls { port, _page: page };
        if let Some(url) = controls.url() {
            output::note(&format!("control port: {url}"));
        }
        Ok(controls)
    }
}

/// Asks a control port whether its server runs: the health check of a container without a shell.
pub(super) async fn health(address: SocketAddr) -> Result<Status, CommandError> {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut start = [0; 12];
        stream.read_exact(&mut start).await?;
        Ok::<_, std::io::Error>(start == *b"HTTP/1.1 200")
    };
    let problem = match tokio::time::timeout(HEALTHY, asked).await {
        Ok(Ok(true)) => return Ok(Status::Success),
        Ok(Ok(false)) => "it answers, but not with 200".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("it does not answer within {}", humantime::format_duration(HEALTHY)),
    };
    output::error(&format!("{address} is not the control port of a running mock server: {problem}"));
    Ok(Status::NotConforming)
}
