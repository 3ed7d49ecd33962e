//! The site as a person's browser shows it: every page of two sites, opened from files in a Chromium that
//! `headless_chrome` drives. axe-core, installed by `npm ci` in `ci/axe`, judges the accessibility.
//!
//! Where Chromium or axe-core is not installed the tests are left out and say so, unless `SSESPEC_ALL_IMPLEMENTATIONS` is
//! set.

#[path = "axe/mod.rs"]
mod axe;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::Emulation::{
    MediaFeature, SetDeviceMetricsOverride, SetEmulatedMedia, SetScriptExecutionDisabled,
};
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Network, Page};
use headless_chrome::{Browser, LaunchOptionsBuilder, Tab};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use serde_json::Value;
use ssespec::engine::Engine;
use ssespec_browser::find;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// The width of a small phone and of a screen, in CSS pixels.
const WIDTHS: [u32; 2] = [360, 1440];

/// The color schemes of the site.
const SCHEMES: [&str; 2] = ["light", "dark"];

/// The lowest contrast of text, see <https://www.w3.org/TR/WCAG22/#contrast-minimum>.
const CONTRAST: &str = "4.5";

/// Returns the texts with less contrast.
const PALE: &str = include_str!("contrast/pale.js");

/// The elements that make the page wider than the screen.
const WIDE: &str = "document.documentElement.scrollWidth <= innerWidth ? '' : \
    [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth \
    && !one.closest('.scroll')).map((one) => one.outerHTML.slice(0, 150)).slice(0, 3).join(' and ') || 'something'";

/// A test.
type Check = fn(&Sites) -> Result<(), Failed>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tests: [(&str, Check); 6] = [
        ("every_page_is_accessible", every_page_is_accessible),
        ("every_page_fits_and_can_be_read", every_page_fits_and_can_be_read),
        ("nothing_is_requested_and_nothing_fails", nothing_is_requested_and_nothing_fails),
        ("the_filter_survives_a_reload", the_filter_survives_a_reload),
        ("without_scripts_everything_is_shown", without_scripts_everything_is_shown),
        ("the_keyboard_is_enough", the_keyboard_is_enough),
    ];
    let trials = tests.map(|(name, test)| {
        Trial::ignorable_test(name, move || match missing() {
            Some(why) if std::env::var_os("SSESPEC_ALL_IMPLEMENTATIONS").is_none() => {
                Ok(Completion::ignored_with(why))
            }
            _ => test(&Sites::new()?).map(|()| Completion::Completed),
        })
    });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What is not installed.
fn missing() -> Option<String> {
    if let Err(missing) = find(Engine::Chromium) {
        return Some(format!("{missing}; {}", missing.hint()));
    }
    axe::missing()
}

fn said(error: impl Display) -> Failed {
    error.to_string().into()
}

/// A site of a run with every verdict next to a hostile one, and a comparison.
struct Sites {
    folder: tempfile::TempDir,
}

impl Sites {
    fn new() -> Result<Self, Failed> {
        let folder = tempfile::tempdir()?;
        let file = |name: &str| repository().join(format!("reports/tests/files/{name}.jsonl"));
        for (words, names, output) in [
            ("report", &["verdicts", "other", "hostile"][..], "report"),
            ("diff", &["before", "after"][..], "comparison"),
        ] {
            let status = Command::new(env!("CARGO_BIN_EXE_ssespec"))
                .args([words, "--format", "html", "--output"])
                .arg(folder.path().join(output))
                .args(names.iter().map(|name| file(name)))
                .status()?;
            if status.code().is_none_or(|code| code > 1) {
                return Err(format!("ssespec {words}: {status}").into());
            }
        }
        Ok(Self { folder })
    }

    /// The address of a page.
    fn url(&self, page: &str) -> String {
        format!("file://{}", self.folder.path().join(page).display())
    }

    /// The addresses of all pages.
    fn pages(&self) -> Result<Vec<String>, Failed> {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut pages = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "html") {
                    pages.push(format!("file://{}", path.display()));
                }
            }
        }
        pages.sort();
        if pages.len() < 40 { Err(format!("only {} pages", pages.len()).into()) } else { Ok(pages) }
    }
}

/// A browser with one tab, and what happened in it that should not.
struct Tester {
    /// Closes the tab when it is dropped.
    _browser: Browser,
    tab: Arc<Tab>,
    wrong: Arc<Mutex<Vec<String>>>,
}

