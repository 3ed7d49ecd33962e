use http::{HeaderMap, Method, StatusCode};

use super::{BadRequest, Request};
use crate::client::url::Url;
use crate::defect::switches::Defects;
use ssespec::protocol::ConnectRequest;

fn options(method: &str, body: &str, headers: &[(&str, &str)]) -> ConnectRequest {
    ConnectRequest {
        url: "http://127.0.0.1:4001/7/?q#f".into(),
        types: Vec::new(),
        headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        last_event_id: String::new(),
        method: method.into(),
        body: body.into(),
        with_credentials: false,
        close_in: None,
        read_timeout: None,
        pause: false,
        comments: true,
        http2: false,
        ca_file: None,
    }
}

fn request(method: &str, body: &str, headers: &[(&str, &str)]) -> Request {
    Request::new(&options(method, body, headers), Defects::None).unwrap()
}

fn url(url: &str) -> Url {
    Url::parse(url, None).unwrap()
}

/// Method, target, headers and body on the wire.
fn sent(request: &Request) -> (Method, String, HeaderMap, String) {
    let (head, body) = request.to_message().unwrap().into_parts();
    (head.method, head.uri.to_string(), head.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn header(request: &Request, name: &str) -> Vec<String> {
    let (.., headers, _) = sent(request);
    headers.get_all(name).iter().map(|value| String::from_utf8(value.as_bytes().to_vec()).unwrap()).collect()
}

#[test]
fn a_get_without_a_body() {
    let (method, target, headers, body) = sent(&request("GET", "", &[]));
    assert_eq!((method, target.as_str(), body.as_str()), (Method::GET, "/7/?q", ""));
    let mut names: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "cache-control", "host", "pragma", "user-agent"]);
    assert_eq!(headers["accept"], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-cache");
    assert_eq!(headers["pragma"], "no-cache");
    assert_eq!(headers["host"], "127.0.0.1:4001");
}

#[test]
fn the_users_headers() {
    let request = request(
        "GET",
        "",
        &[("X-A", "1"), ("x-a", "2"), ("Accept", "x/y"), ("cache-control", "max-age=1"), ("x-b", "\u{2026}")],
    );
    assert_eq!(header(&request, "x-a"), ["1", "2"]);
    assert_eq!(header(&request, "accept"), ["x/y"]);
    assert_eq!(header(&request, "cache-control"), ["max-age=1"]);
    assert_eq!(header(&request, "x-b"), ["\u{2026}"]);
}

#[test]
fn the_connections_headers_are_not_the_users() {
    let names = ["Host", "Connection", "Content-Length", "Transfer-Encoding", "Keep-Alive", "TE", "Upgrade"];
    let headers = names.map(|name| (name, "x"));
    let request = request("GET", "", &headers);
    assert_eq!(header(&request, "host"), ["127.0.0.1:4001"]);
    for name in &names[1..] {
        assert!(header(&request, name).is_empty(), "{name}");
    }
}

#[test]
fn methods() {
    assert_eq!(sent(&request("post", "", &[])).0, Method::POST);
    assert_eq!(sent(&request("PATCH", "", &[])).0, Method::PATCH);
    assert_eq!(sent(&request("query", "", &[])).0.as_str(), "query");
    for name in ["CONNECT", "trace", "TRACK", "", "a b"] {
        assert_eq!(
            Request::new(&options(name, "", &[]), Defects::None).err(),
            Some(BadRequest::Method(name.into()))
        );
    }
}

#[test]
fn bodies() {
    let post = request("POST", "a\u{e9}", &[]);
    assert_eq!(sent(&post).3, "a\u{e9}");
    assert_eq!(header(&post, "content-length"), ["3"]);
    assert_eq!(header(&post, "content-type"), ["text/plain;charset=UTF-8"]);
    assert_eq!(
        header(&request("POST", "{}", &[("content-type", "application/json")]), "content-type"),
        ["application/json"]
    );
    assert_eq!(header(&request("PUT", "", &[]), "content-length"), ["0"]);
    assert!(header(&request("DELETE", "", &[]), "content-length").is_empty());
    assert_eq!(
        Request::new(&options("get", "x", &[]), Defects::None).err(),
        Some(BadRequest::Body(Method::GET))
    );
}

#[test]
fn malformed_headers_and_urls() {
    for (name, value) in [("a b", "x"), ("", "x"), ("x", "a\nb"), ("x", "\0")] {
        assert_eq!(
            Request::new(&options("GET", "", &[(name, value)]), Defects::None).err(),
            Some(BadRequest::Header(name.into()))
        );
    }
    let other = ConnectRequest { url: "ftp://h/".into(), ..options("GET", "", &[]) };
    assert!(matches!(Request::new(&other, Defects::None), Err(BadRequest::Url(_))));
}

#[test]
fn reconnect_sends_last_event_id_utf8() {
    let mut request = request("GET", "", &[]);
    for id in ["1", "a b  c", "\u{2026}\u{1f600}", "\u{e9}"] {
        request.set_last_event_id(id);
        assert_eq!(header(&request, "last-event-id"), [id]);
    }
}

#[test]
fn reconnect_omits_empty_last_event_id() {
    let mut request = request("GET", "", &[]);
    request.set_last_event_id("");
    assert!(header(&request, "last-event-id").is_empty());
    request.set_last_event_id("1");
    request.set_last_event_id("");
    assert!(header(&request, "last-event-id").is_empty());
}

#[test]
fn an_id_that_cannot_be_a_header_is_left_out() {
    let mut request = request("GET", "", &[]);
    request.set_last_event_id("1");
    request.set_last_event_id("a\u{1}b");
    assert!(header(&request, "last-event-id").is_empty());
}

#[test]
fn last_event_id_replaces_the_users_header() {
    let mut request = request("GET", "", &[("Last-Event-ID", "0"), ("last-event-id", "00")]);
    assert_eq!(request.last_event_id().as_deref(), Some("0"));
    request.set_last_event_id("1");
    assert_eq!(header(&request, "last-event-id"), ["1"]);
}

#[test]
fn redirects_keep_the_request() {
    let mut request = request("GET", "", &[("authorization", "secret"), ("cookie", "a=b"), ("x-a", "1")]);
    request.set_last_event_id("1");
    request.redirect(StatusCode::FOUND, url("http://127.0.0.1:4001/b"));
    assert_eq!(sent(&request).1, "/b");
    for (name, value) in
        [("authorization", "secret"), ("cookie", "a=b"), ("x-a", "1"), ("last-event-id", "1")]
    {
        assert_eq!(header(&request, name), [value]);
    }
}

#[test]
fn redirects_to_another_origin_lose_credentials_for_good() {
    for other in ["http://127.0.0.1:4002/", "http://localhost:4001/", "https://127.0.0.1:4001/"] {
        let mut request = request("GET", "", &[("Authorization", "secret"), ("Cookie", "a=b"), ("x-a", "1")]);
        request.set_last_event_id("1");
        request.redirect(StatusCode::TEMPORARY_REDIRECT, url(other));
        request.redirect(StatusCode::TEMPORARY_REDIRECT, url("http://127.0.0.1:4001/"));
        assert!(header(&request, "authorization").is_empty());
        assert!(header(&request, "cookie").is_empty());
        assert_eq!(header(&request, "x-a"), ["1"]);
        assert_eq!(header(&request, "last-event-id"), ["1"]);
    }
}

#[test]
fn redirects_and_methods() {
    for (status, method, after) in [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "PUT", "PUT"),
        (302, "PUT", "PUT"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (303, "GET", "GET"),
    ] {
        let body = if matches!(method, "GET" | "HEAD") { "" } else { "body" };
        let mut request = request(method, body, &[("content-language", "en")]);
        request.redirect(StatusCode::from_u16(status).unwrap(), url("http://h/"));
        let (sent_method, _, headers, sent_body) = sent(&request);
        assert_eq!(sent_method, after, "{status} {method}");
        let kept = method == after;
        assert_eq!(sent_body, if kept { body } else { "" }, "{status} {method}");
        assert_eq!(headers.contains_key("content-language"), kept, "{status} {method}");
        assert_eq!(headers.contains_key("content-type"), kept && !body.is_empty(), "{status} {method}");
    }
}
