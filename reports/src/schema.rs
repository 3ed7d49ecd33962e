//! The JSON Schema of one line of a results file.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::results::{Delivery, Record, Shard, V1};

/// The JSON Schema (draft 2020-12) that every line of a results file fits, generated from the
/// types. Checked in as `schema/results.schema.json`.
pub fn results_schema() -> Value {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Record>();
    schema.insert("title".into(), "One line of an ssespec results file".into());
    schema.to_value()
}

/// The JSON Schema (draft 2020-12) of [an overview](crate::overview), generated from the types.
#[cfg(feature = "renderings")]
pub fn overview_schema() -> Value {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<crate::overview::Overview>();
    schema.insert("title".into(), "An overview of runs of ssespec".into());
    schema.to_value()
}

impl JsonSchema for V1 {
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "The version of the format.", "const": Self::NUMBER })
    }

    fn inline_schema() -> bool {
        true
    }
}

impl JsonSchema for Delivery {
    fn schema_name() -> Cow<'static, str> {
        "Delivery".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How the case's bytes were cut into writes, and over which protocol, if not HTTP/1.1 without TLS.",
            "type": "string",
            "pattern": "^(as-written|whole|bytes|split@(0|[1-9][0-9]*))(@(http1-tls|http2|http2-tls))?$",
        })
    }
}

impl JsonSchema for Shard {
    fn schema_name() -> Cow<'static, str> {
        "Shard".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "One part of the selected cases, and the number of parts.",
            "type": "string",
            "pattern": "^[1-9][0-9]*/[1-9][0-9]*$",
        })
    }
}
