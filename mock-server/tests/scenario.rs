//! The scenario server, seen by raw clients.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ssespec_mock_server::scenario::journal::EntryKind;
use ssespec_mock_server::scenario::server::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;

mod raw_client;

use raw_client::{Client, answer, route, serve, soon, status, until};

#[tokio::test]
async fn routes_are_chosen_by_method() {
    let keys = |method: &str| format!("method = \"{method}\"\npath = \"/\"");
    let scenario = [
        route(&keys("GET"), &[&status(201)]),
        route(&keys("POST"), &[&status(202)]),
        route("path = \"/\"", &[&status(203)]),
    ];
    let (server, _journal) = serve(&[&scenario.concat()]).await;
    assert_eq!(answer(&server, "GET /", "").await, 201);
    assert_eq!(answer(&server, "POST /", "content-length: 0\r\n").await, 202);
    assert_eq!(answer(&server, "PUT /", "content-length: 0\r\n").await, 203);
}

#[tokio::test]
async fn routes_are_chosen_by_path_and_the_first_serves() {
    let scenario = [
        route("path = \"/a\"", &[&status(201)]),
        route("path = \"/a*\"", &[&status(202)]),
        route("path = \"/*/end\"", &[&status(203)]),
    ];
    // One that is given later serves what is left.
    let (server, _journal) = serve(&[&scenario.concat(), &route("path = \"*\"", &[&status(205)])]).await;
    for (path, expected) in
        [("/a", 201), ("/a?b", 201), ("/a/b", 202), ("/c/d/end", 203), ("/c", 205), ("/", 205)]
    {
        assert_eq!(answer(&server, &format!("GET {path}"), "").await, expected, "{path}");
    }
}

#[tokio::test]
async fn routes_are_chosen_by_header_fields() {
    let keys = |fields: &str| format!("path = \"/\"\nheaders = {{ {fields} }}");
    let scenario = [
        route(&keys("last-event-id = \"1\""), &[&status(201)]),
        route(&keys("last-event-id = true"), &[&status(202)]),
        route(&keys("cookie = false"), &[&status(203)]),
    ];
    let (server, _journal) = serve(&[&scenario.concat()]).await;
    assert_eq!(answer(&server, "GET /", "Last-Event-ID: 1\r\n").await, 201);
    assert_eq!(answer(&server, "GET /", "last-event-id: 2\r\n").await, 202);
    assert_eq!(answer(&server, "GET /", "").await, 203);
    assert_eq!(answer(&server, "GET /", "cookie: a\r\n").await, 404);
}

#[tokio::test]
async fn each_connection_has_its_script_and_the_last_one_repeats() {
    let scenario = [
        route("path = \"/a\"", &[&status(201), &status(202), &status(203)]),
        route("path = \"/b\"", &[&status(205), &status(206)]),
    ];
    let (server, _journal) = serve(&[&scenario.concat()]).await;
    for (path, expected) in
        [("/a", 201), ("/b", 205), ("/a", 202), ("/a", 203), ("/a", 203), ("/b", 206), ("/b", 206)]
    {
        assert_eq!(answer(&server, &format!("GET {path}"), "").await, expected, "{path}");
    }
}

#[tokio::test]
async fn requests_on_one_connection_count_one_by_one() {
    let (server, _journal) = serve(&[&route("path = \"/\"", &[&status(201), "\"end\"", &status(204)])]).await;
    let mut client = Client::get(&server, "/").await;
    assert_eq!(client.status().await, 201);
    client.send("GET /", "").await;
    assert_eq!(client.status().await, 200);
    client.until("0\r\n\r\n").await;
    client.send("GET /", "").await;
    assert_eq!(client.status().await, 204);
}

#[tokio::test]
async fn what_no_route_serves_is_not_found() {
    let scenario =
        [route("method = \"POST\"\npath = \"/a\"", &["\"end\""]), route("path = \"/b*\"", &["\"end\""])];
    let (server, mut journal) = serve(&[&scenario.concat()]).await;
    let mut client = Client::request(&server, "GET /a?b", "connection: close\r\n").await;
    let (text, end) = client.rest().await;
    assert!(end.is_ok() && text.starts_with("HTTP/1.1 404 "), "{text}");
    let body = "no route for GET /a?b; the routes are\n  POST /a\n  * /b*\n";
    assert!(text.ends_with(body), "{text}");
    assert_eq!(until(&mut journal, "no route").await, ["1   GET /a?b  (no route)"]);
}

