//! Reads the head of a request. It is lenient where a client may be judged by what it sends: any byte except a line
//! ending may be in a field value, and whitespace at the ends of a value is kept.

#[cfg(test)]
mod tests;

use super::request::{FIELD_LIMIT, Malformed, Request, Version};

/// The longest method that is read. The longest registered one has 17 letters.
const METHOD_LIMIT: usize = 64;

/// Finds the end of a head in bytes that arrive piece by piece.
#[derive(Debug, Default)]
pub(super) struct HeadReader {
    /// Where the current line begins: everything before it was searched.
    line: usize,
    /// Where the request line begins, once something other than blank lines has arrived.
    start: Option<usize>,
}

impl HeadReader {
    /// Reads the head at the start of `buffer`, and how long it is; `None` if it is incomplete. Must be called with
    /// the same bytes and those that were added.
    ///
    /// # Errors
    ///
    /// If it is not a head, or longer than `limit` bytes.
    pub(super) fn advance(
        &mut self,
        buffer: &[u8],
        limit: usize,
    ) -> Result<Option<(Request, usize)>, Malformed> {
        loop {
            let rest = buffer.get(self.line..).unwrap_or_default();
            let Some(length) = rest.iter().position(|byte| *byte == b'\n') else { break };
            let end = self.line + length + 1;
            if end > limit {
                return Err(Malformed::LongHead(limit));
            }
            let line = without_cr(rest.get(..length).unwrap_or_default());
            match self.start {
                // Blank lines before a request are ignored, https://www.rfc-editor.org/rfc/rfc9112#section-2.2.
                None if line.is_empty() => {}
                None => {
                    check_method(line)?;
                    self.start = Some(self.line);
                }
                Some(start) if line.is_empty() => {
                    let head = buffer.get(start..self.line).unwrap_or_default();
                    return Ok(Some((read(head)?, end)));
                }
                Some(_) => {}
            }
            self.line = end;
        }
        if buffer.len() >= limit {
            return Err(Malformed::LongHead(limit));
        }
        if self.start.is_none() {
            // A peer that speaks another protocol may never send a line ending. The last byte may be the first of one.
            check_method(without_cr(buffer.get(self.line..).unwrap_or_default()))?;
        }
        Ok(None)
    }
}

/// Checks the method at the start of a request line, of which only the start may be there.
fn check_method(line: &[u8]) -> Result<(), Malformed> {
    let method = line.split(|byte| *byte == b' ').next().unwrap_or_default();
    if method.len() > METHOD_LIMIT || !method.iter().all(|byte| is_token(*byte)) {
        return Err(Malformed::RequestLine);
    }
    Ok(())
}

/// Reads the lines of a head, without the blank line.
fn read(head: &[u8]) -> Result<Request, Malformed> {
    let mut lines = head.split(|byte| *byte == b'\n').map(without_cr);
    let (method, target, version) = read_request_line(lines.next().unwrap_or_default())?;
    let mut headers = Vec::new();
    // The last line ends in LF, so nothing follows it.
    for line in lines.filter(|line| !line.is_empty()) {
        if headers.len() == FIELD_LIMIT {
            return Err(Malformed::ManyFields);
        }
        headers.push(read_field(line)?);
    }
    Ok(Request { method, target, version, headers, body: Vec::new() })
}

/// A request line, <https://www.rfc-editor.org/rfc/rfc9112#section-3>.
fn read_request_line(line: &[u8]) -> Result<(String, String, Version), Malformed> {
    let mut words = line.splitn(3, |byte| *byte == b' ');
    let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next()) else {
        return Err(Malformed::RequestLine);
    };
    let version = match version {
        b"HTTP/1.1" => Version::Http11,
        b"HTTP/1.0" => Version::Http10,
        _ => return Err(Malformed::RequestLine),
    };
    if method.is_empty() || target.is_empty() || target.contains(&0) {
        return Err(Malformed::RequestLine);
    }
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Ok((text(method), text(target), version))
}

/// A field line, <https://www.rfc-editor.org/rfc/rfc9112#section-5>. The value begins after the colon and one space.
fn read_field(line: &[u8]) -> Result<(String, Vec<u8>), Malformed> {
    let shown = || String::from_utf8_lossy(line.get(..40).unwrap_or(line)).into_owned();
    let colon = line.iter().position(|byte| *byte == b':').ok_or_else(|| Malformed::FieldLine(shown()))?;
    let (name, value) = line.split_at(colon);
    if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
        return Err(Malformed::FieldLine(shown()));
    }
    let value = value.get(1..).unwrap_or_default();
    let value = value.strip_prefix(b" ").unwrap_or(value);
    Ok((String::from_utf8_lossy(name).into_owned(), value.to_vec()))
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether a byte may be in a token, <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
