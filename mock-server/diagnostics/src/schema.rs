//! A shape as JSON Schema (draft 2020-12), for editors.

use serde_json::{Map, Value, json};

use crate::shape::{Argument, Shape, Table, Verb};

#[cfg(test)]
mod tests;

/// The JSON Schema of documents of this shape.
pub fn document(table: &Table, title: &str) -> Value {
    let mut schema = of_table(table);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(title);
    schema
}

fn of(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Hex => json!({ "type": "string", "pattern": r"^(\s*[0-9a-fA-F]\s*[0-9a-fA-F])*\s*$" }),
        Shape::Duration => json!({ "type": "string", "pattern": r"^[0-9]+(ms|s|min)$" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count(low, u64::MAX) => json!({ "type": "integer", "minimum": low }),
        Shape::Count(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::List(entry) => json!({ "type": "array", "items": of(entry) }),
        Shape::Table(table) => of_table(table),
        Shape::Map(entry) => json!({ "type": "object", "additionalProperties": of(entry) }),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(of).collect::<Vec<_>>() }),
        Shape::Step(verbs) => of_step(verbs),
        Shape::Renamed(_) => json!(false),
    }
}

fn of_table(table: &Table) -> Value {
    let mut properties = Map::new();
    for key in table.keys.iter().filter(|key| !key.is_renamed()) {
        properties.insert(key.name.into(), documented(of(&key.shape), key.doc));
    }
    let required: Vec<&str> = table.keys.iter().filter(|k| k.required).map(|k| k.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn of_step(verbs: &[&[Verb]]) -> Value {
    let mut forms = Vec::new();
    for verb in verbs.iter().flat_map(|list| list.iter()) {
        if matches!(verb.argument, Argument::None | Argument::Optional(_)) {
            forms.push(documented(json!({ "const": verb.name }), verb.doc));
        }
        if let Argument::Optional(shape) | Argument::Required(shape) = verb.argument {
            forms.push(json!({
                "type": "object",
                "properties": { verb.name: documented(of(&shape), verb.doc) },
                "required": [verb.name],
                "additionalProperties": false,
            }));
        }
    }
    json!({ "anyOf": forms })
}

fn documented(mut schema: Value, doc: &str) -> Value {
    schema["description"] = json!(doc);
    schema
}
