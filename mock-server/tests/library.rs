//! The library as tests use it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use ssespec_mock_server::action::Drop;
use ssespec_mock_server::scenario::settings::{Limits, Settings};
use ssespec_mock_server::{Event, MockServer, Scenario, blocking, expect};
use tokio::runtime::Handle;

#[path = "raw_client/mod.rs"]
mod raw_client;

use raw_client::{Client, soon};

const HEAD: &str = "transfer-encoding: chunked\r\n\r\n";

#[tokio::test]
async fn events_are_pushed_to_open_streams_between_the_steps_of_a_script() {
    let scenario = Scenario::new().get("/a").event("one").get("/b").event("one");
    let server = soon(MockServer::start(scenario)).await.expect("a server");
    let mut a = Client::request_at(server.address(), "GET /a", "last-event-id: 7\r\n").await;
    let mut b = Client::request_at(server.address(), "GET /b", "").await;
    for client in [&mut a, &mut b] {
        client.until(&format!("{HEAD}b\r\ndata: one\n\n\r\n")).await;
    }
    let streams = server.streams();
    assert_eq!(streams.iter().map(|stream| stream.target.as_str()).collect::<Vec<_>>(), ["/a", "/b"]);
    assert_eq!(streams[0].last_event_id.as_deref(), Some("7"));
    assert_eq!(server.push(Event::new("two").id("2")), 2);
    for client in [&mut a, &mut b] {
        assert_eq!(client.until("two\n\n\r\n").await, "11\r\nid: 2\ndata: two\n\n\r\n");
    }
    assert!(server.journal().iter().any(|entry| entry.line().contains("pushed to 2 streams")));
    assert_eq!(server.end_all(), 2);
    assert_eq!(a.rest().await.0, "0\r\n\r\n");
    assert_eq!(server.push("three"), 0);
}

