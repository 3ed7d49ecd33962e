use super::*;

fn admitted(origin: Option<&str>, host: &str) -> bool {
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, host.parse().expect("a value"));
    if let Some(origin) = origin {
        headers.insert(header::ORIGIN, origin.parse().expect("a value"));
    }
    admit(&headers).is_ok()
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