impl Tester {
    fn new() -> Result<Self, Failed> {
        let options = LaunchOptionsBuilder::default()
            .path(Some(find(Engine::Chromium)?.program))
            .sandbox(false)
            .idle_browser_timeout(PATIENCE)
            .build()
            .map_err(said)?;
        let browser = Browser::new(options).map_err(said)?;
        let tab = browser.new_tab().map_err(said)?;
        tab.set_default_timeout(PATIENCE);
        let wrong = Arc::new(Mutex::new(Vec::new()));
        let events = Arc::clone(&wrong);
        tab.enable_log().map_err(said)?;
        tab.enable_runtime().map_err(said)?;
        let network = Network::Enable {
            max_total_buffer_size: None,
            max_resource_buffer_size: None,
            max_post_data_size: None,
            report_direct_socket_traffic: None,
            enable_durable_messages: None,
        };
        tab.call_method(network).map_err(said)?;
        tab.add_event_listener(Arc::new(move |event: &Event| {
            if let Some(text) = complaint(event) {
                events.lock().unwrap_or_else(PoisonError::into_inner).push(text);
            }
        }))
        .map_err(said)?;
        Ok(Self { _browser: browser, tab, wrong })
    }

    fn open(&self, url: &str) -> Result<(), Failed> {
        self.tab.navigate_to(url).map_err(said)?;
        self.tab.wait_until_navigated().map_err(said)?;
        Ok(())
    }

    /// What went wrong since the last time.
    fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut *self.wrong.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The value of an expression, or of the promise that it returns.
    fn evaluate(&self, script: &str) -> Result<Value, Failed> {
        let value = self.tab.evaluate(script, true).map_err(said)?.value;
        Ok(value.unwrap_or_default())
    }

    fn assert(&self, script: &str, expected: impl Into<Value>) -> Result<(), Failed> {
        let (value, expected) = (self.evaluate(script)?, expected.into());
        if value == expected { Ok(()) } else { Err(format!("{script} is {value}, not {expected}").into()) }
    }

    /// Asserts what becomes true after a navigation, which no call waits for.
    fn assert_soon(&self, script: &str, expected: impl Into<Value>) -> Result<(), Failed> {
        let (expected, start) = (expected.into(), Instant::now());
        loop {
            match self.assert(script, expected.clone()) {
                Err(failed) if start.elapsed() >= PATIENCE => return Err(failed),
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
                Ok(()) => return Ok(()),
            }
        }
    }

    fn width(&self, width: u32) -> Result<(), Failed> {
        let metrics = SetDeviceMetricsOverride {
            width,
            height: 800,
            device_scale_factor: 1.0,
            mobile: false,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
            display_feature: None,
            device_posture: None,
        };
        self.tab.call_method(metrics).map_err(said)?;
        Ok(())
    }

    fn scheme(&self, scheme: &str) -> Result<(), Failed> {
        let feature = MediaFeature { name: "prefers-color-scheme".into(), value: scheme.into() };
        self.tab
            .call_method(SetEmulatedMedia { media: None, features: Some(vec![feature]) })
            .map_err(said)?;
        Ok(())
    }
}

/// What an event says about a request that leaves the page, an error or a dialog.
fn complaint(event: &Event) -> Option<String> {
    match event {
        Event::NetworkRequestWillBeSent(sent) => {
            let url = &sent.params.request.url;
            let is_local =
                url.starts_with("file://") || url.starts_with("data:") || url.starts_with("about:");
            (!is_local).then(|| format!("a request of {url}"))
        }
        Event::RuntimeExceptionThrown(thrown) => {
            Some(format!("an exception: {:?}", thrown.params.exception_details))
        }
        Event::LogEntryAdded(added) => Some(format!("a message: {}", added.params.entry.text)),
        Event::PageJavascriptDialogOpening(opening) => Some(format!("a dialog: {}", opening.params.message)),
        _ => None,
    }
}

fn every_page_is_accessible(sites: &Sites) -> Result<(), Failed> {
    let axe = axe::script()?;
    let tester = Tester::new()?;
    let mut violations = Vec::new();
    // The colors and the layout of the other half are checked without axe-core, which is slow.
    let variants = SCHEMES.into_iter().zip(WIDTHS).cycle();
    for (page, (scheme, width)) in sites.pages()?.iter().zip(variants) {
        tester.scheme(scheme)?;
        tester.width(width)?;
        tester.open(page)?;
        tester.evaluate(&axe)?;
        let found = tester.evaluate(axe::VIOLATIONS)?;
        match found.as_str() {
            Some("") => {}
            Some(text) => violations.push(format!("{page}, {scheme}, {width} px: {text}")),
            None => return Err(format!("axe-core did not run on {page}: {found}").into()),
        }
    }
    if violations.is_empty() { Ok(()) } else { Err(violations.join("\n").into()) }
}

