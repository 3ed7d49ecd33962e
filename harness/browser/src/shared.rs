//! One browser for all lanes, started with the first page and restarted if it dies.

use std::sync::Arc;
use std::time::Duration;

use ssespec::engine::Engine;
use ssespec::page::not_opened::PageNotOpened;
use ssespec::page::opener::{Browser, BrowserPage, OpeningPage};
use tokio::sync::Mutex;

use super::certificates::Certificates;
use super::chromium::Chromium;
use super::error::BrowserError;
use super::find::find;
use super::firefox::Firefox;
use super::webkit::WebKit;

/// How long a browser may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a browser that no longer answers may take to exit.
const EXIT_TIMEOUT: Duration = Duration::from_secs(1);

/// How long it may take to open a page.
const OPEN_TIMEOUT: Duration = Duration::from_secs(30);

/// A browser that starts when the first page is opened. It exits, with all its processes, when all clones of this and
/// all pages are dropped. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shared {
    engine: Engine,
    certificates: Certificates,
    running: Arc<Mutex<Option<Running>>>,
}

/// A running browser.
#[derive(Debug, Clone)]
enum Running {
    Chromium(Arc<Chromium>),
    Firefox(Arc<Firefox>),
    WebKit(Arc<WebKit>),
}

/// An open page. Dropping it closes the page.
#[derive(Debug)]
struct Page {
    _handle: Handle,
    name: Option<(String, String)>,
}

#[derive(Debug)]
enum Handle {
    Chromium { _page: super::chromium::Page },
    Firefox { _page: super::firefox::Page },
    WebKit { _page: super::webkit::Page },
}

impl BrowserPage for Page {
    fn name(&self) -> Option<&(String, String)> {
        self.name.as_ref()
    }
}

impl Browser for Shared {
    fn open<'b>(&'b self, url: &'b str) -> OpeningPage<'b> {
        Box::pin(async move {
            match self.open_page(url).await {
                Ok(page) => Ok(Box::new(page) as Box<dyn BrowserPage>),
                Err(error) => Err(PageNotOpened { problem: error.to_string(), hint: error.hint() }),
            }
        })
    }

    fn pages_a_core(&self) -> usize {
        match self.engine {
            Engine::Chromium => 12,
            Engine::Firefox | Engine::WebKit => 6,
        }
    }
}

impl Shared {
    /// A browser that is not started yet.
    pub fn new(engine: Engine) -> Self {
        Self { engine, certificates: Certificates::default(), running: Arc::default() }
    }

    /// One that accepts these certificates.
    pub fn accepting(self, certificates: Certificates) -> Self {
        Self { certificates, ..self }
    }

    /// Which browser it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    async fn open_page(&self, url: &str) -> Result<Page, BrowserError> {
        let running = self.running().await?;
        match self.open_in(&running, url).await {
            Err(_) if running.dies().await => self.open_in(&self.running().await?, url).await,
            opened => opened,
        }
    }

    async fn open_in(&self, running: &Running, url: &str) -> Result<Page, BrowserError> {
        let opening = running.open(url);
        tokio::time::timeout(OPEN_TIMEOUT, opening).await.unwrap_or(Err(BrowserError::Slow {
            engine: self.engine,
            what: "open the page",
            within: OPEN_TIMEOUT,
        }))
    }

    /// The browser, started if there is none or it has died.
    async fn running(&self) -> Result<Running, BrowserError> {
        let mut running = self.running.lock().await;
        if let Some(running) = running.as_ref().filter(|running| running.lives()) {
            return Ok(running.clone());
        }
        let starting = Running::start(self.engine, self.certificates);
        let slow = BrowserError::Slow { engine: self.engine, what: "start", within: START_TIMEOUT };
        let started = tokio::time::timeout(START_TIMEOUT, starting).await.unwrap_or(Err(slow))?;
        *running = Some(started.clone());
        Ok(started)
    }
}

impl Running {
    async fn start(engine: Engine, certificates: Certificates) -> Result<Self, BrowserError> {
        let installed = find(engine)?;
        Ok(match engine {
            Engine::Chromium => Self::Chromium(Arc::new(Chromium::start(&installed, certificates).await?)),
            Engine::Firefox => Self::Firefox(Arc::new(Firefox::start(&installed, certificates).await?)),
            Engine::WebKit => Self::WebKit(Arc::new(WebKit::start(&installed, certificates).await?)),
        })
    }

    fn lives(&self) -> bool {
        match self {
            Self::Chromium(browser) => browser.lives(),
            Self::Firefox(browser) => browser.lives(),
            Self::WebKit(browser) => browser.lives(),
        }
    }

    /// Whether it exits soon, as it does after its connection was lost.
    async fn dies(&self) -> bool {
        let dead = async {
            while self.lives() {
                // Only polling shows whether its processes have exited.
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(EXIT_TIMEOUT, dead).await.is_ok()
    }

    async fn open(&self, url: &str) -> Result<Page, BrowserError> {
        Ok(match self {
            Self::Chromium(browser) => {
                Page { _handle: Handle::Chromium { _page: Chromium::open(browser, url).await? }, name: None }
            }
            Self::Firefox(browser) => {
                Page { _handle: Handle::Firefox { _page: Firefox::open(browser, url).await? }, name: None }
            }
            Self::WebKit(browser) => Page {
                _handle: Handle::WebKit { _page: WebKit::open(browser, url).await? },
                name: Some(browser.name().clone()),
            },
        })
    }
}
