//! Options for running cases: `--delivery`, `--jobs`, `--timeout`, `--ipv6`, `--barrier`, `--framing`, `--loss`.

use std::net::TcpListener;

use serde_json::Value;
use ssespec_reports::results::Delivery;

use crate::Tests;
use crate::adapter_processes::AdapterProcesses;
use crate::command::{Ssespec, ssespec, words};
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("standard_deliveries", standard_deliveries),
    ("chosen_deliveries", chosen_deliveries),
    ("every_split", every_split),
    ("a_delivery_is_what_it_says", a_delivery_is_what_it_says),
    ("lanes", lanes),
    ("lanes_out_of_range", lanes_out_of_range),
    ("a_time_out", a_time_out),
    ("invalid_times", invalid_times),
    ("no_alternative_matches", no_alternative_matches),
    ("ipv6", ipv6),
    ("a_refusal_ends_with_its_session", a_refusal_ends_with_its_session),
    ("a_pause_at_each_boundary", a_pause_at_each_boundary),
    ("barriers", barriers),
    ("varied_runs_say_so", varied_runs_say_so),
];

/// The results that a run of the reference client prints as JSON Lines, in the order of every report.
fn results(options: &str, status: i32) -> Vec<Value> {
    let line = format!("client --reference --cases cases --format jsonl {options}");
    let lines = ssespec(words(&line)).ends(status).json_lines();
    let mut results: Vec<Value> = lines.into_iter().filter(|line| line["kind"] == "result").collect();
    let delivery = |result: &Value| result["delivery"].as_str().unwrap().parse::<Delivery>().unwrap();
    results.sort_by_key(|result| (result["case"].as_str().map(str::to_owned), delivery(result)));
    results
}

fn deliveries(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["delivery"].as_str().unwrap()).collect()
}

fn standard_deliveries() {
    let all = results("--filter client/demo/shows-an-event", 0);
    assert_eq!(deliveries(&all), ["as-written", "whole", "bytes"]);
    // Two deliveries that come out the same run once.
    let all = results("--filter client/demo/shows-two-events", 0);
    assert_eq!(deliveries(&all), ["as-written", "bytes"]);
}

fn chosen_deliveries() {
    for delivery in ["as-written", "whole", "bytes"] {
        let all = results(&format!("--filter client/demo/shows-an-event --delivery {delivery}"), 0);
        assert_eq!(deliveries(&all), [delivery]);
    }
    let all = results("--filter client/demo/shows-an-event --delivery bytes --delivery whole", 0);
    assert_eq!(deliveries(&all), ["whole", "bytes"], "in the order of every report");
}

fn every_split() {
    // Nine bytes are cut at eight places, also after the seventh and eighth, which are two sends.
    let all = results("--filter client/demo/shows-an-event --delivery splits", 0);
    let expected: Vec<String> = (1..=8).map(|at| format!("split@{at}")).collect();
    assert_eq!(deliveries(&all), expected);
    let all = results("--filter client/demo/shows-an-event --delivery splits --delivery as-written", 0);
    // The split between the two sends is the same as as-written, so it runs once.
    assert_eq!(all.len(), 8);
    // Both connections of a case are cut, one at a time.
    let all = results("--filter client/demo/resumes --delivery splits", 0);
    let (first, second) = ("retry: 20\nid: 1\ndata: first\n\n", "id: 2\ndata: ha");
    let third = "id: 2\ndata: second\n\n";
    assert_eq!(all.len(), [first, second, third].iter().map(|run| run.len() - 1).sum::<usize>());
}

/// The writes of a failing case are in its transcript.
fn a_delivery_is_what_it_says() {
    for (delivery, writes) in
        [("as-written", &["data: a\n\n"][..]), ("bytes", &["d", "a", "t", "a", ":", " ", "a", "\n", "\n"])]
    {
        let all = results(&format!("--filter *another* --delivery {delivery}"), 1);
        let rows = all[0]["transcript"].as_array().unwrap();
        let is_ours = |row: &&Value| row["from"] == "harness" && row["kind"] == "bytes";
        let sent: Vec<String> =
            rows.iter().filter(is_ours).map(|row| row["text"].as_str().unwrap().into()).collect();
        let escaped: Vec<String> = writes.iter().map(|write| write.escape_default().to_string()).collect();
        assert_eq!(sent[1..], escaped, "after the head");
    }
}

