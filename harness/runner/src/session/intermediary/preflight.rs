//! Whether an intermediary forwards to the harness at all, and what it can do, before hundreds of cases fail because it
//! does not.

use std::time::{Duration, Instant};

use ssespec_cases::server::{Http, Request};
use ssespec_mock_server::action::Respond;
use ssespec_mock_server::wire::{Exchange, WireEvent, WireEventKind};
use ssespec_reports::advice::KnownProxy;
use tokio::sync::mpsc;

use super::session::stream_reading;
use crate::session::server::outlet::StreamUpdate;
use crate::session::server::stream::Stream;
use crate::session::server::stream_contents::{ResponseHead, Seen};
use crate::target::Target;
use crate::upstream::Proxy;

/// How long the intermediary may take to forward a request.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it may take to forward over HTTP/2, which it need not speak.
const HTTP2_PATIENCE: Duration = Duration::from_secs(2);

/// How long it may hold an event back.
const EVENT_PATIENCE: Duration = Duration::from_secs(2);

/// How often an intermediary is asked that cannot reach the origin, which it may have missed so far.
const ATTEMPTS: usize = 8;

/// How long to wait between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

/// What is sent to see whether it passes.
const EVENT: &[u8] = b"data: preflight\n\n";

/// Why no intermediary can be tested.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreflightError {
    /// Nobody listens in front.
    #[error("no intermediary at {url}: {problem}")]
    Unreachable {
        /// The URL in front.
        url: String,
        /// What the operating system said.
        problem: String,
    },
    /// It answers on its own.
    #[error("{url} answers {status} without asking {upstream}")]
    Answers {
        /// The URL in front.
        url: String,
        /// The status of its response.
        status: u16,
        /// The address behind.
        upstream: String,
    },
    /// It does nothing.
    #[error("{url} neither answers nor asks {upstream} within {}", humantime::format_duration(PATIENCE))]
    Silent {
        /// The URL in front.
        url: String,
        /// The address behind.
        upstream: String,
    },
    /// It asks for another path.
    #[error("{url} asks {upstream} for {found:?} when it is asked for {asked:?}")]
    OtherPath {
        /// The URL in front.
        url: String,
        /// The address behind.
        upstream: String,
        /// The path in front.
        asked: String,
        /// The path behind.
        found: String,
    },
    /// It does not pass the response on.
    #[error(
        "{url} asks {upstream}, but does not pass a complete response on within {}: {observed}",
        humantime::format_duration(PATIENCE)
    )]
    NotPassed {
        /// The URL in front.
        url: String,
        /// The address behind.
        upstream: String,
        /// What came in place of it.
        observed: String,
    },
}

impl PreflightError {
    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable { url, problem }
                if url.starts_with("https") && problem.contains("certificate") =>
            {
                "--ca FILE trusts the certificates in a PEM file, --insecure trusts every certificate"
            }
            Self::Unreachable { .. } => {
                "start the proxy first, and give the URL at which clients reach it: --listen URL"
            }
            Self::Answers { status: 502..=504, .. } => {
                "the proxy cannot reach its origin: configure it to forward to the address of --upstream, where ssespec \
                 listens now"
            }
            Self::Answers { .. } | Self::Silent { .. } => {
                "configure the proxy to forward every path to the address of --upstream, where ssespec listens now"
            }
            Self::OtherPath { .. } => "configure the proxy to forward paths unchanged",
            Self::NotPassed { .. } => "try the proxy with curl and `ssespec mock` first",
        }
    }
}

impl PreflightError {
    /// What to do if the harness has started the intermediary, whose configuration comes from templates.
    pub fn hint_for_folder(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => {
                "configure the proxy to listen at `{listen}`, and to answer every request"
            }
            Self::Answers { .. } | Self::Silent { .. } => {
                "configure the proxy to forward every path to `{upstream}`, where ssespec listens"
            }
            Self::OtherPath { .. } | Self::NotPassed { .. } => self.hint(),
        }
    }
}

