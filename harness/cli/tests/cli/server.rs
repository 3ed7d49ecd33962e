//! `ssespec server`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use ssespec_reference::{Intermediary, IntermediaryDefect, Pace};

use crate::Tests;
use crate::command::ssespec;

pub(crate) const TESTS: Tests = &[
    ("the_checks_are_listed", the_checks_are_listed),
    ("a_single_check", a_single_check),
    ("too_little_is_seen", too_little_is_seen),
    ("a_tutorials_server_on_two_screens", a_tutorials_server_on_two_screens),
    ("strict_lets_every_suite_decide", strict_lets_every_suite_decide),
    ("a_quick_probe_takes_five_seconds", a_quick_probe_takes_five_seconds),
    ("what_is_no_server_is_said_so", what_is_no_server_is_said_so),
    ("options_are_checked", options_are_checked),
    ("a_path_for_one_check_and_a_header", a_path_for_one_check_and_a_header),
    ("a_folder_with_a_url", a_folder_with_a_url),
    ("known_failures_of_a_probe", known_failures_of_a_probe),
    ("what_a_proxy_changes_is_said", what_a_proxy_changes_is_said),
];

/// A server whose streams end immediately, after an event unless the request has a field `x-empty`; it echoes a field of the request, and answers 200 to other paths.
fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            std::thread::spawn(move || {
                let mut request = [0; 32 * 1024];
                let length = connection.read(&mut request).unwrap_or_default();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let kind = if request.contains("authorization: Bearer a") {
                    "text/event-stream"
                } else {
                    "text/html"
                };
                let chunk = "data: x\n\n";
                let chunk = match request.contains("x-empty: 1") {
                    true => String::new(),
                    false => format!("{:x}\r\n{chunk}\r\n", chunk.len()),
                };
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n{chunk}0\r\n\r\n"
                );
                // A client that has left needs no answer.
                let _ = connection.write_all(answer.as_bytes());
            });
        }
    });
    format!("http://{address}/")
}

fn the_checks_are_listed() {
    let printed = ssespec(["probe", "--list"]).ends(0);
    printed.shows(&[
        "server/probe/keep-alive ",
        "(not with --quick)",
        "(needs --emit)",
        "(needs https)",
        "(not with --data)",
    ]);
    assert!(printed.stdout.lines().count() > 80);
    let printed = ssespec(["probe", "--list", "--level", "must", "--suite", "whatwg"]).ends(0);
    assert!(printed.stdout.lines().all(|line| line.contains("  must   ")), "{}", printed.stdout);
}

fn a_single_check() {
    let url = start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.jsonl");
    let filter = "server/probe/content-type";
    let words = ["probe", "--quick", "--filter", filter, "--output", file.to_str().unwrap(), &url];
    let printed = ssespec(words).ends(1);
    printed.shows(&[
        "over url",
        "✘ FAIL must server/probe/content-type",
        "curl -isN -m 5 -H 'accept: text/event-stream' ",
        "whatwg/server-content-type (MUST)",
        "content-type: text/html",
        &format!("ssespec probe --filter '{filter}' --quick {url}"),
    ]);
    ssespec(["report", file.to_str().unwrap()]).ends(0).shows(&["server/probe/content-type"]);
}

