//! Reading lines of unbounded length.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// The result of reading a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LineRead {
    /// A line is in the buffer, without its newline.
    Complete,
    /// The limit was exceeded before a newline.
    TooLong,
    /// The source ended; the buffer holds an incomplete line.
    End,
}

/// Reads up to the next line feed into `buffer`, which is cleared first and never holds more than `limit` bytes.
/// `unfinished` always holds how many bytes of an incomplete line have been read.
pub(super) async fn read_line(
    source: &mut (impl AsyncBufRead + Unpin),
    buffer: &mut Vec<u8>,
    limit: usize,
    unfinished: &AtomicUsize,
) -> std::io::Result<LineRead> {
    buffer.clear();
    loop {
        unfinished.store(buffer.len(), Ordering::Relaxed);
        let available = source.fill_buf().await?;
        if available.is_empty() {
            return Ok(LineRead::End);
        }
        let end = available.iter().position(|b| *b == b'\n');
        let taken = end.map_or(available.len(), |at| at + 1);
        if buffer.len() + taken > limit {
            return Ok(LineRead::TooLong);
        }
        buffer.extend_from_slice(&available[..end.unwrap_or(taken)]);
        source.consume(taken);
        if end.is_some() {
            unfinished.store(0, Ordering::Relaxed);
            if buffer.last() == Some(&b'\r') {
                buffer.pop();
            }
            return Ok(LineRead::Complete);
        }
    }
}
