//! How an implementation is started, as the command line or its folder says.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;

use ssespec::adapter::process::Command;
use ssespec::page::opener::Invitation;
use ssespec::page::{Board, Opener};
use ssespec::run::Launch;
use ssespec::run::launch::PageLaunch;
use ssespec_reports::results::Role;

use super::{output, qr};

/// The adapter of a server by a command.
pub(super) fn server(words: Vec<String>, folder: PathBuf) -> Launch {
    Launch::Process(Role::Server, Command { words, folder })
}

/// The adapter of a client by a command.
pub(super) fn command(words: Vec<String>, folder: PathBuf) -> Launch {
    Launch::Process(Role::Client, Command { words, folder })
}

/// As a browser that we start.
#[cfg(feature = "browsers")]
pub(super) fn browser(name: &str) -> Result<Launch, String> {
    use std::sync::Arc;

    use ssespec_browser::{Engine, Shared, UnknownEngine};
    let engine: Engine =
        name.parse().map_err(|error: UnknownEngine| format!("{error}\nhelp: {}", error.hint()))?;
    let opener = Opener::Browser(Arc::new(Shared::new(engine)));
    Ok(Launch::Page(PageLaunch { opener, board: Board::default() }))
}

/// As a browser that we start.
#[cfg(not(feature = "browsers"))]
pub(super) fn browser(name: &str) -> Result<Launch, String> {
    Err(format!(
        "{name} cannot be started: this ssespec was built without the feature `browsers`; `ssespec client --page` runs any \
         browser that opens a URL"
    ))
}

/// As whatever browser opens the URL, which is printed.
pub(super) fn page() -> Launch {
    let opener = Opener::Person(Invitation::new(|url| {
        output::note(&format!("Open this page in the browser, and leave it in the foreground:\n\n  {url}\n"));
        if let Some(code) = qr::code(url) {
            output::note(&code);
        }
    }));
    Launch::Page(PageLaunch { opener, board: Board::default() })
}

/// The address to listen at: for "any", the one by which this machine reaches others.
pub(super) fn address(address: IpAddr) -> Result<IpAddr, String> {
    if !address.is_unspecified() {
        return Ok(address);
    }
    // Nothing is sent: connecting a UDP socket asks the system for the route. The addresses are those of documentation.
    let (here, there): (SocketAddr, SocketAddr) = match address {
        IpAddr::V4(_) => ((Ipv4Addr::UNSPECIFIED, 0).into(), (Ipv4Addr::new(192, 0, 2, 1), 9).into()),
        IpAddr::V6(_) => {
            ((Ipv6Addr::UNSPECIFIED, 0).into(), (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 9).into())
        }
    };
    let socket = UdpSocket::bind(here).and_then(|socket| socket.connect(there).map(|()| socket));
    let own = socket.and_then(|socket| socket.local_addr()).map(|address| address.ip());
    own.map_err(|error| {
        format!("this machine has no address for others ({error}); --bind takes one of its own")
    })
}
