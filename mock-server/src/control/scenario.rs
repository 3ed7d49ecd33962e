//! The scenarios: listing routes, replacing, starting again.

use http::{Request, StatusCode};
use hyper::body::Incoming;
use serde::Serialize;
use ssespec_diagnostics::Source;

use super::answer::{Answer, Refusal, json};
use super::input::{self, Query};
use crate::scenario::control::{Control, RouteCount};
use crate::scenario::format::{ForwardSteps, read_with};

#[derive(Serialize)]
struct Routes {
    routes: Vec<RouteCount>,
}

pub(super) fn show(control: &Control, request: &Request<Incoming>) -> Result<Answer, Refusal> {
    Query::of(request, &[])?;
    Ok(routes(control))
}

fn routes(control: &Control) -> Answer {
    json(StatusCode::OK, &Routes { routes: control.routes() })
}

pub(super) async fn replace(control: &Control, request: Request<Incoming>) -> Result<Answer, Refusal> {
    let body = input::body(request).await?;
    let hint = "send the text of a scenario: curl -T scenario.toml URL";
    let text = std::str::from_utf8(&body).map_err(|_| Refusal::malformed("the body is not UTF-8", hint))?;
    let forward_steps = if control.forwards() { ForwardSteps::Allowed } else { ForwardSteps::Refused };
    let scenario = read_with(&Source::new("the body", text), forward_steps);
    let scenario = scenario.map_err(|mistakes| {
        let hint = "the scenario that was served before is still served";
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, mistakes.to_string(), hint)
    })?;
    control.replace(vec![scenario]).await;
    Ok(routes(control))
}

pub(super) async fn reset(control: &Control, request: &Request<Incoming>) -> Result<Answer, Refusal> {
    Query::of(request, &[])?;
    control.reset().await;
    Ok(routes(control))
}
