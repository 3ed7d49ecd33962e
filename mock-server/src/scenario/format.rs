//! Reading scenarios from TOML.

use globset::GlobBuilder;
use toml::de::DeTable;

use super::{FieldMatch, Route, Scenario};
use crate::action::{Action, Respond};
use crate::document::{Diagnostics, Findings, Key, Shape, Source, Table, Value, parse, schema, value};
use crate::flow::Flow;
use crate::script::{self, ACTIONS};

static SCENARIO: Table = Table {
    what: "a scenario",
    keys: &[
        Key::optional("title", Shape::Text, "What it shows."),
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
        Key::optional("method", Shape::Text, "The method; any where absent."),
        Key::required("path", Shape::Text, "The path; `*` stands for any characters."),
        Key::optional(
            "headers",
            Shape::Map(&Shape::Either(&[Shape::Text, Shape::Flag])),
            "What fields must be. A value: this value. true: present. false: absent.",
        ),
        Key::required(
            "connection",
            Shape::List(&Shape::Table(&CONNECTION)),
            "The script of the first connection, of the second, and so on; the last one serves all that follow.",
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
/// When it is not of the format; every mistake is named with its place and what to do.
pub fn read(source: &Source) -> Result<Scenario, Diagnostics> {
    let root = parse(source, &SCENARIO)?;
    let mut findings = Findings::default();
    let entries = value::get(&root, "route").into_iter().flat_map(value::list);
    let routes = entries.filter_map(|entry| route(entry, &mut findings)).collect();
    let title = value::text_of(&root, "title").unwrap_or_default();
    findings.or(source, Some(Scenario { title, routes }))
}

fn route(entry: &Value<'_>, findings: &mut Findings) -> Option<Route> {
    let table = value::table(entry)?;
    let path = value::get(table, "path")?;
    let text = value::text(path)?;
    if !text.starts_with(['/', '*']) {
        findings.add_with_hint(
            path.span(),
            "a path begins with a slash",
            "no slash",
            format!("write \"/{text}\""),
        );
    }
    let glob = match GlobBuilder::new(text).literal_separator(false).build() {
        Ok(glob) => glob.compile_matcher(),
        Err(error) => {
            findings.add(path.span(), "this is not a path pattern", error.to_string());
            return None;
        }
    };
    let connections: Vec<Vec<Action>> = value::get(table, "connection")
        .into_iter()
        .flat_map(value::list)
        .filter_map(|connection| Some(steps(value::get(value::table(connection)?, "steps")?, findings)))
        .collect();
    if connections.is_empty() {
        findings.add(entry.span(), "a route needs a connection", "expected [[route.connection]] with steps");
    }
    Some(Route {
        method: value::text_of(table, "method"),
        path: text.to_owned(),
        glob,
        headers: value::get(table, "headers").and_then(value::table).map(fields).unwrap_or_default(),
        connections,
    })
}

fn fields(table: &DeTable<'_>) -> Vec<(String, FieldMatch)> {
    let one = |found: &Value<'_>| match (value::text(found), found.get_ref().as_bool()) {
        (Some(text), _) => FieldMatch::Is(text.to_owned()),
        (None, Some(true)) => FieldMatch::Present,
        (None, _) => FieldMatch::Absent,
    };
    table.iter().map(|(name, found)| (name.get_ref().to_string(), one(found))).collect()
}

/// The actions of one script, with the implied answer at its start.
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