/// What an intermediary is, and what it can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Abilities {
    /// Its name and version, as far as its responses say.
    pub(crate) name: String,
    pub(crate) version: String,
    /// Which known program it is.
    pub(crate) program: Option<KnownProxy>,
    /// Whether it speaks HTTP/2 in front, over TLS or over cleartext TCP with prior knowledge.
    pub(crate) http2: bool,
    /// Whether it asks the origin over HTTP/2.
    pub(crate) http2_upstream: bool,
    /// Whether it can be made to reload its configuration.
    pub(crate) reloads: bool,
    /// Whether it passes events on while the response is open.
    pub(crate) passes_events: bool,
}

/// Checks whether an intermediary forwards to the harness.
///
/// # Errors
/// If it does not.
pub(crate) async fn check(proxy: &Proxy) -> Result<Abilities, PreflightError> {
    let mut attempts = 1;
    let first = loop {
        match forward(proxy, Http::Http11, PATIENCE).await {
            Err(PreflightError::Answers { status: 502..=504, .. }) if attempts < ATTEMPTS => {
                attempts += 1;
                tokio::time::sleep(PAUSE).await;
            }
            first => break first?,
        }
    };
    let http2 = forward(proxy, Http::Http2, HTTP2_PATIENCE).await.is_ok();
    let program = proxy.program.or_else(|| program(&first.head));
    let (name, version) = name(&first.head);
    // A program that says nothing of itself is called what the user calls it.
    let name = proxy.name.clone().or(name).or_else(|| program.map(|program| program.word().to_owned()));
    let name = name.unwrap_or_else(|| "proxy".into());
    let version = proxy.version.clone().unwrap_or(version);
    Ok(Abilities {
        name,
        version,
        program,
        http2,
        http2_upstream: proxy.upstream.is_multiplexed(),
        reloads: proxy.reload.is_some(),
        passes_events: first.passed_event,
    })
}

/// What was seen of a request that was forwarded.
struct Forwarded {
    head: ResponseHead,
    /// Whether the event came before the response ended.
    passed_event: bool,
}

/// A request, and what has been seen of it.
struct Attempt {
    wire: mpsc::UnboundedReceiver<WireEvent>,
    told: mpsc::Receiver<StreamUpdate>,
    head: Option<ResponseHead>,
    content: Vec<u8>,
    /// Whether the response has ended, and how if not cleanly.
    end: Option<Option<String>>,
}

impl Attempt {
    /// Takes in what comes until something is so; gives the request at the origin if that comes.
    async fn until(&mut self, deadline: Instant, enough: impl Fn(&Self) -> bool) -> Option<Exchange> {
        while !enough(self) {
            tokio::select! {
                Some(event) = self.wire.recv() => {
                    if let WireEventKind::Request(exchange) = event.kind {
                        return Some(exchange);
                    }
                }
                Some(told) = self.told.recv() => match told.seen {
                    Seen::Head(head) => self.head = Some(head),
                    Seen::Content(bytes) => self.content.extend_from_slice(&bytes),
                    Seen::End => self.end = Some(None),
                    Seen::Broken(how) | Seen::Violation(how) => self.end = Some(Some(how)),
                    _ => {}
                },
                () = tokio::time::sleep_until(deadline.into()) => break,
            }
        }
        None
    }
}

