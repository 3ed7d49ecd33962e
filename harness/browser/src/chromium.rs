//! Chromium, started by us and driven by `headless_chrome`.

use std::ffi::OsString;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use headless_chrome::Browser;
use headless_chrome::protocol::cdp::Target::CreateTarget;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::process::Household;
use super::{BrowserError, Engine, Installed};

/// How long the connection may be silent: longer than any run. Silence for longer would end it.
const SILENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// A Chromium that runs.
pub(super) struct Chromium {
    // Before the household: its end is no error then.
    browser: Mutex<Browser>,
    /// Where its DevTools listen: the URL of their WebSocket, and its host and port.
    address: String,
    host: String,
    household: Mutex<Household>,
}

impl std::fmt::Debug for Chromium {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chromium").finish_non_exhaustive()
    }
}

/// A page, in a context of its own: with its own cookies, cache and connections.
#[derive(Debug)]
pub(super) struct Page {
    target: String,
    /// It lives as long as its pages.
    chromium: Arc<Chromium>,
}

/// What makes it quiet and even: no sandbox, since it opens nothing but our own page and cannot have one where it runs
/// as root; no requests of its own; no page slower than another.
const FLAGS: [&str; 14] = [
    "--headless",
    "--no-sandbox",
    "--remote-debugging-port=0",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
];

impl Chromium {
    /// Starts one with a fresh profile.
    pub(super) async fn start(installed: &Installed) -> Result<Self, BrowserError> {
        let mut household = Household::new(Engine::Chromium)?;
        let mut profile = OsString::from("--user-data-dir=");
        profile.push(household.folder().join("profile"));
        let arguments: Vec<OsString> =
            FLAGS.iter().map(OsString::from).chain([profile, "about:blank".into()]).collect();
        let mut printed = household.start(&installed.program, &arguments, &[])?;
        let address = printed
            .wait_for(|line| line.strip_prefix("DevTools listening on ").map(|url| url.trim().to_owned()))
            .await;
        let Some(address) = address else {
            return Err(BrowserError::Start { engine: Engine::Chromium, problem: printed.end() });
        };
        let host = address.trim_start_matches("ws://").split('/').next().unwrap_or_default().to_owned();
        let browser = Mutex::new(connect(address.clone()).await?);
        Ok(Self { browser, address, host, household: Mutex::new(household) })
    }

    pub(super) fn lives(&self) -> bool {
        self.household.lock().unwrap_or_else(PoisonError::into_inner).lives()
    }

    /// Opens a page.
    ///
    /// `headless_chrome` gives its connection up when a window that a page has opened is gone before it has looked at
    /// it; the pages do not notice, and the next one is opened over another connection.
    pub(super) async fn open(this: &Arc<Self>, url: &str) -> Result<Page, BrowserError> {
        let target = match this.open_over(this.browser(), url).await {
            Ok(target) => target,
            Err(_) if this.lives() => {
                let browser = connect(this.address.clone()).await?;
                *this.browser.lock().unwrap_or_else(PoisonError::into_inner) = browser.clone();
                this.open_over(browser, url).await?
            }
            Err(error) => return Err(error),
        };
        Ok(Page { target, chromium: Arc::clone(this) })
    }

    fn browser(&self) -> Browser {
        self.browser.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens a page over this connection, and tells its id.
    async fn open_over(&self, browser: Browser, url: &str) -> Result<String, BrowserError> {
        let url = url.to_owned();
        blocking("open the page", move || {
            let context = browser.new_context()?;
            let tab = browser.new_tab_with_options(CreateTarget {
                url,
                left: None,
                top: None,
                width: None,
                height: None,
                window_state: None,
                browser_context_id: Some(context.get_id().to_owned()),
                enable_begin_frame_control: None,
                new_window: None,
                background: None,
                for_tab: None,
                hidden: None,
            });
            tab.map(|tab| tab.get_target_id().clone())
        })
        .await
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let (host, target) = (self.chromium.host.clone(), self.target.clone());
        // Without a runtime the whole browser is about to end.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        // Over HTTP, since a call by `headless_chrome` panics where the browser ends meanwhile.
        runtime.spawn(async move {
            let Ok(mut stream) = TcpStream::connect(&host).await else { return };
            let request = format!("GET /json/close/{target} HTTP/1.0\r\nhost: {host}\r\n\r\n");
            if stream.write_all(request.as_bytes()).await.is_ok() {
                // It is closed when it answers, or gone.
                let _ = stream.read(&mut [0; 1]).await;
            }
        });
    }
}

/// Connects to the DevTools at this URL.
async fn connect(address: String) -> Result<Browser, BrowserError> {
    blocking("connect", move || Browser::connect_with_timeout(address, SILENCE)).await
}

/// Does something that blocks.
async fn blocking<T: Send + 'static, E: std::fmt::Display + Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, BrowserError> {
    let refused = |problem: String| BrowserError::Refused { engine: Engine::Chromium, what, problem };
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| refused(format!("{error:#}"))),
        Err(error) => Err(refused(error.to_string())),
    }
}
