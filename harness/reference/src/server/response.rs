//! The head of a response, for any version of HTTP.

use std::sync::Arc;
use std::time::SystemTime;

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;
use crate::server::request::Request;
use crate::server::stream_queue::StreamQueue;
use crate::server::topic::{Opening, Topic};
use crate::server::topics::Topics;

/// What follows the head.
#[derive(Debug)]
pub(crate) enum Content {
    /// This stream of this topic.
    Stream(Arc<Topic>, Arc<StreamQueue>),
    /// Nothing, without a Content-Length.
    None,
    /// This text, with a Content-Length.
    Text(&'static str),
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Its fields, without those of the framing.
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) content: Content,
}

impl Response {
    fn new(status: u16, content: Content, defects: &Defects) -> Self {
        let mut fields = Vec::new();
        if !defects.has(Defect::NoDate) {
            fields.push(("date", httpdate::fmt_http_date(SystemTime::now())));
        }
        Self { status, fields, content }
    }

    /// The reason phrase of its status.
    pub(crate) fn reason(&self) -> &'static str {
        match self.status {
            200 => "OK",
            201 => "Created",
            204 => "No Content",
            404 => "Not Found",
            405 => "Method Not Allowed",
            406 => "Not Acceptable",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        }
    }
}

/// Responds to a request.
pub(crate) fn respond(request: &Request, topics: &Topics) -> Response {
    let defects = topics.defects();
    let plain = |status| Response::new(status, Content::Text(""), defects);
    let Some(topic) = topics.topic(&request.path) else { return plain(404) };
    match request.method.as_str() {
        "GET" => {}
        "HEAD" => return stream(Content::None, defects),
        _ => {
            let mut response = plain(405);
            response.fields.push(("allow", "GET, HEAD".into()));
            return response;
        }
    }
    let id = request.last_event_id(defects);
    if let Some(status) = refusal(request, &topic, id.as_deref(), defects) {
        return plain(status);
    }
    match topic.open(id.as_deref()) {
        Opening::Stream(queue) => stream(Content::Stream(topic, queue), defects),
        Opening::NoContent if defects.has(Defect::StopHasContent) => {
            Response { status: 204, ..Response::new(204, Content::Text("gone"), defects) }
        }
        Opening::NoContent if defects.has(Defect::StopHasLength) => plain(204),
        Opening::NoContent => Response::new(204, Content::None, defects),
        Opening::Status(status) => plain(status),
    }
}

/// The head of a stream.
fn stream(content: Content, defects: &Defects) -> Response {
    let has = |defect| defects.has(defect);
    let status = if has(Defect::Created) { 201 } else { 200 };
    let mut response = Response::new(status, content, defects);
    let kind = if has(Defect::PlainType) {
        "text/plain"
    } else if has(Defect::OtherCharset) {
        "text/event-stream; charset=iso-8859-1"
    } else {
        "text/event-stream"
    };
    response.fields.push(("content-type", kind.into()));
    if has(Defect::TwoTypes) {
        response.fields.push(("content-type", "text/event-stream; charset=utf-8".into()));
    }
    if !has(Defect::StoredByCaches) {
        response.fields.push(("cache-control", "no-store".into()));
    }
    if has(Defect::CodingUnasked) {
        response.fields.push(("content-encoding", "gzip".into()));
    }
    response
}

/// Decides whether a GET request for a topic is refused, and with which status. A sound server refuses none.
fn refusal(request: &Request, topic: &Topic, id: Option<&str>, defects: &Defects) -> Option<u16> {
    let accept = request.field("accept");
    if accept.as_deref().is_none_or(|accept| accept.contains("*/*")) && defects.has(Defect::AnythingRefused) {
        return Some(406);
    }
    if accept.is_some_and(|accept| accept.contains(',')) && defects.has(Defect::ListRefused) {
        return Some(406);
    }
    let id = id.filter(|id| !id.is_empty())?;
    if id.contains(['<', '%', '\'']) && defects.has(Defect::HostileIdFails) {
        return Some(500);
    }
    (!topic.knows(id) && defects.has(Defect::UnknownIdNotFound)).then_some(404)
}
