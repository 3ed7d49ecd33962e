//! `ssespec mock --tls` and `--http`.

use std::path::Path;
use std::process::Command;

use crate::Tests;
use crate::command::{Running, ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("curl_follows_both_versions_over_tls", curl_follows_both_versions_over_tls),
    ("the_certificate_is_named_and_removed", the_certificate_is_named_and_removed),
    ("one_version_alone", one_version_alone),
    ("a_given_certificate", a_given_certificate),
    ("certificates_that_cannot_be_used", certificates_that_cannot_be_used),
    ("a_case_over_tls", a_case_over_tls),
];

const SCENARIO: &str =
    "[[route]]\npath = \"/\"\n\n[[route.connection]]\nsteps = [{ send = \"data: 1\\n\\n\" }, \"end\"]\n";

/// What curl gets, with the version of HTTP and the status; `None` if there is no curl.
fn curl(arguments: &[&str]) -> Option<String> {
    let mut curl = Command::new("curl");
    curl.args(["-sSN", "--noproxy", "*", "--max-time", "30", "-w", "%{http_version} %{http_code}"]);
    let output = curl.args(arguments).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

fn start(folder: &TestFolder, options: &str) -> Running {
    ssespec(["mock"]).args([folder.file("scenario.toml", SCENARIO)]).args(words(options)).start()
}

fn curl_follows_both_versions_over_tls() {
    let folder = TestFolder::new();
    let ca = folder.path().join("ca.pem").display().to_string();
    let running = start(&folder, &format!("--tls --ca-file {ca}"));
    let url = running.line();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    assert_eq!(running.line(), format!("ca-file: {ca}"));
    let localhost = url.replace("127.0.0.1", "localhost");
    for (version, url, shown) in [
        ("--http1.1", &url, "data: 1\n\n1.1 200"),
        ("--http1.1", &localhost, "data: 1\n\n1.1 200"),
        ("--http2", &url, "data: 1\n\n2 200"),
    ] {
        let Some(text) = curl(&[version, "--cacert", &ca, url]) else { return };
        assert_eq!(text, shown, "{version} {url}");
    }
    let refused = curl(&[&url]).unwrap_or_default();
    assert!(refused.contains("certificate"), "{refused}");
    let journal = running.lines_to("not a request: no TLS: received fatal alert");
    for part in ["GET /  over HTTP/1.1 and TLS  (", "GET /  over HTTP/2 and TLS  ("] {
        assert!(journal.iter().any(|line| line.contains(part)), "{part} in {journal:#?}");
    }
}

fn the_certificate_is_named_and_removed() {
    let folder = TestFolder::new();
    let running = start(&folder, "--tls --format json");
    let line: serde_json::Value = serde_json::from_str(&running.line()).unwrap();
    let ca = line["ca-file"].as_str().unwrap_or_else(|| panic!("{line}")).to_owned();
    assert!(line["listening"].as_str().is_some_and(|url| url.starts_with("https://")), "{line}");
    assert!(std::fs::read_to_string(&ca).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    #[cfg(unix)]
    {
        let status = Command::new("kill").arg(running.id().to_string()).status().unwrap();
        assert!(status.success());
        running.ends(0);
        assert!(!Path::new(&ca).exists(), "{ca}");
    }
    let running = start(&folder, "--tls --print-url");
    assert!(running.line().starts_with("https://"));
}

fn one_version_alone() {
    let folder = TestFolder::new();
    let running = start(&folder, "--http 1.1");
    let url = running.line();
    let Some(text) = curl(&["--http2-prior-knowledge", &url]) else { return };
    assert!(!text.contains("data: 1") && !text.ends_with("2 200"), "{text}");
    assert_eq!(curl(&[&url]).unwrap(), "data: 1\n\n1.1 200");
    let running = start(&folder, "--http 2");
    let url = running.line();
    assert_eq!(curl(&["--http2-prior-knowledge", &url]).unwrap(), "data: 1\n\n2 200");
    assert!(!curl(&["--http1.1", &url]).unwrap().contains("data: 1"));
}

fn a_given_certificate() {
    let folder = TestFolder::new();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = folder.file("cert.pem", &made.cert.pem()).display().to_string();
    let key = folder.file("key.pem", &made.signing_key.serialize_pem()).display().to_string();
    let running = start(&folder, &format!("--tls --cert {certificate} --key {key}"));
    let url = running.line().replace("127.0.0.1", "localhost");
    let Some(text) = curl(&["--cacert", &certificate, &url]) else { return };
    assert!(text.starts_with("data: 1\n\n"), "{text}");
}

fn certificates_that_cannot_be_used() {
    let folder = TestFolder::new();
    let scenario = folder.file("scenario.toml", SCENARIO).display().to_string();
    let none = folder.path().join("none.pem").display().to_string();
    let run = |options: &str| ssespec(["mock", &scenario]).args(words(options));
    run(&format!("--tls --cert {none} --key {none}"))
        .ends(2)
        .says(&["none.pem: ", "expected certificates in PEM format"]);
    run(&format!("--tls --ca-file {none}/ca.pem")).ends(2).says(&["ca.pem"]);
    run("--cert a.pem --key b.pem").ends(2).says(&["--tls"]);
    run("--tls --ui").ends(2).says(&["--ui"]);
}

fn a_case_over_tls() {
    let folder = TestFolder::new();
    let ca = folder.path().join("ca.pem").display().to_string();
    let running =
        ssespec(["mock", "--case", "client/lines/blank-line-of-any-mix", "--tls", "--ca-file", &ca]).start();
    let url = running.line();
    assert_eq!(running.line(), format!("ca-file: {ca}"));
    let Some(text) = curl(&["--max-time", "2", "--cacert", &ca, &url]) else { return };
    assert!(text.contains("data: "), "{text}");
}
