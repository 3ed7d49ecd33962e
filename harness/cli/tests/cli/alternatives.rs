//! `expect-one-of` and its records.

use std::time::{Duration, Instant};

use crate::Tests;
use crate::command::ssespec;
use crate::test_folder::TestFolder;

pub(crate) const TESTS: Tests = &[
    ("have_names", have_names),
    ("name_themselves", name_themselves),
    ("silence_is_one_for_its_own_time", silence_is_one_for_its_own_time),
];

/// The value of the one fact that the reference client's run of a case with these steps at its end records.
fn fact(steps: &str) -> String {
    let folder = TestFolder::new();
    let case = format!(
        "title = \"A choice\"\nrequirements = [\"whatwg/retry-empty-value\"]\nneeds = [\"reconnect\"]\nsteps = [\n  \
         {{ send = \"retry: 20\\ndata: a\\n\\n\" }},\n  {{ expect-event = {{ data = \"a\" }} }},\n{steps}]\n"
    );
    folder.file("client/choice/one.toml", &case);
    let run = ssespec(["client", "--reference", "--format", "jsonl", "--delivery", "whole", "--cases"]);
    let lines = run.args([folder.path()]).ends(0).json_lines();
    let result = lines.iter().find(|line| line["kind"] == "result").unwrap();
    assert_eq!(result["verdict"], "info");
    assert!(result["failure"].is_null(), "{result}");
    assert_eq!(result["facts"].as_array().unwrap().len(), 1, "{result}");
    result["facts"][0]["value"].as_str().unwrap().to_owned()
}

/// The steps that end the stream, offer these alternatives and record which was taken.
fn choice(alternatives: &str, names: &str) -> String {
    format!(
        "  \"end\",\n  {{ expect-one-of = [{alternatives}] }},\n  {{ record = {{ fact = \"which\", of = \
         \"alternative\"{names} }} }},\n"
    )
}

const BOTH: &str = "{ expect-request = { headers = { last-event-id = true } } }, \"expect-request\"";

fn have_names() {
    assert_eq!(fact(&choice(BOTH, ", as = [\"with a place\", \"from the start\"]")), "from the start");
}

fn name_themselves() {
    assert_eq!(fact(&choice(BOTH, "")), "a request");
}

fn silence_is_one_for_its_own_time() {
    let began = Instant::now();
    let value = fact(
        "  { expect-one-of = [\"expect-request\", { expect-no-request = \"900ms\" }] },\n  { record = { fact = \
         \"which\", of = \"alternative\", as = [\"again\", \"never\"] } },\n",
    );
    assert_eq!(value, "never");
    assert!(began.elapsed() < Duration::from_secs(10), "it waited for as long as for a request");
}
