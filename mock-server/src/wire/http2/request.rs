//! Requests over HTTP/2, in the form of those over HTTP/1.1.

use http::request::Parts;

use super::response;
use crate::wire::http1::request::{Request, Version};

/// A request without its content. `:authority` becomes the field `host`,
/// <https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1>.
pub(super) fn of(head: Parts) -> Request {
    let authority = head.uri.authority().map(|authority| authority.as_str().to_owned());
    let target = match head.uri.path_and_query() {
        Some(target) => target.as_str().to_owned(),
        // Only CONNECT has none.
        None => authority.clone().unwrap_or_default(),
    };
    let host = authority.filter(|_| !head.headers.contains_key(http::header::HOST));
    let host = host.map(|host| ("host".to_owned(), host.into_bytes()));
    let fields = head.headers.iter();
    let fields = fields.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    Request {
        method: head.method.as_str().to_owned(),
        target,
        version: Version::Http2,
        headers: host.into_iter().chain(fields).collect(),
        body: Vec::new(),
    }
}

/// The head of a request, one field on each line, as a transcript shows it.
pub(super) fn field_lines(request: &Request) -> Vec<u8> {
    let pseudo = [
        (":method".to_owned(), request.method.clone().into_bytes()),
        (":path".to_owned(), request.target.clone().into_bytes()),
    ];
    let fields = request.headers.iter().map(|(name, value)| match name.as_str() {
        "host" => (":authority".to_owned(), value.clone()),
        _ => (name.clone(), value.clone()),
    });
    let fields: Vec<(String, Vec<u8>)> = pseudo.into_iter().chain(fields).collect();
    response::field_lines(fields.iter())
}
