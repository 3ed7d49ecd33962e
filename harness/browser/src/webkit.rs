//! WebKitGTK's MiniBrowser, driven by WebKitWebDriver on its own virtual display.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use ssespec::engine::Engine;
use tokio::sync::Mutex as AsyncMutex;

use super::certificates::Certificates;
use super::error::BrowserError;
use super::find::Installed;
use super::process::ProcessTree;
use super::webdriver::{WebDriver, WebDriverError};

/// A running MiniBrowser.
#[derive(Debug)]
pub(super) struct WebKit {
    /// Locked across commands, because the current window is state of the WebDriver session.
    driver: Arc<AsyncMutex<WebDriver>>,
    /// The initial window, which stays open: a new window is created from an open one.
    first: Value,
    name: (String, String),
    processes: Mutex<ProcessTree>,
}

/// A page in its own window. All windows share cookies, which are scoped to a session's path.
#[derive(Debug)]
pub(super) struct Page {
    window: Value,
    /// Keeps the browser running while a page is open.
    webkit: Arc<WebKit>,
}

/// How often the driver is polled until it is ready.
const POLLING: Duration = Duration::from_millis(20);

impl WebKit {
    /// Starts one with a fresh profile.
    pub(super) async fn start(
        installed: &Installed,
        certificates: Certificates,
    ) -> Result<Self, BrowserError> {
        let mut processes = ProcessTree::new(Engine::WebKit)?;
        let words = ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"];
        let mut screen = processes.start(Path::new("Xvfb"), &words.map(OsString::from), &[])?;
        // It prints the number of its display when it is ready.
        let display = screen.wait_for(|line| line.trim().parse::<u32>().ok()).await;
        let display = display.ok_or_else(|| start(format!("Xvfb: {}", screen.end())))?;
        let address = free_port()?;
        let environment = [
            ("DISPLAY", OsString::from(format!(":{display}"))),
            ("GDK_BACKEND", "x11".into()),
            // There is no desktop session.
            ("GIO_USE_VFS", "local".into()),
            ("GSETTINGS_BACKEND", "memory".into()),
            ("NO_AT_BRIDGE", "1".into()),
        ];
        let port = OsString::from(format!("--port={}", address.port()));
        let mut printed = processes.start(&installed.program, &[port], &environment)?;
        let driver = WebDriver::at(address);
        let ready = async {
            while driver.command(Method::GET, "/status", Value::Null).await.is_err() {
                // It prints nothing when it starts to listen, so poll it.
                tokio::time::sleep(POLLING).await;
            }
        };
        let ended = async { printed.wait_for(|_| None::<()>).await };
        tokio::select! {
            () = ready => {}
            _ = ended => {}
        }
        let browser = installed.driven.as_deref().unwrap_or(Path::new("MiniBrowser"));
        let options = json!({ "binary": browser, "args": ["--automation"] });
        let mut wanted = certificates.capabilities();
        wanted["webkitgtk:browserOptions"] = options;
        let wanted = json!({ "capabilities": { "alwaysMatch": wanted } });
        let (driver, capabilities) =
            driver.begin(wanted).await.map_err(|problem| start(format!("{problem}\n{}", printed.end())))?;
        let first = driver
            .session(Method::GET, "/window", Value::Null)
            .await
            .map_err(|error| start(error.to_string()))?;
        let version = capabilities["browserVersion"].as_str().unwrap_or_default();
        // WebKitGTK's minor version identifies a release, as the major version does elsewhere.
        let version: Vec<&str> = version.split('.').take(2).collect();
        let name = ("WebKitGTK".to_owned(), version.join("."));
        Ok(Self { driver: Arc::new(AsyncMutex::new(driver)), first, name, processes: Mutex::new(processes) })
    }

    pub(super) fn lives(&self) -> bool {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner).lives()
    }

    /// Its name and version.
    pub(super) fn name(&self) -> &(String, String) {
        &self.name
    }

    /// Opens a page.
    pub(super) async fn open(this: &Arc<Self>, url: &str) -> Result<Page, BrowserError> {
        let refused = |error: WebDriverError| BrowserError::Refused {
            engine: Engine::WebKit,
            what: "open the page",
            problem: error.to_string(),
        };
        let driver = this.driver.lock().await;
        let first = json!({ "handle": this.first });
        driver.session(Method::POST, "/window", first).await.map_err(refused)?;
        let made = driver
            .session(Method::POST, "/window/new", json!({ "type": "window" }))
            .await
            .map_err(refused)?;
        let window = made["handle"].clone();
        let page = Page { window: window.clone(), webkit: Arc::clone(this) };
        driver.session(Method::POST, "/window", json!({ "handle": window })).await.map_err(refused)?;
        driver.session(Method::POST, "/url", json!({ "url": url })).await.map_err(refused)?;
        Ok(page)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let (driver, window) = (Arc::clone(&self.webkit.driver), self.window.clone());
        // Without a runtime, the browser is about to exit.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let driver = driver.lock().await;
            // Ignore a window that is already closed.
            if driver.session(Method::POST, "/window", json!({ "handle": window })).await.is_ok() {
                let _ = driver.session(Method::DELETE, "/window", Value::Null).await;
            }
        });
    }
}

/// A port on which nothing listens.
fn free_port() -> Result<SocketAddr, BrowserError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.map_err(|error| start(format!("no free port: {error}")))
}

fn start(problem: String) -> BrowserError {
    BrowserError::Start { engine: Engine::WebKit, problem }
}