#[tokio::test]
async fn a_client_is_dropped_and_resumes() {
    let scenario = include_str!("../examples/drop-and-resume.toml");
    let (server, mut journal) = serve(&[scenario]).await;
    let mut client = Client::get(&server, "/stream").await;
    let (text, end) = client.rest().await;
    assert_eq!(end.map_err(|error| error.kind()), Err(io::ErrorKind::ConnectionReset));
    let whole = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\
                 transfer-encoding: chunked\r\n\r\n1e\r\nretry: 200\nid: 1\ndata: first\n\n\r\n\
                 f\r\nid: 2\ndata: sec\r\n";
    // A reset discards what was not read yet.
    assert!(whole.starts_with(&text), "{text:?}");
    let dropped = until(&mut journal, "finished").await;
    assert_eq!(
        dropped,
        ["1   GET /stream  (route /stream, connection 1)", "1   dropped (reset)", "1   the script finished"]
    );

    let mut client = Client::request(&server, "GET /stream", "last-event-id: 1\r\n").await;
    assert_eq!(client.status().await, 200);
    client.until("data: third\n\n\r\n").await;
    until(&mut journal, "finished").await;
    drop(client);
    assert_eq!(until(&mut journal, "left").await.len(), 1);

    let mut client = Client::request(&server, "GET /stream", "last-event-id: 3\r\n").await;
    assert_eq!(client.status().await, 204);
}

#[tokio::test]
async fn a_stream_stays_open_after_its_script() {
    let (server, mut journal) = serve(&[&route("path = \"/\"", &["{ send = \"data: a\\n\\n\" }"])]).await;
    let mut client = Client::get(&server, "/").await;
    client.until("data: a\n\n\r\n").await;
    until(&mut journal, "finished").await;
    let mut byte = [0];
    let more = tokio::time::timeout(Duration::from_millis(300), client.0.read(&mut byte)).await;
    assert!(more.is_err(), "{more:?}");
    // Others are served meanwhile.
    let mut other = Client::get(&server, "/").await;
    other.until("data: a\n\n\r\n").await;
}

