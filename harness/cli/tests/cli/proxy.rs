//! `ssespec proxy`.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use ssespec_reference::{Intermediary, IntermediaryDefect as Defect, Pace};
use tokio::runtime::Runtime;

use crate::Tests;
use crate::command::{Printed, ssespec};

pub(crate) const TESTS: Tests = &[
    ("the_cases_are_listed", the_cases_are_listed),
    ("the_built_in_proxy_is_sound", the_built_in_proxy_is_sound),
    ("a_proxy_that_truncates", a_proxy_that_truncates),
    ("a_proxy_that_disturbs_a_client", a_proxy_that_disturbs_a_client),
    ("a_proxy_that_is_not_there", a_proxy_that_is_not_there),
    ("a_proxy_that_cannot_reach_its_origin", a_proxy_that_cannot_reach_its_origin),
    ("a_proxy_that_forwards_elsewhere", a_proxy_that_forwards_elsewhere),
    ("a_proxy_that_changes_paths", a_proxy_that_changes_paths),
    ("an_address_that_is_taken", an_address_that_is_taken),
    ("urls_are_checked", urls_are_checked),
    ("settings_of_a_known_proxy_are_recommended", settings_of_a_known_proxy_are_recommended),
    ("settings_that_report_departures_are_recommended", settings_that_report_departures_are_recommended),
    ("cases_that_settings_mend_exist", cases_that_settings_mend_exist),
    ("a_reload_is_a_command", a_reload_is_a_command),
];

/// An address at which nothing listens.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

/// A proxy with a defect that forwards to a free address.
fn defective(defect: Defect) -> (Runtime, Intermediary, SocketAddr) {
    let upstream = free_address();
    let runtime = Runtime::new().unwrap();
    let started = ssespec_reference::defective_intermediary(defect, Pace::Usual, upstream);
    let proxy = runtime.block_on(started).unwrap();
    (runtime, proxy, upstream)
}

/// A server that answers each request like this.
fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0; 32 * 1024];
            let length = connection.read(&mut request).unwrap_or_default();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            // A client that has left needs no answer.
            let _ = connection.write_all(answer(&request).as_bytes());
        }
    });
    format!("http://{address}")
}

fn with(listen: &str, upstream: SocketAddr, more: &[&str], status: i32) -> Printed {
    let upstream = upstream.to_string();
    ssespec([&["proxy", "--listen", listen, "--upstream", &upstream], more].concat()).ends(status)
}

fn the_cases_are_listed() {
    let printed = ssespec(["proxy", "--list"]).ends(0);
    printed.shows(&["intermediary/endings/fin-between-chunks ", "client/resume/"]);
    // Nothing but a wire lies between the client and the mock server.
    assert!(!printed.stdout.contains("client/browser/"), "{}", printed.stdout);
    // A proxy may answer 502 instead.
    assert!(!printed.stdout.contains("client/drops/right-after-the-headers "), "{}", printed.stdout);
}

fn the_built_in_proxy_is_sound() {
    let printed = ssespec(["proxy", "--reference", "--filter", "intermediary/endings/*", "--strict"]).ends(0);
    printed.shows(&["reference (intermediary) over network", "http ", "exit status 0"]);
}

fn a_proxy_that_truncates() {
    let (_runtime, proxy, upstream) = defective(Defect::EndAfterFinBetweenChunks);
    let filter = "intermediary/endings/fin-between-chunks";
    let printed = with(&proxy.url(), upstream, &["--filter", filter], 1);
    printed.shows(&[
        "✘ FAIL must intermediary/endings/fin-between-chunks",
        "http/proxy-incomplete (MUST)",
        "at the client, no clean end of the response for 2s",
        "a response 200 that ends cleanly: it looks complete",
        "proxy to origin",
        "origin to proxy",
        "proxy to client",
        &format!(
            "ssespec proxy --filter '{filter}' --delivery as-written --listen {} --upstream {upstream}",
            proxy.url()
        ),
    ]);
}

fn a_proxy_that_disturbs_a_client() {
    let (_runtime, proxy, upstream) = defective(Defect::LastEventIdDropped);
    let printed = with(&proxy.url(), upstream, &["--filter", "client/resume/*", "--delivery", "whole"], 1);
    printed.shows(&[
        "✘ FAIL must client/resume/",
        "passes with the same client without the intermediary",
        "client to proxy",
        "proxy to origin",
    ]);
}

fn a_proxy_that_is_not_there() {
    let url = format!("http://{}", free_address());
    let printed = with(&url, free_address(), &[], 3);
    printed.says(&[&format!("no intermediary at {url}: "), "help: start the proxy first"]);
}

fn a_proxy_that_cannot_reach_its_origin() {
    let url =
        answering(|_| "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".into());
    let upstream = free_address();
    let printed = with(&url, upstream, &[], 3);
    printed.says(&[
        &format!("{url} answers 502 without asking {upstream}"),
        "help: the proxy cannot reach its origin",
    ]);
}

