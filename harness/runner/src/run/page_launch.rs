//! How pages are opened.

use std::time::Duration;

use super::lane_page::LanePage;
use crate::adapter::fault::Fault;
use crate::adapter::running::Adapter;
use crate::page::board::Board;
use crate::page::library::PageLibrary;
use crate::page::opener::Opener;

/// How pages are opened, and what they show.
#[derive(Debug, Clone)]
pub struct PageLaunch {
    /// Who opens the pages.
    pub opener: Opener,
    /// What the pages show of the run.
    pub board: Board,
    /// The library that is tested; the browser's own EventSource if absent.
    pub library: Option<PageLibrary>,
}

/// How long a browser started by the harness may take to load the page.
const PAGE_PATIENCE: Duration = Duration::from_secs(30);

impl PageLaunch {
    pub(super) async fn start(
        &self,
        lane_page: &LanePage,
        hello: Duration,
    ) -> Result<Adapter, (Fault, String)> {
        let Some((site, lane)) = &lane_page.page else {
            // A lane's listener is prepared before its adapter starts.
            return Err((Fault::Gone, String::new()));
        };
        let _opening = match self.opener {
            Opener::Person(_) => None,
            Opener::Browser(_) => lane_page.starts.opening().await,
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
            Ok(Ok(socket)) => crate::adapter::page::start(socket, opened, turn, &self.board, hello).await,
            Ok(Err(_)) => Err((Fault::Gone, String::new())),
            Err(_) => Err((Fault::NoPage(PAGE_PATIENCE), String::new())),
        }
    }
}
