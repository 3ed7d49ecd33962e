//! `ssespec client --browser` and `--page`, without a browser.

use std::io::Write as _;
use std::net::TcpStream;

use crate::Tests;
use crate::command::{ssespec, words};
use crate::interrupt;
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("no_such_browser", no_such_browser),
    ("one_that_is_missing", one_that_is_missing),
    ("a_folder_with_a_browser", a_folder_with_a_browser),
    ("one_way_to_start", one_way_to_start),
    #[cfg(unix)]
    ("a_page_is_invited", a_page_is_invited),
    #[cfg(unix)]
    ("a_page_at_another_address", a_page_at_another_address),
];

fn no_such_browser() {
    ssespec(words("client --browser netscape"))
        .ends(2)
        .says(&["there is no browser \"netscape\"; expected chromium, firefox or webkit", "--page"]);
}

fn one_that_is_missing() {
    for (name, variable) in [("chromium", "CHROME"), ("firefox", "FIREFOX"), ("webkit", "WEBKIT_DRIVER")] {
        ssespec(words("client --filter client/lines/* --browser"))
            .args([name])
            .env(variable, "/no/such/browser")
            .ends(3)
            .says(&[&format!("error: {variable} is set to /no/such/browser, which is not a file")]);
    }
}

fn a_folder_with_a_browser() {
    let folder = TestFolder::new();
    folder.file("one/ssespec.toml", "name = \"one\"\nrole = \"client\"\nbrowser = \"firefox\"\n");
    ssespec(words("run --filter client/lines/*"))
        .args([folder.path().join("one")])
        .env("FIREFOX", "/no/such/browser")
        .ends(3)
        .says(&["FIREFOX is set to /no/such/browser"]);
    for (text, said) in [
        ("browser = \"netscape\"", "\"chromium\", \"firefox\""),
        (
            "browser = \"firefox\"\ncommand = [\"x\"]",
            "expected either a command, a test service, a browser or a URL",
        ),
        ("", "nothing says how to start the implementation"),
    ] {
        folder.file("one/ssespec.toml", &format!("name = \"one\"\nrole = \"client\"\n{text}\n"));
        ssespec(["run"]).args([folder.path().join("one")]).ends(2).says(&[said]);
    }
}

fn one_way_to_start() {
    for line in [
        "client --browser firefox --page",
        "client --browser firefox --reference",
        "client --page -- true",
        "client --page --bind 127.0.0.1 --ipv6",
        "client --reference --bind 127.0.0.1",
    ] {
        ssespec(words(line)).ends(2).says(&["cannot be used with"]);
    }
    ssespec(words("client --bind 127.0.0.1")).ends(2).says(&["required"]);
    ssespec(words("client --page --bind nowhere")).ends(2).says(&["invalid value 'nowhere'"]);
}

/// The URL is printed for a browser to open, and Ctrl-C ends the wait.
#[cfg(unix)]
fn a_page_is_invited() {
    let mut running = ssespec(words("client --page --filter client/lines/*")).start_with_stderr();
    let url = url(&mut running);
    let (host, path) = url["http://".len()..].split_once('/').unwrap();
    assert!(host.starts_with("127.0.0.1:") && path.len() == 33, "{url}");
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\n\r\n").unwrap();
    let page = std::io::read_to_string(stream).unwrap();
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("<title>ssespec</title>"), "{page}");
    interrupt::send(&running, "INT");
    running.ends(130);
}

#[cfg(unix)]
fn a_page_at_another_address() {
    // All of 127.0.0.0/8 is loopback on Linux.
    let address = if cfg!(target_os = "linux") { "127.0.0.9" } else { "127.0.0.1" };
    let mut running = ssespec(words("client --page --bind")).args([address]).start_with_stderr();
    let url = url(&mut running);
    assert!(url.starts_with(&format!("http://{address}:")), "{url}");
    interrupt::send(&running, "TERM");
    running.ends(130);
}

/// The URL that is printed.
#[cfg(unix)]
fn url(running: &mut crate::command::Running) -> String {
    loop {
        let line = running.line();
        if let Some(url) = line.trim().strip_prefix("http://") {
            return format!("http://{url}");
        }
    }
}
