//! Chromium, driven directly by the [DevTools Protocol](https://chromedevtools.github.io/devtools-protocol/).

use std::ffi::OsString;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use ssespec::engine::Engine;

use super::certificates::Certificates;
use super::error::BrowserError;
use super::find::Installed;
use super::process::ProcessTree;
use super::remote::{Remote, RemoteError};

/// A running Chromium.
#[derive(Debug)]
pub(super) struct Chromium {
    devtools: Remote,
    processes: Mutex<ProcessTree>,
}

/// A page in its own browser context, with its own cookies, cache and connections.
#[derive(Debug)]
pub(super) struct Page {
    context: Value,
    /// Keeps the browser running while a page is open.
    chromium: Arc<Chromium>,
}

/// Flags that keep runs reproducible: no sandbox, because it opens only our own page and Chromium cannot sandbox when
/// running as root; no background requests; no throttled pages.
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

/// The flag for the keys of certificates that are accepted.
const ACCEPTED_KEYS: &str = "--ignore-certificate-errors-spki-list=";

impl Chromium {
    /// Starts one with a fresh profile.
    pub(super) async fn start(
        installed: &Installed,
        certificates: Certificates,
    ) -> Result<Self, BrowserError> {
        let mut processes = ProcessTree::new(Engine::Chromium)?;
        let mut profile = OsString::from("--user-data-dir=");
        profile.push(processes.folder().join("profile"));
        let accepted =
            certificates.accepted_key().map(|key| format!("{ACCEPTED_KEYS}{}", STANDARD.encode(key)).into());
        let arguments: Vec<OsString> =
            FLAGS.iter().map(OsString::from).chain(accepted).chain([profile, "about:blank".into()]).collect();
        let mut printed = processes.start(&installed.program, &arguments, &[])?;
        let address = printed
            .wait_for(|line| line.strip_prefix("DevTools listening on ").map(|url| url.trim().to_owned()))
            .await;
        let failed = |problem: String| BrowserError::Start { engine: Engine::Chromium, problem };
        let address = address.ok_or_else(|| failed(printed.end()))?;
        let devtools = Remote::connect(&address).await.map_err(|error| failed(error.to_string()))?;
        Ok(Self { devtools, processes: Mutex::new(processes) })
    }

    pub(super) fn lives(&self) -> bool {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner).lives()
    }

    /// Opens a page in a new browser context.
    pub(super) async fn open(this: &Arc<Self>, url: &str) -> Result<Page, BrowserError> {
        let refused = |error: RemoteError| BrowserError::Refused {
            engine: Engine::Chromium,
            what: "open the page",
            problem: error.to_string(),
        };
        let created =
            this.devtools.command("Target.createBrowserContext", json!({})).await.map_err(refused)?;
        let context = created["browserContextId"].clone();
        let page = Page { context: context.clone(), chromium: Arc::clone(this) };
        let target = json!({ "url": url, "browserContextId": context });
        this.devtools.command("Target.createTarget", target).await.map_err(refused)?;
        Ok(page)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Disposing of the context closes all its pages, including popups.
        let context = json!({ "browserContextId": self.context });
        self.chromium.devtools.send("Target.disposeBrowserContext", context);
    }
}
