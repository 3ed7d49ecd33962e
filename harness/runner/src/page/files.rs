//! The page's files, and the HTTP responses with them.

use std::borrow::Cow;

use ssespec_mock_server::action::Respond;

use super::library::PageLibrary;

/// A file of the page: its path after the token, its media type, and its content.
struct File {
    path: &'static str,
    kind: &'static str,
    text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: [File; 9] = [
    File { path: "", kind: HTML, text: include_str!("web/index.html") },
    File { path: "style.css", kind: "text/css; charset=utf-8", text: include_str!("web/style.css") },
    File { path: "view.js", kind: SCRIPT, text: include_str!("web/view.js") },
    File { path: "session.js", kind: SCRIPT, text: include_str!("web/session.js") },
    File { path: "library-session.js", kind: SCRIPT, text: include_str!("web/library-session.js") },
    File { path: "page.js", kind: SCRIPT, text: include_str!("web/page.js") },
    File { path: "dedicated-worker.js", kind: SCRIPT, text: include_str!("web/dedicated-worker.js") },
    File { path: "shared-worker.js", kind: SCRIPT, text: include_str!("web/shared-worker.js") },
    File { path: "frame.html", kind: HTML, text: include_str!("web/frame.html") },
];

/// What is answered to a request.
pub(super) struct Answer {
    status: u16,
    reason: &'static str,
    kind: &'static str,
    text: String,
}

impl Answer {
    /// The answer to a request for a file of the page.
    pub(super) fn to(path: &str, library: Option<&PageLibrary>) -> Self {
        match content(path, library) {
            Some((kind, text)) => Self { status: 200, reason: "OK", kind, text: text.into_owned() },
            None => Self::plain(404, "Not Found", "There is no such file.\n"),
        }
    }

    /// The answer to a request for the WebSocket that does not ask for one.
    pub(super) fn upgrade_required() -> Self {
        Self::plain(426, "Upgrade Required", "This path accepts only WebSocket connections.\n")
    }

    fn plain(status: u16, reason: &'static str, text: &str) -> Self {
        Self { status, reason, kind: "text/plain; charset=utf-8", text: text.into() }
    }

    fn fields(&self) -> [(&'static str, &'static str); 4] {
        [
            ("content-type", self.kind),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ]
    }

    /// The response over HTTP/1.1. It ends the connection, so that no idle connection is left for a stream to reuse.
    pub(super) fn message(&self, method: &str) -> Vec<u8> {
        let Self { status, reason, text, .. } = self;
        let fields: String = self.fields().map(|(name, value)| format!("{name}: {value}\r\n")).concat();
        let body = if method == "HEAD" { "" } else { text };
        let length = text.len();
        format!("HTTP/1.1 {status} {reason}\r\n{fields}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .into_bytes()
    }

    /// The response over HTTP/2.
    pub(super) fn response(&self) -> Respond {
        let fields = self.fields().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Respond {
            status: self.status,
            headers: Some(fields.to_vec()),
            body: Some(self.text.clone().into_bytes()),
            ..Respond::default()
        }
    }
}

/// The path of the script that exposes a library.
const LIBRARY: &str = "library.js";

/// The media type and the content of a file.
fn content<'l>(path: &str, library: Option<&'l PageLibrary>) -> Option<(&'static str, Cow<'l, str>)> {
    if let (Some(library), LIBRARY) = (library, path) {
        return Some((SCRIPT, library.text().into()));
    }
    let file = FILES.iter().find(|file| file.path == path)?;
    match library {
        // The page has to know that there is a library, also where its script cannot be loaded.
        Some(library) if path.is_empty() => {
            let named = format!("<body data-library=\"{}\" ", library.element_type());
            Some((file.kind, file.text.replacen("<body ", &named, 1).into()))
        }
        _ => Some((file.kind, file.text.into())),
    }
}
