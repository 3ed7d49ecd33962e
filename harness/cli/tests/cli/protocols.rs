//! `--http` and `--tls` of commands that test clients.

use std::collections::BTreeSet;

use crate::Tests;
use crate::command::{ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("both_versions_over_tls", both_versions_over_tls),
    ("what_needs_http_1_1_is_skipped", what_needs_http_1_1_is_skipped),
    ("a_client_that_speaks_no_tls", a_client_that_speaks_no_tls),
    ("browsers_speak_http_2_over_tls_only", browsers_speak_http_2_over_tls_only),
    ("a_baseline_is_about_http_1_1", a_baseline_is_about_http_1_1),
];

fn both_versions_over_tls() {
    let folder = TestFolder::new();
    let file = folder.path().join("results.jsonl").display().to_string();
    let printed = ssespec(words("client --reference --http both --tls --filter client/drops/* --output"))
        .args([&file])
        .ends(0);
    printed.shows(&["client/drops ", "protocols http1-tls http2-tls", " 0 fail"]);
    let text = folder.read("results.jsonl");
    let deliveries: BTreeSet<String> = text
        .lines()
        .filter_map(|line| {
            serde_json::from_str::<serde_json::Value>(line).ok()?.get("delivery")?.as_str().map(str::to_owned)
        })
        .collect();
    for delivery in ["as-written@http1-tls", "as-written@http2-tls", "bytes@http2-tls"] {
        assert!(deliveries.contains(delivery), "{deliveries:?}");
    }
    let plain = deliveries.iter().find(|delivery| !delivery.ends_with("-tls"));
    assert_eq!(plain, None, "{deliveries:?}");
    // The file is read back.
    ssespec(["report", &file]).ends(0).shows(&["client/drops/", "protocols http1-tls http2-tls"]);
}

fn what_needs_http_1_1_is_skipped() {
    let folder = TestFolder::new();
    let file = folder.path().join("results.jsonl").display().to_string();
    let filters = "--filter client/drops/inside-the-chunked-coding --filter client/drops/inside-a-line";
    ssespec(words(&format!("client --reference --http 2 {filters} --output"))).args([&file]).ends(0);
    let text = folder.read("results.jsonl");
    assert_eq!(text.matches("needs HTTP/1.1 for ").count(), 1, "{text}");
}

fn a_client_that_speaks_no_tls() {
    ssespec(words("client --cases cases --http 2 --tls")).adapter(["name=mine"]).ends(2).says(&[
        "mine does not speak HTTP/2 and TLS: its adapter does not name the capability `http2` and the capability `tls`",
        "help: leave out --http and --tls",
    ]);
}

fn browsers_speak_http_2_over_tls_only() {
    ssespec(words("client --page --http 2")).ends(2).says(&["browsers do not speak HTTP/2: add --tls"]);
}

fn a_baseline_is_about_http_1_1() {
    ssespec(words("run --write-baseline --http 2")).ends(2).says(&["--write-baseline", "--http"]);
}
