//! The head of a response, whatever version of HTTP carries it.

use std::sync::Arc;

use tokio::sync::Notify;

use super::date;
use super::defect::{Defects, ServerDefect as Defect};
use super::outlet::Outlet;
use super::request::Request;
use super::site::Site;
use super::topic::{Opening, Topic};

/// What follows the head.
#[derive(Debug)]
pub(super) enum Content {
    /// This stream of this topic.
    Stream(Arc<Topic>, Arc<Outlet>),
    /// Nothing, and its length is not told.
    None,
    /// This, and its length is told.
    Text(&'static str),
}

/// A response.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Its fields but for those of the framing.
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) content: Content,
}

impl Answer {
    fn new(status: u16, content: Content, defects: &Defects) -> Self {
        let mut fields = Vec::new();
        if !defects.has(Defect::NoDate) {
            fields.push(("date", date::now()));
        }
        Self { status, fields, content }
    }

    /// The words for its status.
    pub(super) fn reason(&self) -> &'static str {
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

/// Answers a request; a stream that comes of it wakes its connection so.
pub(super) fn answer(request: &Request, site: &Site, woken: Arc<Notify>) -> Answer {
    let defects = site.defects();
    let plain = |status| Answer::new(status, Content::Text(""), defects);
    let Some(topic) = site.topic(&request.path) else { return plain(404) };
    match request.method.as_str() {
        "GET" => {}
        "HEAD" => return stream(Content::None, defects),
        _ => {
            let mut answer = plain(405);
            answer.fields.push(("allow", "GET, HEAD".into()));
            return answer;
        }
    }
    let id = request.last_event_id(defects);
    if defects.any()
        && let Some(status) = refused_wrongly(request, &topic, id.as_deref(), defects)
    {
        return plain(status);
    }
    match topic.open(id.as_deref(), woken) {
        Opening::Stream(outlet) => stream(Content::Stream(topic, outlet), defects),
        Opening::NoContent if defects.has(Defect::StopHasContent) => {
            Answer { status: 204, ..Answer::new(204, Content::Text("gone"), defects) }
        }
        Opening::NoContent if defects.has(Defect::StopHasLength) => plain(204),
        Opening::NoContent => Answer::new(204, Content::None, defects),
        Opening::Status(status) => plain(status),
    }
}

/// The head of a stream.
fn stream(content: Content, defects: &Defects) -> Answer {
    let has = |defect| defects.has(defect);
    let status = if has(Defect::Created) { 201 } else { 200 };
    let mut answer = Answer::new(status, content, defects);
    let kind = if has(Defect::PlainType) {
        "text/plain"
    } else if has(Defect::OtherCharset) {
        "text/event-stream; charset=iso-8859-1"
    } else {
        "text/event-stream"
    };
    answer.fields.push(("content-type", kind.into()));
    if has(Defect::TwoTypes) {
        answer.fields.push(("content-type", "text/event-stream; charset=utf-8".into()));
    }
    if !has(Defect::StoredByCaches) {
        answer.fields.push(("cache-control", "no-store".into()));
    }
    if has(Defect::CodingUnasked) {
        answer.fields.push(("content-encoding", "gzip".into()));
    }
    answer
}

/// The status with which a defect refuses a request.
fn refused_wrongly(request: &Request, topic: &Topic, id: Option<&str>, defects: &Defects) -> Option<u16> {
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
