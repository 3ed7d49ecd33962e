//! The control port, asked by a client that checks each answer against the OpenAPI description.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ssespec_mock_server::control::{ControlServer, OPENAPI};
use ssespec_mock_server::scenario::settings::Settings;
use ssespec_mock_server::{MockServer, Scenario};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[path = "raw_client/mod.rs"]
mod raw_client;

use raw_client::{Client, soon};

struct Control {
    server: MockServer,
    control: ControlServer,
    description: Value,
    /// The operations that were asked for, with the statuses that came.
    seen: BTreeSet<(String, String, String)>,
}

impl Control {
    async fn start() -> Self {
        let scenario = Scenario::new().get("/events").event("one");
        let server = MockServer::start(scenario).await.expect("a server");
        let address = "127.0.0.1:0".parse().expect("an address");
        let control = ControlServer::start(address, server.control().clone(), &server.url("/")).await;
        let control = control.expect("a control port");
        let description = serde_json::from_str(OPENAPI).expect("JSON");
        Self { server, control, description, seen: BTreeSet::new() }
    }

    async fn stream(&self, fields: &str) -> Client {
        let mut client = Client::request_at(self.server.address(), "GET /events", fields).await;
        client.until("data: one\n\n\r\n").await;
        client
    }

    /// Sends a request, and checks the answer against the description.
    async fn ask(&mut self, method: &str, target: &str, body: &str) -> (u16, Value) {
        let (status, media_type, answer) = self.ask_as(method, target, body, "").await;
        let operation = self.operation(method, target, status, &media_type);
        let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"));
        let schema = json!({ "allOf": [operation], "components": self.description["components"] });
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        if let Err(error) = validator.validate(&answer) {
            panic!("{method} {target} does not answer as described: {error}: {answer:#}");
        }
        (status, answer)
    }

    /// The schema of an answer.
    fn operation(&mut self, method: &str, target: &str, status: u16, media_type: &str) -> Value {
        let path = target.split('?').next().expect("a path").to_owned();
        let responses = &self.description["paths"][&path][method.to_lowercase()]["responses"];
        let content = &responses[status.to_string()]["content"];
        let media_type = media_type.split(';').next().expect("a type");
        let schema = content[media_type]["schema"].clone();
        assert!(!schema.is_null(), "{method} {path} with {status} and {media_type} is not described");
        self.seen.insert((path, method.to_lowercase(), status.to_string()));
        schema
    }

    async fn ask_as(&self, method: &str, target: &str, body: &str, fields: &str) -> (u16, String, String) {
        let address = self.control.address().expect("a port");
        let mut client = TcpStream::connect(address).await.expect("a connection");
        let length = body.len();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{fields}content-length: {length}\r\n\r\n{body}"
        );
        client.write_all(head.as_bytes()).await.expect("an open connection");
        let mut text = String::new();
        soon(client.read_to_string(&mut text)).await.expect("an answer");
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let media_type =
            head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or_default();
        (status, media_type.to_owned(), body.to_owned())
    }
}

#[test]
fn the_description_is_of_openapi_3_1_and_complete() {
    let description: Value = serde_json::from_str(OPENAPI).expect("JSON");
    assert_eq!(description["openapi"], "3.1.0");
    let components = &description["components"];
    let schemas = components["schemas"].as_object().expect("schemas");
    let mut named = BTreeSet::new();
    let text = description.to_string();
    for (name, schema) in schemas {
        let document = json!({ "allOf": [schema], "components": components });
        jsonschema::meta::validate(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
        jsonschema::validator_for(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(text.contains(&format!("#/components/schemas/{name}")), "{name} is not used");
    }
    for (path, operations) in description["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            assert!(
                named.insert(operation["operationId"].to_string()),
                "{method} {path} has no name of its own"
            );
            // Each example must be as described.
            for content in
                operation["requestBody"]["content"].as_object().into_iter().flat_map(|all| all.values())
            {
                let document = json!({ "allOf": [content["schema"]], "components": components });
                let validator = jsonschema::validator_for(&document).expect("a schema");
                validator.validate(&content["example"]).unwrap_or_else(|error| panic!("{path}: {error}"));
            }
        }
    }
}

