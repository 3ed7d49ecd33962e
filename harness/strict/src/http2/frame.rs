//! Types, flags and limits of frames, <https://www.rfc-editor.org/rfc/rfc9113#section-6>.

/// Content.
pub(crate) const DATA: u8 = 0;
/// The start of a field block.
pub(crate) const HEADERS: u8 = 1;
/// The end of a stream by an error or a cancellation.
pub(crate) const RST_STREAM: u8 = 3;
/// Connection settings.
pub(crate) const SETTINGS: u8 = 4;
/// The end of a connection.
pub(crate) const GOAWAY: u8 = 7;
/// The continuation of a field block.
pub(crate) const CONTINUATION: u8 = 9;

/// The last frame of a stream.
pub(crate) const END_STREAM: u8 = 0x1;
/// An acknowledgment.
pub(crate) const ACK: u8 = 0x1;
/// The last frame of a field block.
pub(crate) const END_HEADERS: u8 = 0x4;
/// A frame with padding.
pub(crate) const PADDED: u8 = 0x8;
/// A HEADERS frame with priority fields.
pub(crate) const PRIORITY: u8 = 0x20;

/// The length of a frame's header in bytes.
pub(crate) const HEADER: usize = 9;

/// The largest payload that a server may send, in bytes: the default, which none of the clients here changes.
pub(crate) const LARGEST: usize = 16_384;
