//! Verifying that requests came.

use http::{Request, StatusCode};
use hyper::body::Incoming;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answer::{Answer, Refusal, json};
use super::input::{self, Query};
use crate::mock::expectation::{self, Expectation, Times};
use crate::scenario::control::Control;
use crate::scenario::journal::Entry;

/// What requests are expected.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Expected {
    method: Option<String>,
    path: Option<String>,
    last_event_id: Option<String>,
    /// A string: this value. false: absent.
    headers: Option<Map<String, Value>>,
    body: Option<String>,
    times: Option<u64>,
    at_least: Option<u64>,
    at_most: Option<u64>,
    within: Option<String>,
    /// Only entries of the journal after this one.
    after: Option<u64>,
}

#[derive(Serialize)]
struct Met {
    met: bool,
    requests: Vec<Entry>,
}

#[derive(Serialize)]
struct NotMet {
    met: bool,
    expected: String,
    count: u64,
    came: String,
}

#[derive(Serialize)]
struct Scripts {
    met: bool,
    failures: Vec<String>,
    missing: Vec<String>,
    requests: Vec<String>,
}

/// How an expectation is written.
const EXAMPLE: &str = r#"{"path": "/events", "last-event-id": "7", "times": 1, "within": "2s"}"#;

pub(super) async fn requests(control: &Control, request: Request<Incoming>) -> Result<Answer, Refusal> {
    let expected: Expected = input::json(request, EXAMPLE).await?;
    let after = expected.after.unwrap_or(0);
    let expectation = expected.expectation()?;
    Ok(match expectation.wait(control.log(), after).await {
        Ok(requests) => json(StatusCode::OK, &Met { met: true, requests }),
        Err(unmet) => {
            let expectation::Unmet { expected, count, came } = unmet;
            json(StatusCode::CONFLICT, &NotMet { met: false, expected, count, came })
        }
    })
}

impl Expected {
    fn expectation(self) -> Result<Expectation, Refusal> {
        let mut expected = expectation::any();
        if let Some(method) = self.method {
            expected = expected.method(method);
        }
        if let Some(path) = self.path {
            expected = expected.path(&path);
            if let Some(invalid) = expected.invalid() {
                let hint = "`*` stands for any characters, `{name}` for those up to the next slash";
                return Err(Refusal::malformed(invalid, hint));
            }
        }
        if let Some(id) = self.last_event_id {
            expected = expected.last_event_id(id);
        }
        for (name, value) in self.headers.into_iter().flatten() {
            expected = match value {
                Value::String(value) => expected.header(&name, value),
                Value::Bool(false) => expected.without_header(&name),
                other => {
                    let message = format!("the header field {name:?} cannot be {other}");
                    return Err(Refusal::malformed(
                        message,
                        "write its value as a string, or false if it is absent",
                    ));
                }
            };
        }
        if let Some(body) = self.body {
            expected = expected.body_contains(body);
        }
        let times = match (self.times, self.at_least, self.at_most) {
            (Some(times), None, None) => Times::from(times),
            (None, None, None) => Times::default(),
            (None, least, most) if most.is_none_or(|most| least.unwrap_or(0) <= most) => {
                Times::between(least.unwrap_or(0), most)
            }
            _ => {
                let hint = "write either `times`, or `at-least` and `at-most`";
                return Err(Refusal::malformed("the number of requests is contradictory", hint));
            }
        };
        let within = self
            .within
            .as_deref()
            .map_or(Ok(std::time::Duration::ZERO), |text| input::time("within", text))?;
        Ok(expected.times(times).within(within))
    }
}

/// What the scripts themselves expect.
pub(super) fn scripts(control: &Control, request: &Request<Incoming>) -> Result<Answer, Refusal> {
    Query::of(request, &[])?;
    let verification = control.verification();
    let met = verification.is_met();
    let status = if met { StatusCode::OK } else { StatusCode::CONFLICT };
    let crate::scenario::verification::Verification { failures, missing, requests, .. } = verification;
    Ok(json(status, &Scripts { met, failures, missing, requests }))
}
