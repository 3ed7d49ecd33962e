//! Which requests of browsers are refused: a page of another origin must not control the server.

use std::net::IpAddr;

use http::uri::Authority;
use http::{HeaderMap, StatusCode, header};

use super::answer::Refusal;

/// Refuses a request that a page of another origin makes, or one of a name that was made to resolve to this machine
/// ([DNS rebinding](https://en.wikipedia.org/wiki/DNS_rebinding)). Clients that are not browsers send no `Origin`.
pub(super) fn admit(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let authority = |text: &str| text.parse::<Authority>().ok();
    let origin = origin.to_str().ok().and_then(|origin| authority(origin.split_once("://")?.1));
    let host = headers.get(header::HOST).and_then(|host| authority(host.to_str().ok()?));
    match (origin, host) {
        (Some(origin), Some(host)) if origin == host && is_numeric_or_local(host.host()) => Ok(()),
        _ => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "a page of another origin asks for this",
            "use the page of the mock server, by an IP address or as localhost",
        )),
    }
}

fn is_numeric_or_local(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests;
