//! What the server gets wrong in its streams: lines, text, fields, blocks.

/// Passes the list, these entries and the others to the macro that defines the list.
macro_rules! entries {
    ($define:ident! { $($list:tt)* } $($others:tt)*) => { $define! {
        $($list)*

        // Line breaks in data

        /// An LF in the data is sent unchanged.
        DataLineFeedSent: "GHSA-p6xx-57qc-3wxr",
        /// A CR in the data is sent unchanged, unless an LF follows.
        DataReturnSent: "fanout/django-eventstream#185",
        /// A CRLF in the data is treated as two line breaks.
        CrlfIsTwoBreaks: "whatwg/server-payload-newlines-split",
        /// Line breaks in the data are sent as escape sequences.
        LineBreaksEscaped: "whatwg/server-payload-newlines-split",
        /// Carriage returns in the data are sent as escape sequences.
        ReturnsEscaped: "whatwg/server-payload-newlines-split",
        /// Empty lines of the data are not sent.
        EmptyLinesLost: "mpetrunic/fastify-sse-v2#93",
        /// A line break at the end of the data is lost.
        LastBreakLost: "whatwg/server-payload-newlines-split",
        /// A line break at the start of the data is lost.
        FirstBreakLost: "whatwg/server-payload-newlines-split",
        /// The lines of the data are sent in reverse order.
        LinesInReverse: "whatwg/server-payload-newlines-split",
        /// Only the first thousand lines of the data are sent.
        ManyLinesCut: "whatwg/server-payload-newlines-split",
        /// Each line of the data is sent as an event of its own.
        LinesAreEvents: "CodeStory/fluent-http#70",
        /// Data is split at U+0085, U+2028 and U+2029 too.
        SplitAtSeparators: "whatwg/abnf-end-of-line",
        /// Data is split at VT, FF and information separators too.
        SplitAtControls: "whatwg/abnf-end-of-line",

        // Text of data

        /// No space is written after the colon, even if the value begins with one.
        SpaceOmitted: "whatwg/server-leading-space-escape",
        /// Data that begins with white space is trimmed.
        DataTrimmed: "resilience-server/payload-unchanged",
        /// Spaces at the ends of lines are lost.
        TrailingSpacesLost: "resilience-server/payload-unchanged",
        /// An event with empty data has no data field.
        EmptyDataWithoutField: "resilience-server/empty-payload",
        /// Data is cut at U+0000.
        DataCutAtNul: "resilience-server/payload-unchanged",
        /// U+0000 in the data is lost.
        NulLost: "resilience-server/payload-unchanged",
        /// U+0000 is written as a line break.
        NulIsLineBreak: "resilience-server/text-is-no-field",
        /// U+FEFF at the start of the data is lost.
        MarkLost: "resilience-server/payload-unchanged",
        /// U+FEFF is lost everywhere.
        MarksLost: "resilience-server/payload-unchanged",
        /// Each block begins with a BOM.
        MarkBeforeEach: "whatwg/abnf-single-leading-bom",
        /// Text is sent in Latin-1.
        InLatin1: "whatwg/server-utf8-only",
        /// A character above U+FFFF is sent as two surrogates.
        SurrogatesEncoded: "whatwg/server-utf8-only",
        /// A character above U+FFFF is replaced.
        AstralReplaced: "whatwg/server-utf8-only",
        /// Long text is split in the middle of characters.
        CharactersCut: "whatwg/server-utf8-only",
        /// Data of more than 65,535 bytes is truncated.
        LongDataCut: "resilience-server/payload-unchanged",
        /// A line of more than 32 KiB is split into several.
        LongLinesFolded: "resilience-server/payload-unchanged",
        /// Markup in the data is escaped.
        MarkupEscaped: "resilience-server/payload-unchanged",
        /// Data that is JSON is encoded as JSON again.
        JsonAgain: "resilience-server/payload-unchanged",
        /// Backslash sequences in the data are interpreted.
        EscapesInterpreted: "resilience-server/payload-unchanged",
        /// The data `0`, `null` or `false` is sent as empty.
        FalsyDataLost: "resilience-server/payload-unchanged",
        /// A data line that looks like a field is sent unchanged.
        LinesLikeFieldsSent: "resilience-server/text-is-no-field",
        /// A data line that begins with a colon is sent unchanged.
        LinesLikeCommentsSent: "whatwg/abnf-any-char",
        /// A value is cut at its first colon.
        ValueCutAtColon: "whatwg/abnf-any-char",

        // Types

        /// An LF in the type is sent unchanged.
        TypeLineFeedSent: "CVE-2026-33128",
        /// A CR in the type is sent unchanged, unless it also has an LF.
        TypeReturnSent: "GHSA-4hxc-9384-m385",
        /// Line breaks in the type are removed silently.
        TypeFlattened: "resilience-server/no-silent-change",
        /// The type is not sent.
        TypeNotSent: "resilience-server/type-unchanged",
        /// The type of an event applies to later events without one.
        TypeKept: "resilience-server/type-unchanged",
        /// An event without a type has the type `undefined`.
        TypeOfNothing: "resilience-server/type-unchanged",
        /// The type is sent in lowercase.
        TypeLowercased: "resilience-server/type-unchanged",
        /// Non-ASCII characters in the type are replaced.
        TypeReplacedOutsideAscii: "resilience-server/type-unchanged",
        /// The type `message` is sent as `default`.
        TypeOfMessagesChanged: "resilience-server/type-unchanged",
        /// A blank line follows the type.
        TypeInBlockOfItsOwn: "whatwg/abnf-event",

        // Ids

        /// An LF in the id is sent unchanged.
        IdLineFeedSent: "CVE-2026-35515",
        /// A CR in the id is sent unchanged, unless it also has an LF.
        IdReturnSent: "GHSA-4hxc-9384-m385",
        /// An id with U+0000 is sent unchanged.
        IdNulSent: "whatwg/server-id-without-nul-or-newline",
        /// Line breaks in the id are removed silently.
        IdFlattened: "resilience-server/no-silent-change",
        /// The id is not sent.
        IdNotSent: "resilience-server/id-unchanged",
        /// Ids are replaced by the server's own numbers.
        IdsNumbered: "resilience-server/id-unchanged",
        /// The id `0` is not sent.
        IdZeroNotSent: "resilience-server/id-unchanged",
        /// An empty id is not sent.
        EmptyIdNotSent: "resilience-server/id-unchanged",
        /// An id that looks like a number is sent as that number.
        IdIsNumber: "resilience-server/id-unchanged",
        /// A non-ASCII id is percent-encoded.
        IdEncodedOutsideAscii: "resilience-server/id-unchanged",
        /// An id is cut after 64 characters.
        LongIdCut: "resilience-server/id-unchanged",

        // Comments

        /// An LF in a comment is sent unchanged.
        CommentLineFeedSent: "mpetrunic/fastify-sse-v2#110",
        /// A CR in a comment is sent unchanged, unless it also has an LF.
        CommentReturnSent: "mpetrunic/fastify-sse-v2#110",
        /// Line breaks in a comment silently become spaces.
        CommentFlattened: "resilience-server/no-silent-change",
        /// Comments are not sent.
        CommentsNotSent: "whatwg/abnf-comment",
        /// Empty comments are not sent.
        EmptyCommentsNotSent: "whatwg/abnf-comment",
        /// A comment is sent as an event.
        CommentsAreEvents: "resilience-server/comment-is-comment",
        /// A comment has no line ending.
        CommentsNotEnded: "whatwg/abnf-comment",
        /// A comment that contains a colon is sent without its leading colon.
        CommentsLikeFieldsSent: "resilience-server/comment-is-comment",

        // Reconnection times

        /// The reconnection time is sent in seconds.
        RetryInSeconds: "mdn/content#10060",
        /// The reconnection time is sent with a unit.
        RetryWithUnit: "resilience-server/retry-digits",
        /// The reconnection time is sent with a fraction.
        RetryWithFraction: "resilience-server/retry-digits",
        /// A reconnection time of 0 is sent as an empty value.
        RetryZeroNotSent: "resilience-server/retry-unchanged",
        /// A reconnection time of more than an hour is sent as an hour.
        RetryCapped: "resilience-server/retry-unchanged",
        /// A reconnection time that is not a number is sent unchanged.
        RetryTextSent: "GHSA-p6xx-57qc-3wxr",
        /// A reconnection time that is not a number is sent unchanged, before the data.
        RetryTextSentFirst: "GHSA-p6xx-57qc-3wxr",
        /// A reconnection time is sent with an empty event.
        RetryWithEvent: "resilience-server/one-event-each",

        // Blocks

        /// Blocks do not end with a blank line.
        BlankLineMissing: "ReactiveX/RxNetty#484",
        /// The blank line of a block is sent with the next block.
        BlankLineHeldBack: "resilience-server/blank-line-flushed",
        /// The name of the data field is capitalized.
        FieldNameInCapitals: "resilience-server/field-names",

        $($others)*
    } };
}

pub(in crate::defect) use entries;
