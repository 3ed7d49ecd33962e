//! What the client gets wrong in the body of a response, from its bytes to its events.

/// Passes the list, these entries and the others to the macro that defines the list.
macro_rules! entries {
    ($define:ident! { $($list:tt)* } $($others:tt)*) => { $define! {
        $($list)*

        // Byte-order marks

        /// A byte-order mark at the start of the stream is taken for text.
        MarkKept: "openai/openai-python#3819",
        /// Every byte-order mark at the start of the stream is removed, not only the first.
        MarksAllRemoved: "whatwg/parse-second-bom-kept",
        /// A byte-order mark at the start of any read is removed.
        MarkOfEveryReadRemoved: "whatwg/parse-mid-stream-bom-kept",
        /// U+FEFF is removed wherever it stands.
        MarkRemovedEverywhere: "whatwg/parse-mid-stream-bom-kept",
        /// A byte-order mark is removed only if it comes in one read.
        MarkInPiecesKept: "rexxars/eventsource-parser#41",
        /// Bytes that begin like a byte-order mark and are none get lost.
        PartOfMarkLost: "whatwg/parse-bom-split-across-reads",
        /// A byte-order mark is removed on the first connection only.
        MarkOfLaterConnectionsKept: "oven-sh/bun#29960",
        /// A byte-order mark is removed after blank lines too.
        MarkAfterBlankLinesRemoved: "whatwg/parse-mid-stream-bom-kept",
        /// A byte-order mark at the start of any line is removed.
        MarkOfEveryLineRemoved: "whatwg/parse-mid-stream-bom-kept",
        /// Of the three bytes of a byte-order mark one is removed.
        MarkCutByOneByte: "jpopesculian/eventsource-stream#10",
        /// The byte-order mark of UTF-16 is removed as well.
        Utf16MarkRemoved: "whatwg/html#7791",

        // Decoding

        /// Each read is decoded by itself, so that a character cut in two is replaced.
        ReadsDecodedAlone: "btubbs/sseclient#38",
        /// The bytes of a character that a read does not complete are dropped.
        CutCharacterDropped: "api7/aisix#111",
        /// Invalid bytes are dropped, not replaced.
        InvalidBytesDropped: "whatwg/decode-invalid-bytes-replaced",
        /// The stream is given up at the first invalid byte.
        InvalidByteEndsStream: "whatwg/decode-invalid-bytes-replaced",
        /// A line with an invalid byte is left out.
        InvalidLineLeftOut: "whatwg/decode-invalid-bytes-replaced",
        /// A read that is not valid UTF-8 is taken for Latin-1.
        Latin1Guessed: "whatwg/decode-always-utf8",
        /// All bytes are taken for Latin-1.
        Latin1Always: "EventSource/eventsource#22",
        /// The charset of the content type decides how bytes are decoded.
        CharsetHonoured: "whatwg/mime-charset-parameter-ignored",
        /// A sequence that breaks off gives a U+FFFD for each of its bytes.
        ReplacementForEachByte: "whatwg/decode-replacement-count",
        /// Invalid bytes in a row give one U+FFFD.
        ReplacementsJoined: "whatwg/decode-replacement-count",
        /// An encoded surrogate gives one U+FFFD.
        SurrogateReplacedOnce: "whatwg/decode-replacement-count",
        /// Overlong forms are decoded.
        OverlongDecoded: "whatwg/decode-replacement-count",
        /// The byte that ends a broken sequence is swallowed with it.
        ByteAfterBrokenSequenceLost: "whatwg/decode-invalid-never-swallows-newline",
        /// A broken sequence takes the line end after it along.
        LineEndAfterBrokenSequenceLost: "whatwg/decode-invalid-never-swallows-newline",
        /// Characters beyond U+FFFF are replaced.
        AstralReplaced: "whatwg/decode-multibyte-split-across-reads",
        /// NUL is removed.
        NulRemoved: "whatwg/decode-nul-preserved",
        /// NUL is replaced by U+FFFD.
        NulReplaced: "whatwg/decode-nul-preserved",
        /// What follows a NUL in the same read is lost.
        ReadEndsAtNul: "whatwg/decode-nul-preserved",
        /// Data ends at its first NUL.
        DataEndsAtNul: "whatwg/decode-nul-preserved",

        // Lines

        /// Only LF ends a line.
        LfOnly: "hey-api/hey-api#3054",
        /// CR is removed from the text, so that it ends nothing by itself.
        CrRemoved: "a2aproject/a2a-js#714",
        /// CR is looked for only where a read has no LF.
        CrOnlyInReadsWithoutLf: "EventSource/eventsource#326",
        /// CRLF ends two lines.
        CrlfIsTwoEnds: "whatwg/line-crlf-single-terminator",
        /// CRLF ends two lines if it is cut between two reads.
        CutCrlfIsTwoEnds: "rexxars/eventsource-parser#17",
        /// An LF that comes later than directly after a CR is taken for the second of the pair.
        AnyLfAfterCrSkipped: "whatwg/line-mixed-terminators",
        /// An empty line is seen only between line ends of one kind.
        EmptyLineOfMixedEndsMissed: "EventSource/eventsource#326",
        /// A CR at the end of a read ends its line when the next read has come.
        CrWaitsForMore: "whatwg/line-cr-last-byte-not-delayed",
        /// A CR at the end of the stream ends no line.
        CrAtTheEndLost: "openai/openai-agents-python#4215",
        /// U+2028 and U+2029 end a line.
        UnicodeSeparatorEndsLine: "florimondmanca/httpx-sse#34",
        /// U+0085 ends a line.
        NextLineEndsLine: "langgenius/dify#39008",
        /// VT, FF and the information separators end a line.
        ControlEndsLine: "modelcontextprotocol/python-sdk#1356",
        /// A stream is given up without a word at a line longer than 64 KiB.
        LongLineEndsStream: "openai/openai-go#368",
        /// A line is cut after 64 KiB.
        LongLineCut: "btubbs/sseclient#34",
        /// A line longer than 256 KiB is left out.
        VeryLongLineLeftOut: "mark3labs/mcp-go#61",

        // Reads

        /// What a read leaves of a line is dropped.
        LineCutByReadLost: "graniet/llm#90",
        /// What a read leaves of a line is taken for a line.
        ReadEndsLine: "graniet/llm#90",
        /// A read that ends inside an event begins it anew.
        ReadBeginsBlock: "ax-llm/ax#622",
        /// The end of a read ends the event.
        ReadEndsBlock: "FellouAI/eko#287",
        /// Of several events in a read only the first is delivered.
        FirstEventOfReadOnly: "whatwg/line-split-at-arbitrary-boundaries",
        /// Of several events in a read only the last is delivered.
        LastEventOfReadOnly: "whatwg/line-split-at-arbitrary-boundaries",
        /// The events of a read are delivered when the next read has come.
        EventsOneReadLate: "whatwg/buffering-timely-dispatch",
        /// The events of a read come in reverse.
        EventsOfReadReversed: "launchdarkly/dotnet-eventsource#83",
        /// Of the events of a read those with a type of their own come first.
        NamedEventsFirst: "whatwg/events-in-stream-order",
        /// What remains of a read after its last event is dropped.
        RestOfReadLost: "whatwg/line-split-at-arbitrary-boundaries",

        // Fields

        /// The last colon of a line separates name and value.
        LastColonSeparates: "whatwg/field-split-at-first-colon",
        /// What follows the second colon of a line is lost.
        SecondColonEndsValue: "whatwg/field-split-at-first-colon",
        /// A field needs a space after its colon.
        SpaceAfterColonRequired: "agentic-os-org/ANOLISA#2209",
        /// The space after the colon is kept.
        SpaceKept: "whatwg/field-one-leading-space-stripped",
        /// Two spaces after the colon are removed.
        TwoSpacesRemoved: "whatwg/field-one-leading-space-stripped",
        /// The character after the colon is removed, whatever it is.
        AnyCharacterAfterColonRemoved: "whatwg/field-one-leading-space-stripped",
        /// A tab after the colon is removed.
        TabRemoved: "whatwg/field-tab-not-stripped",
        /// A no-break space after the colon is removed.
        NoBreakSpaceRemoved: "whatwg/field-tab-not-stripped",
        /// Whitespace at the end of a value is removed.
        TrailingSpaceRemoved: "whatwg/field-trailing-whitespace-kept",
        /// Values are trimmed.
        ValueTrimmed: "whatwg/field-trailing-whitespace-kept",
        /// A line without a colon is ignored.
        NameAloneIgnored: "whatwg/field-no-colon-empty-value",
        /// Names are compared without regard to case.
        NameCaseIgnored: "whatwg/field-name-case-sensitive",
        /// Names are trimmed.
        NameTrimmed: "whatwg/field-name-not-trimmed",
        /// Spaces before a line are removed.
        LineIndentRemoved: "whatwg/field-name-not-trimmed",
        /// A name counts if it begins with a known one.
        NamePrefixEnough: "whatwg/field-unknown-ignored",
        /// NUL in a name is overlooked.
        NulInNameOverlooked: "whatwg/field-name-nul-significant",
        /// A name ends at its first NUL.
        NameEndsAtNul: "whatwg/field-name-nul-significant",
        /// A field with an unknown name is taken for data.
        UnknownFieldIsData: "whatwg/field-unknown-ignored",
        /// A field with an unknown name discards the data before it.
        UnknownFieldDiscardsData: "whatwg/field-unknown-ignored",
        /// An event field after the data is ignored.
        TypeAfterDataIgnored: "vercel/ai#6200",

        // Comments

        /// A comment ends the event.
        CommentEndsEvent: "whatwg/field-comment-never-dispatches",
        /// A comment discards the data before it.
        CommentDiscardsData: "linagora/cozy-stack#3292",
        /// A comment that looks like a field is one.
        CommentIsAField: "whatwg/field-comment-ignored",
        /// A comment is taken for data.
        CommentIsData: "tmc/langchaingo#631",
        /// A comment ends the stream.
        CommentEndsStream: "continuedev/continue#13144",
        /// A comment longer than 64 KiB ends the stream.
        LongCommentEndsStream: "rexxars/eventsource-parser#33",
        /// A NUL in a comment ends the stream.
        NulInCommentEndsStream: "whatwg/field-comment-ignored",

        // Blocks without data

        /// An empty line after a comment fires an event.
        CommentAloneFires: "openai/openai-go#651",
        /// An empty line after another fires an event.
        EmptyLineFires: "btubbs/sseclient#5",
        /// An empty line at the start of the stream fires an event.
        EmptyLineAtTheStartFires: "gatling/gatling#2462",
        /// A block with nothing but a type fires an event.
        TypeAloneFires: "whatwg/dispatch-empty-data-no-event",
        /// A block with nothing but an id fires an event.
        IdAloneFires: "rexxars/eventsource-parser#39",
        /// A block with nothing but a retry fires an event.
        RetryAloneFires: "yjacquin/fast-mcp#146",
        /// A block with nothing but unknown fields fires an event.
        UnknownFieldAloneFires: "whatwg/dispatch-empty-data-no-event",

        // Data

        /// Lines of data are joined with a space.
        DataJoinedWithSpace: "whatwg/field-data-multi-line-joined",
        /// Lines of data are joined with nothing.
        DataJoinedWithNothing: "whatwg/field-data-multi-line-joined",
        /// Lines of data are joined with CRLF.
        DataJoinedWithCrlf: "whatwg/field-data-multi-line-joined",
        /// Of several lines of data the last counts.
        LastDataWins: "whatwg/field-data-multi-line-joined",
        /// Of several lines of data the first counts.
        FirstDataWins: "whatwg/field-data-multi-line-joined",
        /// Lines of data are joined in reverse.
        DataReversed: "whatwg/line-processing-order",
        /// Each line of data is an event.
        EachDataFires: "whatwg/field-data-multi-line-joined",
        /// Another field between lines of data ends the event.
        OtherFieldEndsEvent: "whatwg/field-data-multi-line-joined",
        /// A line of data without a value is left out.
        EmptyDataLeftOut: "whatwg/field-data-empty-value-counts",
        /// An event with empty data is not delivered.
        EmptyEventNotDelivered: "whatwg/field-data-empty-value-counts",
        /// The LF after the last line of data is kept.
        LastLfKept: "whatwg/dispatch-strip-one-trailing-lf",
        /// All LFs at the end of the data are removed.
        AllLastLfsRemoved: "whatwg/dispatch-strip-one-trailing-lf",
        /// Data is not forgotten after its event.
        DataKept: "whatwg/dispatch-resets-data-buffer",
        /// Data that is JSON is parsed and written anew.
        JsonRewritten: "whatwg/dispatch-data-string",

        // Types

        /// The type is always `message`.
        TypeIgnored: "whatwg/field-event-sets-type",
        /// The type is not forgotten after its event.
        TypeKept: "whatwg/event-type-reset-after-dispatch",
        /// The type of a block without data is not forgotten.
        TypeOfBlockWithoutDataKept: "whatwg/event-type-reset-after-empty-block",
        /// Of several types in a block the first counts.
        FirstTypeWins: "whatwg/field-event-last-wins",
        /// Several types in a block are joined.
        TypesJoined: "whatwg/field-event-last-wins",
        /// An empty event field does not take back an earlier one.
        EmptyTypeIgnored: "whatwg/field-event-empty-clears-earlier",
        /// An empty event field makes the type the empty string.
        EmptyTypeIsAType: "whatwg/field-event-empty-means-message",
        /// Types are put in lowercase.
        TypeLowercased: "whatwg/event-type-arbitrary-names",
        /// Types are trimmed.
        TypeTrimmed: "whatwg/event-type-arbitrary-names",
        /// A type with other than letters, digits, hyphens and underscores is ignored.
        OddTypeIgnored: "whatwg/event-type-arbitrary-names",
        /// Events of the type `error` are not delivered.
        ErrorTypeNotDelivered: "whatwg/event-type-arbitrary-names",
        /// Events of the type `open` are not delivered.
        OpenTypeNotDelivered: "whatwg/event-type-arbitrary-names",

        // Ids

        /// Ids are ignored.
        IdIgnored: "whatwg/field-id-sets-buffer",
        /// An event without an id shows none.
        OwnIdOnly: "EventSource/eventsource#358",
        /// An event without an id makes the client forget the last one.
        IdForgottenByNextEvent: "whatwg/last-event-id-persists-across-events",
        /// A new connection makes the client forget the last id at its first empty line.
        IdForgottenOnConnection: "modelcontextprotocol/typescript-sdk#2499",
        /// An empty id is ignored.
        EmptyIdIgnored: "whatwg/field-id-empty-resets",
        /// An id line without a colon is ignored.
        IdWithoutColonIgnored: "whatwg/field-id-without-colon-resets",
        /// An id with a NUL is accepted.
        IdWithNulAccepted: "whatwg/field-id-null-ignored",
        /// An id ends at its first NUL.
        IdEndsAtNul: "whatwg/field-id-null-ignored",
        /// An id with a NUL resets the last event ID.
        IdWithNulResets: "whatwg/field-id-null-ignored",
        /// Of several ids in a block the first counts.
        FirstIdWins: "whatwg/field-id-last-wins",
        /// An id after the data is ignored.
        IdAfterDataIgnored: "whatwg/field-order-free",
        /// Ids are trimmed.
        IdTrimmed: "whatwg/field-id-sets-buffer",
        /// An id counts before its block has ended.
        IdSetAtOnce: "whatwg/last-event-id-incomplete-block-not-committed",
        /// The id of a block without data is ignored.
        IdWithoutDataIgnored: "rexxars/eventsource-parser#39",
        /// All events of a read carry the id of the last.
        IdOfReadShared: "whatwg/dispatch-lasteventid-snapshot",
        /// An id must be a number.
        IdMustBeNumber: "whatwg/last-event-id-value-space",
        /// The id of an event with a type of its own is not kept.
        IdOfMessagesOnly: "whatwg/reconnect-sends-last-event-id-utf8",
        /// Before any id has come the last event ID is the word null.
        NoIdIsTheWordNull: "whatwg/last-event-id-initially-empty",

        // Retry

        /// Retry is ignored, and the delay is short.
        RetryIgnored: "EventSource/eventsource#54",
        /// Of several retry fields the first counts.
        FirstRetryWins: "whatwg/retry-last-wins",
        /// A retry counts when its block has ended.
        RetryWaitsForEmptyLine: "whatwg/retry-immediate-effect",
        /// A retry counts for one reconnect.
        RetryForgottenAfterUse: "whatwg/retry-persists",
        /// A retry longer than the default is forgotten by the next connection.
        LongRetryForgottenOnConnection: "whatwg/retry-persists",
        /// A retry in the block of an event with a type of its own is ignored.
        RetryOfMessagesOnly: "whatwg/retry-sets-reconnection-time",
        /// An invalid retry sets the default delay.
        InvalidRetryResets: "whatwg/retry-ascii-digits-only",
        /// Retry is taken for seconds.
        RetryInSeconds: "mdn/content#10060",
        /// A retry is cut to five seconds.
        RetryCut: "whatwg/retry-sets-reconnection-time",
        /// A retry may have a plus sign.
        RetryWithPlus: "whatwg/retry-ascii-digits-only",
        /// A negative retry means no delay.
        RetryWithMinus: "whatwg/retry-ascii-digits-only",
        /// A retry is read up to the first character that is no digit.
        RetryPrefix: "whatwg/retry-ascii-digits-only",
        /// A retry may be a decimal fraction or have an exponent.
        RetryFraction: "whatwg/retry-ascii-digits-only",
        /// A retry may be hexadecimal.
        RetryHexadecimal: "whatwg/retry-ascii-digits-only",
        /// A retry is trimmed.
        RetryTrimmed: "whatwg/retry-ascii-digits-only",
        /// A retry may have the digits of any script.
        RetryInOtherDigits: "whatwg/retry-ascii-digits-only",
        /// A retry with a leading zero is octal.
        RetryOctal: "whatwg/retry-base-ten",
        /// A retry of more than 31 bits is no delay.
        RetryOverflows: "whatwg/retry-huge-value",
        /// A retry of zero means never.
        RetryZeroIsNever: "whatwg/retry-zero",

        // The end of a stream

        /// An event without its empty line is delivered at the end of the stream.
        PendingEventFired: "whatwg/eof-no-synthetic-dispatch",
        /// An event without its empty line is delivered at the end of a body with a content-length.
        PendingEventFiredAtLength: "whatwg/eof-no-synthetic-dispatch",
        /// An event without its empty line is delivered when the connection breaks.
        PendingEventFiredAfterBreak: "whatwg/eof-discards-pending",
        /// Bytes after the last line end are a line at the end of the stream.
        UnterminatedLineRead: "whatwg/eof-unterminated-line-not-processed",
        /// Bytes after the last line end are a line when the connection breaks.
        UnterminatedLineReadAfterBreak: "whatwg/eof-unterminated-line-not-processed",
        /// Data of an unfinished event appears on the next connection.
        DataCarriedOver: "whatwg/parse-buffers-initialised-per-stream",
        /// The type of an unfinished event appears on the next connection.
        TypeCarriedOver: "whatwg/parse-buffers-initialised-per-stream",
        /// An unfinished line goes on on the next connection.
        LineCarriedOver: "whatwg/eof-discards-pending",
        /// An unfinished character goes on on the next connection.
        CharacterCarriedOver: "whatwg/eof-discards-pending",

        $($others)*
    } };
}

pub(in crate::defect) use entries;
