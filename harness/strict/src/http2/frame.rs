//! What HTTP/2 has numbers and names for, <https://www.rfc-editor.org/rfc/rfc9113>.

/// What a client says first, §3.4.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The frame types that matter here, §6.
/// Content.
pub const DATA: u8 = 0;
/// The start of a field block.
pub const HEADERS: u8 = 1;
/// The end of a stream by an error or a cancellation.
pub const RST_STREAM: u8 = 3;
/// Connection settings.
pub const SETTINGS: u8 = 4;
/// A question for a sign of life.
pub const PING: u8 = 6;
/// The end of a connection.
pub const GOAWAY: u8 = 7;
/// More room for content.
pub const WINDOW_UPDATE: u8 = 8;
/// More of a field block.
pub const CONTINUATION: u8 = 9;

/// The last frame of a stream.
pub const END_STREAM: u8 = 0x1;
/// An acknowledgment.
pub const ACK: u8 = 0x1;
/// The last frame of a field block.
pub const END_HEADERS: u8 = 0x4;
/// A frame with padding.
pub const PADDED: u8 = 0x8;
/// A HEADERS frame with priority fields.
pub const PRIORITY: u8 = 0x20;

/// The largest frame that we allow, which is the default.
pub const FRAME: usize = 16_384;

/// Fields that no message of HTTP/2 has, §8.2.2.
pub const OF_CONNECTIONS: [&str; 5] =
    ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];
