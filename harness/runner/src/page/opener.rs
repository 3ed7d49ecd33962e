//! Who opens the page of a lane.

use std::fmt::{self, Debug};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::board::Board;
use super::not_opened::PageNotOpened;
use crate::adapter::fault::Fault;

/// Who opens the page of a lane.
#[derive(Clone)]
pub enum Opener {
    /// A person, who sees the URL; the pages of other lanes open in frames of the first.
    Person(Invitation),
    /// A browser started by the harness.
    Browser(Arc<dyn Browser>),
}

/// A browser that the harness starts and ends.
pub trait Browser: Debug + Send + Sync {
    /// Opens a page at this URL.
    fn open<'b>(&'b self, url: &'b str) -> OpeningPage<'b>;

    /// How many pages to open per processor core: most wait most of the time, but each has a process in some browsers.
    fn pages_a_core(&self) -> usize;
}

/// A page while it is being opened.
pub type OpeningPage<'b> =
    Pin<Box<dyn Future<Output = Result<Box<dyn BrowserPage>, PageNotOpened>> + Send + 'b>>;

/// An open page in a browser started by the harness. Dropping it closes the page.
pub trait BrowserPage: Debug + Send + Sync {
    /// The browser's name and version, if the browser knows them better than the page.
    fn name(&self) -> Option<&(String, String)>;
}

/// How a person is shown the URL.
#[derive(Clone)]
pub struct Invitation {
    tell: Arc<dyn Fn(&str) + Send + Sync>,
    /// Whether the first page has been requested.
    reported: Arc<AtomicBool>,
}

impl Invitation {
    /// An invitation that calls this function with the URL: once, and again if the page is lost.
    pub fn new(tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { tell: Arc::new(tell), reported: Arc::default() }
    }
}

impl Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(_) => f.write_str("Person"),
            Self::Browser(browser) => f.debug_tuple("Browser").field(browser).finish(),
        }
    }
}

/// A page that was opened. Dropping it closes the page.
#[derive(Debug)]
pub enum Opened {
    /// By a person, who closes it.
    Person,
    /// Within another page.
    Frame {
        /// Its URL.
        url: String,
        /// The board that shows the page in a frame.
        board: Board,
    },
    /// In a browser started by the harness.
    Browser(Box<dyn BrowserPage>),
}

impl Opened {
    /// The browser's name and version, if the opener knows them better than the page.
    pub(crate) fn name(&self) -> Option<(String, String)> {
        match self {
            Self::Person | Self::Frame { .. } => None,
            Self::Browser(page) => page.name().cloned(),
        }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Self::Frame { url, board } = self {
            board.remove_frame(url);
        }
    }
}

impl Opener {
    /// Opens the page at this URL.
    ///
    /// # Errors
    /// If the browser cannot be started or does not open the page.
    pub async fn open(&self, url: &str, lane: &Lane, board: &Board) -> Result<Opened, Fault> {
        match self {
            Self::Person(invitation) => {
                if lane.is_first(&invitation.reported) {
                    (invitation.tell)(url);
                    return Ok(Opened::Person);
                }
                Ok(Opened::Frame { url: board.add_frame(url), board: board.clone() })
            }
            Self::Browser(browser) => browser.open(url).await.map(Opened::Browser).map_err(Fault::Browser),
        }
    }
}

/// A lane's place among the lanes: a person opens the page of the first.
#[derive(Debug, Default)]
pub struct Lane(std::sync::OnceLock<bool>);

impl Lane {
    fn is_first(&self, reported: &AtomicBool) -> bool {
        *self.0.get_or_init(|| !reported.swap(true, Ordering::SeqCst))
    }
}
