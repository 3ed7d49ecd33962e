//! The reference pages of file formats, generated from their JSON Schemas.

use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;
use ssespec_cases::Capability;

use crate::{repository, update};

/// A generated page.
pub(crate) struct Reference {
    /// Its file in `docs/reference`.
    pub(crate) file: &'static str,
    /// The format, as `ssespec schema` names it.
    format: &'static str,
    title: &'static str,
    lead: &'static str,
}

/// The generated pages.
pub(crate) static PAGES: [Reference; 5] = [
    Reference {
        file: "client-cases.md",
        format: "case",
        title: "Client cases",
        lead: "A case for clients is a TOML file below `cases/client/`; its path is its ID. [Write a case](../write-a-case.md) \
               explains how the steps work together.",
    },
    Reference {
        file: "server-cases.md",
        format: "server-case",
        title: "Server cases",
        lead: "A case for servers is a TOML file below `cases/server/`. The harness is the client; the server's adapter sends \
               the events. [Test a server's encoder](../test-an-encoder.md) explains the adapter.",
    },
    Reference {
        file: "intermediary-cases.md",
        format: "intermediary-case",
        title: "Intermediary cases",
        lead: "A case for intermediaries is a TOML file below `cases/intermediary/`. The harness is the origin behind the \
               intermediary and the client in front of it. [Test a proxy](../test-a-proxy.md) explains what is tested.",
    },
    Reference {
        file: "scenarios.md",
        format: "scenario",
        title: "Scenarios of the mock server",
        lead: "A scenario is what `ssespec mock FILE` serves. [Use the mock server](../mock-server.md) has examples, and the \
               values for templates.",
    },
    Reference {
        file: "ssespec-toml.md",
        format: "implementation",
        title: "ssespec.toml",
        lead: "The file in an implementation's folder: how `ssespec run` starts it, and which failures are known. A baseline \
               for `--baseline` contains only `known-failure` entries.",
    },
];

/// Checks that a page is current, or renews it.
pub(crate) fn check(reference: &Reference) -> Result<(), Vec<String>> {
    let path = format!("docs/reference/{}", reference.file);
    let current = reference.render().map_err(|error| vec![error])?;
    if update::wanted() {
        std::fs::write(repository::root().join(&path), &current)
            .map_err(|error| vec![format!("{path}: {error}")])?;
    }
    if repository::read(&path).is_ok_and(|written| written == current) {
        return Ok(());
    }
    Err(vec![format!(
        "{path} is out of date; SSESPEC_UPDATE=1 cargo test -p ssespec-cli --test manual renews it"
    )])
}

/// Every capability that an adapter can state is in the reference of the adapter protocol.
pub(crate) fn check_capabilities() -> Result<(), Vec<String>> {
    let page = repository::read("docs/reference/adapter-protocol.md").map_err(|error| vec![error])?;
    let missing: Vec<String> = Capability::CLIENT
        .iter()
        .chain(&Capability::SERVER)
        .filter(|name| !page.contains(&format!("`{name}`")))
        .map(|name| format!("docs/reference/adapter-protocol.md does not explain the capability `{name}`"))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(missing) }
}

impl Reference {
    fn render(&self) -> Result<String, String> {
        let mut ssespec = Command::new(env!("CARGO_BIN_EXE_ssespec"));
        let output = ssespec.args(["schema", self.format]).output().map_err(|error| error.to_string())?;
        let schema: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
        let mut page = format!(
            "# {}\n\n{}\n\nThis page is generated from the output of `ssespec schema {}`.\n",
            self.title, self.lead, self.format
        );
        page.push_str("\n## Keys\n\n");
        keys(&schema, &mut page);
        let mut steps = Vec::new();
        find_steps(&schema, &mut steps);
        if !steps.is_empty() {
            page.push_str("\n## Steps\n");
            for step in &steps {
                step.render(&mut page);
            }
        }
        Ok(page)
    }
}

/// A step: what its forms in the schema say together.
struct Step<'s> {
    name: &'s str,
    doc: &'s str,
    word: bool,
    argument: Option<&'s Value>,
}

impl Step<'_> {
    fn render(&self, page: &mut String) {
        let name = self.name;
        let _ = write!(page, "\n### `{name}`\n\n{}\n\n", self.doc);
        let mut forms = Vec::new();
        if self.word {
            forms.push(format!("`\"{name}\"`"));
        }
        if let Some(argument) = self.argument {
            forms.push(format!("`{{ {name} = .. }}` with {}", article(&kind(argument))));
        }
        let _ = writeln!(page, "Written as {}.", forms.join(" or "));
        for table in tables(self.argument) {
            page.push('\n');
            keys(table, page);
        }
    }
}

