//! How to start an implementation.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;

use ssespec::adapter::process::Command;
use ssespec::adapter::reach::Reach;
use ssespec::engine::Engine;
use ssespec::page::opener::Invitation;
use ssespec::page::{Board, Opener, PageLibrary};
use ssespec::run::page_launch::PageLaunch;
use ssespec::run::{Launch, Tls};
#[cfg(feature = "browsers")]
use ssespec_browser::{Certificates, Shared};
use ssespec_reports::results::Role;

use crate::error::CommandError;
use crate::{output, qr_code};

/// A command that starts a server's adapter.
pub(crate) fn server_command(words: Vec<String>, folder: PathBuf, reach: Reach) -> Launch {
    Launch::Process(Role::Server, Command { words, folder, reach })
}

/// A command that starts a client's adapter.
pub(crate) fn client_command(words: Vec<String>, folder: PathBuf) -> Launch {
    Launch::Process(Role::Client, Command { words, folder, reach: Reach::Loopback })
}

/// A browser that the harness starts, to test itself or a library in its pages.
#[cfg(feature = "browsers")]
pub(crate) fn browser(
    engine: Engine,
    library: Option<PageLibrary>,
    tls: Option<&Tls>,
) -> Result<Launch, CommandError> {
    let key = tls.and_then(|tls| tls.identity.public_key());
    let certificates = key.map_or(Certificates::Trusted, Certificates::AndOfKey);
    let browser = Shared::new(engine).accepting(certificates);
    let opener = Opener::Browser(std::sync::Arc::new(browser));
    Ok(Launch::Page(PageLaunch { opener, board: Board::default(), library }))
}

/// A browser that the harness starts, to test itself or a library in its pages.
#[cfg(not(feature = "browsers"))]
pub(crate) fn browser(
    engine: Engine,
    _: Option<PageLibrary>,
    _: Option<&Tls>,
) -> Result<Launch, CommandError> {
    Err(CommandError::NoBrowsers(engine))
}

/// Any browser that opens the URL, which is printed.
pub(crate) fn page(library: Option<PageLibrary>) -> Launch {
    let opener = Opener::Person(Invitation::new(|url| {
        output::note(&format!("Open this page in the browser and keep it in the foreground:\n\n  {url}\n"));
        if let Some(code) = qr_code::for_terminal(url) {
            output::note(&code);
        }
    }));
    Launch::Page(PageLaunch { opener, board: Board::default(), library })
}

/// The address to listen on. For an unspecified address, the one from which this machine reaches others.
///
/// # Errors
/// If this machine has no such address.
pub(crate) fn reachable_address(address: IpAddr) -> Result<IpAddr, CommandError> {
    if !address.is_unspecified() {
        return Ok(address);
    }
    // Connecting a UDP socket sends nothing; it asks the system for the route. The addresses are reserved for
    // documentation (RFC 5737, RFC 3849).
    let (here, there): (SocketAddr, SocketAddr) = match address {
        IpAddr::V4(_) => ((Ipv4Addr::UNSPECIFIED, 0).into(), (Ipv4Addr::new(192, 0, 2, 1), 9).into()),
        IpAddr::V6(_) => {
            ((Ipv6Addr::UNSPECIFIED, 0).into(), (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 9).into())
        }
    };
    let socket = UdpSocket::bind(here).and_then(|socket| socket.connect(there).map(|()| socket));
    let local: io::Result<SocketAddr> = socket.and_then(|socket| socket.local_addr());
    local.map(|address| address.ip()).map_err(CommandError::NoAddress)
}