async fn forward(proxy: &Proxy, http: Http, patience: Duration) -> Result<Forwarded, PreflightError> {
    let front = proxy.front.of(http);
    let (url, upstream) = (front.origin(), proxy.upstream.address().to_string());
    let (tell_wire, wire) = mpsc::unbounded_channel();
    let session = proxy.upstream.number();
    let share = proxy.share(tell_wire);
    share.begin(session);
    let target = Target { path: format!("/{session}/"), ..front.clone() };
    let (tell, told) = mpsc::channel(1024);
    let request = Request { http, ..Request::default() };
    let unreachable = |problem: String| PreflightError::Unreachable { url: url.clone(), problem };
    let (trust, mut shared) = (proxy.downstream.trust(), None);
    let opening = Stream::open((&target, trust), &request, (0, stream_reading()), &tell, &mut shared);
    let stream = tokio::time::timeout(patience, opening).await;
    let _stream = stream
        .map_err(|_| unreachable("no connection in time".into()))?
        .map_err(|problem| unreachable(problem.to_string()))?;
    let mut attempt = Attempt { wire, told, head: None, content: Vec::new(), end: None };
    let deadline = Instant::now() + patience;
    let came = attempt.until(deadline, |attempt| attempt.head.is_some() || attempt.end.is_some()).await;
    let Some(mut exchange) = came else {
        let strays = proxy.upstream.strays();
        return Err(
            match (attempt.head, strays.into_iter().find(|path| path.contains(&session.to_string()))) {
                (_, Some(found)) => PreflightError::OtherPath { url, upstream, asked: target.path, found },
                (Some(head), None) => PreflightError::Answers { url, status: head.status, upstream },
                (None, None) => match attempt.end {
                    Some(how) => unreachable(how.unwrap_or_else(|| "an empty response".into())),
                    None => PreflightError::Silent { url, upstream },
                },
            },
        );
    };
    // The intermediary may leave at any time, which is seen in front.
    let _ = exchange.respond(&Respond::default(), str::to_owned).await;
    let _ = exchange.send(EVENT).await;
    let soon = Instant::now() + EVENT_PATIENCE;
    let is_whole = |attempt: &Attempt| attempt.content == EVENT;
    attempt.until(soon, |attempt| is_whole(attempt) || attempt.end.is_some()).await;
    let passed_event = is_whole(&attempt);
    let _ = exchange.end().await;
    // One that holds the response back until now has not had this time yet.
    let deadline = deadline.max(soon + patience);
    attempt.until(deadline, |attempt| attempt.end.is_some()).await;
    share.end(PAUSE).await;
    let not_passed = |observed: String| PreflightError::NotPassed {
        url: url.clone(),
        upstream: upstream.clone(),
        observed,
    };
    match (attempt.head, attempt.end) {
        (Some(head), Some(None)) if head.status == 200 => Ok(Forwarded { head, passed_event }),
        (Some(head), _) if head.status != 200 => Err(not_passed(format!("status {}", head.status))),
        (_, Some(Some(how))) => Err(not_passed(how)),
        (None, _) => Err(not_passed("no response".into())),
        (Some(_), _) => Err(not_passed("no end of the response".into())),
    }
}

/// The name and version of an intermediary: its own product in Server, or what it calls itself in Via,
/// <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.3>.
fn name(head: &ResponseHead) -> (Option<String>, String) {
    let first = |field: &str| {
        let value = head.values(field).next().map(|value| String::from_utf8_lossy(value).into_owned());
        value.filter(|value| !value.trim().is_empty())
    };
    let product = first("server").and_then(|value| value.split_whitespace().next().map(str::to_owned));
    // The second word is the name, after the version of HTTP.
    let via = || first("via").and_then(|value| value.split_whitespace().nth(1).map(str::to_owned));
    let Some(product) = product.or_else(via) else { return (None, String::new()) };
    match product.split_once('/') {
        Some((name, version)) => (Some(name.to_owned()), version.to_owned()),
        None => (Some(product.trim_end_matches(',').to_owned()), String::new()),
    }
}

/// The known program that says in Server or Via that it has forwarded a response. The origin of the harness adds neither.
fn program(head: &ResponseHead) -> Option<KnownProxy> {
    let values = ["server", "via"].into_iter().flat_map(|field| head.values(field));
    let values: Vec<String> = values.map(|value| String::from_utf8_lossy(value).into_owned()).collect();
    KnownProxy::recognized(values.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intermediary_is_known_by_its_fields() {
        let of = |fields: &[(&str, &str)]| {
            let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
            name(&ResponseHead { status: 200, fields: fields.collect() })
        };
        assert_eq!(of(&[("Server", "nginx/1.22.1")]), (Some("nginx".into()), "1.22.1".into()));
        assert_eq!(of(&[("via", "1.1 varnish (Varnish/7.1)")]), (Some("varnish".into()), String::new()));
        assert_eq!(of(&[("server", "Caddy"), ("via", "1.1 other")]), (Some("Caddy".into()), String::new()));
        assert_eq!(of(&[]), (None, String::new()));
    }
}