#[tokio::test]
async fn all_streams_are_dropped() {
    let server = MockServer::start(Scenario::new().get("/").event("one")).await.expect("a server");
    for (how, is_reset) in [(Drop::Reset, true), (Drop::Fin, false)] {
        let mut client = Client::request_at(server.address(), "GET /", "").await;
        client.until("one\n\n\r\n").await;
        assert!(server.wait_for_streams(1).await);
        assert_eq!(server.drop_all(how), 1);
        assert_eq!(client.rest().await.1.is_err(), is_reset);
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_left_out_of_pushes_and_harms_no_other() {
    let server = MockServer::start(Scenario::new().get("/").event("one")).await.expect("a server");
    let _deaf = Client::request_at(server.address(), "GET /", "").await;
    let mut good = Client::request_at(server.address(), "GET /", "").await;
    good.until("one\n\n\r\n").await;
    assert!(server.wait_for_streams(2).await);
    let much = format!(": {}\n", "x".repeat(64 * 1024));
    let read = async {
        loop {
            good.until("\n\r\n").await;
        }
    };
    let push = async {
        // The buffers of both systems fill first.
        while server.send(&much) == 2 {
            tokio::task::yield_now().await;
        }
    };
    soon(async {
        tokio::select! { () = push => {}, () = read => {} }
    })
    .await;
}

#[tokio::test]
async fn a_request_is_awaited_and_the_error_says_what_came_instead() {
    let server = MockServer::start(Scenario::new().get("/events").status(204)).await.expect("a server");
    let ask = async {
        Client::request_at(server.address(), "GET /events", "").await;
        Client::request_at(server.address(), "GET /events", "last-event-id: 2\r\n").await;
        Client::request_at(server.address(), "GET /other", "").await.status().await;
    };
    let expected = || expect::get("/events").last_event_id("2");
    let (found, ()) = tokio::join!(server.wait_for(expected()), ask);
    assert_eq!(found.expect("it came").len(), 1);
    server.wait_for(expect::get("/events").times(2)).await.expect("both came");
    server
        .wait_for(expect::get("/*").times(..=3).within(Duration::from_millis(20)))
        .await
        .expect("three came");
    let unmet = server.wait_for(expected().last_event_id("1").within(Duration::from_millis(20))).await;
    let unmet = unmet.expect_err("it did not come").to_string();
    assert!(unmet.contains("expected at least 1 request GET /events, last-event-id \"2\""), "{unmet}");
    assert!(unmet.contains("got 0") && unmet.contains("GET /other  (no route)"), "{unmet}");
}

#[tokio::test]
async fn what_is_expected_is_verified_on_request_and_on_drop() {
    let scenario = || Scenario::new().get("/events").status(204).expect(2);
    let mut server = MockServer::start(scenario()).await.expect("a server");
    Client::request_at(server.address(), "GET /events", "").await.status().await;
    let message = server.verify().expect_err("one is missing").to_string();
    assert!(message.contains("- expected 2 requests GET /events, got 1"), "{message}");
    assert!(message.contains("GET /events  (route /events, connection 1)"), "{message}");
    drop(server);

    let server = MockServer::start(scenario()).await.expect("a server");
    let panic = catch_unwind(AssertUnwindSafe(|| drop(server))).expect_err("nothing came");
    let message = panic.downcast_ref::<String>().expect("a text");
    assert!(message.contains("got 0") && message.contains("no request came"), "{message}");

    let server = MockServer::start(scenario()).await.expect("a server");
    for _ in 0..2 {
        Client::request_at(server.address(), "GET /events", "").await.status().await;
    }
    drop(server);
}

#[tokio::test]
async fn mistakes_in_code_are_reported_with_the_step() {
    let scenario = Scenario::new().get("/a").drop_reset().event("late").get("b?c").status(204);
    let message = MockServer::start(scenario).await.expect_err("two mistakes").to_string();
    assert!(message.contains("GET /a, connection 1") && message.contains("Send("), "{message}");
    assert!(message.contains("\"b?c\" is not a path"), "{message}");
    let message = MockServer::start("[[route]]\npath = 1").await.expect_err("not a path").to_string();
    assert!(message.contains("scenario:2"), "{message}");
}

#[tokio::test]
async fn a_limit_is_answered_with_503_and_is_in_the_journal() {
    let limits = Limits::default().connections(1).body(4);
    let mut settings = Settings::default();
    settings.limits = limits;
    let address = "127.0.0.1:0".parse().expect("an address");
    let scenario = Scenario::new().any("/").event("one");
    let server = MockServer::start_with(scenario, address, settings).await.expect("a server");
    let mut first = Client::request_at(server.address(), "GET /", "").await;
    first.until("one\n\n\r\n").await;
    for _ in 0..3 {
        let (text, end) = Client::request_at(server.address(), "GET /", "").await.rest().await;
        assert!(text.starts_with("HTTP/1.1 503 ") && text.ends_with("which is its limit\n"), "{text}");
        end.expect("no reset");
    }
    drop(first);
    soon(async {
        while !server.streams().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut long = Client::request_at(server.address(), "POST /", "content-length: 5\r\n").await;
    assert_eq!(long.status().await, 503);
    let refused = |line: &String| line.contains("refused with 503");
    let lines = server.journal().iter().map(|entry| entry.line()).filter(refused).count();
    assert_eq!(lines, 4);
}

/// Whether a connection is refused, not reset.
fn refused(address: std::net::SocketAddr) -> bool {
    TcpStream::connect(address).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_of_a_dropped_server_and_its_port_refuses_immediately() {
    let metrics = Handle::current().metrics();
    let before = metrics.num_alive_tasks();
    for _ in 0..20 {
        let server = MockServer::start(Scenario::new().get("/").event("one")).await.expect("a server");
        let mut client = Client::request_at(server.address(), "GET /", "").await;
        client.until("one\n\n\r\n").await;
        let address = server.address();
        drop(server);
        assert!(refused(address));
        client.rest().await.1.expect_err("it is reset");
    }
    soon(async {
        while metrics.num_alive_tasks() > before {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn many_servers_run_simultaneously() {
    let mut servers = Vec::new();
    for number in 0..50 {
        let scenario = Scenario::new().get("/").event(format!("server {number}")).end();
        servers.push(MockServer::start(scenario).await.expect("a server"));
    }
    for (number, server) in servers.iter().enumerate() {
        let mut client = Client::request_at(server.address(), "GET /", "connection: close\r\n").await;
        assert!(client.rest().await.0.contains(&format!("data: server {number}\n\n")));
    }
}

#[test]
fn a_test_without_a_runtime_has_a_server_too() {
    let scenario = Scenario::new().get("/").event("one").expect(1);
    let mut server = blocking::MockServer::start(scenario).expect("a server");
    let address = server.address();
    let mut client = TcpStream::connect(address).expect("a connection");
    client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").expect("an open connection");
    assert!(server.wait_for_streams(1));
    assert_eq!(server.push("two"), 1);
    server.wait_for(expect::get("/")).expect("a request");
    assert_eq!(server.drop_all(Drop::Fin), 1);
    let mut text = String::new();
    client.read_to_string(&mut text).expect("a clean end");
    assert!(text.ends_with("b\r\ndata: two\n\n\r\n"), "{text}");
    server.verify().expect("one request");
    drop(server);
    assert!(refused(address));
}
