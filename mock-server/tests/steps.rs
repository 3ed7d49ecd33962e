//! The steps that only scenarios have, seen by raw clients.

use std::time::{Duration, Instant};

use ssespec_mock_server::scenario::server::Server;

mod raw_client;

use raw_client::{Client, answer, route, serve, soon, status, until};

/// The chunks of the response to a request, up to its end.
async fn chunks(server: &Server, line: &str, fields: &str) -> Vec<String> {
    let mut client = Client::request(server, line, &format!("connection: close\r\n{fields}")).await;
    let (text, end) = client.rest().await;
    end.expect("a clean end");
    let (_, body) = text.split_once("\r\n\r\n").expect("a head");
    let mut chunks = Vec::new();
    let mut rest = body;
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a chunk size");
        if size == 0 {
            break;
        }
        chunks.push(after[..size].to_owned());
        rest = &after[size + 2..];
    }
    chunks
}

#[tokio::test]
async fn routes_are_chosen_by_query_body_and_parameters() {
    let scenario = [
        route("path = \"/a\"\nquery = { x = \"1 2\" }", &[&status(201)]),
        route("path = \"/a\"\nlast-event-id = true", &[&status(202)]),
        route("path = \"/a\"\nbody = { pointer = \"/stream\", is = true }", &[&status(203)]),
        route("path = \"/a\"\nbody = \"hello\"", &[&status(205)]),
        route("path = \"/users/{id}\"", &[&status(206)]),
    ];
    let (server, _journal) = serve(&[&scenario.concat()]).await;
    let post = async |body: &str| {
        let fields = format!("content-length: {}\r\n", body.len());
        let mut client = Client::request(&server, "POST /a", &fields).await;
        tokio::io::AsyncWriteExt::write_all(&mut client.0, body.as_bytes())
            .await
            .expect("an open connection");
        client.status().await
    };
    assert_eq!(answer(&server, "GET /a?x=1+2", "").await, 201);
    assert_eq!(answer(&server, "GET /a", "last-event-id: 9\r\n").await, 202);
    assert_eq!(post("{\"stream\": true}").await, 203);
    assert_eq!(post("hello").await, 205);
    assert_eq!(post("{}").await, 404);
    assert_eq!(answer(&server, "GET /users/7", "").await, 206);
    assert_eq!(answer(&server, "GET /users/7/x", "").await, 404);
}

#[tokio::test]
async fn repeated_templates_have_values_of_the_request() {
    let steps = "{ repeat = { times = 2, steps = [{ send = \"{{counter}} {{path.id}} {{query.q}}\" }] } }, \
                 { send = \"{{counter}} {{header.x-a}} {{connection}}\" }, \"end\"";
    let (server, _journal) = serve(&[&route("path = \"/{id}\"", &[steps])]).await;
    let found = chunks(&server, "GET /7?q=a%0Ab", "x-a: b\r\n").await;
    assert_eq!(found, ["1 7 a\nb", "2 7 a\nb", "1 b 1"]);
    assert_eq!(chunks(&server, "GET /8", "").await[2], "1  2");
}

#[tokio::test]
async fn a_response_has_values_but_no_injected_fields() {
    let steps = "{ respond = { status = 201, headers = { x = \"{{query.q}}\" }, body = \"{{body/id}}!\" } }";
    let (server, _journal) = serve(&[&route("path = \"/\"", &[steps])]).await;
    let mut client = Client::request(&server, "POST /?q=a%0D%0Ab:%20c", "content-length: 8\r\n").await;
    tokio::io::AsyncWriteExt::write_all(&mut client.0, b"{\"id\":5}").await.expect("an open connection");
    let text = client.until("!").await;
    assert_eq!(text, "HTTP/1.1 201 Created\r\nx: a  b: c\r\ncontent-length: 2\r\n\r\n5!");
}

#[tokio::test]
async fn a_list_of_events_can_be_resumed() {
    let steps =
        "{ resume = { events = [\"a\", { id = \"x\", event = \"e\", data = \"b\\nc\" }, \"d\"] } }, \"end\"";
    let (server, _journal) = serve(&[&route("path = \"/\"", &[steps])]).await;
    let all = ["id: 1\ndata: a\n\n", "id: x\nevent: e\ndata: b\ndata: c\n\n", "id: 3\ndata: d\n\n"];
    assert_eq!(chunks(&server, "GET /", "").await, all);
    assert_eq!(chunks(&server, "GET /", "last-event-id: 1\r\n").await, all[1..]);
    assert_eq!(chunks(&server, "GET /", "last-event-id: x\r\n").await, all[2..]);
    assert!(chunks(&server, "GET /", "last-event-id: 3\r\n").await.is_empty());
    assert_eq!(chunks(&server, "GET /", "last-event-id: unknown\r\n").await, all);
}

