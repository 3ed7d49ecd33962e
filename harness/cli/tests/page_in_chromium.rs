//! The page as a person's browser shows it: opened in a Chromium that `headless_chrome` drives, independently of how
//! the `ssespec` command drives browsers.
//!
//! Where Chromium or axe-core is not installed the tests are left out and say so, unless `SSESPEC_ALL_IMPLEMENTATIONS` is set.

#[path = "axe/mod.rs"]
mod axe;

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use headless_chrome::protocol::cdp::Emulation::{MediaFeature, SetEmulatedMedia};
use headless_chrome::{Browser, LaunchOptionsBuilder, Tab};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use serde_json::Value;
use ssespec::engine::Engine;
use ssespec_browser::find;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// The width of a small phone, in CSS pixels.
const WIDTH: u32 = 360;

/// The color schemes that the page has.
const SCHEMES: [&str; 2] = ["light", "dark"];

/// The lowest contrast of text, see <https://www.w3.org/TR/WCAG22/#contrast-minimum>.
const CONTRAST: f64 = 4.5;

/// A test.
type Check = fn() -> Result<(), Failed>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tests: [(&str, Check); 2] = [
        ("a_run_on_a_narrow_screen", a_run_on_a_narrow_screen),
        ("failures_are_shown_first_and_readable", failures_are_shown_first_and_readable),
    ];
    let trials = tests.map(|(name, test)| {
        Trial::ignorable_test(name, move || match missing() {
            Some(why) if std::env::var_os("SSESPEC_ALL_IMPLEMENTATIONS").is_none() => {
                Ok(Completion::ignored_with(why))
            }
            _ => test().map(|()| Completion::Completed),
        })
    });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

/// What is not installed.
fn missing() -> Option<String> {
    match find(Engine::Chromium) {
        Err(missing) => Some(format!("{missing}; {}", missing.hint())),
        Ok(_) => axe::missing(),
    }
}

/// The command, ended with the test.
struct Ssespec(Child);

