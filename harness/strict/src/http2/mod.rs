//! HTTP/2 read byte by byte: the numbers of [RFC 9113](https://www.rfc-editor.org/rfc/rfc9113) and the field
//! compression of [RFC 7541](https://www.rfc-editor.org/rfc/rfc7541).
//!
//! - [`frame`]: frame types, flags and limits
//! - [`hpack`]: decoding of field blocks, and the least of encoding
//! - `huffman`: the code that HPACK uses

pub mod frame;
pub mod hpack;
mod huffman;
