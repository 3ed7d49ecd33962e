//! What the intermediary gets wrong in content: when it arrives, and what arrives.

/// Passes the list, these entries and the others to the macro that defines the list.
macro_rules! entries {
    ($define:ident! { $($list:tt)* } $($others:tt)*) => { $define! {
        $($list)*

        // When content arrives

        /// The head of a response waits for its first content.
        HeadHeldBack: "resilience-intermediary/head-at-once",
        /// Content waits for the content after it.
        ContentHeldUntilNext: "expressjs/compression#61",
        /// Content waits until there are 4 KiB of it.
        ContentCollected: "nginx/nginx#1505",
        /// Content waits 300 ms for more, so that it can be sent in one write.
        WritesJoined: "resilience-intermediary/events-at-once",
        /// Content waits for the LF of its line.
        LinesCollected: "resilience-intermediary/events-at-once",
        /// Content waits for the end of the response.
        ResponseCollected: "resilience-intermediary/events-at-once",
        /// Short content after a silence waits until there is more.
        FirstAfterSilenceHeld: "resilience-intermediary/events-at-once",
        /// A stream that flows is cut 15 s after its request.
        StreamCutAfterRouteTimeout: "envoyproxy/envoy#8517",
        /// A stream that is silent for 50 seconds ends cleanly.
        SilentStreamEnded: "resilience-intermediary/silent-not-cut",

        // What arrives

        /// U+0000 is removed.
        NulRemoved: "http/proxy-no-transform",
        /// Content is decoded and encoded again as UTF-8, which replaces bytes that are not UTF-8.
        InvalidUtf8Replaced: "http/proxy-no-transform",
        /// Each piece of content is decoded as UTF-8 on its own, which replaces bytes that are not UTF-8 and characters that are split.
        PiecesDecoded: "http/proxy-no-transform",
        /// CRLF becomes LF.
        LineEndingsChanged: "http/proxy-no-transform",
        /// A BOM at the start is removed.
        ByteOrderMarkRemoved: "http/proxy-no-transform",
        /// A line of more than 64 KiB is split.
        LongLinesSplit: "http/proxy-no-transform",
        /// Only the first 4 MiB of a response are forwarded.
        LargeResponsesCut: "http/proxy-no-transform",
        /// Comments are not forwarded.
        CommentsRemoved: "resilience-intermediary/content-unchanged",

        // Content codings

        /// Content is compressed, and sent only when the compressor has enough of it.
        CompressedWithoutFlush: "tower-rs/tower-http#419",
        /// Content is compressed, and each piece is a member of gzip of its own.
        CompressedInMembers: "resilience-intermediary/coding-one-member",
        /// Content is compressed without a Vary field.
        CompressedWithoutVary: "http/proxy-vary",
        /// Content is decoded, and the head says that it is compressed all the same.
        DecodedWithEncodingField: "resilience-intermediary/coding-told",
        /// Content is compressed although the response says no-transform.
        NoTransformIgnored: "http/proxy-no-transform",
        /// Content is compressed for clients that do not accept that.
        CompressedUnasked: "http/proxy-coding-accepted",

        $($others)*
    } };
}

pub(in crate::defect) use entries;