#[tokio::test]
async fn events_are_written_as_blocks() {
    let steps = "{ event = 'a\"b' }, { event = { id = \"{{query.q}}\", event = \"e\", retry = 5, data = \"\" } }, \"end\"";
    let (server, _journal) = serve(&[&route("path = \"/\"", &[steps])]).await;
    let found = chunks(&server, "GET /?q=7", "").await;
    assert_eq!(found, ["data: a\"b\n\n", "id: 7\nevent: e\nretry: 5\ndata:\n\n"]);
}

#[tokio::test]
async fn a_list_can_be_cut() {
    let steps = "{ resume = { events = [\"a\", \"b\", \"c\"], limit = 2 } }, \"end\"";
    let (server, _journal) = serve(&[&route("path = \"/\"", &[steps])]).await;
    assert_eq!(chunks(&server, "GET /", "").await.len(), 2);
    assert_eq!(chunks(&server, "GET /", "last-event-id: 2\r\n").await, ["id: 3\ndata: c\n\n"]);
}

#[tokio::test]
async fn a_rate_spreads_a_file_over_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.sse");
    std::fs::write(&file, "data: 1\n\ndata: 2\n\ndata: 3\n\n").expect("a file");
    let file = format!("{{ file = {:?} }}", file.display().to_string());
    let scripts = [
        format!("{{ pace = {{ events-per-second = 10 }} }}, {file}, \"end\""),
        format!("{{ pace = {{ bytes-per-second = 100 }} }}, {file}, \"end\""),
    ];
    let (server, _journal) = serve(&[&route("path = \"/\"", &[&scripts[0], &scripts[1]])]).await;
    let before = Instant::now();
    assert_eq!(chunks(&server, "GET /", "").await, ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]);
    assert!(before.elapsed() >= Duration::from_millis(200), "{:?}", before.elapsed());
    let before = Instant::now();
    let found = chunks(&server, "GET /", "").await;
    assert_eq!((found.concat().len(), found.len()), (27, 14));
    assert!(before.elapsed() >= Duration::from_millis(260), "{:?}", before.elapsed());
}

#[tokio::test]
async fn heartbeats_fill_silence_and_go_on_after_the_script() {
    let steps = "{ heartbeat = { every = \"30ms\", text = \": beat\\n\\n\" } }, { send = \"data: a\\n\\n\" }, \
                 { wait = \"100ms\" }, { send = \"data: b\\n\\n\" }";
    let (server, mut journal) = serve(&[&route("path = \"/\"", &[steps])]).await;
    let mut client = Client::get(&server, "/").await;
    let text = client.until("data: b\n\n\r\n").await;
    assert!(text.contains(": beat\n\n"), "{text}");
    until(&mut journal, "finished").await;
    client.until(": beat\n\n\r\n").await;
    client.until(": beat\n\n\r\n").await;
    drop(client);
    until(&mut journal, "left").await;
    soon(server.shutdown()).await;
}

/// The server's verification, once it is done.
async fn verified(server: &Server) -> String {
    soon(server.done()).await;
    let verification = server.verification();
    if verification.is_met() { "met".to_owned() } else { verification.to_string() }
}

const RESUMES: &str = "{ send = \"id: 1\\ndata: a\\n\\n\" }, { drop = \"fin\" }, \
    { expect-request = { last-event-id = \"1\", within = \"10s\" } }, { send = \"data: b\\n\\n\" }, \"expect-disconnect\"";

#[tokio::test]
async fn a_script_goes_on_with_the_request_that_it_awaits() {
    let (server, mut journal) = serve(&[&route("path = \"/\"", &[RESUMES])]).await;
    let _ = Client::get(&server, "/").await.rest().await;
    let mut client = Client::request(&server, "GET /", "last-event-id: 1\r\n").await;
    client.until("data: b\n\n\r\n").await;
    let all = until(&mut journal, "as expected").await;
    assert!(all.iter().any(|line| line.ends_with("(route /, connection 1)")), "{all:?}");
    drop(client);
    assert_eq!(verified(&server).await, "met");
    let all = until(&mut journal, "finished").await;
    assert!(all.iter().any(|line| line.contains("as expected: a disconnect within 5s")), "{all:?}");
}

