//! A message without fields.

use serde::Deserialize;

/// `{}`
#[derive(Debug, Deserialize)]
pub(super) struct Empty {}
