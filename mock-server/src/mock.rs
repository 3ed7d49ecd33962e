//! A mock server for tests, built in code.

pub mod blocking;
pub mod builder;
pub mod expectation;
mod forwarding;
pub mod server;

pub use builder::RouteBuilder;
pub use expectation::Expectation;
pub use server::MockServer;
