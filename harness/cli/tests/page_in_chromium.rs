//! The page as a person's browser shows it: opened in a Chromium that `headless_chrome` drives, independently of how
//! the `ssespec` command drives browsers.
//!
//! Where Chromium is not installed the test is left out and says so, unless `SSESPEC_ALL_IMPLEMENTATIONS` is set.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use headless_chrome::{Browser, LaunchOptionsBuilder};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ssespec::engine::Engine;
use ssespec_browser::find;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// The width of a small phone, in CSS pixels.
const WIDTH: u32 = 360;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let test = Trial::ignorable_test("a_run_on_a_narrow_screen", || match find(Engine::Chromium) {
        Err(missing) if std::env::var_os("SSESPEC_ALL_IMPLEMENTATIONS").is_none() => {
            Ok(Completion::ignored_with(format!("{missing}; {}", missing.hint())))
        }
        _ => a_run_on_a_narrow_screen().map(|()| Completion::Completed),
    });
    libtest_mimic::run(&arguments, vec![test]).exit_code()
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

fn a_run_on_a_narrow_screen() -> Result<(), Failed> {
    let child = Command::new(env!("CARGO_BIN_EXE_ssespec"))
        .args(["client", "--page", "--lanes", "1", "--delivery", "as-written", "--filter", "client/lines/*"])
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
    let said = |error: &dyn std::fmt::Display| Failed::from(error.to_string());
    let browser = Browser::new(options).map_err(|error| said(&error))?;
    let tab = browser.new_tab().map_err(|error| said(&error))?;
    tab.set_default_timeout(PATIENCE);
    tab.navigate_to(url.trim()).map_err(|error| said(&error))?;

    let status = ssespec.0.wait()?;
    let evaluate = |script: &str| {
        let value = tab.evaluate(script, false).map_err(|error| said(&error))?.value;
        Ok::<_, Failed>(value.unwrap_or_default())
    };
    let overhang = evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")?;
    let text = evaluate("document.body.innerText")?;
    let text = text.as_str().unwrap_or_default();
    if !status.success() {
        return Err(format!("{status}: {text}").into());
    }
    if !text.to_lowercase().contains("pass") {
        return Err(format!("the page does not say that cases passed: {text}").into());
    }
    if overhang.as_i64() != Some(0) {
        return Err(format!("{overhang} px overhang at a width of {WIDTH} px").into());
    }
    Ok(())
}
