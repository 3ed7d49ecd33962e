//! Connections that are failed.

use super::*;

#[tokio::test]
async fn fails_at_other_statuses_and_types() {
    let body = "retry: 20\nid: 1\ndata: a\n\n";
    for (head, message) in [
        ("201 Created\r\ncontent-type: text/event-stream", "the status is 201 Created"),
        ("204 No Content\r\ncontent-type: text/event-stream", "the status is 204 No Content"),
        ("205 Reset\r\ncontent-type: text/event-stream", "the status is 205 Reset Content"),
        ("302 Found\r\ncontent-type: text/event-stream", "the status is 302 Found"),
        ("304 Same\r\ncontent-type: text/event-stream", "the status is 304 Not Modified"),
        ("404 Gone\r\ncontent-type: text/event-stream", "the status is 404 Not Found"),
        (
            "503 Busy\r\ncontent-type: text/event-stream\r\nretry-after: 0",
            "the status is 503 Service Unavailable",
        ),
        ("200 OK\r\ncontent-type: text/plain", "the content type is not text/event-stream"),
        ("200 OK\r\nx: y", "the content type is not text/event-stream"),
    ] {
        let server = Server::start().await;
        let mut user = User::connect(options(server.url("")));
        server.answer(&format!("HTTP/1.1 {head}\r\n\r\n{body}")).await;
        user.failed(message).await;
    }
}

#[tokio::test]
async fn fails_at_the_answer_to_a_reconnect() {
    let server = Server::start().await;
    let mut user = User::connect(options(server.url("")));
    server.answer(&format!("{STREAM}retry: 20\ndata: a\n\n")).await;
    user.opened().await;
    user.event("a").await;
    user.error(ReadyState::Connecting).await;
    server.answer("HTTP/1.1 204 No Content\r\n\r\n").await;
    user.failed("the status is 204 No Content").await;
}

#[tokio::test]
async fn fails_without_a_request_at_what_cannot_be_requested() {
    for request in [
        options("http://this is invalid/".into()),
        options("ftp://127.0.0.1/".into()),
        ConnectRequest { body: "x".into(), ..options("http://127.0.0.1:1/".into()) },
        ConnectRequest { method: "TRACE".into(), ..options("http://127.0.0.1:1/".into()) },
    ] {
        let mut user = User::connect(request);
        user.error(ReadyState::Closed).await;
        assert_eq!(user.next().await, Observation::Closed);
    }
}