#[tokio::test]
async fn a_port_refuses_for_a_time_and_open_connections_live_on() {
    const TIME: Duration = Duration::from_millis(1500);
    let script = "{ send = \": a\\n\" }, { refuse = \"1500ms\" }, { send = \": b\\n\" }";
    let (server, _journal) = serve(&[&route("path = \"/\"", &[script, &status(204)])]).await;
    let before = Instant::now();
    let mut client = Client::get(&server, "/").await;
    client.until(": b\n\r\n").await;
    let refused = TcpStream::connect(server.address()).await.expect_err("it is refused");
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    let mut again = loop {
        match TcpStream::connect(server.address()).await {
            Ok(stream) => break Client(stream),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        assert!(before.elapsed() < Duration::from_secs(30), "it refuses for ever");
    };
    assert!(before.elapsed() >= TIME);
    again.send("GET /", "").await;
    assert_eq!(again.status().await, 204);
}

#[tokio::test]
async fn the_journal_tells_what_happened_in_order() {
    let scripts = ["\"end\"", "{ drop = \"fin\" }", "{ wait = \"20ms\" }, { raw = \"a\" }, \"end\""];
    let (server, mut journal) = serve(&[&route("path = \"/*\"", &scripts)]).await;
    let ends = [("\"end\"", "0\r\n\r\n"), ("drop", ""), ("raw", "a")];
    for (number, (_, end)) in ends.iter().enumerate() {
        let mut client =
            Client::request(&server, &format!("GET /{number}"), "connection: close\r\nx: é\r\n").await;
        let (text, _) = client.rest().await;
        assert!(text.ends_with(end), "{text:?}");
    }
    let mut all = until(&mut journal, "3   the script finished").await;
    // A client leaves when it likes.
    all.retain(|line| !line.contains("the client left"));
    assert_eq!(
        all,
        [
            "1   GET /0  (route /*, connection 1)",
            "1   the body ended",
            "1   the script finished",
            "2   GET /1  (route /*, connection 2)",
            "2   dropped (fin)",
            "2   the script finished",
            "3   GET /2  (route /*, connection 3)",
            "3   the body ended",
            "3   the script finished",
        ]
    );
}

#[tokio::test]
async fn the_journal_has_the_request_as_it_came() {
    let (server, mut journal) = serve(&[&route("path = \"/*\"", &["\"end\""])]).await;
    Client::request(&server, "GET /a?b=%20", "X-Case: 1\r\nLast-Event-ID: é\r\n")
        .await
        .until("0\r\n\r\n")
        .await;
    let entry = soon(journal.recv()).await.expect("an entry");
    let headers = [("host", "localhost"), ("x-case", "1"), ("last-event-id", "é")];
    let expected = EntryKind::Request {
        method: "GET".to_owned(),
        target: "/a?b=%20".to_owned(),
        version: "HTTP/1.1".to_owned(),
        tls: false,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body: String::new(),
        route: Some("/*".to_owned()),
        nth: 1,
    };
    assert_eq!((entry.connection, entry.kind), (1, expected));
}

#[tokio::test]
async fn what_is_no_request_is_told() {
    let (server, mut journal) = serve(&[&route("path = \"/\"", &["\"end\""])]).await;
    let mut client = Client::connect(&server).await;
    soon(client.0.write_all(b"\x16\x03\x01\r\n\r\n")).await.expect("an open connection");
    assert_eq!(client.status().await, 400);
    assert_eq!(until(&mut journal, "not a request").await.len(), 1);
}

#[tokio::test]
async fn a_client_that_leaves_ends_its_script() {
    let script = "{ send-repeat = { text = \": ping\\n\", times = 100000000 } }, { wait = \"1min\" }";
    let (server, mut journal) = serve(&[&route("path = \"/\"", &[script])]).await;
    let mut client = Client::get(&server, "/").await;
    client.until(": ping\n").await;
    drop(client);
    until(&mut journal, "left").await;
    soon(server.shutdown()).await;
    // Nothing reports that the script was played.
    while let Some(entry) = soon(journal.recv()).await {
        assert_ne!(entry.kind, EntryKind::Played);
    }
}

#[tokio::test]
async fn header_values_name_the_server() {
    let location =
        "{ respond = { status = 307, headers = { location = \"{base}b\", x = [\"1\", \"{base}\"] } } }";
    let (server, _journal) = serve(&[&route("path = \"/a\"", &[location])]).await;
    let head = Client::get(&server, "/a").await.until("\r\n\r\n").await;
    let url = server.url();
    assert!(url.starts_with("http://127.0.0.1:") && url.ends_with('/'), "{url}");
    assert!(head.contains(&format!("location: {url}b\r\nx: 1\r\nx: {url}\r\n")), "{head}");
}

#[tokio::test]
async fn nobody_needs_to_read_the_journal() {
    let (server, journal) = serve(&[&route("path = \"/\"", &[&status(204)])]).await;
    drop(journal);
    assert_eq!(answer(&server, "GET /", "").await, 204);
    assert_eq!(answer(&server, "GET /", "").await, 204);
}

/// A client whose stream is open.
async fn listening(server: &Server) -> Client {
    let mut client = Client::get(server, "/").await;
    client.until(": a\n\r\n").await;
    client
}

/// Requires that nothing listens at an address, and that it can be bound.
async fn free(address: SocketAddr) {
    let refused = TcpStream::connect(address).await.expect_err("nobody listens");
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    TcpListener::bind(address).await.expect("a free port");
}

#[tokio::test]
async fn a_server_that_is_shut_down_leaves_its_port() {
    let script = "{ send = \": a\\n\" }, { wait = \"1min\" }, { send = \": b\\n\" }";
    let (server, mut journal) = serve(&[&route("path = \"/\"", &[script])]).await;
    let mut client = listening(&server).await;
    let address = server.address();
    soon(server.shutdown()).await;
    free(address).await;
    assert!(client.rest().await.1.is_err(), "it is reset");
    // The journal ends with the server.
    while soon(journal.recv()).await.is_some() {}
}

#[tokio::test]
async fn a_server_that_is_dropped_ends() {
    let script = "{ send = \": a\\n\" }, { refuse = \"1min\" }, { wait = \"1min\" }";
    let (server, mut journal) = serve(&[&route("path = \"/\"", &["{ send = \": a\\n\" }", script])]).await;
    let mut clients = [listening(&server).await, listening(&server).await];
    let address = server.address();
    drop(server);
    while soon(journal.recv()).await.is_some() {}
    for client in &mut clients {
        assert!(client.rest().await.1.is_err(), "it is reset");
    }
    free(address).await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error() {
    let (server, _journal) = serve(&[]).await;
    let (tell, _) = unbounded_channel();
    let error = Server::start(server.address(), Vec::new(), tell).await.expect_err("it is taken");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
}
