//! The page of `ssespec mock --ui` in a Chromium that `headless_chrome` drives.
//!
//! Where Chromium or axe-core is not installed the test is left out and says so, unless `SSESPEC_ALL_IMPLEMENTATIONS` is set.

#[path = "axe/mod.rs"]
mod axe;

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use headless_chrome::{Browser, LaunchOptionsBuilder, Tab};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ssespec::engine::Engine;
use ssespec_browser::find;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// What a client sends must be shown as text.
const SCENARIO: &str = r#"
[[route]]
path = "/*"

[[route.connection]]
steps = [{ send = "data: <b>one</b>\n\n" }]
"#;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trial = Trial::ignorable_test("streams_are_shown_fed_and_dropped", || match missing() {
        Some(why) if std::env::var_os("SSESPEC_ALL_IMPLEMENTATIONS").is_none() => {
            Ok(Completion::ignored_with(why))
        }
        _ => streams_are_shown_fed_and_dropped().map(|()| Completion::Completed),
    });
    libtest_mimic::run(&arguments, vec![trial]).exit_code()
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

fn said(error: &dyn Display) -> Failed {
    error.to_string().into()
}

/// Opens a stream of the mock server, and reads its first event.
fn stream(address: &str, target: &str) -> Result<TcpStream, Failed> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {target} HTTP/1.1\r\nhost: {address}\r\nlast-event-id: 7\r\n\r\n")?;
    until(&mut stream, "</b>\n\n\r\n")?;
    Ok(stream)
}

/// Reads until this has come.
fn until(stream: &mut TcpStream, end: &str) -> Result<String, Failed> {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        let mut byte = [0];
        if stream.read(&mut byte)? == 0 {
            return Err(format!("it ended after {:?}", String::from_utf8_lossy(&text)).into());
        }
        text.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Waits until an expression holds in the page.
fn wait_for(tab: &Arc<Tab>, expression: &str) -> Result<(), Failed> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let value = tab.evaluate(expression, false).map_err(|error| said(&error))?.value;
        if value.and_then(|value| value.as_bool()) == Some(true) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let text = tab.evaluate("document.body.innerText", false).map_err(|error| said(&error))?.value;
    Err(format!("{expression} does not hold; the page shows {text:?}").into())
}

fn click(tab: &Arc<Tab>, selector: &str) -> Result<(), Failed> {
    tab.wait_for_element(selector).and_then(|element| element.click().map(drop)).map_err(|error| said(&error))
}

fn streams_are_shown_fed_and_dropped() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("scenario.toml");
    std::fs::write(&file, SCENARIO)?;
    let child = Command::new(env!("CARGO_BIN_EXE_ssespec"))
        .args([OsStr::new("mock"), file.as_os_str(), OsStr::new("--ui")])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut ssespec = Ssespec(child);
    let stdout = ssespec.0.stdout.take().ok_or("no stdout")?;
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let url = lines.next().ok_or("no URL was printed")?;
    // It would block if its other output were not read.
    std::thread::spawn(move || lines.for_each(drop));
    let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut first = stream(&address, "/a?<i>x</i>")?;
    let mut second = stream(&address, "/b")?;

    let options = LaunchOptionsBuilder::default()
        .path(Some(find(Engine::Chromium)?.program))
        .sandbox(false)
        .args(["--disable-quic", "--no-proxy-server"].map(OsStr::new).to_vec())
        .idle_browser_timeout(PATIENCE)
        .build()
        .map_err(|error| error.to_string())?;
    let browser = Browser::new(options).map_err(|error| said(&error))?;
    let tab = browser.new_tab().map_err(|error| said(&error))?;
    tab.set_default_timeout(PATIENCE);
    tab.navigate_to(&format!("{url}__ssespec/")).map_err(|error| said(&error))?;

    wait_for(&tab, "document.querySelectorAll('#streams tr').length === 2")?;
    wait_for(&tab, "document.querySelector('#streams tr').innerText.includes('/a?<i>x</i>\\t7')")?;
    wait_for(&tab, "document.getElementById('journal').textContent.includes('last-event-id: \"7\"')")?;
    wait_for(&tab, "document.querySelectorAll('i, b').length === 0")?;

    click(&tab, "textarea[name=data]")?;
    tab.type_str("from the page").map_err(|error| said(&error))?;
    click(&tab, "#push button")?;
    for stream in [&mut first, &mut second] {
        until(stream, "data: from the page\n\n\r\n")?;
    }
    wait_for(&tab, "document.getElementById('status').textContent === 'Pushed: 2 streams'")?;
    wait_for(&tab, "document.getElementById('journal').textContent.includes('pushed to 2 streams')")?;

    click(&tab, "button[aria-label='FIN stream 1']")?;
    let mut rest = String::new();
    first.read_to_string(&mut rest)?;
    wait_for(&tab, "document.querySelectorAll('#streams tr').length === 1")?;
    click(&tab, "button[data-body*=reset]")?;
    if second.read_to_string(&mut rest).is_ok() {
        return Err("the second stream was not reset".into());
    }
    wait_for(&tab, "document.getElementById('count').textContent === '0'")?;

    click(&tab, "button[data-post='/scenario/reset']")?;
    wait_for(&tab, "document.querySelector('#routes td:last-child').textContent === '0'")?;
    let _third = stream(&address, "/c")?;
    wait_for(&tab, "document.querySelector('#routes td:last-child').textContent === '1'")?;

    tab.evaluate(&axe::script()?, false).map_err(|error| said(&error))?;
    let found = tab.evaluate(axe::VIOLATIONS, true).map_err(|error| said(&error))?.value;
    if found.as_ref().and_then(serde_json::Value::as_str) != Some("") {
        return Err(format!("axe-core: {found:?}").into());
    }
    Ok(())
}