/// The tables that an argument can be.
fn tables(argument: Option<&Value>) -> Vec<&Value> {
    let Some(argument) = argument else { return Vec::new() };
    let forms = argument["anyOf"].as_array().map_or_else(|| vec![argument], |forms| forms.iter().collect());
    forms.into_iter().filter(|form| form["properties"].is_object()).collect()
}

/// The steps of the outermost list of steps in a schema, in its order.
fn find_steps<'s>(schema: &'s Value, steps: &mut Vec<Step<'s>>) {
    if let Some(forms) = schema["steps"]["items"]["anyOf"].as_array() {
        forms.iter().for_each(|form| take_form(form, steps));
    } else if let Value::Object(object) = schema {
        object.values().filter(|value| value.is_object()).for_each(|value| find_steps(value, steps));
    }
}

fn take_form<'s>(form: &'s Value, steps: &mut Vec<Step<'s>>) {
    let (name, doc, argument) = match (form["const"].as_str(), form["properties"].as_object()) {
        (Some(name), _) => (name, &form["description"], None),
        (None, Some(properties)) => {
            let Some((name, argument)) = properties.iter().next() else { return };
            (name.as_str(), &argument["description"], Some(argument))
        }
        (None, None) => return,
    };
    if let Some(step) = steps.iter_mut().find(|step| step.name == name) {
        step.word |= argument.is_none();
        step.argument = step.argument.or(argument);
        return;
    }
    steps.push(Step { name, doc: doc.as_str().unwrap_or_default(), word: argument.is_none(), argument });
}

/// A table of keys, with those of tables in it below their own.
fn keys(schema: &Value, page: &mut String) {
    page.push_str("| key | value | meaning |\n| --- | --- | --- |\n");
    rows(schema, "", page);
}

fn rows(schema: &Value, prefix: &str, page: &mut String) {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    // By name: the order in JSON depends on what else is built with it.
    let mut properties: Vec<_> = schema["properties"].as_object().into_iter().flatten().collect();
    properties.sort_by_key(|(name, _)| name.as_str());
    // What must be there comes first.
    for wanted in [true, false] {
        for &(name, value) in &properties {
            if required.contains(&name.as_str()) != wanted {
                continue;
            }
            let doc = value["description"].as_str().unwrap_or_default().replace('|', "\\|");
            let needed = if wanted { " (required)" } else { "" };
            let _ = writeln!(page, "| `{prefix}{name}`{needed} | {} | {doc} |", kind(value));
            for (table, sign) in [(value, "."), (&value["items"], "[].")] {
                if table["properties"].is_object() {
                    rows(table, &format!("{prefix}{name}{sign}"), page);
                }
            }
        }
    }
}

/// What a value is, in words.
fn kind(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        return words.join(", ");
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        if forms.iter().any(|form| form["const"].is_string()) {
            return "step".into();
        }
        let forms: Vec<String> = forms.iter().map(kind).collect();
        return forms.join(" or ");
    }
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    match schema["type"].as_str().unwrap_or_default() {
        "string" if pattern.contains("ms") => "duration, such as `300ms`".into(),
        "string" if pattern.contains("a-f") => "hexadecimal string".into(),
        "string" => "string".into(),
        "boolean" => "boolean".into(),
        "integer" => match (schema["minimum"].as_u64(), schema["maximum"].as_u64()) {
            (Some(low), Some(high)) => format!("integer from {low} to {high}"),
            (Some(low), None) => format!("integer, at least {low}"),
            _ => "integer".into(),
        },
        "array" => format!("array of {}", plural(&kind(&schema["items"]))),
        "object" if schema["properties"].is_object() => "table".into(),
        "object" => format!("table whose values are: {}", kind(&schema["additionalProperties"])),
        other => other.into(),
    }
}

fn plural(kind: &str) -> String {
    match kind {
        "string" | "table" | "step" => format!("{kind}s"),
        other => format!("({other})"),
    }
}

fn article(kind: &str) -> String {
    match kind.chars().next() {
        Some('`') => format!("one of {kind}"),
        Some('a' | 'e' | 'i' | 'o') => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}
