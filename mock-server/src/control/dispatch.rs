//! Which request does what.

use http::{HeaderValue, Method, Request, StatusCode, header};
use hyper::body::Incoming;
use serde::Serialize;

use super::answer::{Answer, Refusal, json, typed};
use super::guard::{Peer, admit};
use super::served::{OPENAPI, PAGE_PATH, Served};
use super::{journal, scenario, streams, verify};

/// The page.
const PAGE: &str = include_str!("page.html");

/// Everything that can be asked for.
const PATHS: [(&str, &[Method]); 12] = [
    ("/", &[Method::GET]),
    ("/health", &[Method::GET]),
    ("/openapi.json", &[Method::GET]),
    ("/streams", &[Method::GET]),
    ("/streams/push", &[Method::POST]),
    ("/streams/drop", &[Method::POST]),
    ("/streams/end", &[Method::POST]),
    ("/journal", &[Method::GET, Method::DELETE]),
    ("/journal/events", &[Method::GET]),
    ("/scenario", &[Method::GET, Method::PUT]),
    ("/scenario/reset", &[Method::POST]),
    ("/verify", &[Method::GET, Method::POST]),
];

#[derive(Serialize)]
struct Health<'a> {
    status: &'static str,
    url: &'a str,
    streams: usize,
}

pub(super) async fn answer(served: &Served, peer: Peer, request: Request<Incoming>) -> Answer {
    let is_head = request.method() == Method::HEAD;
    let answer = dispatch(served, peer, request).await.unwrap_or_else(Answer::from);
    if is_head { answer.map(|_| super::answer::Body::default()) } else { answer }
}

async fn dispatch(served: &Served, peer: Peer, request: Request<Incoming>) -> Result<Answer, Refusal> {
    admit(request.headers(), peer)?;
    let control = &served.control;
    // The page asks below its own path.
    let path = request.uri().path();
    let path = path.strip_prefix(PAGE_PATH.trim_end_matches('/')).unwrap_or(path).to_owned();
    let method = match request.method() {
        &Method::HEAD => Method::GET,
        method => method.clone(),
    };
    match (method, path.as_str()) {
        (Method::GET, "/") => Ok(page()),
        (Method::GET, "/health") => {
            let streams = control.streams().count();
            Ok(json(StatusCode::OK, &Health { status: "ok", url: &served.url, streams }))
        }
        (Method::GET, "/openapi.json") => Ok(typed(StatusCode::OK, "application/json", OPENAPI)),
        (Method::GET, "/streams") => streams::list(control, &request),
        (Method::POST, "/streams/push") => streams::push(control, request).await,
        (Method::POST, "/streams/drop") => streams::drop_streams(control, request).await,
        (Method::POST, "/streams/end") => streams::end(control, request).await,
        (Method::GET, "/journal") => journal::read(control, &request).await,
        (Method::DELETE, "/journal") => journal::clear(control, &request),
        (Method::GET, "/journal/events") => journal::stream(control, &request),
        (Method::GET, "/scenario") => scenario::show(control, &request),
        (Method::PUT, "/scenario") => scenario::replace(control, request).await,
        (Method::POST, "/scenario/reset") => scenario::reset(control, &request).await,
        (Method::GET, "/verify") => verify::scripts(control, &request),
        (Method::POST, "/verify") => verify::requests(control, request).await,
        (method, path) => Ok(unknown(&method, path)),
    }
}

fn page() -> Answer {
    let mut answer = typed(StatusCode::OK, "text/html; charset=utf-8", PAGE);
    // What clients send is shown; it must never become code.
    let policy = "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                  base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    answer
}

fn unknown(method: &Method, path: &str) -> Answer {
    if let Some((_, methods)) = PATHS.iter().find(|(known, _)| *known == path) {
        let allowed = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("{path} does not take {method}");
        let hint = format!("use {allowed}");
        let mut answer = Answer::from(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message, hint));
        if let Ok(allowed) = HeaderValue::from_str(&allowed) {
            answer.headers_mut().insert(header::ALLOW, allowed);
        }
        return answer;
    }
    let known: Vec<&str> = PATHS.iter().map(|(known, _)| *known).collect();
    let hint = format!("the paths are {}; /openapi.json describes them", known.join(", "));
    Refusal::new(StatusCode::NOT_FOUND, format!("there is no {path:?}"), hint).into()
}