#[tokio::test]
async fn what_came_instead_is_reported() {
    let (server, mut journal) = serve(&[&route("path = \"/\"", &[RESUMES])]).await;
    let _ = Client::get(&server, "/").await.rest().await;
    let mut client = Client::request(&server, "GET /", "last-event-id: 2\r\n").await;
    client.until("data: b\n\n\r\n").await;
    let found = verified(&server).await;
    let problem = "/, connection 1: expected a request, last-event-id \"1\"; GET / came with last-event-id: expected \
                   \"1\", was \"2\"\n";
    assert!(found.starts_with(problem), "{found}");
    assert!(found.ends_with("the requests that came:\n  GET /\n  GET /, last-event-id \"2\""), "{found}");
    until(&mut journal, "EXPECTED a request, last-event-id \"1\"").await;
}

#[tokio::test]
async fn what_does_not_come_is_reported() {
    let steps = "\"end\", { expect-request = { within = \"50ms\" } }";
    let (server, _journal) = serve(&[&route("path = \"/\"", &[steps])]).await;
    assert!(server.verification().to_string().contains("connection 1 of / was never requested"));
    let _ = Client::request(&server, "GET /", "connection: close\r\n").await.rest().await;
    assert!(verified(&server).await.contains("expected a request; no request came within 50ms"));
    let (server, _journal) =
        serve(&[&route("path = \"/\"", &["{ expect-disconnect = { within = \"50ms\" } }"])]).await;
    let _client = Client::get(&server, "/").await;
    assert!(
        verified(&server).await.contains("expected a disconnect within 50ms; the client stayed connected")
    );
}

#[tokio::test]
async fn silence_is_expected() {
    let steps = "{ respond = { status = 204 } }, { expect-no-request = \"200ms\" }";
    let scenario = route("path = \"/\"", &[steps]);
    let (server, _journal) = serve(&[&scenario]).await;
    Client::get(&server, "/").await.status().await;
    assert_eq!(verified(&server).await, "met");
    let (server, _journal) = serve(&[&scenario]).await;
    Client::get(&server, "/").await.status().await;
    Client::request(&server, "GET /?again", "").await.status().await;
    assert!(verified(&server).await.contains("expected no request for 200ms; GET /?again came"));
}

#[tokio::test]
async fn a_request_must_not_come_too_early() {
    let scripts = ["{ respond = { status = 429 } }", "{ expect-request = { after = \"100ms\" } }, \"end\""];
    for (wait, met) in [(0, false), (150, true)] {
        let (server, _journal) = serve(&[&route("path = \"/\"", &scripts)]).await;
        Client::get(&server, "/").await.status().await;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        Client::get(&server, "/").await.status().await;
        let found = verified(&server).await;
        assert_eq!(found == "met", met, "{found}");
        assert!(met || found.contains("the time: expected at least 100ms, was "), "{found}");
    }
}

#[tokio::test]
async fn scenarios_can_be_replaced() {
    let (server, mut journal) = serve(&[&route("path = \"/\"", &[&status(201), &status(202)])]).await;
    assert_eq!(answer(&server, "GET /", "").await, 201);
    let source =
        ssespec_diagnostics::Source::new("test", route("path = \"/\"", &[&status(205), &status(206)]));
    let other = ssespec_mock_server::scenario::format::read(&source).expect("a scenario");
    server.replace(vec![other]).await;
    assert_eq!(answer(&server, "GET /", "").await, 205);
    assert_eq!(answer(&server, "GET /", "").await, 206);
    until(&mut journal, "replaced").await;
}

#[tokio::test]
async fn the_response_to_head_is_complete_with_its_head() {
    let endless = "{ repeat = { every = \"10ms\", steps = [{ event = \"a\" }] } }";
    let waits = "{ event = \"a\" }, { wait = \"60min\" }";
    for steps in ["{ event = \"a\" }", endless, waits] {
        let (server, mut journal) = serve(&[&route("path = \"/\"", &[steps])]).await;
        let mut client = Client::request(&server, "HEAD /", "").await;
        assert!(client.until("\r\n\r\n").await.starts_with("HTTP/1.1 200 "), "{steps}");
        until(&mut journal, "the script finished").await;
        client.send("GET /", "").await;
        client.until("data: a\n\n").await;
    }
}