fn a_proxy_that_forwards_elsewhere() {
    let url = answering(|_| "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi".into());
    let upstream = free_address();
    let printed = with(&url, upstream, &[], 3);
    printed.says(&[
        &format!("{url} answers 200 without asking {upstream}"),
        "help: configure the proxy to forward every path to the address of --upstream",
    ]);
}

fn a_proxy_that_changes_paths() {
    let upstream = free_address();
    let url = answering(move |request| {
        let path = request.split(' ').nth(1).unwrap_or("/").to_owned();
        let mut origin = std::net::TcpStream::connect(upstream).unwrap();
        let forwarded = format!("GET /app{path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        origin.write_all(forwarded.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = origin.read_to_string(&mut answer);
        answer
    });
    let printed = with(&url, upstream, &[], 3);
    printed.says(&[
        "for \"/app/",
        " when it is asked for \"/",
        "help: configure the proxy to forward paths unchanged",
    ]);
}

fn an_address_that_is_taken() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let upstream = taken.local_addr().unwrap();
    let printed = with("http://127.0.0.1:1", upstream, &[], 3);
    printed.says(&[
        &format!("cannot listen on {upstream}, to which the proxy forwards"),
        "help: ssespec takes the place of the origin",
    ]);
}

fn urls_are_checked() {
    let of = |url: &str| with(url, free_address(), &[], 2);
    of("http://127.0.0.1:1/app").says(&["it has a path"]);
    of("127.0.0.1:1").says(&["is not a URL"]);
    ssespec(["proxy"]).ends(2).says(&["--listen"]);
}

fn settings_of_a_known_proxy_are_recommended() {
    let (_runtime, proxy, upstream) = defective(Defect::ResponseCollected);
    let run = |more: &[&str]| {
        let filter = ["--strict", "--filter", "intermediary/delay/event-by-event"];
        with(&proxy.url(), upstream, &[&filter, more].concat(), 1).stdout
    };
    let nginx = run(&["--kind", "nginx"]);
    for text in [
        "Settings of nginx that mend such failures",
        "  proxy_buffering off;",
        "against events that are held back (intermediary/delay/event-by-event)",
        "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering",
        "--kind nginx",
    ] {
        assert!(nginx.contains(text), "no {text:?} in {nginx}");
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    run(&["--kind", "nginx", "--output", path]);
    let json = ssespec(["report", "--format", "json", path]).ends(0).json();
    let settings = json["runs"][0]["settings"].as_array().unwrap();
    assert_eq!(settings.len(), 1);
    assert_eq!(settings[0]["setting"], "proxy_buffering off;");
    let markdown = run(&["--kind", "lighttpd", "--format", "markdown"]);
    assert!(markdown.contains("server.stream-response-body = 2"), "{markdown}");
    let mitmproxy = run(&["--kind", "mitmproxy"]);
    assert!(mitmproxy.contains("flow.response.stream = True"), "{mitmproxy}");
    // It says nothing of itself.
    let unknown = run(&[]);
    assert!(unknown.contains("--kind names the proxy"), "{unknown}");
    // No setting of this one mends that.
    let squid = run(&["--kind", "squid"]);
    assert!(!squid.contains("Settings of"), "{squid}");
    ssespec(["proxy", "--reference", "--kind", "nginz"]).ends(2);
    with(&proxy.url(), upstream, &["--kind", "nginz"], 2).says(&["nginz", "known: nginx, haproxy"]);
}

fn settings_that_report_departures_are_recommended() {
    let (_runtime, proxy, upstream) = defective(Defect::FinNotPassedOn);
    let options = ["--strict", "--filter", "intermediary/departures/fin", "--kind", "trafficserver"];
    let report = with(&proxy.url(), upstream, &options, 1).stdout;
    assert!(report.contains("CONFIG proxy.config.http.allow_half_open INT 0"), "{report}");
}

fn cases_that_settings_mend_exist() {
    let listed = ssespec(["proxy", "--list", "--soak", "2min"]).ends(0).stdout;
    let cases = ssespec_reports::advice::advised_cases();
    assert!(cases.len() > 20);
    for case in cases {
        assert!(listed.contains(&format!("{case} ")), "{case}");
    }
}

fn a_reload_is_a_command() {
    let upstream = free_address();
    let runtime = Runtime::new().unwrap();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let proxy = runtime.block_on(ssespec_reference::intermediary(any, upstream)).unwrap();
    let filter = ["--filter", "intermediary/reload/*"];
    let run = |more: &[&str]| with(&proxy.url(), upstream, &[&filter, more].concat(), 0).stdout;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("reloaded");
    // One line for each reload.
    let command = format!("echo x >> {}", file.display());
    let reloaded = run(&["--reload", &command]);
    assert!(
        reloaded.contains("2 pass · 0 fail")
            && reloaded.contains("a stream that is open during a reload: goes on"),
        "{reloaded}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 3);
    let failed = run(&["--reload", "exit 3"]);
    assert!(failed.contains("0 pass") && failed.contains("3 skip"), "{failed}");
    let without = run(&[]);
    assert!(without.contains("0 pass"), "{without}");
}
