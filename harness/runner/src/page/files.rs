//! The page's files, and the HTTP responses with them.

use std::borrow::Cow;

use ssespec_mock_server::wire::Request;

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

/// The response to a request for a file of the page. It ends the connection, so that no idle connection is left for a
/// stream to reuse.
pub(super) fn answer(request: &Request, path: &str, library: Option<&PageLibrary>) -> Vec<u8> {
    match content(path, library) {
        Some((kind, text)) => message("200 OK", kind, &text, &request.method),
        None => {
            let text = "There is no such file.\n";
            message("404 Not Found", "text/plain; charset=utf-8", text, &request.method)
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

/// A complete response that ends its connection.
pub(super) fn message(status: &str, kind: &str, text: &str, method: &str) -> Vec<u8> {
    let body = if method == "HEAD" { "" } else { text };
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         referrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n{body}",
        text.len()
    )
    .into_bytes()
}
