//! The JSON Schema of one line of a results file.

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

use crate::results::Record;

/// The JSON Schema (draft 2020-12) that every line of a results file fits, generated from the
/// types. Checked in as `schema/results.schema.json`.
pub fn results_schema() -> Value {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Record>();
    schema.insert("title".into(), "One line of an ssespec results file".into());
    schema.to_value()
}
