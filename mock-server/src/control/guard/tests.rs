use super::*;

fn admitted(origin: Option<&str>, host: &str) -> bool {
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, host.parse().expect("a value"));
    if let Some(origin) = origin {
        headers.insert(header::ORIGIN, origin.parse().expect("a value"));
    }
    admit(&headers, Peer::Elsewhere).is_ok()
}

#[test]
fn only_the_own_page_and_clients_that_are_not_browsers_are_admitted() {
    assert!(admitted(None, "anything:1"));
    assert!(admitted(Some("http://127.0.0.1:8080"), "127.0.0.1:8080"));
    assert!(admitted(Some("http://[::1]:8080"), "[::1]:8080"));
    assert!(admitted(Some("http://localhost:8080"), "localhost:8080"));
    for origin in ["http://127.0.0.1:8081", "http://example.com", "null", ""] {
        assert!(!admitted(Some(origin), "127.0.0.1:8080"), "{origin}");
    }
    assert!(
        !admitted(Some("http://example.com:8080"), "example.com:8080"),
        "a name that was made to resolve here"
    );
}

#[test]
fn a_browser_on_this_machine_cannot_ask_by_a_name_that_resolves_here() {
    let admitted = |host: &str, peer| {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a value"));
        admit(&headers, peer).is_ok()
    };
    for host in ["127.0.0.1:1", "[::1]:1", "localhost:1", "LOCALHOST"] {
        assert!(admitted(host, Peer::Here), "{host}");
    }
    assert!(!admitted("example.com:1", Peer::Here));
    // The name of a container.
    assert!(admitted("mock:1", Peer::Elsewhere));
    assert!(admit(&HeaderMap::new(), Peer::Here).is_ok());
    let at = |address: &str| Peer::at(Ok(address.parse().expect("an address")));
    assert_eq!(
        [at("127.0.0.1:1"), at("[::ffff:127.0.0.1]:1"), at("10.0.0.1:1")],
        [Peer::Here, Peer::Here, Peer::Elsewhere]
    );
}
