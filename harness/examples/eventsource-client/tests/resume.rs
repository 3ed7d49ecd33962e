//! The application through a dropped connection and a resume.

use std::time::Duration;

use eventsource_client_example::collect;
use ssespec_mock_server::{Event, MockServer, Scenario, expect};

#[tokio::test]
async fn resumes_after_a_dropped_connection() {
    let server = MockServer::start(
        Scenario::new()
            .get("/events")
            .event(Event::new("one").id("1").retry(Duration::from_millis(50)))
            .wait(Duration::from_millis(50))
            .send("id: 2\ndata: tw")
            .drop_reset()
            .next_connection()
            .event(Event::new("two").id("2"))
            .expect(2),
    )
    .await
    .expect("a scenario without mistakes");

    let collected = collect(&server.url("/events"), 2).await.expect("two events");

    assert_eq!(collected, ["one", "two"]);
    server.wait_for(expect::get("/events").last_event_id("1")).await.expect("a resume");
}
