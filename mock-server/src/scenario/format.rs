//! Reading scenarios from TOML.

use globset::{GlobBuilder, GlobMatcher};
use ssespec_diagnostics::{Diagnostics, Findings, Key, Shape, Source, Table, Value, parse, schema, value};
use toml::de::DeTable;

use super::route::{FieldMatch, Route, Scenario};
use crate::action::{Action, Respond};
use crate::flow::Flow;
use crate::script::{self, ACTIONS};
use crate::wire::BarrierMode;

#[cfg(test)]
mod tests;

static SCENARIO: Table = Table {
    what: "a scenario",
    keys: &[
        Key::optional("title", Shape::Text, "What it demonstrates."),
        Key::optional(
            "barrier",
            Shape::Flag,
            "Whether a write waits until the client has read the previous one, so that each `send` arrives alone. \
             Default: false.",
        ),
        Key::required(
            "route",
            Shape::List(&Shape::Table(&ROUTE)),
            "The routes; the first that matches serves.",
        ),
    ],
};

static ROUTE: Table = Table {
    what: "a route",
    keys: &[
        Key::optional("method", Shape::Text, "The method; any if absent."),
        Key::required("path", Shape::Text, "The path; `*` stands for any characters."),
        Key::optional(
            "headers",
            Shape::Map(&Shape::Either(&[Shape::Text, Shape::Flag])),
            "What header fields must be. A string: this value. true: present. false: absent.",
        ),
        Key::required(
            "connection",
            Shape::List(&Shape::Table(&CONNECTION)),
            "The script of the first connection, of the second, and so on; the last one also serves all later connections.",
        ),
    ],
};

static CONNECTION: Table = Table {
    what: "a connection",
    keys: &[Key::required("steps", Shape::List(&Shape::Step(&[ACTIONS])), "The script, in time order.")],
};

/// The JSON Schema of a scenario, for editors.
pub fn scenario_schema() -> serde_json::Value {
    schema::document(&SCENARIO, "A scenario of ssespec's mock server")
}

/// Reads a scenario.
///
/// # Errors
/// If it has mistakes. Each is reported with its line and how to fix it.
pub fn read(source: &Source) -> Result<Scenario, Diagnostics> {
    let root = parse(source, &SCENARIO)?;
    let mut findings = Findings::default();
    let entries = value::get(&root, "route").into_iter().flat_map(value::list);
    let routes = entries.filter_map(|entry| route(entry, &mut findings)).collect();
    let title = value::text_of(&root, "title").unwrap_or_default();
    let barrier = value::get(&root, "barrier").and_then(value::flag).unwrap_or(false);
    let barrier = if barrier { BarrierMode::Auto } else { BarrierMode::Off };
    findings.or(source, Some(Scenario { title, barrier, routes }))
}

fn route(entry: &Value<'_>, findings: &mut Findings) -> Option<Route> {
    let table = value::table(entry)?;
    let path = value::get(table, "path")?;
    let text = value::text(path)?;
    if !text.starts_with(['/', '*']) {
        let hint = format!("write \"/{text}\"");
        findings.add_with_hint(path.span(), "a path begins with a slash", "expected a leading slash", hint);
    }
    if text.contains(['?', '#']) {
        let hint = "remove it: a route matches its path with any query";
        findings.add_with_hint(path.span(), "a query is not part of a path", "expected a path only", hint);
    }
    let glob = match glob(text) {
        Ok(glob) => glob,
        Err(error) => {
            findings.add(path.span(), "this is not a path pattern", error.kind().to_string());
            return None;
        }
    };
    let connections: Vec<Vec<Action>> = value::get(table, "connection")
        .into_iter()
        .flat_map(value::list)
        .filter_map(|connection| Some(steps(value::get(value::table(connection)?, "steps")?, findings)))
        .collect();
    if connections.is_empty() {
        let hint = "add [[route.connection]] with steps below it";
        findings.add_with_hint(entry.span(), "a route needs a connection", "no connection here", hint);
    }
    let headers = value::get(table, "headers").and_then(value::table);
    if let Some(headers) = headers {
        script::check_fields(headers, "no request can match this", findings);
    }
    Some(Route {
        method: value::text_of(table, "method"),
        path: text.to_owned(),
        glob,
        headers: headers.map(fields).unwrap_or_default(),
        connections,
    })
}

/// Compiles a pattern in which `*` matches any characters, including slashes, and everything else matches itself.
fn glob(path: &str) -> Result<GlobMatcher, globset::Error> {
    let parts: Vec<String> = path.split('*').map(globset::escape).collect();
    // Merge repeated `*`: globset gives `**` another meaning.
    let mut pattern = parts.join("*");
    while pattern.contains("**") {
        pattern = pattern.replace("**", "*");
    }
    let glob = GlobBuilder::new(&pattern).literal_separator(false).backslash_escape(false).build()?;
    Ok(glob.compile_matcher())
}

fn fields(table: &DeTable<'_>) -> Vec<(String, FieldMatch)> {
    let one = |found: &Value<'_>| match (value::text(found), value::flag(found)) {
        (Some(text), _) => FieldMatch::Is(text.to_owned()),
        (None, Some(true)) => FieldMatch::Present,
        (None, Some(false) | None) => FieldMatch::Absent,
    };
    table.iter().map(|(name, found)| (name.get_ref().to_string(), one(found))).collect()
}

/// The actions of one script, starting with the implied response.
fn steps(list: &Value<'_>, findings: &mut Findings) -> Vec<Action> {
    let mut actions: Vec<(Action, std::ops::Range<usize>)> = Vec::new();
    for entry in value::list(list) {
        let Some((verb, span, argument)) = value::step(entry) else { continue };
        let action = script::read(verb, span, argument, findings);
        actions.extend(action.map(|action| (action, entry.span())));
    }
    let first = actions.iter().find(|(action, _)| !matches!(action, Action::Wait(_) | Action::Refuse(_)));
    if !matches!(first, Some((Action::Respond(_) | Action::Raw(_) | Action::Drop(_), _))) {
        actions.insert(0, (Action::Respond(Respond::default()), list.span()));
    }
    let mut flow = Flow::default();
    flow.request();
    for (action, place) in &actions {
        flow.action(action, place.clone(), findings);
    }
    actions.into_iter().map(|(action, _)| action).collect()
}
