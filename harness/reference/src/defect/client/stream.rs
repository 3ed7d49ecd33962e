//! What the client gets wrong in the body of a response, from its bytes to its events.

/// Passes the list, these entries and the others to the macro that defines the list.
macro_rules! entries {
    ($define:ident! { $($list:tt)* } $($others:tt)*) => { $define! {
        $($list)*

        // Byte order marks

        /// A BOM at the start of the stream is kept as text.
        MarkKept: "openai/openai-python#3819",
        /// All BOMs at the start of the stream are removed, not only the first.
        MarksAllRemoved: "whatwg/parse-second-bom-kept",
        /// Two BOMs at the start of the stream are removed.
        TwoMarksRemoved: "whatwg/parse-second-bom-kept",
        /// A BOM at the start of any read is removed.
        MarkOfEveryReadRemoved: "whatwg/parse-mid-stream-bom-kept",
        /// A BOM is looked for until a read of at least three bytes has come.
        MarkAfterShortReadRemoved: "whatwg/parse-mid-stream-bom-kept",
        /// U+FEFF is removed everywhere.
        MarkRemovedEverywhere: "whatwg/parse-mid-stream-bom-kept",
        /// A BOM is removed only if it arrives in one read.
        MarkInPiecesKept: "rexxars/eventsource-parser#41",
        /// Bytes that begin like a BOM but are not one are lost.
        PartOfMarkLost: "whatwg/parse-bom-split-across-reads",
        /// A BOM is removed on the first connection only.
        MarkOfLaterConnectionsKept: "oven-sh/bun#29960",
        /// A BOM is removed after blank lines too.
        MarkAfterBlankLinesRemoved: "whatwg/parse-mid-stream-bom-kept",
        /// A BOM is removed from the first event block, even after blank lines.
        MarkOfFirstBlockRemoved: "whatwg/parse-mid-stream-bom-kept",
        /// A BOM at the start of any line is removed.
        MarkOfEveryLineRemoved: "whatwg/parse-mid-stream-bom-kept",
        /// Only one of the three bytes of a BOM is removed.
        MarkCutByOneByte: "jpopesculian/eventsource-stream#10",
        /// The BOM of UTF-16 is removed too.
        Utf16MarkRemoved: "whatwg/html#7791",
        /// A stream that begins with the BOM of UTF-16 is decoded as UTF-16.
        Utf16Decoded: "whatwg/html#7791",

        // Decoding

        /// Each read is decoded separately, so a character split across reads is replaced.
        ReadsDecodedAlone: "btubbs/sseclient#38",
        /// The bytes of a character that a read does not complete are dropped.
        CutCharacterDropped: "api7/aisix#111",
        /// Invalid bytes are dropped instead of replaced.
        InvalidBytesDropped: "whatwg/decode-invalid-bytes-replaced",
        /// Invalid bytes are passed on unchanged.
        InvalidBytesPassedOn: "whatwg/decode-invalid-bytes-replaced",
        /// The client stops reading the stream at the first invalid byte.
        InvalidByteEndsStream: "whatwg/decode-invalid-bytes-replaced",
        /// A line with an invalid byte is skipped.
        InvalidLineLeftOut: "whatwg/decode-invalid-bytes-replaced",
        /// A read that is not valid UTF-8 is decoded as Latin-1.
        Latin1Guessed: "whatwg/decode-always-utf8",
        /// All bytes are decoded as Latin-1.
        Latin1Always: "EventSource/eventsource#22",
        /// The charset of the content type decides how bytes are decoded.
        CharsetHonoured: "whatwg/mime-charset-parameter-ignored",
        /// The charset of the content type decides how bytes are decoded, if it is known.
        KnownCharsetHonoured: "whatwg/mime-charset-parameter-ignored",
        /// A truncated sequence becomes one U+FFFD for each of its bytes.
        ReplacementForEachByte: "whatwg/decode-replacement-count",
        /// Consecutive invalid bytes become one U+FFFD.
        ReplacementsJoined: "whatwg/decode-replacement-count",
        /// An encoded surrogate becomes one U+FFFD.
        SurrogateReplacedOnce: "whatwg/decode-replacement-count",
        /// Overlong forms are decoded.
        OverlongDecoded: "whatwg/decode-replacement-count",
        /// The byte that ends a malformed sequence is lost with it.
        ByteAfterBrokenSequenceLost: "whatwg/decode-invalid-never-swallows-newline",
        /// A line ending after a malformed sequence is lost with it.
        LineEndAfterBrokenSequenceLost: "whatwg/decode-invalid-never-swallows-newline",
        /// Characters above U+FFFF are replaced.
        AstralReplaced: "whatwg/decode-multibyte-split-across-reads",
        /// U+0000 is removed.
        NulRemoved: "whatwg/decode-nul-preserved",
        /// U+0000 is replaced by U+FFFD.
        NulReplaced: "whatwg/decode-nul-preserved",
        /// The rest of a read after U+0000 is lost.
        ReadEndsAtNul: "whatwg/decode-nul-preserved",
        /// Data ends at its first U+0000.
        DataEndsAtNul: "whatwg/decode-nul-preserved",

        // Lines

        /// Only LF ends a line.
        LfOnly: "hey-api/hey-api#3054",
        /// CR is removed from the text, so CR alone does not end a line.
        CrRemoved: "a2aproject/a2a-js#714",
        /// CR ends a line only in reads without an LF.
        CrOnlyInReadsWithoutLf: "EventSource/eventsource#326",
        /// Only LF and CRLF end a line.
        LoneCrIsText: "whatwg/line-mixed-terminators",
        /// CRLF ends two lines.
        CrlfIsTwoEnds: "whatwg/line-crlf-single-terminator",
        /// CRLF ends two lines if it is split across reads.
        CutCrlfIsTwoEnds: "rexxars/eventsource-parser#17",
        /// The next LF after a CR is skipped, even if text is between them.
        AnyLfAfterCrSkipped: "whatwg/line-mixed-terminators",
        /// A blank line is recognized only between line endings of the same kind.
        EmptyLineOfMixedEndsMissed: "EventSource/eventsource#326",
        /// A CR or CRLF after an LF is not recognized as a blank line.
        BlankLineAfterLfMissed: "EventSource/eventsource#326",
        /// A CR at the end of a read does not end its line until the next read arrives.
        CrWaitsForMore: "whatwg/line-cr-last-byte-not-delayed",
        /// A CR at the end of the stream does not end a line.
        CrAtTheEndLost: "openai/openai-agents-python#4215",
        /// A CR at the end of a read is lost.
        CrAtEndOfReadLost: "whatwg/line-split-at-arbitrary-boundaries",
        /// U+2028 and U+2029 end a line.
        UnicodeSeparatorEndsLine: "florimondmanca/httpx-sse#34",
        /// U+0085 ends a line.
        NextLineEndsLine: "langgenius/dify#39008",
        /// VT, FF and the information separators end a line.
        ControlEndsLine: "modelcontextprotocol/python-sdk#1356",
        /// All line separators of Unicode end a line.
        AllSeparatorsEndLine: "florimondmanca/httpx-sse#34",
        /// The client silently stops reading the stream at a line longer than 64 KiB.
        LongLineEndsStream: "openai/openai-go#368",
        /// The client silently stops reading the stream at an event block longer than 64 KiB.
        LongBlockEndsStream: "openai/openai-go#368",
        /// A line is cut after 64 KiB.
        LongLineCut: "btubbs/sseclient#34",
        /// A line longer than 256 KiB is skipped.
        VeryLongLineLeftOut: "mark3labs/mcp-go#61",

        // Reads

        /// An unfinished line at the end of a read is dropped.
        LineCutByReadLost: "graniet/llm#90",
        /// Of a line that is split across several reads, only the last two pieces are kept.
        LastPieceOfLineKept: "whatwg/line-split-at-arbitrary-boundaries",
        /// The start of a line that was split across reads is repeated before a later line.
        PiecesOfLineRepeated: "whatwg/line-split-at-arbitrary-boundaries",
        /// The end of a read ends a line.
        ReadEndsLine: "graniet/llm#90",
        /// The rest of an ignored line that is split across reads is treated as a line.
        CutIgnoredLineRead: "whatwg/line-split-at-arbitrary-boundaries",
        /// An event block split across reads loses what the earlier read held.
        ReadBeginsBlock: "ax-llm/ax#622",
        /// The end of a read ends the event block.
        ReadEndsBlock: "FellouAI/eko#287",
        /// Only the first of several events in a read is delivered.
        FirstEventOfReadOnly: "whatwg/line-split-at-arbitrary-boundaries",
        /// Only the last of several events in a read is delivered.
        LastEventOfReadOnly: "whatwg/line-split-at-arbitrary-boundaries",
        /// The events of a read are delivered when the next read arrives.
        EventsOneReadLate: "whatwg/buffering-timely-dispatch",
        /// The events of a read are delivered in reverse order.
        EventsOfReadReversed: "launchdarkly/dotnet-eventsource#83",
        /// Of the events of a read, those with a type other than message are delivered first.
        NamedEventsFirst: "whatwg/events-in-stream-order",
        /// The rest of a read after its last event is dropped.
        RestOfReadLost: "whatwg/line-split-at-arbitrary-boundaries",

        // Fields

        /// The last colon of a line separates name and value.
        LastColonSeparates: "whatwg/field-split-at-first-colon",
        /// The value ends at the second colon of a line.
        SecondColonEndsValue: "whatwg/field-split-at-first-colon",
        /// A field without a space after its colon is ignored.
        SpaceAfterColonRequired: "agentic-os-org/ANOLISA#2209",
        /// The space after the colon is kept.
        SpaceKept: "whatwg/field-one-leading-space-stripped",
        /// The space after the colon of a data field is kept.
        SpaceKeptInData: "whatwg/field-one-leading-space-stripped",
        /// The space after the colon of an event field is kept.
        SpaceKeptInType: "whatwg/field-one-leading-space-stripped",
        /// The space after the colon of an id field is kept.
        SpaceKeptInId: "whatwg/field-one-leading-space-stripped",
        /// Two spaces after the colon are removed.
        TwoSpacesRemoved: "whatwg/field-one-leading-space-stripped",
        /// All spaces after the colon are removed.
        AllSpacesRemoved: "whatwg/field-one-leading-space-stripped",
        /// Whitespace at the start of a value is removed.
        LeadingSpaceRemoved: "whatwg/field-one-leading-space-stripped",
        /// The character after the colon is removed, whatever it is.
        AnyCharacterAfterColonRemoved: "whatwg/field-one-leading-space-stripped",
        /// The character after the colon of a data field is removed, whatever it is.
        FirstCharacterOfDataRemoved: "whatwg/field-one-leading-space-stripped",
        /// The character after the colon of an event field is removed, whatever it is.
        FirstCharacterOfTypeRemoved: "whatwg/field-one-leading-space-stripped",
        /// The character after the colon of an id field is removed, whatever it is.
        FirstCharacterOfIdRemoved: "whatwg/field-one-leading-space-stripped",
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
        /// Field names are compared case-insensitively.
        NameCaseIgnored: "whatwg/field-name-case-sensitive",
        /// Field names are trimmed.
        NameTrimmed: "whatwg/field-name-not-trimmed",
        /// Whitespace at the start of a line is removed.
        LineIndentRemoved: "whatwg/field-name-not-trimmed",
        /// Lines are trimmed.
        LineTrimmed: "whatwg/field-trailing-whitespace-kept",
        /// A field name that begins with a known name is treated as that name.
        NamePrefixEnough: "whatwg/field-unknown-ignored",
        /// U+0000 in a field name is ignored.
        NulInNameOverlooked: "whatwg/field-name-nul-significant",
        /// A field name ends at its first U+0000.
        NameEndsAtNul: "whatwg/field-name-nul-significant",
        /// A field with an unknown name is treated as data.
        UnknownFieldIsData: "whatwg/field-unknown-ignored",
        /// A field with an unknown name discards the data before it.
        UnknownFieldDiscardsData: "whatwg/field-unknown-ignored",
        /// A field named comment is treated as a comment.
        FieldNamedCommentIsComment: "whatwg/field-unknown-ignored",
        /// An event field after the data is ignored.
        TypeAfterDataIgnored: "vercel/ai#6200",

        // Comments

        /// A comment ends the event block.
        CommentEndsEvent: "whatwg/field-comment-never-dispatches",
        /// A comment discards the data before it.
        CommentDiscardsData: "linagora/cozy-stack#3292",
        /// A comment that looks like a field is treated as one.
        CommentIsAField: "whatwg/field-comment-ignored",
        /// A comment is treated as data.
        CommentIsData: "tmc/langchaingo#631",
        /// The client stops reading the stream at a comment.
        CommentEndsStream: "continuedev/continue#13144",
        /// The client stops reading the stream at a comment longer than 64 KiB.
        LongCommentEndsStream: "rexxars/eventsource-parser#33",
        /// The client stops reading the stream at a comment with U+0000.
        NulInCommentEndsStream: "whatwg/field-comment-ignored",

        // Blocks without data

        /// A block of comments alone dispatches an event.
        CommentAloneFires: "openai/openai-go#651",
        /// A blank line after another dispatches an event.
        EmptyLineFires: "btubbs/sseclient#5",
        /// Every blank line dispatches an event.
        EveryBlankLineFires: "btubbs/sseclient#5",
        /// Once there is a last event ID, every blank line dispatches an event.
        EveryBlankLineFiresAfterId: "whatwg/dispatch-empty-data-no-event",
        /// A blank line at the start of the stream dispatches an event.
        EmptyLineAtTheStartFires: "gatling/gatling#2462",
        /// A block with an event field alone dispatches an event.
        TypeAloneFires: "whatwg/dispatch-empty-data-no-event",
        /// A block with an id field alone dispatches an event.
        IdAloneFires: "rexxars/eventsource-parser#39",
        /// A block with a retry field alone dispatches an event.
        RetryAloneFires: "yjacquin/fast-mcp#146",
        /// A block with a valid retry field alone dispatches an event.
        ValidRetryAloneFires: "yjacquin/fast-mcp#146",
        /// A block of unknown fields alone dispatches an event.
        UnknownFieldAloneFires: "whatwg/dispatch-empty-data-no-event",
        /// A block that sets nothing ends the connection before the first id.
        BlockOfNothingEndsStream: "whatwg/field-unknown-ignored",

        // Data

        /// Data lines are joined with a space.
        DataJoinedWithSpace: "whatwg/field-data-multi-line-joined",
        /// Data lines are joined without a separator.
        DataJoinedWithNothing: "whatwg/field-data-multi-line-joined",
        /// Data lines are joined with CRLF.
        DataJoinedWithCrlf: "whatwg/field-data-multi-line-joined",
        /// Only the last of several data lines is used.
        LastDataWins: "whatwg/field-data-multi-line-joined",
        /// Only the first of several data lines is used.
        FirstDataWins: "whatwg/field-data-multi-line-joined",
        /// Data lines are joined in reverse order.
        DataReversed: "whatwg/line-processing-order",
        /// Each data line dispatches an event.
        EachDataFires: "whatwg/field-data-multi-line-joined",
        /// Another field between data lines ends the event block.
        OtherFieldEndsEvent: "whatwg/field-data-multi-line-joined",
        /// A data line without a value is skipped.
        EmptyDataLeftOut: "whatwg/field-data-empty-value-counts",
        /// Empty data lines at the start of an event are lost.
        EmptyFirstDataLost: "whatwg/field-data-empty-value-counts",
        /// An event with empty data is not delivered.
        EmptyEventNotDelivered: "whatwg/field-data-empty-value-counts",
        /// The LF after the last data line is kept.
        LastLfKept: "whatwg/dispatch-strip-one-trailing-lf",
        /// All LFs at the end of the data are removed.
        AllLastLfsRemoved: "whatwg/dispatch-strip-one-trailing-lf",
        /// The data buffer is not reset after an event.
        DataKept: "whatwg/dispatch-resets-data-buffer",
        /// The data of an event is trimmed.
        DataTrimmed: "whatwg/field-trailing-whitespace-kept",
        /// U+0000 is removed from values other than ids.
        NulRemovedFromValues: "whatwg/decode-nul-preserved",
        /// Data that is JSON is parsed and serialized again.
        JsonRewritten: "whatwg/dispatch-data-string",

        // Types

        /// The type is always `message`.
        TypeIgnored: "whatwg/field-event-sets-type",
        /// The event type buffer is not reset after an event.
        TypeKept: "whatwg/event-type-reset-after-dispatch",
        /// The event type buffer is not reset after a block without data.
        TypeOfBlockWithoutDataKept: "whatwg/event-type-reset-after-empty-block",
        /// The first of several event fields in a block is used.
        FirstTypeWins: "whatwg/field-event-last-wins",
        /// Several event fields in a block are concatenated.
        TypesJoined: "whatwg/field-event-last-wins",
        /// An empty event field does not override an earlier one.
        EmptyTypeIgnored: "whatwg/field-event-empty-clears-earlier",
        /// An empty event field makes the type the empty string.
        EmptyTypeIsAType: "whatwg/field-event-empty-means-message",
        /// Without an event field the type is the empty string.
        NoTypeIsEmpty: "whatwg/field-event-empty-means-message",
        /// Types are converted to lowercase.
        TypeLowercased: "whatwg/event-type-arbitrary-names",
        /// Types are trimmed.
        TypeTrimmed: "whatwg/event-type-arbitrary-names",
        /// A type with anything but letters, digits, hyphens and underscores is ignored.
        OddTypeIgnored: "whatwg/event-type-arbitrary-names",
        /// Events of type `error` are not delivered.
        ErrorTypeNotDelivered: "whatwg/event-type-arbitrary-names",
        /// Events of type `open` are not delivered.
        OpenTypeNotDelivered: "whatwg/event-type-arbitrary-names",

        // Ids

        /// Ids are ignored.
        IdIgnored: "whatwg/field-id-sets-buffer",
        /// An event without an id has an empty last event ID.
        OwnIdOnly: "EventSource/eventsource#358",
        /// An event without an id resets the last event ID.
        IdForgottenByNextEvent: "whatwg/last-event-id-persists-across-events",
        /// The first blank line of a new connection resets the last event ID.
        IdForgottenOnConnection: "modelcontextprotocol/typescript-sdk#2499",
        /// The first event of a connection resets the last event ID if it has no id.
        IdForgottenByFirstEvent: "modelcontextprotocol/typescript-sdk#2499",
        /// An empty id is ignored.
        EmptyIdIgnored: "whatwg/field-id-empty-resets",
        /// An id line without a colon is ignored.
        IdWithoutColonIgnored: "whatwg/field-id-without-colon-resets",
        /// An id with U+0000 is accepted.
        IdWithNulAccepted: "whatwg/field-id-null-ignored",
        /// An id with U+0000 is accepted, and prevents any further request.
        IdWithNulIsTheEnd: "whatwg/field-id-null-ignored",
        /// Of ids with U+0000, only U+0000 alone is ignored.
        OnlyNulAsIdIgnored: "whatwg/field-id-null-ignored",
        /// An id ends at its first U+0000.
        IdEndsAtNul: "whatwg/field-id-null-ignored",
        /// An id with U+0000 resets the last event ID.
        IdWithNulResets: "whatwg/field-id-null-ignored",
        /// The line after an id with U+0000 is lost.
        IdWithNulTakesNextLine: "whatwg/field-id-null-ignored",
        /// The first of several ids in a block is used.
        FirstIdWins: "whatwg/field-id-last-wins",
        /// An id after the data is ignored.
        IdAfterDataIgnored: "whatwg/field-order-free",
        /// Ids are trimmed.
        IdTrimmed: "whatwg/field-id-sets-buffer",
        /// An id takes effect before its block ends.
        IdSetAtOnce: "whatwg/last-event-id-incomplete-block-not-committed",
        /// The id of an unfinished event applies to the events of the next connection.
        UnfinishedIdCarriedOver: "whatwg/last-event-id-incomplete-block-not-committed",
        /// The id of a block without data is ignored.
        IdWithoutDataIgnored: "rexxars/eventsource-parser#39",
        /// All events of a read have the id of the last one.
        IdOfReadShared: "whatwg/dispatch-lasteventid-snapshot",
        /// An id that is not a number is ignored.
        IdMustBeNumber: "whatwg/last-event-id-value-space",
        /// The id of an event with a type other than message is not kept.
        IdOfMessagesOnly: "whatwg/reconnect-sends-last-event-id-utf8",
        /// The last event ID is the string null before the first id.
        NoIdIsTheWordNull: "whatwg/last-event-id-initially-empty",

        // Retry

        /// Retry is ignored, and the reconnection time is short.
        RetryIgnored: "EventSource/eventsource#54",
        /// The default reconnection time stays, whatever the retry.
        RetryNeverUsed: "whatwg/retry-sets-reconnection-time",
        /// The first of several retry fields is used.
        FirstRetryWins: "whatwg/retry-last-wins",
        /// A retry takes effect at the end of its block.
        RetryWaitsForEmptyLine: "whatwg/retry-immediate-effect",
        /// A retry in a block without data is ignored.
        RetryNeedsData: "whatwg/retry-sets-reconnection-time",
        /// A retry applies to one reconnection only.
        RetryForgottenAfterUse: "whatwg/retry-persists",
        /// A new connection resets a reconnection time longer than the default.
        LongRetryForgottenOnConnection: "whatwg/retry-persists",
        /// A retry in the block of an event with a type other than message is ignored.
        RetryOfMessagesOnly: "whatwg/retry-sets-reconnection-time",
        /// An invalid retry sets the default reconnection time.
        InvalidRetryResets: "whatwg/retry-ascii-digits-only",
        /// Retry is read as seconds.
        RetryInSeconds: "mdn/content#10060",
        /// A retry is capped at five seconds.
        RetryCut: "whatwg/retry-sets-reconnection-time",
        /// A retry longer than the default is ignored if its line is split across reads.
        LongRetryCutByReadIgnored: "whatwg/line-split-at-arbitrary-boundaries",
        /// A retry may have a plus sign.
        RetryWithPlus: "whatwg/retry-ascii-digits-only",
        /// A negative retry sets the reconnection time to 0.
        RetryWithMinus: "whatwg/retry-ascii-digits-only",
        /// The leading digits of an invalid retry are used.
        RetryPrefix: "whatwg/retry-ascii-digits-only",
        /// A retry that is not a number sets the reconnection time to 0.
        RetryNotChecked: "whatwg/retry-ascii-digits-only",
        /// A retry may be a decimal fraction or have an exponent.
        RetryFraction: "whatwg/retry-ascii-digits-only",
        /// A retry may be hexadecimal.
        RetryHexadecimal: "whatwg/retry-ascii-digits-only",
        /// A retry is trimmed.
        RetryTrimmed: "whatwg/retry-ascii-digits-only",
        /// A retry may have digits of any script.
        RetryInOtherDigits: "whatwg/retry-ascii-digits-only",
        /// A retry is read like an integer of Python: a sign, white space, underscores and digits of any script are accepted.
        RetryReadByPython: "whatwg/retry-ascii-digits-only",
        /// A retry with a leading zero is read as octal.
        RetryOctal: "whatwg/retry-base-ten",
        /// Every retry is read as octal.
        EveryRetryOctal: "whatwg/retry-base-ten",
        /// A retry of more than 31 bits sets the reconnection time to 0.
        RetryOverflows: "whatwg/retry-huge-value",
        /// Only the low 32 bits of a retry are used.
        RetryWraps: "whatwg/retry-huge-value",
        /// Only the low 32 bits of a retry are used, as a signed integer.
        RetryWrapsSigned: "whatwg/retry-huge-value",
        /// The client stops reading the stream at a retry of more days than 31 bits hold.
        RetryOfAgesEndsStream: "whatwg/retry-huge-value",
        /// A retry of 0 stops reconnection.
        RetryZeroIsNever: "whatwg/retry-zero",

        // The end of a stream

        /// A pending event is dispatched at the end of the stream.
        PendingEventFired: "whatwg/eof-no-synthetic-dispatch",
        /// A pending event is dispatched at the end of a body with a Content-Length.
        PendingEventFiredAtLength: "whatwg/eof-no-synthetic-dispatch",
        /// A pending event is dispatched when the connection breaks.
        PendingEventFiredAfterBreak: "whatwg/eof-discards-pending",
        /// An event block without its blank line is dispatched at the end of the stream, even without data.
        PendingBlockFired: "whatwg/eof-no-synthetic-dispatch",
        /// An unterminated line is processed at the end of the stream.
        UnterminatedLineRead: "whatwg/eof-unterminated-line-not-processed",
        /// An unterminated line is processed when the connection breaks.
        UnterminatedLineReadAfterBreak: "whatwg/eof-unterminated-line-not-processed",
        /// The data of a pending event appears on the next connection.
        DataCarriedOver: "whatwg/parse-buffers-initialised-per-stream",
        /// The type of a pending event appears on the next connection.
        TypeCarriedOver: "whatwg/parse-buffers-initialised-per-stream",
        /// An unterminated line continues on the next connection.
        LineCarriedOver: "whatwg/eof-discards-pending",
        /// What a reset connection leaves unfinished continues on the next one.
        StreamContinuesAfterReset: "whatwg/eof-discards-pending",
        /// An incomplete character continues on the next connection.
        CharacterCarriedOver: "whatwg/eof-discards-pending",

        $($others)*
    } };
}

pub(in crate::defect) use entries;
