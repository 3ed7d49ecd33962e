//! How content is framed, <https://www.rfc-editor.org/rfc/rfc9112#section-6>.

/// How content is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is no content.
    None,
    /// This many bytes.
    Length(u64),
    /// In chunks.
    Chunked,
    /// To the end of the connection.
    Close,
}

/// The method of a request, as far as the framing of its response depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// HEAD: the response has no content.
    Head,
    /// Any other method.
    Other,
}