impl Drop for Ssespec {
    fn drop(&mut self) {
        // It has usually ended by then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A browser with the page after a run.
struct Page {
    /// Closes the tab when it is dropped.
    _browser: Browser,
    tab: Arc<Tab>,
    status: ExitStatus,
}

fn said(error: &dyn Display) -> Failed {
    error.to_string().into()
}

impl Page {
    /// Runs these cases in a page on a narrow screen.
    fn of_a_run(cases: &[&OsStr]) -> Result<Self, Failed> {
        let child = Command::new(env!("CARGO_BIN_EXE_ssespec"))
            .args(["client", "--page", "--lanes", "1", "--delivery", "as-written"])
            .args(cases)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut ssespec = Ssespec(child);
        let stderr = ssespec.0.stderr.take().ok_or("no stderr")?;
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let url = lines.find(|line| line.trim().starts_with("http://")).ok_or("no URL was printed")?;
        // It would block if its other output were not read.
        std::thread::spawn(move || lines.for_each(drop));

        let installed = find(Engine::Chromium)?;
        let options = LaunchOptionsBuilder::default()
            .path(Some(installed.program))
            .sandbox(false)
            .window_size(Some((WIDTH, 740)))
            .args(
                ["--disable-quic", "--no-proxy-server", "--disable-renderer-backgrounding"]
                    .map(OsStr::new)
                    .to_vec(),
            )
            .idle_browser_timeout(PATIENCE)
            .build()
            .map_err(|error| error.to_string())?;
        let browser = Browser::new(options).map_err(|error| said(&error))?;
        let tab = browser.new_tab().map_err(|error| said(&error))?;
        tab.set_default_timeout(PATIENCE);
        tab.navigate_to(url.trim()).map_err(|error| said(&error))?;
        let status = ssespec.0.wait()?;
        Ok(Self { _browser: browser, tab, status })
    }

    /// The value of an expression in the page.
    fn evaluate(&self, script: &str) -> Result<Value, Failed> {
        let value = self.tab.evaluate(script, false).map_err(|error| said(&error))?.value;
        Ok(value.unwrap_or_default())
    }

    /// Asserts that axe-core finds nothing, in both color schemes.
    fn assert_accessible(&self) -> Result<(), Failed> {
        self.evaluate(&axe::script()?)?;
        for scheme in SCHEMES {
            self.set_scheme(scheme)?;
            let found = self.tab.evaluate(axe::VIOLATIONS, true).map_err(|error| said(&error))?.value;
            if found.as_ref().and_then(Value::as_str) != Some("") {
                return Err(format!("axe-core, in {scheme} colors: {found:?}").into());
            }
        }
        Ok(())
    }

    fn set_scheme(&self, scheme: &str) -> Result<(), Failed> {
        let feature = MediaFeature { name: "prefers-color-scheme".into(), value: scheme.into() };
        self.tab
            .call_method(SetEmulatedMedia { media: None, features: Some(vec![feature]) })
            .map(drop)
            .map_err(|error| said(&error))
    }

    fn text(&self) -> Result<String, Failed> {
        Ok(self.evaluate("document.body.innerText")?.as_str().unwrap_or_default().to_owned())
    }

    fn assert_no_overhang(&self) -> Result<(), Failed> {
        let overhang =
            self.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")?;
        if overhang.as_i64() == Some(0) {
            Ok(())
        } else {
            Err(format!("{overhang} px overhang at a width of {WIDTH} px").into())
        }
    }

    /// Asserts that all text can be read, in both color schemes.
    fn assert_contrast(&self) -> Result<(), Failed> {
        for scheme in SCHEMES {
            self.set_scheme(scheme)?;
            let pale = self.evaluate(&PALE.replace("CONTRAST", &CONTRAST.to_string()))?;
            if pale.as_str() != Some("") {
                return Err(format!("contrast below {CONTRAST} in {scheme} colors: {pale}").into());
            }
        }
        Ok(())
    }
}

/// The texts whose contrast is too low, also that of the glyphs before them.
const PALE: &str = include_str!("contrast/pale.js");

fn a_run_on_a_narrow_screen() -> Result<(), Failed> {
    let page = Page::of_a_run(&["--filter", "client/lines/*"].map(OsStr::new))?;
    let text = page.text()?;
    if !page.status.success() {
        return Err(format!("{}: {text}", page.status).into());
    }
    if !text.contains(" MUSTs hold in ") {
        return Err(format!("the page does not say that all MUSTs hold: {text}").into());
    }
    page.assert_no_overhang()?;
    page.assert_contrast()?;
    page.assert_accessible()
}

fn failures_are_shown_first_and_readable() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    for (group, name, data) in [("mine", "right", "a"), ("mine", "wrong", "b"), ("mine/deeper", "right", "a")]
    {
        let cases = folder.path().join("client").join(group);
        std::fs::create_dir_all(&cases)?;
        let text = format!(
            "title = \"The case {name} in {group}\"\nrequirements = [\"whatwg/line-lf\"]\n\
             steps = [{{ send = \"data: a\\n\\n\" }}, {{ expect-event = {{ data = \"{data}\" }} }}]\n"
        );
        std::fs::write(cases.join(format!("{name}.toml")), text)?;
    }
    let page = Page::of_a_run(&[OsStr::new("--cases"), folder.path().as_os_str()])?;
    let text = page.text()?;
    if page.status.code() != Some(1) {
        return Err(format!("{}: {text}", page.status).into());
    }
    let order = ["1 of 3 MUSTs fails in ", "Failures", "The case wrong in mine", "All cases", "client/mine"];
    let mut rest = text.as_str();
    for part in order {
        rest = rest.split_once(part).ok_or_else(|| format!("no {part:?} where it is expected: {text}"))?.1;
    }
    for (script, expected) in [
        ("document.querySelector('#problems a').href", "https://html.spec.whatwg.org/"),
        (
            "document.querySelector('#problems .rerun').textContent",
            "ssespec client --filter 'client/mine/wrong'",
        ),
        (
            "[...document.querySelectorAll('summary')].map((one) => one.innerText.trim()).join('; ')",
            "client/mine 1 passed, 1 failed; client/mine/deeper 1 passed",
        ),
    ] {
        let value = page.evaluate(script)?;
        if !value.as_str().is_some_and(|value| value.starts_with(expected)) {
            return Err(format!("{script} is {value}, not {expected}").into());
        }
    }
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")?;
    if !page.text()?.contains("client/mine/deeper/right") {
        return Err("an open group does not list its cases".into());
    }
    page.assert_no_overhang()?;
    page.assert_contrast()?;
    page.assert_accessible()
}
