//! This crate's client against a mock server that drops its first connection.

use std::time::Duration;

use rust_client::{Event, StreamExt, connect};
use ssespec_mock_server::{Event as Sent, MockServer, Scenario};

#[tokio::test]
async fn resumes_after_a_dropped_connection() {
    let server = MockServer::start(
        Scenario::new()
            .get("/stream")
            .event(Sent::new("first").id("1").retry(Duration::from_millis(50)))
            .wait(Duration::from_millis(50))
            .send("id: 2\ndata: sec") // cut off in the middle of an event
            .drop_reset()
            .next_connection()
            .event(Sent::new("second").id("2")),
    )
    .await
    .expect("a scenario without mistakes");
    let mut source = connect(&server.url("/stream"));

    let mut received = Vec::new();
    while received.len() < 2 {
        if let Some(Ok(Event::Message(message))) = source.next().await {
            received.push(message.data);
        }
    }

    assert_eq!(received, ["first", "second"]);
    assert_eq!(server.received_requests()[1].header("last-event-id"), Some("1"));
}
