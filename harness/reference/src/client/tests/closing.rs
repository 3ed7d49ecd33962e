//! close() in every state and inside of handlers.

use super::*;

#[tokio::test]
async fn closes_in_every_state() {
    let server = Server::start().await;

    let mut user = User::connect(options(server.url("")));
    let mut request = server.request().await;
    user.close().await;
    request.left().await;

    let mut user = User::connect(options(server.url("")));
    let mut request = server.request().await;
    request.send(STREAM).await;
    user.opened().await;
    user.close().await;
    request.left().await;

    let mut user = User::connect(options(server.url("")));
    server.answer(&format!("{STREAM}retry: 50\n")).await;
    user.opened().await;
    user.error(ReadyState::Connecting).await;
    user.state(ReadyState::Connecting).await;
    user.close().await;
    server.no_request().await;
}

/// After close() in a handler, the client shows nothing, requests nothing, and does not finish until it is closed.
async fn nothing_follows(mut user: User, request: &mut Request, server: &Server) {
    request.left().await;
    user.nothing().await;
    server.no_request().await;
    user.state(ReadyState::Closed).await;
    user.close().await;
}

#[tokio::test]
async fn closes_in_handlers() {
    let server = Server::start().await;
    let closing = |moment| ConnectRequest { close_in: Some(moment), ..options(server.url("")) };

    let mut user = User::connect(closing(CloseIn::Opened));
    let mut request = server.request().await;
    request.send(&format!("{STREAM}data: a\n\n")).await;
    assert!(matches!(user.next().await, Observation::Opened { .. }));
    nothing_follows(user, &mut request, &server).await;

    let mut user = User::connect(closing(CloseIn::Event));
    let mut request = server.request().await;
    request.send(&format!("{STREAM}retry: 20\ndata: a\n\ndata: b\n\ndata: c\n\n")).await;
    assert!(matches!(user.next().await, Observation::Opened { .. }));
    user.event("a").await;
    nothing_follows(user, &mut request, &server).await;

    let mut user = User::connect(closing(CloseIn::Error));
    let mut request = server.request().await;
    request.send(&format!("{STREAM}retry: 0\n")).await;
    user.opened().await;
    request.stream.shutdown().await.unwrap();
    user.error(ReadyState::Connecting).await;
    nothing_follows(user, &mut request, &server).await;
}

#[tokio::test]
async fn close_in_the_handler_of_a_failure_changes_nothing() {
    let server = Server::start().await;
    let mut user =
        User::connect(ConnectRequest { close_in: Some(CloseIn::Error), ..options(server.url("")) });
    server.answer("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
    user.failed("the status is 404 Not Found").await;
}
