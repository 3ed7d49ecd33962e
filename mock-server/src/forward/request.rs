//! A request as it is forwarded.

use super::fields::{is_hop_by_hop, line};
use super::upstream::Upstream;
use crate::wire::Request;

/// Which content codings the upstream may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentCodings {
    /// Those that the client accepts.
    AsAccepted,
    /// None, since the script looks into the body or adds to it.
    Identity,
}

/// This server in the field Via; `own` is its host and port.
fn via(own: &str) -> String {
    format!("1.1 {own} (ssespec)")
}

/// Whether this server has forwarded a request before, so that it would go round for ever.
pub(super) fn is_loop(request: &Request, own: &str) -> bool {
    let via = via(own);
    let mut members = request.header("via").flat_map(|value| value.split(|byte| *byte == b','));
    members.any(|member| member.trim_ascii() == via.as_bytes())
}

/// The URL to which a request is forwarded; `None` if its target is neither a path nor a URL.
pub(super) fn url(upstream: &Upstream, request: &Request) -> Option<String> {
    Some(format!("{}{}", upstream.target().origin(), target(upstream, &request.target)?))
}

/// The bytes of a request as it is forwarded; `None` if its target is neither a path nor a URL.
pub(super) fn encode(
    upstream: &Upstream,
    request: &Request,
    codings: ContentCodings,
    own: &str,
) -> Option<Vec<u8>> {
    let target = target(upstream, &request.target)?;
    let mut bytes = format!("{} {target} HTTP/1.1\r\n", request.method).into_bytes();
    line(&mut bytes, "host", upstream.target().authority.as_bytes());
    for (name, value) in &request.headers {
        let own = ["host", "content-length", "expect"].iter().any(|own| own.eq_ignore_ascii_case(name));
        let coding = codings == ContentCodings::Identity && name.eq_ignore_ascii_case("accept-encoding");
        if !own && !coding && !is_hop_by_hop(name, request.header("connection")) {
            line(&mut bytes, name, value);
        }
    }
    if codings == ContentCodings::Identity {
        line(&mut bytes, "accept-encoding", b"identity");
    }
    let has_body =
        ["content-length", "transfer-encoding"].iter().any(|name| request.header(name).next().is_some());
    if has_body {
        line(&mut bytes, "content-length", request.body.len().to_string().as_bytes());
    }
    // RFC 9110, section 7.6.3: a gateway adds it to requests.
    line(&mut bytes, "via", via(own).as_bytes());
    line(&mut bytes, "connection", b"close");
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&request.body);
    Some(bytes)
}

/// The target of a forwarded request.
fn target(upstream: &Upstream, target: &str) -> Option<String> {
    let base = &upstream.target().path;
    if target == "*" {
        return Some(target.to_owned());
    }
    // The absolute form, with which clients address proxies.
    let path = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.starts_with('/') && !scheme.contains('?') => {
            rest.find(['/', '?']).map_or("", |start| &rest[start..])
        }
        _ => target,
    };
    match path.chars().next() {
        Some('/') => Some(format!("{base}{path}")),
        Some('?') | None => Some(format!("{base}/{path}")),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Version;

    fn request(target: &str, headers: &[(&str, &str)], body: &str) -> Request {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
        Request {
            method: "POST".into(),
            target: target.into(),
            version: Version::Http11,
            headers: headers.collect(),
            body: body.into(),
        }
    }

    #[test]
    fn fields_of_the_connection_are_not_forwarded() {
        let upstream = Upstream::new("http://b:81/v1").expect("a URL");
        let fields = [
            ("Host", "a"),
            ("Connection", "x-hop, keep-alive"),
            ("X-Hop", "1"),
            ("keep-alive", "timeout=5"),
            ("TE", "trailers"),
            ("Transfer-Encoding", "chunked"),
            ("Expect", "100-continue"),
            ("Last-Event-ID", "7"),
            ("Accept-Encoding", "gzip"),
        ];
        let text = |codings| {
            let bytes =
                encode(&upstream, &request("/chat?a=b", &fields, "{}"), codings, "a:80").expect("a request");
            String::from_utf8(bytes).expect("text")
        };
        let expected = "POST /v1/chat?a=b HTTP/1.1\r\nhost: b:81\r\nLast-Event-ID: 7\r\nAccept-Encoding: gzip\r\n\
                        content-length: 2\r\nvia: 1.1 a:80 (ssespec)\r\nconnection: close\r\n\r\n{}";
        assert_eq!(text(ContentCodings::AsAccepted), expected);
        let identity = expected.replace("Accept-Encoding: gzip", "accept-encoding: identity");
        assert_eq!(text(ContentCodings::Identity), identity);
    }

    #[test]
    fn a_request_that_was_forwarded_before_is_recognized() {
        let looped = |via| is_loop(&request("/", &[("Via", via)], ""), "a:80");
        assert!(looped("1.1 a:80 (ssespec)") && looped("1.0 b, 1.1 a:80 (ssespec)"));
        assert!(!looped("1.1 a:81 (ssespec)") && !looped("1.1 a:80"));
    }

    #[test]
    fn targets_follow_the_path_of_the_url() {
        let upstream = Upstream::new("http://b/v1/").expect("a URL");
        let url = |target| url(&upstream, &request(target, &[], ""));
        assert_eq!(url("/a://b").as_deref(), Some("http://b/v1/a://b"));
        assert_eq!(url("http://c/a?b").as_deref(), Some("http://b/v1/a?b"));
        assert_eq!(url("http://c?b").as_deref(), Some("http://b/v1/?b"));
        assert_eq!(url("c:443"), None);
    }
}
