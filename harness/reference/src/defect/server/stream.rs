//! What the server gets wrong in its streams: lines, text, fields, blocks.

/// Passes the list, these entries and the others to the macro that defines the list.
macro_rules! entries {
    ($define:ident! { $($list:tt)* } $($others:tt)*) => { $define! {
        $($list)*

        // Line breaks in data

        /// An LF in the data is sent as it is.
        DataLineFeedSent: "GHSA-p6xx-57qc-3wxr",
        /// A CR in the data is sent as it is, unless an LF follows.
        DataReturnSent: "fanout/django-eventstream#185",
        /// A CRLF in the data is two line breaks.
        CrlfIsTwoBreaks: "whatwg/server-payload-newlines-split",
        /// Line breaks in the data are sent as escapes.
        LineBreaksEscaped: "whatwg/server-payload-newlines-split",
        /// Empty lines of the data are not sent.
        EmptyLinesLost: "mpetrunic/fastify-sse-v2#93",
        /// A line break at the end of the data is lost.
        LastBreakLost: "whatwg/server-payload-newlines-split",
        /// A line break at the start of the data is lost.
        FirstBreakLost: "whatwg/server-payload-newlines-split",
        /// The lines of the data are sent in reverse.
        LinesInReverse: "whatwg/server-payload-newlines-split",
        /// Of data with many lines a thousand are sent.
        ManyLinesCut: "whatwg/server-payload-newlines-split",
        /// Each line of the data is an event of its own.
        LinesAreEvents: "CodeStory/fluent-http#70",
        /// Data is split at U+0085, U+2028 and U+2029 as well.
        SplitAtSeparators: "whatwg/abnf-end-of-line",
        /// Data is split at VT, FF and information separators as well.
        SplitAtControls: "whatwg/abnf-end-of-line",

        // Text of data

        /// No space is written after the colon, also where the value begins with one.
        SpaceOmitted: "whatwg/server-leading-space-escape",
        /// White space at both ends of the data is lost where it begins with some.
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
        /// U+FEFF is lost wherever it stands.
        MarksLost: "resilience-server/payload-unchanged",
        /// Each block begins with a byte order mark.
        MarkBeforeEach: "whatwg/abnf-single-leading-bom",
        /// Text is sent in Latin-1.
        InLatin1: "whatwg/server-utf8-only",
        /// A character beyond the basic plane is sent as two surrogates.
        SurrogatesEncoded: "whatwg/server-utf8-only",
        /// A character beyond the basic plane is replaced.
        AstralReplaced: "whatwg/server-utf8-only",
        /// Long text is cut without regard to characters.
        CharactersCut: "whatwg/server-utf8-only",
        /// Data of more than 65,535 bytes is cut.
        LongDataCut: "resilience-server/payload-unchanged",
        /// A line of more than 32 KiB is folded into several.
        LongLinesFolded: "resilience-server/payload-unchanged",
        /// Markup in the data is escaped.
        MarkupEscaped: "resilience-server/payload-unchanged",
        /// Data that is JSON is encoded as JSON once more.
        JsonAgain: "resilience-server/payload-unchanged",
        /// Backslashes in the data are interpreted.
        EscapesInterpreted: "resilience-server/payload-unchanged",
        /// The data `0`, `null` and `false` is taken for none.
        FalsyDataLost: "resilience-server/payload-unchanged",
        /// A line of the data that looks like a field is sent as it is.
        LinesLikeFieldsSent: "resilience-server/text-is-no-field",
        /// A line of the data that begins with a colon is sent as it is.
        LinesLikeCommentsSent: "whatwg/abnf-any-char",
        /// A value is cut at its first colon.
        ValueCutAtColon: "whatwg/abnf-any-char",

        // Types

        /// An LF in the type is sent as it is.
        TypeLineFeedSent: "CVE-2026-33128",
        /// A CR in the type is sent as it is, unless an LF is there too.
        TypeReturnSent: "GHSA-4hxc-9384-m385",
        /// Line breaks in the type are taken out without a word.
        TypeFlattened: "resilience-server/no-silent-change",
        /// The type is not sent.
        TypeNotSent: "resilience-server/type-unchanged",
        /// The type of an event is that of all that follow without one.
        TypeKept: "resilience-server/type-unchanged",
        /// An event without a type has the type `undefined`.
        TypeOfNothing: "resilience-server/type-unchanged",
        /// The type is sent in lowercase.
        TypeLowercased: "resilience-server/type-unchanged",
        /// What is not ASCII in the type is replaced.
        TypeReplacedOutsideAscii: "resilience-server/type-unchanged",
        /// The type `message` is sent as `default`.
        TypeOfMessagesChanged: "resilience-server/type-unchanged",
        /// A blank line follows the type.
        TypeInBlockOfItsOwn: "whatwg/abnf-event",

        // Ids

        /// An LF in the id is sent as it is.
        IdLineFeedSent: "CVE-2026-35515",
        /// A CR in the id is sent as it is, unless an LF is there too.
        IdReturnSent: "GHSA-4hxc-9384-m385",
        /// An id with U+0000 is sent as it is.
        IdNulSent: "whatwg/server-id-without-nul-or-newline",
        /// Line breaks in the id are taken out without a word.
        IdFlattened: "resilience-server/no-silent-change",
        /// The id is not sent.
        IdNotSent: "resilience-server/id-unchanged",
        /// Ids are replaced by numbers of the server's own.
        IdsNumbered: "resilience-server/id-unchanged",
        /// The id `0` is taken for none.
        IdZeroNotSent: "resilience-server/id-unchanged",
        /// An empty id is taken for none.
        EmptyIdNotSent: "resilience-server/id-unchanged",
        /// An id that looks like a number is sent as that number.
        IdIsNumber: "resilience-server/id-unchanged",
        /// An id outside ASCII is percent-encoded.
        IdEncodedOutsideAscii: "resilience-server/id-unchanged",
        /// An id is cut after 64 characters.
        LongIdCut: "resilience-server/id-unchanged",

        // Comments

        /// An LF in a comment is sent as it is.
        CommentLineFeedSent: "mpetrunic/fastify-sse-v2#110",
        /// A CR in a comment is sent as it is, unless an LF is there too.
        CommentReturnSent: "mpetrunic/fastify-sse-v2#110",
        /// Line breaks in a comment become spaces without a word.
        CommentFlattened: "resilience-server/no-silent-change",
        /// Comments are not sent.
        CommentsNotSent: "whatwg/abnf-comment",
        /// Empty comments are not sent.
        EmptyCommentsNotSent: "whatwg/abnf-comment",
        /// A comment is sent as an event.
        CommentsAreEvents: "resilience-server/comment-is-comment",
        /// A comment has no line end.
        CommentsNotEnded: "whatwg/abnf-comment",
        /// A comment with a colon in it is sent without its own.
        CommentsLikeFieldsSent: "resilience-server/comment-is-comment",

        // Reconnection times

        /// The reconnection time is sent in seconds.
        RetryInSeconds: "mdn/content#10060",
        /// The reconnection time has a unit.
        RetryWithUnit: "resilience-server/retry-digits",
        /// The reconnection time has a fraction.
        RetryWithFraction: "resilience-server/retry-digits",
        /// A reconnection time of 0 is sent as an empty value.
        RetryZeroNotSent: "resilience-server/retry-unchanged",
        /// A reconnection time of more than an hour is sent as an hour.
        RetryCapped: "resilience-server/retry-unchanged",
        /// A reconnection time that is no number is sent as it is.
        RetryTextSent: "GHSA-p6xx-57qc-3wxr",
        /// A reconnection time has an empty event with it.
        RetryWithEvent: "resilience-server/one-event-each",

        // Blocks

        /// Blocks are not ended by a blank line.
        BlankLineMissing: "ReactiveX/RxNetty#484",
        /// The blank line of a block is sent with the next.
        BlankLineHeldBack: "resilience-server/blank-line-flushed",
        /// The name of the data field is sent with a capital.
        FieldNameInCapitals: "resilience-server/field-names",

        $($others)*
    } };
}

pub(in crate::defect) use entries;
