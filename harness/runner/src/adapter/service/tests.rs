//! Which URLs name a test service.

use super::*;

#[test]
fn a_service_has_an_http_url() {
    let service = TestService::at("http://127.0.0.1:8000", None).expect("a service");
    assert_eq!(
        (service.url.to_string().as_str(), service.name.as_str()),
        ("http://127.0.0.1:8000/", "127.0.0.1:8000")
    );
    assert_eq!(TestService::at("http://[::1]:8000", Some("a")).expect("a service").name, "a");
    for wrong in ["", "8000", "127.0.0.1:8000", "https://127.0.0.1:8000", "/streams"] {
        assert!(TestService::at(wrong, None).is_err(), "{wrong}");
    }
}
