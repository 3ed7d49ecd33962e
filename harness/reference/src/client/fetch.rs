//! One fetch: a request, its redirects, and the response that is not a redirect.
//!
//! <https://fetch.spec.whatwg.org/#fetching>, as far as it concerns a client that is not a browser: it has no origin,
//! cache, cookies or referrers, and blocks no ports. It speaks HTTP/2 with servers of which it knows
//! that they speak nothing else.

use std::io::ErrorKind;

use http::StatusCode;
use http::header::LOCATION;

use crate::client::exchange::{Response, exchange};
use crate::client::http_error::ExchangeError;
use crate::client::request::Request;
use crate::client::url::{BadUrl, Url};
use crate::defect::list::Defect;
use crate::defect::switches::Defects;

/// The most redirects of one fetch, <https://fetch.spec.whatwg.org/#http-redirect-fetch>.
const REDIRECT_LIMIT: usize = 20;

/// A network error, <https://fetch.spec.whatwg.org/#concept-network-error>.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NetworkError {
    /// No response arrived.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// A redirect leads to something that is not fetched.
    #[error("the redirect cannot be followed: {0}")]
    Location(#[from] BadUrl),
    /// More than one `Location`.
    #[error("the redirect has several targets")]
    Locations,
    /// More redirects than Fetch allows.
    #[error("more than {REDIRECT_LIMIT} redirects")]
    TooManyRedirects,
    /// The client gives up a redirect and connects again, which only a defect does.
    #[error("the redirect is not followed")]
    StartedAgain,
    /// This client trusts no certificate.
    #[error("{0} needs TLS, for which this client trusts no certificate")]
    Tls(Url),
}

impl NetworkError {
    /// Whether "the user agent knows that to be futile" to connect again. Network failures may be temporary; the target
    /// of a redirect is assumed to be intended.
    pub(crate) fn is_futile(&self) -> bool {
        match self {
            Self::Exchange(ExchangeError::Connect(_)) => self.is_distrust(),
            Self::Exchange(ExchangeError::Http(_)) | Self::StartedAgain => false,
            Self::Exchange(ExchangeError::Request(_)) => true,
            Self::Location(_) | Self::Locations | Self::TooManyRedirects | Self::Tls(_) => true,
        }
    }

    /// Whether the certificate of the server is not trusted, or the handshake of TLS fails otherwise.
    pub(crate) fn is_distrust(&self) -> bool {
        matches!(self, Self::Exchange(ExchangeError::Connect(error)) if error.kind() == ErrorKind::InvalidData)
    }
}

/// Fetches, and follows redirects: <https://fetch.spec.whatwg.org/#http-fetch>. The request is changed by them and
/// stays changed for the next fetch; only their count restarts. (In the text the count belongs to the request too, which
/// would end an event source after its twentieth redirect.)
pub(crate) async fn fetch(request: &mut Request, defects: &Defects) -> Result<Response, NetworkError> {
    let first = request.url().clone();
    let mut redirects = 0;
    loop {
        check_scheme(request)?;
        let response = exchange(request, defects).await?;
        if is_redirect(response.status) && defects.has(Defect::RedirectIsANetworkError) {
            return Err(NetworkError::StartedAgain);
        }
        if is_redirect(response.status) && is_not_followed(response.status, defects) {
            return Ok(response);
        }
        let base = if *request.url() != first && defects.has(Defect::LocationRelativeToFirst) {
            &first
        } else {
            request.url()
        };
        let location = match location_url(&response, base, defects) {
            Err(_) if defects.has(Defect::BadTargetHangs) => std::future::pending().await,
            Ok(Some(_)) if is_empty(&response) && defects.has(Defect::EmptyLocationHangs) => {
                std::future::pending().await
            }
            location => location?,
        };
        let Some(location) = location else { return Ok(response) };
        let has = |count, defect| redirects >= count && defects.has(defect);
        let few = has(5, Defect::FewRedirectsFollowed) || has(16, Defect::SixteenRedirectsFollowed);
        if has(9, Defect::NineRedirectsFollowed) {
            return Err(NetworkError::StartedAgain);
        }
        let many = (redirects < 30 && defects.has(Defect::ThirtyRedirectsFollowed))
            || defects.has(Defect::RedirectsFollowedForEver);
        if few || (redirects >= REDIRECT_LIMIT && !many) {
            return Err(NetworkError::TooManyRedirects);
        }
        redirects += 1;
        request.redirect(response.status, location);
    }
}

/// Whether the `Location` is empty, which makes the URL of the response the target.
fn is_empty(response: &Response) -> bool {
    response.headers.get(LOCATION).is_some_and(|location| location.is_empty())
}

/// Decides whether a redirect is ignored. By the standard, every redirect is followed.
fn is_not_followed(status: StatusCode, defects: &Defects) -> bool {
    defects.has(Defect::RedirectsNotFollowed)
        || defects.has(Defect::RedirectIsRead)
        || (!matches!(status.as_u16(), 301 | 307) && defects.has(Defect::OtherThan301And307NotFollowed))
        || match status.as_u16() {
            303 => defects.has(Defect::SeeOtherNotFollowed),
            307 => defects.has(Defect::TemporaryRedirectNotFollowed),
            308 => defects.has(Defect::PermanentRedirectNotFollowed),
            _ => false,
        }
}

/// Checks that this client can fetch the URL: over TLS only if it trusts certificates.
fn check_scheme(request: &Request) -> Result<(), NetworkError> {
    let url = request.url();
    if url.needs_tls() && request.trust().is_none() { Err(NetworkError::Tls(url.clone())) } else { Ok(()) }
}

/// The response's location URL, <https://fetch.spec.whatwg.org/#concept-response-location-url>: `None` for a response
/// that is not a redirect or has no `Location`. It is relative to the URL of the response.
fn location_url(response: &Response, url: &Url, defects: &Defects) -> Result<Option<Url>, NetworkError> {
    if !is_redirect(response.status) {
        return Ok(None);
    }
    let mut locations = response.headers.get_all(LOCATION).iter();
    match (locations.next(), locations.next()) {
        (None, _) => Ok(None),
        (Some(location), None) => {
            let absolute = location.as_bytes().starts_with(b"http");
            if !absolute && defects.has(Defect::RelativeLocationRefused) {
                return Err(NetworkError::Locations);
            }
            Ok(Some(Url::parse(&String::from_utf8_lossy(location.as_bytes()), Some(url))?))
        }
        // `Location` "allows a single header", <https://fetch.spec.whatwg.org/#extract-header-list-values>.
        (Some(_), Some(_)) => Err(NetworkError::Locations),
    }
}

/// <https://fetch.spec.whatwg.org/#redirect-status>
fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}
