//! Why bytes are not a request, and how large a request may be.

/// How many fields a head may have.
pub(super) const FIELD_LIMIT: usize = 1024;

/// Why bytes are not a request that we take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::wire) enum Malformed {
    #[error("not the head of an HTTP/1.1 request: {0}")]
    Head(httparse::Error),
    #[error("the head is longer than {0} bytes")]
    LongHead(usize),
    #[error("the head has more than {FIELD_LIMIT} fields")]
    ManyFields,
    #[error("content-length is not one number: \"{0}\"")]
    ContentLength(String),
    #[error("both transfer-encoding and content-length are given")]
    TwoFramings,
    #[error("transfer-encoding is not \"chunked\" but \"{0}\"")]
    TransferEncoding(String),
    #[error("the body is longer than {0} bytes")]
    LongBody(u64),
    #[error("the body has a chunk without a valid size")]
    ChunkSize,
    #[error("the body has a chunk that does not end where its size says")]
    ChunkEnd,
    #[error("the trailers are longer than {0} bytes")]
    LongTrailers(usize),
    #[error("more than {0} bytes came before the answer to the request before them")]
    Pipelined(usize),
    #[error("the listener has more than {0} connections at once")]
    Crowded(usize),
}

/// How large a request may be.
#[derive(Debug, Clone, Copy)]
pub(in crate::wire) struct RequestLimits {
    /// Bytes of the head; also of the trailers.
    pub(in crate::wire) head: usize,
    /// Bytes of the body.
    pub(in crate::wire) body: u64,
}
