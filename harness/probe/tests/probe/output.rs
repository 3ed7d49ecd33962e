//! The content of a response, compressed and in chunks as the server wants it.

use std::io::Write as _;

use flate2::write::GzEncoder;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The content of a response.
pub(crate) struct Output<'c, S> {
    pub(crate) connection: &'c mut S,
    pub(crate) is_chunked: bool,
    pub(crate) gzip: Option<GzEncoder<Vec<u8>>>,
    pub(crate) is_flushed: bool,
    pub(crate) flushes_every_third: bool,
    /// How often something was written.
    pub(crate) written: u64,
    pub(crate) has_bad_chunks: bool,
    pub(crate) head: Option<Vec<u8>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Output<'_, S> {
    pub(crate) async fn flush_head(&mut self) -> Option<()> {
        let head = self.head.take().unwrap_or_default();
        self.connection.write_all(&head).await.ok()
    }

    pub(crate) async fn write(&mut self, text: &[u8]) -> Option<()> {
        let coded = match &mut self.gzip {
            None => text.to_vec(),
            Some(gzip) => {
                gzip.write_all(text).ok()?;
                self.written += 1;
                if self.is_flushed || (self.flushes_every_third && self.written.is_multiple_of(3)) {
                    gzip.flush().ok()?;
                }
                std::mem::take(gzip.get_mut())
            }
        };
        let mut bytes = self.head.take().unwrap_or_default();
        if self.is_chunked && !coded.is_empty() {
            let size = coded.len() - usize::from(self.has_bad_chunks);
            bytes.extend(format!("{size:x}\r\n").into_bytes());
            bytes.extend(coded);
            bytes.extend(b"\r\n");
        } else {
            bytes.extend(coded);
        }
        self.connection.write_all(&bytes).await.ok()
    }

    /// Waits until the client disconnects.
    pub(crate) async fn wait_for_disconnect(&mut self) {
        let mut buffer = [0; 1024];
        while let Ok(length) = self.connection.read(&mut buffer).await
            && length > 0
        {}
    }
}