/// A server as tutorials show it: any request opens a stream that counts from zero, whose head waits for the first event.
fn start_tutorial() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            std::thread::spawn(move || {
                let mut request = [0; 32 * 1024];
                let length = connection.read(&mut request).unwrap_or_default();
                let is_chunked = !String::from_utf8_lossy(&request[..length]).contains(" HTTP/1.0\r\n");
                let framing = if is_chunked { "transfer-encoding: chunked" } else { "connection: close" };
                let mut text = format!("{TUTORIAL_HEAD}{framing}\r\n\r\n");
                for number in 0.. {
                    std::thread::sleep(std::time::Duration::from_millis(400));
                    let event = format!("id: {number}\ndata: event {number}\n\n");
                    match is_chunked {
                        true => text.push_str(&format!("{:x}\r\n{event}\r\n", event.len())),
                        false => text.push_str(&event),
                    }
                    if connection.write_all(std::mem::take(&mut text).as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("http://{address}/")
}

const TUTORIAL_HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n\
    access-control-allow-origin: *\r\ndate: Sat, 21 Nov 2026 12:00:00 GMT\r\n";

/// Two screens of 50 lines.
const TWO_SCREENS: usize = 100;

fn a_tutorials_server_on_two_screens() {
    let printed = ssespec(["probe", &start_tutorial()]).ends(1);
    printed.shows(&[
        "✘ FAIL  must   head ",
        "✘ FAIL  must   resume-no-duplicate ",
        "~ WARN  should options ",
        ": the head above, then ",
        "rerun one: ssespec probe --filter 'server/probe/NAME' http://127.0.0.1:",
    ]);
    let lines = printed.stdout.lines().count();
    assert!(lines <= TWO_SCREENS, "{lines} lines:\n{}", printed.stdout);
}

/// Every stream ends at once, and other paths get one too.
fn too_little_is_seen() {
    let url = start();
    let common = [
        "server",
        "--header",
        "authorization: Bearer a",
        "--suite",
        "whatwg",
        "--suite",
        "resilience-server",
    ];
    let musts = ["--level", "must", "--header", "x-empty: 1"];
    let of =
        |words: &[&str], status| ssespec([&common[..], &musts, words, &[url.as_str()]].concat()).ends(status);
    let printed = of(&[], 3);
    printed.shows(&[
        "Every stream ended within ",
        ", without an event",
        "Too little was seen: ",
        "exit status 3: ",
    ]);
    of(&["--strict"], 1).shows(&["Too little was seen: ", "exit status 1: "]);
    // What was selected by name was to be seen or not.
    of(&["--filter", "server/probe/id-unique"], 0).shows(&["1 skip"]);
}

fn strict_lets_every_suite_decide() {
    let url = start();
    let words =
        ["server", "--quick", "--header", "authorization: Bearer a", "--filter", "*/cache-control", &url];
    ssespec(words).ends(0).shows(&["~ WARN"]);
    ssespec([&words[..], &["--strict"]].concat()).ends(1).shows(&["~ WARN"]);
}

fn a_quick_probe_takes_five_seconds() {
    // It never responds.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let began = std::time::Instant::now();
    ssespec(["server", "--quick", &url]).ends(1).shows(&["✘ FAIL must server/probe/status"]);
    assert!(began.elapsed().as_secs_f64() < 8.0, "{:?}", began.elapsed());
}

fn what_is_no_server_is_said_so() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}/");
    ssespec(["probe", &url]).ends(3).says(&["no connection"]);
}

fn options_are_checked() {
    ssespec(["probe"]).ends(2).says(&["pass the URL of an event stream"]);
    ssespec(["server"]).ends(2).says(&["-- COMMAND", "--reference", "ssespec probe URL"]);
    ssespec(["server", "--quick", "http://127.0.0.1:1/"])
        .ends(3)
        .says(&["`ssespec probe URL` is the command for this", "no connection"]);
    ssespec(["probe", "localhost:80"]).ends(2).says(&["http"]);
    ssespec(["probe", "--path", "keepalive=/x", "http://a/"]).ends(2).says(&["did you mean keep-alive?"]);
    ssespec(["probe", "--path", "status=x", "http://a/"]).ends(2).says(&["a path must begin with /"]);
    ssespec(["probe", "--header", "a b: c", "http://a/"]).ends(2).says(&["is not a field name"]);
    ssespec(["probe", "--filter", "keep-alive", "http://a/"]).ends(2).says(&["try '*keep-alive'"]);
    ssespec(["probe", "--suite", "htpt", "http://a/"]).ends(2).says(&["did you mean http?"]);
    ssespec(["probe", "--ca", "missing.pem", "https://a/"]).ends(2).says(&["missing.pem"]);
    ssespec(["probe", "--data", "@no-such.json", "http://a/"])
        .ends(2)
        .says(&["--data: no-such.json: ", "`@` is followed by"]);
    ssespec(["probe", "--emit", "http://", "http://a/"]).ends(2).says(&["is not a URL"]);
}

fn a_path_for_one_check_and_a_header() {
    let url = start();
    let common =
        ["probe", "--quick", "--header", "Authorization: Bearer a", "--header", "authorization: Bearer a"];
    let of = |words: &[&str]| ssespec([&common[..], words, &[url.as_str()]].concat());
    of(&["--filter", "*/content-type"]).ends(0).shows(&["1 pass"]);
    let filter = ["--filter", "*/error-status", "--suite", "resilience-server"];
    of(&filter).ends(0).shows(&["1 info", "a path that should not exist: status 200 and a stream"]);
    of(&[&filter[..], &["--path", "error-status=/broken"]].concat()).ends(1).shows(&["1 fail", "status 200"]);
}

/// The name of the folder's file with these lines after its role.
fn folder(lines: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("name = \"mine\"\nrole = \"server\"\n{lines}");
    std::fs::write(folder.path().join("ssespec.toml"), text).unwrap();
    folder
}

fn a_folder_with_a_url() {
    let url = start();
    let filter = ["--filter", "server/probe/content-type"];
    let run = |lines: &str, status: i32| {
        let folder = folder(lines);
        ssespec(["run", filter[0], filter[1], folder.path().to_str().unwrap()]).ends(status)
    };
    let printed = run(&format!("url = \"{url}\"\n"), 1);
    printed.shows(&["server/probe/content-type", "mine", "rerun one: ssespec run "]);
    let field = "headers = { authorization = \"Bearer a\" }";
    run(&format!("url = \"{url}\"\n{field}\n"), 0);
    let known = "[[known-failure]]\ncase = \"server/probe/content-type\"\nreason = \"it is an old page\"\n";
    let printed = run(&format!("url = \"{url}\"\n{known}"), 0);
    printed.shows(&["it is an old page"]);
    let printed = run(&format!("url = \"{url}\"\n{field}\n{known}"), 1);
    printed.shows(&["Stale baseline entries"]);
    let printed = run(&format!("url = \"{url}\"\npaths = {{ none = \"/a\" }}\n"), 2);
    printed.says(&["ssespec.toml: paths: ", "none"]);
}

fn known_failures_of_a_probe() {
    let url = start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known.toml");
    let known = "[[known-failure]]\ncase = \"server/probe/content-*\"\nreason = \"it is an old page\"\n";
    std::fs::write(&file, known).unwrap();
    let words = ["--filter", "server/probe/content-type", "--baseline", file.to_str().unwrap(), &url];
    ssespec(["probe"].into_iter().chain(words)).ends(0).shows(&["it is an old page"]);
}

fn what_a_proxy_changes_is_said() {
    let direct = start_tutorial();
    let address: std::net::SocketAddr =
        direct.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let through = |proxy: Intermediary| {
        let words = ["probe", "--quick", "--direct", &direct, &proxy.url()];
        let printed = ssespec(words).printed();
        printed.stdout + &printed.stderr
    };
    let defective = |defect| {
        let started = ssespec_reference::defective_intermediary(defect, Pace::Usual, address);
        through(runtime.block_on(started).unwrap())
    };
    let holds = "A proxy in front of this server holds events back: ";
    let collected = defective(IntermediaryDefect::ResponseCollected);
    let no_head = "A proxy in front of this server holds events back: no head came through it within 4.";
    assert!(collected.contains(no_head), "{collected}");
    let joined = defective(IntermediaryDefect::WritesJoined);
    assert!(joined.contains(&format!("{holds}the median of ")), "{joined}");
    assert!(joined.contains(" comes 0.3 s later through it"), "{joined}");
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let sound = through(runtime.block_on(ssespec_reference::intermediary(any, address)).unwrap());
    assert!(!sound.contains(holds) && !sound.contains("cuts streams"), "{sound}");
    assert!(sound.contains("cannot be seen from outside"), "{sound}");
}
