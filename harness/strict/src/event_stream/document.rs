//! Lines of documents that were sent instead of an event stream, or into one.

/// How markup begins.
const MARKUP: &[&str] = &["<!doctype", "<html", "<?xml", "<head", "<body", "<h1", "<pre"];

/// How the errors of web frameworks begin: another response, or a message in plain text, markup or JSON.
const ERRORS: &[&str] = &[
    "http/1.",
    "<br />",
    "<b>fatal error",
    "fatal error: ",
    "php fatal error: ",
    "traceback (most recent call last):",
    "internal server error",
];

/// Whether the first line of a stream looks like that of markup or JSON.
pub(super) fn is_start(line: &[u8]) -> bool {
    begins_with_one_of(line, MARKUP) || begins_with_one_of(line, &["{", "["])
}

/// Whether a line looks like the start of an error page, or of an error in another form.
pub(super) fn is_error(line: &[u8]) -> bool {
    begins_with_one_of(line, MARKUP) || begins_with_one_of(line, ERRORS) || is_error_in_json(line)
}

/// Other JSON may be an event whose field name is missing.
fn is_error_in_json(line: &[u8]) -> bool {
    let Some(rest) = line.trim_ascii().strip_prefix(b"{\"") else { return false };
    let word = |word: &[u8]| rest.windows(word.len()).any(|text| text.eq_ignore_ascii_case(word));
    rest.starts_with(b"detail\"") || word(b"error")
}

fn begins_with_one_of(line: &[u8], starts: &[&str]) -> bool {
    let text = line.trim_ascii_start();
    let begins =
        |start: &str| text.get(..start.len()).is_some_and(|s| s.eq_ignore_ascii_case(start.as_bytes()));
    starts.iter().any(|start| begins(start))
}
