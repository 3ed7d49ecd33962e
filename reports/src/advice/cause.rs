//! What goes wrong behind an intermediary, by the cases that show it.

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// Content waits for more content.
    HeldBack,
    /// Content waits because the client accepts a content coding.
    Compressed,
    /// A response is compressed that must not be.
    Transformed,
    /// A compressed response does not say that it depends on the request.
    NoVary,
    /// A stream that flows is cut off.
    CutWhileItFlows,
    /// A stream that is silent is cut off.
    CutWhileSilent,
    /// The origin does not learn that a client over HTTP/1.1 has left.
    DepartureHidden,
    /// A broken response looks complete over HTTP/1.1. Over HTTP/2, no setting is known to mend that.
    LooksComplete,
    /// The client does not learn that the origin is gone.
    DeadOriginHidden,
    /// Text is added to a response that breaks off.
    NothingAdded,
    /// Events that were sent before the origin broke off do not arrive.
    LostAtTheEnd,
    /// A request is sent to the origin again and again.
    Repeated,
    /// A client that speaks HTTP/1.0 is refused.
    Http10Refused,
    /// A stored response answers another request.
    Cached,
    /// Content is taken from the origin without limit while the client does not read.
    NoBackPressure,
    /// The origin is asked for a content coding that the client did not ask for.
    CodingAsked,
    /// The credentials of a request do not reach the origin.
    CredentialsRemoved,
    /// The content of the origin's errors is replaced.
    ErrorsReplaced,
    /// Streams of the same URL wait for each other.
    StreamsWait,
    /// The origin is asked with HTTP/1.0.
    Http10Behind,
}

impl Cause {
    /// What goes wrong, as part of a sentence: `mends events held back`.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::HeldBack => "events that are held back",
            Self::Compressed => "events that are held back if the client accepts gzip",
            Self::Transformed => "compression in spite of no-transform",
            Self::NoVary => "compression without Vary",
            Self::CutWhileItFlows => "streams that are cut off while they flow",
            Self::CutWhileSilent => "silent streams that are cut off",
            Self::DepartureHidden => "clients whose departure is not reported to the origin",
            Self::LooksComplete => "broken responses that look complete",
            Self::DeadOriginHidden => "origins whose death is not reported to the client",
            Self::NothingAdded => "text that is added to broken responses",
            Self::LostAtTheEnd => "events that are lost when the origin breaks off",
            Self::Repeated => "requests that are sent again and again",
            Self::Http10Refused => "clients over HTTP/1.0 that are refused",
            Self::Cached => "responses from a cache",
            Self::NoBackPressure => "reading without limit for a client that does not read",
            Self::CodingAsked => "requests for content codings that the client did not ask for",
            Self::CredentialsRemoved => "requests that lose their Authorization",
            Self::ErrorsReplaced => "errors whose content is replaced",
            Self::StreamsWait => "streams of the same URL that wait for each other",
            Self::Http10Behind => "requests over HTTP/1.0, which has no chunks",
        }
    }

    /// The cases that show it, by their ids.
    pub(super) fn cases(self) -> &'static [&'static str] {
        match self {
            Self::HeldBack => &[
                "intermediary/delay/after-silence",
                "intermediary/delay/burst",
                "intermediary/delay/carriage-returns",
                "intermediary/delay/comments",
                "intermediary/delay/event-by-event",
                "intermediary/delay/event-in-pieces",
                "intermediary/delay/head-before-the-first-event",
                "intermediary/delay/over-http-2",
            ],
            Self::Compressed => &["intermediary/delay/compressed"],
            Self::Transformed => &["intermediary/content/compression"],
            Self::NoVary => &["intermediary/content/vary"],
            Self::CutWhileItFlows => &["intermediary/delay/flows-for-17-seconds"],
            Self::CutWhileSilent => &[
                "intermediary/delay/silent-for-15-seconds",
                "intermediary/soak/comments-for-65-seconds",
                "intermediary/soak/silent-for-65-seconds",
            ],
            Self::DepartureHidden => &[
                "intermediary/departures/before-the-first-event",
                "intermediary/departures/fin",
                "intermediary/departures/reset",
            ],
            Self::LooksComplete => &[
                "intermediary/endings/fin-between-chunks",
                "intermediary/endings/fin-inside-a-chunk",
                "intermediary/endings/reset-between-chunks",
                "intermediary/endings/reset-inside-a-chunk",
                "intermediary/endings/reset-without-a-length",
                "intermediary/endings/short-of-the-length",
            ],
            Self::DeadOriginHidden => &[
                "intermediary/endings/client-learns-of-a-fin",
                "intermediary/endings/client-learns-of-a-reset",
            ],
            Self::NothingAdded => &["intermediary/endings/nothing-added-after-a-reset"],
            Self::LostAtTheEnd => &["intermediary/endings/sent-before-the-reset"],
            Self::Repeated => &["intermediary/requests/get-at-most-twice"],
            Self::Http10Refused => &["intermediary/responses/http-1-0-client"],
            Self::Cached => &[
                "intermediary/caching/another-last-event-id",
                "intermediary/caching/at-the-same-time",
                "intermediary/caching/one-after-another",
            ],
            Self::NoBackPressure => &["intermediary/load/client-that-does-not-read"],
            Self::CodingAsked => &["intermediary/requests/coding-not-asked-for"],
            Self::Http10Behind => &["intermediary/requests/version"],
            Self::ErrorsReplaced => &[
                "intermediary/responses/error-with-content",
                "intermediary/responses/server-error-with-content",
            ],
            Self::StreamsWait => &["intermediary/load/200-streams"],
            Self::CredentialsRemoved => &[
                "intermediary/requests/authorization",
                "client/llm/post-as-given",
                "client/requests/refreshed-header-after-the-end",
                "client/requests/refreshed-header-keeps-the-position",
            ],
        }
    }
}
