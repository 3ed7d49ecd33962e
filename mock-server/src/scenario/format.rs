//! Reading scenarios from TOML.

use std::path::Path;
use std::sync::Arc;

use ssespec_diagnostics::{Diagnostics, Findings, Source, Value, parse, schema, value};

use self::conditions::{conditions, method};
pub use self::forward_steps::ForwardSteps;
use self::shapes::SCENARIO;
use self::steps::StepReader;
use super::path_pattern::PathPattern;
use super::route::{Route, Scenario};
use crate::wire::BarrierMode;

mod conditions;
mod files;
mod forward_steps;
mod shapes;
mod steps;
#[cfg(test)]
mod tests;

/// The JSON Schema of a scenario, for editors.
pub fn scenario_schema() -> serde_json::Value {
    schema::document(&SCENARIO, "A scenario of ssespec's mock server")
}

/// Reads a scenario, which may have `forward` steps. The files that it names are looked for in the folder of the source.
///
/// # Errors
/// If it has mistakes. Each is reported with its line and how to fix it.
pub fn read(source: &Source) -> Result<Scenario, Diagnostics> {
    read_with(source, ForwardSteps::Allowed)
}

/// Reads a scenario for a server that can forward, or one that cannot.
///
/// # Errors
/// As [`read`]. Where it cannot forward, `forward` steps are mistakes.
pub fn read_with(source: &Source, forward_steps: ForwardSteps) -> Result<Scenario, Diagnostics> {
    let root = parse(source, &SCENARIO)?;
    let mut findings = Findings::default();
    let mut scenario = Scenario {
        title: value::text_of(&root, "title").unwrap_or_default(),
        barrier: match value::get(&root, "barrier").and_then(value::flag) {
            Some(true) => BarrierMode::Auto,
            Some(false) | None => BarrierMode::Off,
        },
        seed: value::count_of(&root, "seed").unwrap_or_default(),
        ..Scenario::default()
    };
    let folder = Path::new(source.name()).parent().unwrap_or(Path::new(""));
    for entry in value::get(&root, "route").into_iter().flat_map(value::list) {
        let Some(route) = route(entry, folder, forward_steps, &mut scenario.files, &mut findings) else {
            continue;
        };
        if scenario.routes.iter().any(|earlier| earlier.serves_the_same(&route)) {
            let hint = "add a condition, remove it, or write it as another [[route.connection]] of the earlier route";
            let message = "an earlier route serves the same requests";
            findings.add_with_hint(entry.span(), message, "never reached", hint);
        }
        scenario.routes.push(route);
    }
    findings.or(source, Some(scenario))
}

fn route(
    entry: &Value<'_>,
    folder: &Path,
    forward_steps: ForwardSteps,
    files: &mut Vec<std::path::PathBuf>,
    findings: &mut Findings,
) -> Option<Route> {
    let table = value::table(entry)?;
    let path = value::get(table, "path")?;
    let text = value::text(path)?;
    if !text.starts_with(['/', '*']) {
        let hint = format!("write \"/{text}\"");
        findings.add_with_hint(path.span(), "a path begins with a slash", "expected a leading slash", hint);
    }
    if text.contains(['?', '#']) {
        let hint = "remove it: a route matches its path with any query; `query` tests parameters";
        findings.add_with_hint(path.span(), "a query is not part of a path", "expected a path only", hint);
    }
    let pattern = match PathPattern::new(text) {
        Ok(pattern) => pattern,
        Err(error) => {
            findings.add(path.span(), "this is not a path pattern", error.to_string());
            return None;
        }
    };
    let matching = conditions(table, findings);
    let mut connections = Vec::new();
    for connection in value::get(table, "connection").into_iter().flat_map(value::list) {
        let steps = value::table(connection).and_then(|table| value::get(table, "steps"));
        let Some(steps) = steps else { continue };
        let mut reader = StepReader { path: &pattern, folder, files, forward_steps, findings };
        connections.push(Arc::new(reader.script(steps)));
    }
    if connections.is_empty() {
        let hint = "add [[route.connection]] with steps below it";
        findings.add_with_hint(entry.span(), "a route needs a connection", "no connection here", hint);
    }
    Some(Route { method: method(table, findings), path: pattern, matching, connections })
}