#[tokio::test]
async fn everything_answers_as_described() {
    let mut control = Control::start().await;
    let mut first = control.stream("last-event-id: 6\r\n").await;
    let mut second = control.stream("").await;

    let (_, health) = control.ask("GET", "/health", "").await;
    assert_eq!(health["streams"], 2);
    let (_, listed) = control.ask("GET", "/streams", "").await;
    assert_eq!(listed["streams"][0]["last-event-id"], "6");
    let number = listed["streams"][1]["connection"].as_u64().expect("a number");
    assert_eq!(control.ask("GET", "/streams?path=/other", "").await.1, json!({ "streams": [] }));
    control.ask("GET", "/openapi.json", "").await;

    let (_, pushed) =
        control.ask("POST", "/streams/push", r#"{"data":"a\nb","id":"7","event":"x","retry":5}"#).await;
    assert_eq!(pushed["connections"].as_array().map(Vec::len), Some(2));
    for client in [&mut first, &mut second] {
        let text = "retry: 5\nid: 7\nevent: x\ndata: a\ndata: b\n\n\r\n";
        assert!(client.until("b\n\n\r\n").await.ends_with(text));
    }
    control.ask("POST", "/streams/push", &format!(r#"{{"text":"data: hal","connection":{number}}}"#)).await;
    assert_eq!(second.until("hal\r\n").await, "9\r\ndata: hal\r\n");

    let (_, met) =
        control.ask("POST", "/verify", r#"{"path":"/events","last-event-id":"6","times":1}"#).await;
    assert_eq!(met["requests"][0]["headers"][1], json!(["last-event-id", "6"]));
    let (status, unmet) =
        control.ask("POST", "/verify", r#"{"path":"/events","times":3,"within":"20ms"}"#).await;
    assert_eq!((status, unmet["count"].as_u64()), (409, Some(2)));
    control
        .ask("POST", "/verify", r#"{"headers":{"host":"localhost","cookie":false},"at-most":2,"body":""}"#)
        .await;
    control.ask("GET", "/verify", "").await;

    let (_, dropped) =
        control.ask("POST", "/streams/drop", &format!(r#"{{"how":"fin","connection":{number}}}"#)).await;
    assert_eq!(dropped["connections"], json!([number]));
    second.rest().await.1.expect("a FIN");
    let (_, ended) = control.ask("POST", "/streams/end", "").await;
    assert_eq!(ended["connections"].as_array().map(Vec::len), Some(1));
    assert_eq!(first.rest().await.0, "0\r\n\r\n");
    let mut third = control.stream("").await;
    control.ask("POST", "/streams/drop", r#"{"path":"/events"}"#).await;
    third.rest().await.1.expect_err("a reset");

    let (_, journal) = control.ask("GET", "/journal?after=0&what=request", "").await;
    assert_eq!(journal["entries"].as_array().map(Vec::len), Some(3));
    let last = journal["last"].as_u64().expect("a number");
    let (_, cleared) = control.ask("DELETE", "/journal", "").await;
    assert!(cleared["last"].as_u64() >= Some(last));

    let (_, routes) = control.ask("GET", "/scenario", "").await;
    assert_eq!(routes["routes"], json!([{ "route": "GET /events", "requests": 3 }]));
    assert_eq!(control.ask("POST", "/scenario/reset", "").await.1["routes"][0]["requests"], 0);
    let scenario = "[[route]]\npath = \"/new\"\n[[route.connection]]\nsteps = [{ expect-request = {} }, { end = true }]\n";
    let scenario = scenario.replace("{ end = true }", "\"end\"");
    let (_, routes) = control.ask("PUT", "/scenario", &scenario).await;
    assert_eq!(routes["routes"][0]["route"], "/new");
    assert_eq!(control.ask("GET", "/verify", "").await.0, 409);
    let (status, mistakes) = control.ask("PUT", "/scenario", "[[route]]\npath = 1").await;
    assert_eq!(status, 422);
    assert!(mistakes["error"].as_str().is_some_and(|text| text.contains("the body:2")), "{mistakes}");
    assert_eq!(Client::request_at(control.server.address(), "GET /new", "").await.status().await, 200);

    let (status, media_type, page) = control.ask_as("GET", "/", "", "").await;
    control.operation("GET", "/", status, &media_type);
    assert!(page.contains("ssespec mock server"));

    // Whatever is described was asked for, with an answer that is not a refusal.
    let described = control.description["paths"].as_object().expect("paths").iter();
    let described = described.flat_map(|(path, methods)| {
        methods
            .as_object()
            .expect("methods")
            .keys()
            .map(move |method| (path.clone(), method.clone(), "200".to_owned()))
    });
    let missing: Vec<_> = described.filter(|operation| !control.seen.contains(operation)).collect();
    assert_eq!(missing, [("/journal/events".to_owned(), "get".to_owned(), "200".to_owned())]);
}

#[tokio::test]
async fn a_malformed_request_is_refused_and_harms_no_stream() {
    let mut control = Control::start().await;
    let mut stream = control.stream("").await;
    for (method, target, body, status, error) in [
        ("POST", "/streams/push", "{", 400, "the body is wrong"),
        ("POST", "/streams/push", "[]", 400, "the body is wrong"),
        ("POST", "/streams/push", "{}", 400, "there is nothing to push"),
        ("POST", "/streams/push", r#"{"text":"a","data":"b"}"#, 400, "`text` stands alone"),
        ("POST", "/streams/push", r#"{"data":"b","id":"1\n2"}"#, 400, "`id` is not one line"),
        ("POST", "/streams/push", r#"{"data":1}"#, 400, "the body is wrong"),
        ("POST", "/streams/push", r#"{"what":"b"}"#, 400, "unknown field"),
        ("POST", "/streams/drop", r#"{"how":"gently"}"#, 400, "unknown variant"),
        ("POST", "/streams/drop", r#"{"connection":-1}"#, 400, "the body is wrong"),
        ("POST", "/verify", r#"{"times":1,"at-least":2}"#, 400, "contradictory"),
        ("POST", "/verify", r#"{"at-least":3,"at-most":2}"#, 400, "contradictory"),
        ("POST", "/verify", r#"{"within":"soon"}"#, 400, "not a time"),
        ("POST", "/verify", r#"{"within":"2h"}"#, 400, "too long"),
        ("POST", "/verify", r#"{"path":"/{a}/{a}"}"#, 400, "occurs twice"),
        ("POST", "/verify", r#"{"headers":{"a":1}}"#, 400, "cannot be 1"),
        ("GET", "/journal?after=x", "", 400, "not a number"),
        ("GET", "/journal?since=1", "", 400, "unknown parameter"),
        ("GET", "/streams?connection=", "", 400, "not a number"),
        ("GET", "/journal?what=requests", "", 400, "no entry of the journal is called"),
        // Not silently for all streams.
        ("POST", "/streams/push?path=/a", r#"{"data":"a"}"#, 400, "unknown parameter"),
        ("POST", "/streams/drop?connection=3", "", 400, "unknown parameter"),
        ("PUT", "/scenario", "\u{0}", 422, "the body:1"),
    ] {
        let (found, answer) = control.ask(method, target, body).await;
        let text = answer["error"].as_str().expect("an error");
        assert_eq!(found, status, "{method} {target} {body}: {text}");
        assert!(text.contains(error), "{method} {target} {body}: {text}");
        assert!(answer["hint"].as_str().is_some_and(|hint| !hint.is_empty()));
    }
    let (status, _) = control.ask("POST", "/streams/push", &" ".repeat(1_100_000)).await;
    assert_eq!(status, 413);
    for (method, target, status) in
        [("GET", "/nothing", 404), ("PATCH", "/streams", 405), ("GET", "/streams/push", 405)]
    {
        let (found, _, text) = control.ask_as(method, target, "", "").await;
        assert_eq!(found, status);
        assert!(text.contains("hint"), "{text}");
    }
    let other = control.ask_as("POST", "/streams/drop", "", "origin: http://example.com\r\n").await;
    assert_eq!(other.0, 403);
    for bytes in
        ["\r\n\r\nxx", "GET\r\n\r\n", "\u{16}\u{3}\u{1}", "POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n"]
    {
        let mut client =
            TcpStream::connect(control.control.address().expect("a port")).await.expect("a connection");
        client.write_all(bytes.as_bytes()).await.expect("an open connection");
    }
    control.ask("POST", "/streams/push", r#"{"data":"still here"}"#).await;
    assert!(stream.until("here\n\n\r\n").await.contains("data: still here"));
    assert!(!control.server.journal().iter().any(|entry| entry.line().contains("dropped")));
}

#[tokio::test]
async fn the_journal_is_awaited_and_streamed() {
    let mut control = Control::start().await;
    let start = Instant::now();
    let (_, empty) = control.ask("GET", "/journal?wait=30ms", "").await;
    assert!(start.elapsed() >= Duration::from_millis(30));
    assert_eq!(empty["entries"], json!([]));

    let address = control.control.address().expect("a port");
    let mut events = TcpStream::connect(address).await.expect("a connection");
    events
        .write_all(format!("GET /journal/events HTTP/1.1\r\nhost: {address}\r\n\r\n").as_bytes())
        .await
        .expect("open");
    let mut events = Client(events);
    let head = events.until("\r\n\r\n").await;
    assert!(head.contains("content-type: text/event-stream\r\n"), "{head}");
    events.until("retry: 1000\n\n").await;
    let _stream = control.stream("").await;
    let event = events.until("\n\n").await;
    assert!(event.contains("id: 1\n") && event.contains("\"what\":\"request\""), "{event}");

    let mut resumed = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET /journal/events HTTP/1.1\r\nhost: {address}\r\nlast-event-id: 1\r\n\r\n");
    resumed.write_all(request.as_bytes()).await.expect("open");
    let mut resumed = Client(resumed);
    resumed.until("\r\n\r\n").await;
    control.server.push("next");
    let event = resumed.until("\"pushed\"").await;
    assert!(!event.contains("id: 1\n"), "{event}");
}

#[tokio::test]
async fn the_page_is_below_a_path_of_the_mock_server() {
    let (diversion, connections) = ControlServer::page();
    let mut settings = Settings::default();
    settings.diversion = Some(diversion);
    let address = "127.0.0.1:0".parse().expect("an address");
    let scenario = Scenario::new().any("/*").event("one");
    let server = MockServer::start_with(scenario, address, settings).await.expect("a server");
    let _page = ControlServer::serve_page(connections, server.control().clone(), &server.url("/"));
    let mut stream = Client::request_at(server.address(), "GET /events", "").await;
    stream.until("one\n\n\r\n").await;
    let mut page = Client::request_at(server.address(), "GET /__ssespec/", "connection: close\r\n").await;
    assert!(page.rest().await.0.contains("<title>ssespec mock server</title>"));
    let mut push = Client::request_at(
        server.address(),
        "POST /__ssespec/streams/push",
        "content-type: application/json\r\ncontent-length: 14\r\nexpect: 100-continue\r\n",
    )
    .await;
    push.until("100 Continue\r\n\r\n").await;
    soon(push.0.write_all(br#"{"data":"two"}"#)).await.expect("an open connection");
    assert_eq!(push.status().await, 200);
    // On the same connection.
    push.until("}\n").await;
    push.send("GET /__ssespec/health", "").await;
    assert_eq!(push.status().await, 200);
    assert!(stream.until("two\n\n\r\n").await.contains("data: two"));
    // A name that was made to resolve to this machine.
    let mut other = TcpStream::connect(server.address()).await.expect("a connection");
    let request = "GET /__ssespec/journal HTTP/1.1\r\nhost: example.com\r\n\r\n";
    other.write_all(request.as_bytes()).await.expect("an open connection");
    assert_eq!(Client(other).status().await, 403);
    // The page is not part of what the scenario sees.
    assert_eq!(server.received_requests().len(), 1);
}
