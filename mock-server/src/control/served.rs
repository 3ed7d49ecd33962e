//! What the control port and the page serve.

use tokio::sync::Semaphore;

use crate::scenario::control::Control;

/// The description of the control port, in [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.1).
pub const OPENAPI: &str = include_str!("../../openapi.json");

/// The path of the page on the mock server itself.
pub const PAGE_PATH: &str = "/__ssespec/";

/// What is served.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) control: Control,
    /// The URL of the mock server.
    pub(super) url: String,
    /// One for each connection.
    pub(super) permits: Semaphore,
}
