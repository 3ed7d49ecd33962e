//! SARIF 2.1.0, which code scanning tools show.
//!
//! The [standard](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) describes findings in files; those of a
//! probe are at the URL of the server.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::fold::{CaseOutcome, Outcome, fold};
use crate::results::{Level, Requirement, Results, Transport};
use crate::{limits, terminal, visible};

/// The schema that the document names.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Runs as a SARIF log: each requirement a rule, each case that failed or warned a result. Known failures are suppressed.
pub fn sarif(runs: &[Results]) -> String {
    let runs: Vec<Value> = runs.iter().map(run).collect();
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": runs });
    format!("{log:#}\n")
}

fn run(results: &Results) -> Value {
    let header = results.header();
    let cases = fold(results.results());
    let found: Vec<&CaseOutcome<'_>> = cases
        .iter()
        .filter(|case| matches!(case.outcome(), Outcome::Fail | Outcome::Known | Outcome::Warn))
        .collect();
    // The first requirement of a case is its rule.
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    for case in &found {
        let id = rule_id(case);
        let requirement = case.worst().requirements.first().and_then(|id| results.requirement(id));
        rules.entry(id.clone()).or_insert_with(|| rule(&id, case.level(), requirement));
    }
    let indices: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    let list: Vec<Value> = found
        .iter()
        .map(|case| {
            let id = rule_id(case);
            finding(results, case, &id, indices.get(id.as_str()).copied().unwrap_or_default())
        })
        .collect();
    let errors: Vec<Value> =
        cases.iter().filter(|case| case.outcome() == Outcome::Error).map(notification).collect();
    let mut invocation = json!({
        "executionSuccessful": results.is_complete() && errors.is_empty(),
        "toolExecutionNotifications": errors,
    });
    if let Some(footer) = results.footer() {
        invocation["exitCode"] = json!(footer.exit_status);
    }
    json!({
        "tool": { "driver": {
            "name": "ssespec",
            "informationUri": "https://github.com/ssespec/ssespec",
            "version": visible::line(&header.suite_version, limits::NAME),
            "rules": rules.values().collect::<Vec<_>>(),
        } },
        "invocations": [invocation],
        "results": list,
        "columnKind": "unicodeCodePoints",
        "properties": { "implementation": terminal::identity(header) },
    })
}

fn rule_id(case: &CaseOutcome<'_>) -> String {
    let id = case.worst().requirements.first().map_or(case.case(), String::as_str);
    visible::line(id, limits::ID)
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "error",
        Level::Should => "warning",
        Level::May => "note",
    }
}

fn rule(id: &str, of_case: Level, requirement: Option<&Requirement>) -> Value {
    let text = requirement.map_or(id, |requirement| &requirement.text);
    let mut rule = json!({
        "id": id,
        "shortDescription": { "text": visible::line(text, limits::SENTENCE) },
        "fullDescription": { "text": visible::line(text, limits::PARAGRAPH) },
        "defaultConfiguration": { "level": level(requirement.map_or(of_case, |one| one.level)) },
    });
    if let Some(address) = requirement.and_then(|requirement| web_address(&requirement.link)) {
        rule["helpUri"] = json!(address);
    }
    rule
}

fn finding(results: &Results, case: &CaseOutcome<'_>, rule: &str, rule_index: usize) -> Value {
    let worst = case.worst();
    let mut words = vec![format!("{}.", visible::line(worst.title.trim_end_matches('.'), limits::SENTENCE))];
    if let Some(failure) = &worst.failure {
        words.push(format!("Expected {};", visible::line(&failure.expected, limits::PARAGRAPH)));
        words.push(format!("observed {}.", visible::line(&failure.observed, limits::PARAGRAPH)));
        words.extend(failure.hint.as_deref().map(|hint| visible::line(hint, limits::PARAGRAPH)));
    } else if let Some(reason) = &worst.reason {
        words.push(visible::line(reason, limits::PARAGRAPH));
    }
    let id = visible::line(case.case(), limits::ID);
    let severity = if case.outcome() == Outcome::Warn { "warning" } else { level(case.level()) };
    let mut finding = json!({
        "ruleId": rule,
        "ruleIndex": rule_index,
        "level": severity,
        "message": { "text": words.join(" ") },
        "locations": [location(results, case, &id)],
        "partialFingerprints": { "ssespec/case/v1": id },
        "properties": { "rerun": visible::line(&worst.rerun, limits::COMMAND) },
    });
    if let Some(known) = case.known() {
        let justification = visible::line(&known.reason, limits::SENTENCE);
        finding["suppressions"] = json!([{ "kind": "external", "justification": justification }]);
    }
    finding
}

/// A server that is probed is at its URL; otherwise the file of the case shows what was expected.
fn location(results: &Results, case: &CaseOutcome<'_>, id: &str) -> Value {
    let header = results.header();
    let mut physical = Map::new();
    let worst = case.worst();
    let address = match header.adapter.transport {
        Transport::Url => web_address(&header.implementation.name).map(str::to_owned),
        _ => Some(percent_encoded(&worst.source.path)),
    };
    if let Some(address) = address {
        physical.insert("artifactLocation".into(), json!({ "uri": address }));
        if header.adapter.transport != Transport::Url {
            let line = worst.failure.as_ref().map_or(1, |failure| failure.line.max(1));
            physical.insert("region".into(), json!({ "startLine": line }));
        }
    }
    let mut location = json!({ "logicalLocations": [{ "fullyQualifiedName": id, "kind": "module" }] });
    if !physical.is_empty() {
        location["physicalLocation"] = Value::Object(physical);
    }
    location
}

fn notification(case: &CaseOutcome<'_>) -> Value {
    let reason = case.worst().reason.as_deref().unwrap_or("no reason given");
    let id = visible::line(case.case(), limits::ID);
    json!({
        "level": "error",
        "message": { "text": format!("{id}: {}", visible::line(reason, limits::PARAGRAPH)) },
    })
}

/// A web address that needs no escapes.
fn web_address(address: &str) -> Option<&str> {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let is_plain = |c: char| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c);
    (is_web && address.len() <= limits::LINK && address.chars().all(is_plain)).then_some(address)
}

/// A path as a relative reference.
fn percent_encoded(path: &str) -> String {
    let shown = visible::line(path, limits::LINK);
    let mut encoded = String::new();
    for byte in shown.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}
