//! What a flawed server does wrong.

/// What a flawed server does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flaw {
    /// The media type is text/plain.
    TextPlain,
    /// The charset is iso-8859-1.
    Latin1,
    /// There are two Content-Type fields.
    TwoContentTypes,
    /// The stream has a Content-Length instead of chunks.
    ContentLength,
    /// The stream has a Content-Length and chunks.
    LengthAndChunked,
    /// The head is sent with the first event.
    LateHead,
    /// Events are sent in batches of three.
    Batches,
    /// Each stream numbers its events from the start.
    FreshIds,
    /// Resuming starts with the last event that the client has.
    RepeatsLast,
    /// Resuming skips an event.
    SkipsEvent,
    /// Last-Event-ID is recognized in lower case only.
    CaseSensitiveField,
    /// Last-Event-ID is recognized with exactly this spelling only.
    ExactField,
    /// Missed events are sent again in reverse order.
    ReversedReplay,
    /// Missed events have other data when they are sent again.
    ChangesReplay,
    /// The status line says HTTP/1.0, and the stream is chunked.
    ChunksOfHttp10,
    /// Every other event is an empty keep-alive.
    EmptyKeepAlives,
    /// The stream sets a cookie, and allows credentials.
    CookieWithCredentials,
    /// When a client leaves, all streams end.
    LeaverEndsAll,
    /// The same, but the server notices late that a client left.
    LeaverEndsAllLate,
    /// A resumed stream receives what was missed, and nothing new.
    DeafAfterReplay,
    /// The field Transfer-Encoding is there twice.
    ChunkedTwice,
    /// The date has another format.
    OddDate,
    /// A request for a range is refused.
    RefusesRange,
    /// The stream is compressed although the client excludes that.
    CompressedDespiteZero,
    /// A stream stays open, but receives nothing after 30 s.
    GoesDeaf,
    /// All events have the same id.
    SameId,
    /// The response to HEAD keeps the connection busy.
    HeadHangs,
    /// The response to HEAD has a Content-Length.
    HeadLength,
    /// The response to HEAD has content.
    HeadWithContent,
    /// A compressed stream is not flushed.
    Unflushed,
    /// The stream is compressed without Accept-Encoding.
    CompressedUnasked,
    /// A payload contains an unsplit CR.
    BareCr,
    /// A payload contains unsplit LFs.
    Unsplit,
    /// A field name is written `Data`.
    Misspelled,
    /// There is a field `topic`.
    UnknownField,
    /// The response to HTTP/1.0 is chunked.
    ChunkedForHttp10,
    /// Unknown paths get an error page with status 200.
    ErrorPage,
    /// Unknown paths get an event stream with status 200.
    ErrorStream,
    /// Unknown ids get an error page with status 200.
    ErrorPageForIds,
    /// `*` is allowed with credentials.
    StarWithCredentials,
    /// Access-Control-Allow-Origin lists two origins.
    TwoOrigins,
    /// The origin is echoed without Vary.
    EchoWithoutVary,
    /// The stream is compressed on request, without Vary.
    CodingWithoutVary,
    /// There is no Cache-Control.
    Storable,
    /// A 405 response has no Allow.
    NoAllow,
    /// Every method opens the stream.
    AnyMethod,
    /// OPTIONS opens the stream.
    OptionsStreams,
    /// A retry value is `2s`.
    RetryWords,
    /// A retry value is 0.
    RetryZero,
    /// Data is not UTF-8.
    InvalidUtf8,
    /// There is a BOM before a later line.
    LateBom,
    /// Without Accept: text/event-stream there is no stream.
    RequiresAccept,
    /// A list of media types in Accept is not understood.
    ComparesAccept,
    /// The blank line after an event comes with the next event.
    LateBlankLine,
    /// Last-Event-ID is copied into a response field, decoded.
    InjectsField,
    /// A parameter of the query is copied into a response field, decoded.
    InjectsFieldOfQuery,
    /// Chunk sizes are wrong.
    BadChunk,
    /// Unknown ids get status 500.
    FailsOnIds,
    /// Unknown ids crash the server.
    CrashesOnIds,
    /// Unknown ids get status 400.
    RefusesUnknownIds,
    /// Unknown ids get an empty stream.
    EmptyForUnknownIds,
    /// Range gets status 206.
    Partial,
    /// If-None-Match gets status 304.
    NotModified,
    /// The head has a folded field line.
    Folded,
    /// Keep-alives are events.
    KeepAliveEvents,
    /// One connection is served at a time.
    OneAtATime,
    /// The stream ends without the last chunk.
    EndsWithoutLastChunk,
    /// The stream ends within an event block.
    EndsWithinBlock,
    /// Events have no data.
    NoData,
    /// Every other event has no id.
    SomeIds,
    /// Ids end with a space.
    SpacedIds,
    /// There is no Date.
    NoDate,
    /// No blank line ends an event.
    NoBlankLines,
    /// Line breaks are written as `\n`.
    EscapedLineBreaks,
    /// The query is copied into the stream, decoded.
    InjectsEvent,
    /// Last-Event-ID is copied into the stream, decoded.
    InjectsEventOfId,
    /// Keep-alive comments have no line ending.
    EndlessComment,
    /// A field has no colon.
    NoColon,
    /// The framework adds `data: ` to data that begins with it.
    DataTwice,
    /// An object is converted to text.
    ObjectAsText,
    /// Bytes are formatted into text.
    BytesAsText,
    /// A value is missing.
    UndefinedValue,
    /// The third event is an error page.
    ErrorPageWithin,
    /// Access-Control-Allow-Origin is `null`.
    NullOrigin,
    /// A cache of a content delivery network may keep the stream.
    KeptByNetworks,
    /// HEAD gets 405 without Allow.
    HeadWithoutAllow,
    /// Methods that are not offered get status 500.
    FailsOnMethods,
    /// Unknown paths get a stream with one event, which ends.
    BriefStream,
    /// With an unknown id the stream breaks off after its head.
    BreaksOffForUnknownIds,
    /// With an unknown id the stream ends after an event.
    EndsForUnknownIds,
    /// The date is always the same.
    FrozenDate,
    /// The preflight needs credentials.
    AuthorizedPreflight,
    /// Lines end with U+2028.
    UnicodeLineEnds,
    /// Each event is a line of Base64.
    Base64Lines,
    /// Each event has a type of its own.
    TypePerEvent,
    /// The payload is JSON with NaN.
    BrokenJson,
    /// The payload is always `{}`.
    EmptyObjects,
    /// The payload is the message of an error.
    ErrorMessages,
    /// Missed events are sent again only to the first client that asks.
    ReplaysOnce,
    /// A client that resumes gets another media type.
    OtherTypeWhenResuming,
    /// A client that resumes is not allowed to read the response.
    OtherOriginWhenResuming,
    /// Types are within quotation marks.
    QuotedTypes,
    /// Each event is a line of JSON.
    JsonLines,
    /// The payload is encoded as part of a URL.
    PercentEncoded,
    /// A compressed stream is flushed after every third event.
    FlushesEveryThird,
    /// Not a flaw: some events carry words that a mistake could have written.
    OddWords,
    /// Not a flaw: streams end on their own.
    EndsAfterAMoment,
    /// Not a flaw: more than eight simultaneous connections get status 503.
    FewConnections,
}