fn lanes() {
    for (lanes, expected) in [(1, 1), (3, 3), (64, 5)] {
        let processes = AdapterProcesses::new();
        let options = format!("client --cases cases --filter client/demo/shows-* --jobs {lanes}");
        ssespec(words(&options)).adapter([processes.option()]).ends(0);
        let adapters = processes.all();
        // Five sessions need at most five adapters.
        assert_eq!(adapters.len(), expected);
        let urls: Vec<String> = adapters.into_iter().flat_map(|adapter| adapter.exited()).collect();
        assert_eq!(urls.len(), 2 + 5, "the smoke check and five deliveries");
    }
}

fn lanes_out_of_range() {
    for lanes in ["0", "65", "many"] {
        ssespec(["client", "--reference", "--jobs", lanes]).ends(2).says(&["invalid value", "--jobs <N>"]);
    }
}

/// A case that fails only after the time is out.
fn never(folder: &TestFolder) {
    let steps = "{ send = \"data: a\\n\\n\" }, { expect-event = { data = \"a\" } }, { expect-event = { data = \"b\" } }";
    let text = format!("title = \"Never\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [{steps}]\n");
    folder.file("client/mine/never.toml", &text);
}

fn a_time_out() {
    let folder = TestFolder::new();
    never(&folder);
    for (time, microseconds) in [("300ms", 300_000), ("1s", 1_000_000)] {
        let lines = ssespec(words("client --reference --delivery as-written --format jsonl --timeout"))
            .args([time, "--cases"])
            .args([folder.path()])
            .ends(1)
            .json_lines();
        assert_eq!(lines[1]["failure"]["observed"], format!("nothing within {time}"));
        assert!(lines[1]["duration_us"].as_u64().unwrap() >= microseconds, "{}", lines[1]["duration_us"]);
    }
}

/// An observation that matches no alternative is reported, even if another follows immediately.
fn no_alternative_matches() {
    let folder = TestFolder::new();
    let case = "title = \"An event that no alternative begins with\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [\n  \
                { send = \"data: a\\n\\n\" },\n  \"end\",\n  \
                { expect-one-of = [\"expect-request\", { expect-event = { data = \"b\" } }] },\n]\n";
    folder.file("cases/client/mine/first.toml", case);
    let run = ssespec(words("client --cases cases --timeout 500ms --format jsonl"))
        .folder(folder.path())
        .adapter([""; 0]);
    for result in run.ends(1).json_lines().iter().filter(|line| line["kind"] == "result") {
        assert_eq!(result["failure"]["observed"], "event data \"a\"", "{result}");
    }
}

fn invalid_times() {
    for (time, said) in [
        ("5", "expected a whole number followed by ms, s or min, like 500ms; the longest time is 1h"),
        ("0s", "the time must be longer than zero"),
        ("61min", "the longest time is 1h"),
        ("18446744073709551615s 1000000000ns", "expected a whole number followed by ms, s or min"),
        ("soon", "expected a whole number followed by ms, s or min"),
    ] {
        ssespec(["client", "--reference", "--timeout", time]).ends(2).says(&["'--timeout <TIME>'", said]);
    }
}

/// A command with `--ipv6`, or `None` if this machine has no IPv6.
pub(crate) fn over_ipv6(command: Ssespec) -> Option<Ssespec> {
    match TcpListener::bind("[::1]:0") {
        Ok(_) => Some(command),
        Err(_) => {
            let printed = command.ends(3);
            printed.says(&["no listener on ::1"]);
            None
        }
    }
}

fn a_refusal_ends_with_its_session() {
    let folder = TestFolder::new();
    let head = "requirements = [\"whatwg/line-lf\"]\n";
    // It waits longest, so that it is played first.
    let refuses = "needs = [\"reconnect\", \"close\", \"errors\"]\nsteps = [\n  { refuse = \"10min\" },\n  \"expect-error\",\n  \
                   \"close\",\n  { expect-no-request = \"700ms\" },\n]\n";
    folder.file("client/refusal/begins.toml", &format!("title = \"Refuses\"\n{head}{refuses}"));
    let steps = "steps = [\n  { send = \"data: a\\n\\n\" },\n  { expect-event = { data = \"a\" } },\n]\n";
    folder.file("client/refusal/is-over.toml", &format!("title = \"Is over\"\n{head}{steps}"));
    let run =
        ssespec(words("client --reference --jobs 1 --timeout 2s --cases")).args([folder.path()]).ends(0);
    run.shows(&["2 of 2 cases ran", "2 pass"]);
}

