//! Connections, their events, and what follows their end.

use super::*;

#[tokio::test]
async fn reconnects_with_the_last_event_id() {
    let server = Server::start().await;
    let mut user = User::connect(options(server.url("")));
    let mut request = server.request().await;
    assert_eq!(request.line(), "GET / HTTP/1.1");
    assert_eq!(request.header("last-event-id"), None);
    assert_eq!(request.header("accept"), Some("text/event-stream"));
    user.state(ReadyState::Connecting).await;
    request.send(STREAM).await;
    // Before the first byte of the body.
    user.opened().await;
    user.state(ReadyState::Open).await;
    request.send("retry: 300\nid: \u{2026}\ndata: a\n\nid: 2\ndata: lost\n").await;
    user.event("a").await;
    let started = Instant::now();
    drop(request);
    assert_eq!(user.error(ReadyState::Connecting).await, "the stream ended");

    let mut request = server.request().await;
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert_eq!(request.header("last-event-id"), Some("\u{2026}"));
    request.send(&format!("{STREAM}retry: 20\ndata: b\n\nid:\ndata: c\n\n")).await;
    user.opened().await;
    user.event("b").await;
    user.event("c").await;
    drop(request);
    user.error(ReadyState::Connecting).await;
    assert_eq!(server.request().await.header("last-event-id"), None);
}

#[tokio::test]
async fn reconnects_after_every_kind_of_end() {
    let server = Server::start().await;
    let mut user = User::connect(options(server.url("")));
    let sized = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ";
    let chunked = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = "14\r\nretry: 20\ndata: a\n\n \r\n";
    let event = "retry: 20\ndata: a\n\n";
    for (response, ending) in [
        (format!("{sized}{}\r\n\r\n{event}", event.len()), "the stream ended"),
        (format!("{sized}{}\r\n\r\n{event}", event.len() + 1), "the stream broke off"),
        (format!("{STREAM}{event}"), "the stream ended"),
        (format!("{chunked}{chunk}0\r\n\r\n"), "the stream ended"),
        (format!("{chunked}{chunk}"), "the stream broke off"),
        (format!("{chunked}{chunk}nonsense\r\n"), "the stream broke off"),
    ] {
        server.answer(&response).await;
        user.opened().await;
        user.event("a").await;
        let message = user.error(ReadyState::Connecting).await;
        assert!(message.starts_with(ending), "{message} after {response:?}");
    }

    let mut request = server.request().await;
    request.send(&format!("{STREAM}data: b\n\n")).await;
    user.opened().await;
    user.event("b").await;
    request.reset();
    assert!(user.error(ReadyState::Connecting).await.starts_with("the stream broke off"));

    // Neither a response nor an error of the HTTP kind: the connection goes before the headers are complete.
    server.answer("HTTP/1.1 2").await;
    assert!(user.error(ReadyState::Connecting).await.starts_with("no response"));
    server.answer("nonsense\r\n\r\n").await;
    assert!(user.error(ReadyState::Connecting).await.starts_with("no response"));
    server.answer(STREAM).await;
    user.opened().await;
    user.error(ReadyState::Connecting).await;
    server.request().await;
}

#[tokio::test]
async fn reconnects_while_connections_are_refused() {
    let server = Server::start().await;
    let url = server.url("");
    let address = server.0.local_addr().unwrap();
    let mut user = User::connect(options(url));
    let mut request = server.request().await;
    drop(server);
    request.send(&format!("{STREAM}retry: 20\ndata: a\n\n")).await;
    user.opened().await;
    user.event("a").await;
    drop(request);
    user.error(ReadyState::Connecting).await;
    for _ in 0..3 {
        assert!(user.error(ReadyState::Connecting).await.starts_with("no connection"));
    }
    let server = Server(TcpListener::bind(address).await.unwrap());
    server.request().await;
}

#[tokio::test]
async fn interim_responses_are_skipped() {
    let server = Server::start().await;
    let mut user = User::connect(options(server.url("")));
    let mut request = server.request().await;
    request.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n").await;
    user.nothing().await;
    request.send(STREAM).await;
    user.opened().await;
}

#[tokio::test]
async fn shows_comments_ids_types_and_the_origin() {
    let server = Server::start().await;
    let mut user = User::connect(ConnectRequest { last_event_id: "5".into(), ..options(server.url("x")) });
    let mut request = server.request().await;
    assert_eq!(request.header("last-event-id"), Some("5"));
    request.send(&format!("{STREAM}: ping\nevent: x\ndata: a\n\nid: 6\ndata: b\n\n")).await;
    user.opened().await;
    assert_eq!(user.next().await, Observation::Comment { text: " ping".into() });
    let origin = server.url("").trim_end_matches('/').to_owned();
    for (kind, data, id) in [("x", "a", "5"), ("message", "b", "6")] {
        let Observation::Event(event) = user.next().await else { panic!("no event") };
        assert_eq!((event.kind.as_deref(), event.data.as_deref()), (Some(kind), Some(data)));
        assert_eq!((event.id.as_deref(), event.origin.as_deref()), (Some(id), Some(origin.as_str())));
    }
    drop(request);
    user.error(ReadyState::Connecting).await;
    assert_eq!(server.request().await.header("last-event-id"), Some("6"));
}

#[tokio::test]
async fn resumes_the_stream_of_a_post_by_get_and_only_from_an_event_id() {
    let server = Server::start().await;
    let post = || ConnectRequest { method: "POST".into(), body: "{}".into(), ..options(server.url("")) };
    let mut user = User::connect(post());
    let mut request = server.request().await;
    assert_eq!(request.line(), "POST / HTTP/1.1");
    assert_eq!(request.header("content-length"), Some("2"));
    assert_eq!(request.body(2).await, "{}");
    request.send(&format!("{STREAM}retry: 20\ndata: a\n\n")).await;
    user.opened().await;
    user.event("a").await;
    drop(request);
    user.failed("the stream ended; the request is not safe to repeat").await;

    let mut user = User::connect(post());
    let mut request = server.request().await;
    request.send(&format!("{STREAM}retry: 20\nid: 1\ndata: a\n\n")).await;
    user.opened().await;
    user.event("a").await;
    drop(request);
    user.error(ReadyState::Connecting).await;
    let request = server.request().await;
    assert_eq!(request.line(), "GET / HTTP/1.1");
    assert_eq!(request.header("last-event-id"), Some("1"));
    assert_eq!(request.header("content-length"), None);
    assert_eq!(request.header("content-type"), None);
}
