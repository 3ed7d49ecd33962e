//! This crate's client against a mock server that drops its first connection.

use rust_client::{Event, StreamExt, connect};
use ssespec_mock_server::MockServer;

const SCENARIO: &str = r#"
[[route]]
path = "/stream"

[[route.connection]]
steps = [
  { send = "retry: 50\nid: 1\ndata: first\n\n" },
  { wait = "50ms" },
  { send = "id: 2\ndata: sec" },
  { drop = "reset" },
]

[[route.connection]]
steps = [{ send = "id: 2\ndata: second\n\n" }]
"#;

#[tokio::test]
async fn resumes_after_a_dropped_connection() {
    let mut server = MockServer::start(SCENARIO).await.expect("a scenario without mistakes");
    let mut source = connect(&server.url("/stream"));

    let mut received = Vec::new();
    while received.len() < 2 {
        if let Some(Ok(Event::Message(message))) = source.next().await {
            received.push(message.data);
        }
    }

    assert_eq!(received, ["first", "second"]);
    assert_eq!(server.requests()[1].header("last-event-id"), Some("1"));
}