fn every_page_fits_and_can_be_read(sites: &Sites) -> Result<(), Failed> {
    let tester = Tester::new()?;
    for page in sites.pages()? {
        tester.open(&page)?;
        tester.width(WIDTHS[0])?;
        let wide = tester.evaluate(WIDE)?;
        if wide.as_str() != Some("") {
            return Err(format!("{page}: wider than {} px: {wide}", WIDTHS[0]).into());
        }
        for scheme in SCHEMES {
            tester.scheme(scheme)?;
            let pale = tester.evaluate(&PALE.replace("CONTRAST", CONTRAST))?;
            if pale.as_str() != Some("") {
                return Err(format!("{page}: contrast below {CONTRAST} in {scheme} colors: {pale}").into());
            }
        }
    }
    Ok(())
}

fn nothing_is_requested_and_nothing_fails(sites: &Sites) -> Result<(), Failed> {
    let tester = Tester::new()?;
    tester.tab.call_method(Page::Enable { enable_file_chooser_opened_event: None }).map_err(said)?;
    for page in sites.pages()? {
        tester.open(&page)?;
        let complaints = tester.complaints();
        if !complaints.is_empty() {
            return Err(format!("{page}: {}", complaints.join("; ")).into());
        }
        // The style sheet has been applied, although the policy allows nothing from the network.
        tester.assert("getComputedStyle(document.querySelector('.bar')).borderBottomStyle", "solid")?;
        let scripts = i32::from(page.ends_with("report/index.html"));
        tester.assert("document.scripts.length", scripts)?;
    }
    Ok(())
}

fn the_filter_survives_a_reload(sites: &Sites) -> Result<(), Failed> {
    let tester = Tester::new()?;
    let rows =
        "[...document.querySelectorAll('table.matrix tr[id]')].filter((row) => row.checkVisibility()).length";
    tester.open(&sites.url("report/index.html"))?;
    let all = tester.evaluate(rows)?.as_u64().unwrap_or_default();
    tester.tab.find_element("#query").map_err(said)?.click().map_err(said)?;
    tester.tab.type_str("crlf").map_err(said)?;
    let filtered = tester.evaluate(rows)?.as_u64().unwrap_or_default();
    if filtered == 0 || filtered >= all {
        return Err(format!("{filtered} of {all} rows are shown").into());
    }
    tester.assert("location.hash", "#?query=crlf")?;
    tester.assert("document.getElementById('shown').textContent", format!("{filtered} of {all} cases"))?;
    tester.evaluate("window.before = true")?;
    tester.tab.reload(false, None).map_err(said)?;
    tester.assert_soon("window.before === undefined && document.getElementById('query')?.value", "crlf")?;
    tester.assert(rows, filtered)?;
    // A filter by result, from an address that somebody sent.
    tester.open("about:blank")?;
    tester.open(&format!("{}#?show=bad", sites.url("report/index.html")))?;
    let bad = "[...document.querySelectorAll('table.matrix tr[id]')].filter((row) => row.checkVisibility())\
               .every((row) => row.querySelector('td.f, td.k, td.w'))";
    tester.assert(bad, true)?;
    let shown = tester.evaluate(rows)?.as_u64().unwrap_or_default();
    if shown == 0 || shown >= all {
        return Err(format!("{shown} of {all} rows have a failure").into());
    }
    // Whatever else stands there changes nothing.
    tester.open("about:blank")?;
    tester.open(&format!("{}#?show=nonsense&level=x", sites.url("report/index.html")))?;
    tester.assert(rows, all)
}

fn without_scripts_everything_is_shown(sites: &Sites) -> Result<(), Failed> {
    let tester = Tester::new()?;
    tester.tab.call_method(SetScriptExecutionDisabled { value: true }).map_err(said)?;
    tester.open(&format!("{}#?query=crlf", sites.url("report/index.html")))?;
    tester.assert("document.getElementById('filter').checkVisibility()", false)?;
    tester.assert("[...document.querySelectorAll('tr')].every((row) => row.checkVisibility())", true)
}

fn the_keyboard_is_enough(sites: &Sites) -> Result<(), Failed> {
    let tester = Tester::new()?;
    tester.open(&sites.url("report/index.html"))?;
    tester.tab.press_key("Tab").map_err(said)?;
    tester.assert("document.activeElement.textContent", "Skip to the content")?;
    let visible = "(() => { const box = document.activeElement.getBoundingClientRect(); \
                   return box.left >= 0 && box.top >= 0 && box.right <= innerWidth })()";
    tester.assert(visible, true)?;
    // From there to the evidence of a failure with nothing but Tab and Enter.
    for _ in 0..200 {
        tester.tab.press_key("Tab").map_err(said)?;
        if tester.evaluate("document.activeElement.closest('td.f, td.k') !== null")? == true {
            let outlined = "getComputedStyle(document.activeElement).outlineStyle";
            tester.assert(outlined, "solid")?;
            tester.tab.press_key("Enter").map_err(said)?;
            return tester.assert_soon("location.pathname.includes('/results/')", true);
        }
    }
    Err("no failure was reached with 200 presses of Tab".into())
}
