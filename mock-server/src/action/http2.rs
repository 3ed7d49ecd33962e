//! What a script can do over HTTP/2 alone.

ssespec_diagnostics::words! {
    /// The codes of RST_STREAM and GOAWAY, in the order of their numbers, see
    /// [RFC 9113, section 7](https://www.rfc-editor.org/rfc/rfc9113#section-7).
    pub enum ErrorCode {
        /// 0x00
        NoError = "NO_ERROR",
        /// 0x01
        ProtocolError = "PROTOCOL_ERROR",
        /// 0x02
        InternalError = "INTERNAL_ERROR",
        /// 0x03
        FlowControlError = "FLOW_CONTROL_ERROR",
        /// 0x04
        SettingsTimeout = "SETTINGS_TIMEOUT",
        /// 0x05
        StreamClosed = "STREAM_CLOSED",
        /// 0x06
        FrameSizeError = "FRAME_SIZE_ERROR",
        /// 0x07
        RefusedStream = "REFUSED_STREAM",
        /// 0x08
        Cancel = "CANCEL",
        /// 0x09
        CompressionError = "COMPRESSION_ERROR",
        /// 0x0a
        ConnectError = "CONNECT_ERROR",
        /// 0x0b
        EnhanceYourCalm = "ENHANCE_YOUR_CALM",
        /// 0x0c
        InadequateSecurity = "INADEQUATE_SECURITY",
        /// 0x0d
        Http11Required = "HTTP_1_1_REQUIRED",
    }
}

impl ErrorCode {
    /// Its number.
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The code with this number.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }
}

/// A frame about the connection of a stream. It has no meaning over HTTP/1.1, where nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// GOAWAY. The connection stays open, and so do its streams as far as the server is concerned.
    GoAway(GoAway),
    /// PING, which the peer must answer.
    Ping,
    /// SETTINGS.
    Settings(Settings),
}

/// GOAWAY, see [RFC 9113, section 6.8](https://www.rfc-editor.org/rfc/rfc9113#section-6.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoAway {
    /// The last stream that the server says it may have processed.
    pub last: LastStream,
    /// Why the connection should not be used any more.
    pub code: ErrorCode,
}

ssespec_diagnostics::words! {
    /// The last stream identifier of GOAWAY.
    pub enum LastStream {
        /// That of the script's stream, which goes on.
        This = "this",
        /// 0: no stream was processed.
        None = "none",
    }
}

/// SETTINGS, see [RFC 9113, section 6.5.2](https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2). What is absent is left as
/// it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// How many bytes of a request's content the peer may send before the server widens the window.
    pub initial_window_size: Option<u32>,
    /// How many streams the peer may open at the same time. The server does not enforce it.
    pub max_concurrent_streams: Option<u32>,
}

impl Control {
    /// Whether the peer must take the script's stream for one that was not processed.
    pub fn is_loss(self) -> bool {
        matches!(self, Self::GoAway(GoAway { last: LastStream::None, .. }))
    }

    /// What the server does, in words: `sends GOAWAY (NO_ERROR), with this stream as the last one`.
    pub fn words(self) -> String {
        match self {
            Self::GoAway(GoAway { last, code }) => {
                let last = match last {
                    LastStream::This => "with this stream as the last one",
                    LastStream::None => "with no stream as the last one",
                };
                format!("sends GOAWAY ({code}), {last}")
            }
            Self::Ping => "sends PING".into(),
            Self::Settings(Settings { initial_window_size, max_concurrent_streams }) => {
                let window = initial_window_size.map(|size| format!("an initial window of {size} bytes"));
                let streams =
                    max_concurrent_streams.map(|count| format!("at most {count} concurrent streams"));
                let words: Vec<String> = window.into_iter().chain(streams).collect();
                format!("sends SETTINGS: {}", words.join(", "))
            }
        }
    }
}
