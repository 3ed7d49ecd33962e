//! Reads requests from bytes as they arrive. Does no I/O, and no bytes make it panic.

#[cfg(test)]
mod tests;

use super::request::{Malformed, Request, RequestLimits, Version, has_token};
use super::request_body::{BodyReader, Framed};
use super::request_head::HeadReader;

/// The result of reading the bytes so far.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::wire) enum Progress {
    /// More bytes are needed.
    More,
    /// The peer waits for `100 Continue` before it sends the body. Reported once.
    AwaitsContinue,
    /// A complete request; the bytes after it are left in the buffer.
    Complete(Request),
}

/// Reads one request.
#[derive(Debug)]
pub(in crate::wire) struct RequestReader {
    limits: RequestLimits,
    head: HeadReader,
    /// The head, and how much of the body is missing.
    begun: Option<(Request, BodyReader)>,
}

impl RequestReader {
    /// A reader that has read nothing.
    pub(in crate::wire) fn new(limits: RequestLimits) -> Self {
        Self { limits, head: HeadReader::default(), begun: None }
    }

    /// How many bytes of the body were read so far.
    pub(in crate::wire) fn held(&self) -> usize {
        self.begun.as_ref().map_or(0, |(request, _)| request.body.len())
    }

    /// Takes the bytes of the request from `buffer`. Must be called again whenever bytes were added.
    ///
    /// # Errors
    ///
    /// If the bytes are not a request, or it is too long. The reader is then unusable.
    pub(in crate::wire) fn advance(&mut self, buffer: &mut Vec<u8>) -> Result<Progress, Malformed> {
        let mut awaits_continue = false;
        if self.begun.is_none() {
            let Some((request, length)) = self.head.advance(buffer, self.limits.head)? else {
                return Ok(Progress::More);
            };
            buffer.drain(..length);
            let body = BodyReader::new(&request, self.limits)?;
            awaits_continue = !body.is_complete()
                && buffer.is_empty()
                && request.version == Version::Http11
                && request.header("expect").any(|value| has_token(value, "100-continue"));
            self.begun = Some((request, body));
        }
        let Some((request, body)) = &mut self.begun else { return Ok(Progress::More) };
        match body.advance(buffer, &mut request.body)? {
            Framed::Complete => {}
            Framed::More if awaits_continue => return Ok(Progress::AwaitsContinue),
            Framed::More => return Ok(Progress::More),
        }
        Ok(self.begun.take().map_or(Progress::More, |(request, _)| Progress::Complete(request)))
    }
}