fn ipv6() {
    let processes = AdapterProcesses::new();
    let command = ssespec(words("client --cases cases --filter client/demo/shows-* --ipv6"))
        .adapter([processes.option()]);
    if let Some(command) = over_ipv6(command) {
        command.ends(0);
        let urls: Vec<String> = processes.all().into_iter().flat_map(|adapter| adapter.exited()).collect();
        assert!(urls.iter().all(|url| url.starts_with("http://[::1]:")), "{urls:?}");
    }
    let processes = AdapterProcesses::new();
    ssespec(words("client --cases cases --filter client/demo/shows-*")).adapter([processes.option()]).ends(0);
    let urls: Vec<String> = processes.all().into_iter().flat_map(|adapter| adapter.exited()).collect();
    assert!(!urls.is_empty() && urls.iter().all(|url| url.starts_with("http://127.0.0.1:")), "{urls:?}");
}

fn a_pause_at_each_boundary() {
    let folder = TestFolder::new();
    let comment = format!(": {}", "x".repeat(500));
    let steps =
        format!("{{ send = \"{comment}\\ndata: a\\n\\n\" }}, {{ expect-event = {{ data = \"a\" }} }}");
    let text = format!("title = \"Long\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [{steps}]\n");
    folder.file("client/mine/long.toml", &text);
    let lines = ssespec(words("client --reference --delivery bytes --barrier pause --format jsonl --cases"))
        .args([folder.path()])
        .ends(0)
        .json_lines();
    // A millisecond after each write.
    assert!(lines[1]["duration_us"].as_u64().unwrap() >= 500_000, "{}", lines[1]["duration_us"]);
}

fn barriers() {
    results("--filter client/demo/shows-* --barrier auto", 0);
    results("--filter client/demo/shows-* --barrier pause", 0);
    let kernel =
        ssespec(words("client --reference --cases cases --filter client/demo/shows-* --barrier kernel"));
    if cfg!(target_os = "linux") {
        kernel.ends(0);
    } else {
        // Elsewhere the kernel cannot be asked.
        kernel.ends(3).says(&["no listener on 127.0.0.1"]);
    }
}

fn varied_runs_say_so() {
    let folder = TestFolder::new();
    let steps = "{ send = \"retry: 20\\ndata: a\\n\\n\" }, \"expect-event\", { drop = \"reset\" }, \"expect-request\"";
    let failing = "{ expect-event = { data = \"never\", within = \"100ms\" } }";
    let text = format!("title = \"Lost\"\nneeds = [\"reconnect\"]\nsteps = [{steps}, {failing}]\n");
    folder.file("lost.toml", &text);
    let run = |options: &str| {
        let line = format!("client --reference --delivery as-written {options} --cases");
        ssespec(words(&line)).args([folder.path()]).ends(1)
    };
    let plain = run("--framing chunked");
    assert!(!plain.stdout.contains("STANDARD SUITE"), "{}", plain.stdout);
    plain.shows(&["transfer-encoding: chunked", "dropped     reset"]);
    let varied = run("--framing close --loss end");
    varied.shows(&[
        "NOT THE STANDARD SUITE: --framing close --loss end changed what the server sent",
        "; --framing close --loss end\n",
        "connection: close",
        "--framing close --loss end --reference",
    ]);
    for absent in ["transfer-encoding", "dropped"] {
        assert!(!varied.stdout.contains(absent), "{absent}: {}", varied.stdout);
    }
    let header = &run("--loss fin --format jsonl").json_lines()[0];
    assert_eq!(header["selection"]["variation"], serde_json::json!({ "loss": "fin" }));
    let folder = TestFolder::new();
    folder.file("ssespec.toml", "name = \"x\"\nrole = \"client\"\ncommand = [\"true\"]\n");
    ssespec(words("run --write-baseline --framing close"))
        .args([folder.path()])
        .ends(2)
        .says(&["--write-baseline", "--framing"]);
}
