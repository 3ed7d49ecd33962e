//! The page's files, and the HTTP responses with them.

use ssespec_mock_server::wire::Request;

/// A file of the page: its path after the token, its media type, and its content.
struct File {
    path: &'static str,
    kind: &'static str,
    text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: [File; 8] = [
    File { path: "", kind: HTML, text: include_str!("web/index.html") },
    File { path: "style.css", kind: "text/css; charset=utf-8", text: include_str!("web/style.css") },
    File { path: "view.js", kind: SCRIPT, text: include_str!("web/view.js") },
    File { path: "session.js", kind: SCRIPT, text: include_str!("web/session.js") },
    File { path: "page.js", kind: SCRIPT, text: include_str!("web/page.js") },
    File { path: "dedicated-worker.js", kind: SCRIPT, text: include_str!("web/dedicated-worker.js") },
    File { path: "shared-worker.js", kind: SCRIPT, text: include_str!("web/shared-worker.js") },
    File { path: "frame.html", kind: HTML, text: include_str!("web/frame.html") },
];

/// The response to a request for a file of the page. It ends the connection, so that no idle connection is left for a
/// stream to reuse.
pub(super) fn answer(request: &Request, path: &str) -> Vec<u8> {
    let Some(file) = FILES.iter().find(|file| file.path == path) else {
        return message(
            "404 Not Found",
            "text/plain; charset=utf-8",
            "There is no such file.\n",
            &request.method,
        );
    };
    message("200 OK", file.kind, file.text, &request.method)
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
