//! Where a browser is installed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ssespec::engine::Engine;

use super::error::BrowserError;

/// The programs of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The program that is started.
    pub program: PathBuf,
    /// The browser that the driver starts, if the program is a driver.
    pub driven: Option<PathBuf>,
}

/// The usual locations of each browser, best first. Debian's `/usr/bin/chromium-headless-shell` is a script that does
/// not `exec` the browser, so killing it would leave the browser running.
const CHROMIUM: [&str; 8] = [
    "/usr/lib/chromium/chromium-headless-shell",
    "chrome-headless-shell",
    "/usr/lib/chromium/chromium",
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const FIREFOX: [&str; 5] = [
    "/usr/lib/firefox-esr/firefox-esr",
    "/usr/lib/firefox/firefox",
    "firefox-esr",
    "firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
];
const WEBKIT: [&str; 1] = ["WebKitWebDriver"];
const MINI_BROWSER: [&str; 4] =
    ["webkit2gtk-4.1", "webkitgtk-6.0", "webkit2gtk-4.0", "webkit2gtk-4.1/libexec"];

/// The environment variable that names an engine's program.
pub(super) fn variable(engine: Engine) -> &'static str {
    match engine {
        Engine::Chromium => "CHROME",
        Engine::Firefox => "FIREFOX",
        Engine::WebKit => "WEBKIT_DRIVER",
    }
}

/// Where to look for programs.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// The value of the engine's environment variable.
    pub(super) named: Option<OsString>,
    /// The search path.
    pub(super) path: OsString,
    /// The root of the file system.
    pub(super) root: PathBuf,
}

/// Finds a browser: by its environment variable (`CHROME`, `FIREFOX`, `WEBKIT_DRIVER`), else in the usual places and on
/// the search path.
///
/// # Errors
/// If it is not installed.
pub fn find(engine: Engine) -> Result<Installed, BrowserError> {
    let places = Places {
        named: std::env::var_os(variable(engine)).filter(|value| !value.is_empty()),
        path: std::env::var_os("PATH").unwrap_or_default(),
        root: PathBuf::from("/"),
    };
    places.find(engine)
}

impl Places {
    pub(super) fn find(&self, engine: Engine) -> Result<Installed, BrowserError> {
        let program = match (&self.named, engine) {
            (Some(named), _) => {
                let path = PathBuf::from(named);
                if !path.is_file() {
                    let path = path.display().to_string();
                    return Err(BrowserError::Misnamed { variable: variable(engine), path });
                }
                path
            }
            (None, Engine::Chromium) => self.first(&CHROMIUM).ok_or_else(|| missing(engine, "chromium"))?,
            (None, Engine::Firefox) => self.first(&FIREFOX).ok_or_else(|| missing(engine, "firefox"))?,
            (None, Engine::WebKit) => {
                self.first(&WEBKIT).ok_or_else(|| missing(engine, "WebKitWebDriver"))?
            }
        };
        let driven = match engine {
            Engine::Chromium | Engine::Firefox => None,
            Engine::WebKit => {
                self.first(&["Xvfb"]).ok_or_else(|| missing(engine, "Xvfb"))?;
                Some(self.mini_browser().ok_or_else(|| missing(engine, "MiniBrowser"))?)
            }
        };
        Ok(Installed { program, driven })
    }

    /// The first of these programs that exists: an absolute path, or a name on the search path.
    fn first(&self, programs: &[&str]) -> Option<PathBuf> {
        programs.iter().find_map(|program| match program.strip_prefix('/') {
            Some(path) => Some(self.root.join(path)).filter(|path| path.is_file()),
            None => {
                std::env::split_paths(&self.path).map(|folder| folder.join(program)).find(|p| p.is_file())
            }
        })
    }

    /// MiniBrowser is in the library folder, whose name contains the architecture.
    fn mini_browser(&self) -> Option<PathBuf> {
        let libraries = self.root.join("usr/lib");
        let mut folders = vec![self.root.join("usr/libexec"), self.root.join("usr/lib64"), libraries.clone()];
        let entries = std::fs::read_dir(&libraries).into_iter().flatten().filter_map(Result::ok);
        let mut architectures: Vec<PathBuf> =
            entries.map(|entry| entry.path()).filter(is_multiarch).collect();
        architectures.sort();
        folders.extend(architectures);
        let candidates =
            folders.iter().flat_map(|folder| MINI_BROWSER.iter().map(move |name| folder.join(name)));
        candidates.map(|folder| folder.join("MiniBrowser")).find(|program| program.is_file())
    }
}

fn is_multiarch(path: &PathBuf) -> bool {
    Path::new(path).file_name().is_some_and(|name| name.to_string_lossy().contains("-linux-gnu"))
}

fn missing(engine: Engine, program: &'static str) -> BrowserError {
    BrowserError::Missing { engine, program }
}
