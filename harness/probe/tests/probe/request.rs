//! A request that the server gets, and what other origins may do.

use crate::flaw::Flaw::*;
use crate::server::Flaws;

/// A request.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) is_http10: bool,
    pub(crate) fields: Vec<(String, String)>,
}

impl Request {
    pub(crate) fn parse(head: &str) -> Self {
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
        let (method, path, version) = (words.next(), words.next(), words.next());
        let fields = lines.filter_map(|line| line.split_once(':'));
        Self {
            method: method.unwrap_or_default(),
            path: path.unwrap_or_default(),
            is_http10: version.as_deref() == Some("HTTP/1.0"),
            fields: fields.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect(),
        }
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The CORS fields of the response.
pub(crate) fn cors(request: &Request, flaws: &Flaws) -> String {
    let has = |flaw| flaws.contains(&flaw);
    let vary = if has(EchoWithoutVary) { "" } else { "vary: Origin\r\n" };
    let origin = request.field("origin");
    let mut fields = match origin {
        Some(_) if has(NullOrigin) => "access-control-allow-origin: null\r\n".into(),
        Some(_) if has(StarWithCredentials) => {
            "access-control-allow-origin: *\r\naccess-control-allow-credentials: true\r\n".into()
        }
        Some(origin) if has(CookieWithCredentials) => format!(
            "access-control-allow-origin: {origin}\r\naccess-control-allow-credentials: true\r\nset-cookie: a=b\r\n{vary}"
        ),
        Some(origin) if has(TwoOrigins) => {
            format!("access-control-allow-origin: {origin}, https://other.example\r\n{vary}")
        }
        Some(origin) => format!("access-control-allow-origin: {origin}\r\n{vary}"),
        None => vary.to_owned(),
    };
    let channel = request.path.split(['?', '&']).find_map(|part| part.strip_prefix("channel="));
    if let (true, Some(channel)) = (has(InjectsFieldOfQuery), channel) {
        let channel = channel.replace("%0d%0a", "\r\n").replace("%20", " ");
        fields.push_str(&format!("x-channel: {channel}\r\n"));
    }
    if let (true, Some(id)) = (has(InjectsField), request.field("last-event-id")) {
        fields.push_str(&format!("x-resumed-from: {}\r\n", id.replace("%0d%0a", "\r\n").replace("%20", " ")));
    }
    fields
}
