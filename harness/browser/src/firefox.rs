//! Firefox, driven directly by WebDriver BiDi.

use std::ffi::OsString;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use ssespec::engine::Engine;

use super::certificates::Certificates;
use super::error::BrowserError;
use super::find::Installed;
use super::process::ProcessTree;
use super::remote::{Remote, RemoteError};

/// A running Firefox.
#[derive(Debug)]
pub(super) struct Firefox {
    bidi: Remote,
    processes: Mutex<ProcessTree>,
}

/// A page in its own user context, with its own cookies, cache and connections.
#[derive(Debug)]
pub(super) struct Page {
    context: Value,
    user_context: Value,
    /// Keeps the browser running while a page is open.
    firefox: Arc<Firefox>,
}

/// Preferences that keep runs reproducible: no background requests, no proxy, no throttled pages.
const PREFERENCES: &str = r#"user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.cache.disk.enable", false);
user_pref("browser.contentblocking.introCount", 99);
user_pref("browser.dom.window.dump.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.safebrowsing.downloads.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.search.update", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.ipc.processCount.webIsolated", 4);
user_pref("dom.ipc.processPriorityManager.enabled", false);
user_pref("dom.min_background_timeout_value", 4);
user_pref("dom.min_background_timeout_value_without_budget_throttling", 4);
user_pref("dom.timeout.enable_budget_timer_throttling", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("extensions.systemAddon.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.dns.disablePrefetch", true);
user_pref("network.http.http3.enable", false);
user_pref("network.http.speculative-parallel-limit", 0);
user_pref("network.prefetch-next", false);
user_pref("network.proxy.type", 0);
user_pref("remote.active-protocols", 1);
user_pref("remote.prefs.recommended", true);
user_pref("services.settings.server", "data:,");
user_pref("signon.rememberSignons", false);
user_pref("toolkit.cosmeticAnimations.enabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.server", "data:,");
user_pref("trailhead.firstrun.didSeeAboutWelcome", true);
"#;

impl Firefox {
    /// Starts one with a fresh profile.
    pub(super) async fn start(
        installed: &Installed,
        certificates: Certificates,
    ) -> Result<Self, BrowserError> {
        let mut processes = ProcessTree::new(Engine::Firefox)?;
        let profile = processes.folder().join("profile");
        let written =
            std::fs::create_dir(&profile).and_then(|()| std::fs::write(profile.join("user.js"), PREFERENCES));
        written.map_err(|error| start(format!("no profile: {error}")))?;
        let mut arguments: Vec<OsString> =
            ["--headless", "--no-remote", "--new-instance", "--remote-debugging-port=0", "--profile"]
                .map(OsString::from)
                .into();
        arguments.extend([profile.into_os_string(), "about:blank".into()]);
        let environment = [("MOZ_CRASHREPORTER_DISABLE", OsString::from("1"))];
        let mut printed = processes.start(&installed.program, &arguments, &environment)?;
        let address = printed
            .wait_for(|line| {
                line.strip_prefix("WebDriver BiDi listening on ").map(|url| url.trim().to_owned())
            })
            .await;
        let address = address.ok_or_else(|| start(printed.end()))?;
        let failed = |error: RemoteError| start(error.to_string());
        let bidi = Remote::connect(&format!("{address}/session")).await.map_err(failed)?;
        let wanted = json!({ "alwaysMatch": certificates.capabilities() });
        bidi.command("session.new", json!({ "capabilities": wanted })).await.map_err(failed)?;
        Ok(Self { bidi, processes: Mutex::new(processes) })
    }

    pub(super) fn lives(&self) -> bool {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner).lives()
    }

    /// Opens a page in a new window, because Firefox throttles timers in background tabs.
    pub(super) async fn open(this: &Arc<Self>, url: &str) -> Result<Page, BrowserError> {
        let refused = |error: RemoteError| BrowserError::Refused {
            engine: Engine::Firefox,
            what: "open the page",
            problem: error.to_string(),
        };
        let user = this.bidi.command("browser.createUserContext", json!({})).await.map_err(refused)?;
        let user_context = user["userContext"].clone();
        let created = this
            .bidi
            .command("browsingContext.create", json!({ "type": "window", "userContext": user_context }))
            .await
            .map_err(refused)?;
        let context = created["context"].clone();
        let page = Page { context: context.clone(), user_context, firefox: Arc::clone(this) };
        let to = json!({ "context": context, "url": url, "wait": "none" });
        this.bidi.command("browsingContext.navigate", to).await.map_err(refused)?;
        Ok(page)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let Self { context, user_context, firefox } = self;
        firefox.bidi.send("browsingContext.close", json!({ "context": context }));
        firefox.bidi.send("browser.removeUserContext", json!({ "userContext": user_context }));
    }
}

fn start(problem: String) -> BrowserError {
    BrowserError::Start { engine: Engine::Firefox, problem }
}
