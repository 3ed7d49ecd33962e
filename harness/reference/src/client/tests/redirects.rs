//! Redirects.

use super::*;

#[tokio::test]
async fn follows_redirects_and_reconnects_at_the_last_url() {
    let (server, other) = (Server::start().await, Server::start().await);
    let headers = vec![("authorization".into(), "secret".into()), ("x-a".into(), "1".into())];
    let request = ConnectRequest { headers, last_event_id: "5".into(), ..options(server.url("a/b?c")) };
    let mut user = User::connect(request);
    for (status, location, target) in [
        (301, "/d/e", "/a/b?c"),
        (302, "f?g", "/d/e"),
        (303, "../h", "/d/f?g"),
        (307, "", "/h"),
        (308, &other.url("i"), "/h"),
    ] {
        let mut request = server.request().await;
        assert_eq!(request.line(), format!("GET {target} HTTP/1.1"));
        assert_eq!(request.header("last-event-id"), Some("5"));
        assert_eq!(request.header("authorization"), Some("secret"));
        request.send(&redirect(status, location)).await;
        request.left().await;
    }
    for _ in 0..2 {
        let mut request = other.request().await;
        assert_eq!(request.line(), "GET /i HTTP/1.1");
        assert_eq!(request.header("last-event-id"), Some("5"));
        assert_eq!(request.header("authorization"), None);
        assert_eq!(request.header("x-a"), Some("1"));
        request.send(&format!("{STREAM}retry: 20\ndata: a\n\n")).await;
        user.opened().await;
        let Observation::Event(event) = user.next().await else { panic!("no event") };
        assert_eq!(event.origin.as_deref(), Some(other.url("").trim_end_matches('/')));
        drop(request);
        user.error(ReadyState::Connecting).await;
    }
}

#[tokio::test]
async fn follows_twenty_redirects_and_no_more() {
    let server = Server::start().await;
    let mut user = User::connect(options(server.url("0")));
    for count in 0..20 {
        server.answer(&redirect(302, &format!("{}", count + 1))).await;
    }
    let mut request = server.request().await;
    assert_eq!(request.line(), "GET /20 HTTP/1.1");
    request.send(&redirect(302, "21")).await;
    user.failed("more than 20 redirects").await;
}

#[tokio::test]
async fn twenty_redirects_are_those_of_one_fetch() {
    let server = Server::start().await;
    let mut user = User::connect(options(server.url("")));
    for _ in 0..2 {
        for _ in 0..20 {
            server.answer(&redirect(302, "x")).await;
        }
        server.answer(&format!("{STREAM}retry: 20\ndata: a\n\n")).await;
        user.opened().await;
        user.event("a").await;
        user.error(ReadyState::Connecting).await;
    }
}

#[tokio::test]
async fn fails_at_redirects_that_lead_nowhere() {
    for location in
        ["data:text/event-stream,data:%20a%0A%0A", "http://", "ftp://127.0.0.1/", "https://127.0.0.1/"]
    {
        let server = Server::start().await;
        let mut user = User::connect(options(server.url("")));
        server.answer(&redirect(302, location)).await;
        let message = user.error(ReadyState::Closed).await;
        assert!(message.contains(location), "{message}");
        assert_eq!(user.next().await, Observation::Closed);
    }
    let server = Server::start().await;
    let mut user = User::connect(options(server.url("")));
    server.answer("HTTP/1.1 302 Found\r\nlocation: /a\r\nlocation: /b\r\ncontent-length: 0\r\n\r\n").await;
    user.failed("the redirect has several targets").await;
}
