//! What the client gets wrong around the body of a response: requests, answers, reconnecting, closing.

/// Passes the list and these entries, after those of `stream`, to the macro that defines the list.
macro_rules! entries {
    ($define:ident! $($list:tt)*) => {
        crate::defect::client::stream::entries! { $define! { $($list)* }
            // Status

            /// Any status from 200 to 299 is taken for success.
            AnySuccessAccepted: "whatwg/http-other-2xx-fails-connection",
            /// The status is not looked at.
            StatusIgnored: "whatwg/http-200-required",
            /// A client that was answered 204 connects again.
            NoContentRetried: "EventSource/eventsource#14",
            /// A client that was answered 205 connects again.
            ResetContentRetried: "whatwg/http-205-fails-connection",
            /// A client that was answered 300 or 304 connects again.
            RedirectionRetried: "whatwg/http-3xx-unfollowed-fails-connection",
            /// A client that was answered a redirect without a Location connects again.
            RedirectWithoutLocationRetried: "whatwg/http-3xx-unfollowed-fails-connection",
            /// A client that was answered 401 or 403 connects again.
            ForbiddenRetried: "EventSource/eventsource#60",
            /// A client that was answered 429 connects again.
            TooManyRequestsRetried: "whatwg/http-4xx-fails-connection",
            /// A client that was answered another status from 400 to 499 connects again.
            ClientErrorRetried: "fanout/reconnecting-eventsource#73",
            /// A client that was answered a status from 500 to 599 connects again.
            ServerErrorRetried: "Yaffle/EventSource#88",
            /// The status of the answer to a reconnect is not looked at.
            StatusOfReconnectIgnored: "whatwg/http-reconnect-response-same-checks",
            /// The events in the body of a failed answer are delivered.
            FailedBodyRead: "whatwg/http-failed-response-body-ignored",
            /// A failed answer gives no error.
            FailureWithoutError: "whatwg/fail-closed-before-error",
            /// The error of a failed answer comes before the state is closed.
            FailureErrorBeforeState: "whatwg/fail-closed-before-error",
            /// A client that said it was done connects again.
            FailedConnectsAgain: "whatwg/fail-never-reconnects",
            /// An interim answer is taken for the final one.
            InterimAnswerIsFinal: "whatwg/http-1xx-ignored",
            /// Header names are compared with regard to case.
            HeaderNameCaseCounts: "whatwg/mime-type-required",

            // Content type

            /// The content type is not looked at.
            TypeNotChecked: "whatwg/mime-type-mismatch-fails",
            /// A missing content type is accepted.
            MissingTypeAccepted: "ktorio/ktor#5836",
            /// The case of the content type counts.
            TypeCaseCounts: "clue/reactphp-eventsource#2",
            /// A content type with parameters is refused.
            ParametersRefused: "Azure/fetch-event-source#1",
            /// A semicolon after the content type makes it another.
            LastSemicolonRefused: "whatwg/mime-trailing-semicolon-accepted",
            /// A charset other than UTF-8 is refused.
            OtherCharsetRefused: "whatwg/mime-charset-parameter-ignored",
            /// A content type that begins like the right one is accepted.
            TypePrefixEnough: "whatwg/mime-type-mismatch-fails",
            /// A stream in plain text is recognised.
            PlainTextSniffed: "whatwg/mime-no-sniffing",
            /// A content type that cannot be parsed is accepted.
            MalformedTypeAccepted: "whatwg/mime-malformed-fails",
            /// A client that was answered another type connects again.
            OtherTypeRetried: "whatwg/mime-type-mismatch-fails",
            /// The content type of the answer to a reconnect is not looked at.
            TypeOfReconnectIgnored: "whatwg/http-reconnect-response-same-checks",

            // Requests

            /// An empty Last-Event-ID is sent while there is none.
            EmptyLastEventIdSent: "whatwg/request-first-has-no-last-event-id",
            /// An empty Last-Event-ID is sent with a reconnect while there is none.
            EmptyLastEventIdSentAgain: "whatwg/reconnect-omits-empty-last-event-id",
            /// Last-Event-ID is never sent.
            LastEventIdNeverSent: "alevinval/sse#40",
            /// The Last-Event-ID of the first reconnect is sent with all that follow.
            FirstLastEventIdSentAlways: "EventSource/eventsource#27",
            /// Last-Event-ID is sent once for each id.
            LastEventIdSentOnce: "modelcontextprotocol/typescript-sdk#2809",
            /// A new Last-Event-ID is added to the old one.
            LastEventIdAdded: "whatwg/reconnect-last-event-id-single-latest",
            /// After an empty id the old Last-Event-ID is still sent.
            StaleLastEventIdSent: "whatwg/reconnect-omits-header-after-reset",
            /// An id outside ASCII is not sent.
            OtherThanAsciiNotSent: "nodejs/undici#5746",
            /// An id outside ASCII is sent in Latin-1, with question marks.
            LastEventIdInLatin1: "whatwg/reconnect-sends-last-event-id-utf8",
            /// A space in Last-Event-ID is sent as %20.
            LastEventIdPercentEncoded: "whatwg/reconnect-sends-last-event-id-utf8",
            /// An id of more than 255 bytes is not sent.
            LongIdNotSent: "nodejs/undici#5746",
            /// The id that the client was started with is not sent.
            InitialIdNotSent: "overcat/requests-sse#22",
            /// The id that the client was started with is sent with every request.
            InitialIdSentAlways: "launchdarkly/dotnet-eventsource#53",
            /// The id that the client was started with is sent once.
            InitialIdSentOnce: "EventSource/eventsource#27",
            /// A GET has a content-length of 0.
            GetWithContentLength: "whatwg/request-method-get-no-body",
            /// The user's headers are sent with the first request only.
            OwnHeadersSentOnce: "whatwg/reestablish-reuses-request",
            /// A reset is followed by a request at once and by another after the delay.
            TwoRequestsAfterReset: "EventSource/eventsource#57",

            // Redirects

            /// Redirects are not followed.
            RedirectsNotFollowed: "whatwg/redirect-301-307-followed",
            /// A 303 is not followed.
            SeeOtherNotFollowed: "whatwg/redirect-302-303-308-followed",
            /// A 307 is not followed.
            TemporaryRedirectNotFollowed: "whatwg/redirect-301-307-followed",
            /// A 308 is not followed.
            PermanentRedirectNotFollowed: "whatwg/redirect-302-303-308-followed",
            /// The sixth redirect in a row is not followed.
            FewRedirectsFollowed: "whatwg/redirect-limit-20",
            /// Redirects are followed without limit.
            RedirectsFollowedForEver: "EventSource/eventsource#273",
            /// A relative Location is refused.
            RelativeLocationRefused: "EventSource/eventsource#273",
            /// A relative Location is resolved against the first URL, not that of the request.
            LocationRelativeToFirst: "whatwg/redirect-301-307-followed",
            /// Last-Event-ID is not sent to the target of a redirect.
            RedirectLosesLastEventId: "whatwg/redirect-carries-last-event-id",
            /// An event carries the origin of the first URL.
            OriginOfFirstUrl: "whatwg/dispatch-origin-final-url",
            /// A redirect by 307 or 308 makes a GET of any method.
            MethodLostByRedirect: "resilience/request-as-asked",
            /// A redirect to what cannot be fetched is waited for without end.
            BadTargetHangs: "whatwg/redirect-bad-target-network-error",

            // Reconnecting

            /// A clean end of the stream is the end of the client.
            CleanEndIsTheEnd: "erizet/EventSource4Net#7",
            /// The end of a body with a content-length is the end of the client.
            SizedEndIsTheEnd: "whatwg/end-of-body-reconnects",
            /// The end of a body that ends with the connection is the end of the client.
            CloseDelimitedEndIsTheEnd: "whatwg/end-of-body-reconnects",
            /// An empty body is the end of the client.
            EmptyBodyIsTheEnd: "whatwg/http-200-empty-body-open-then-reconnect",
            /// A body that breaks off is the end of the client.
            BreakIsTheEnd: "lluchs/eventsource#1",
            /// A connection that comes to nothing is the end of the client.
            FailedAttemptIsTheEnd: "Synphonyte/leptos-use#242",
            /// A first connection that comes to nothing is the end of the client.
            FailedFirstAttemptIsTheEnd: "whatwg/http-network-error-reconnects",
            /// A refused connection is the end of the client.
            RefusalIsTheEnd: "whatwg/http-network-error-reconnects",
            /// A target of a redirect that comes to nothing is the end of the client.
            LostTargetIsTheEnd: "whatwg/http-network-error-reconnects",
            /// A stream that is quiet for five seconds is left for good.
            QuietStreamLeft: "resilience/quiet-stream-kept",
            /// A client reconnects five times at most.
            FiveReconnectsOnly: "whatwg/reestablish-no-attempt-limit",
            /// A reconnect waits for a moment only, whatever was asked for.
            ShortDelay: "whatwg/reestablish-waits-reconnection-time",
            /// A reconnect waits only a part of the time.
            DelayCut: "whatwg/reestablish-waits-reconnection-time",
            /// After a failed attempt the next waits for a moment only.
            NoDelayAfterFailedAttempt: "launchdarkly/rust-eventsource-client#99",
            /// The events of the last read are lost with the connection.
            LastReadLostWithConnection: "whatwg/messages-before-loss-still-delivered",

            // What is shown

            /// A lost connection gives two errors.
            TwoErrorsForLoss: "whatwg/reestablish-one-error-per-loss",
            /// A lost connection gives no error.
            LossWithoutError: "whatwg/reestablish-one-error-per-loss",
            /// A connection that breaks gives no error.
            BreakWithoutError: "whatwg/reestablish-one-error-per-loss",
            /// The error of a loss comes before the state is connecting.
            LossErrorBeforeState: "whatwg/reestablish-connecting-before-error",
            /// The client is announced as open on its first connection only.
            OpenOnce: "whatwg/open-event-on-every-connection",
            /// The client is announced as open twice on a reconnect.
            OpenTwiceOnReconnect: "whatwg/open-event-on-every-connection",
            /// The client is announced as open when the first bytes of the body have come.
            OpenWithFirstBytes: "whatwg/open-on-headers-not-first-byte",
            /// The client is announced as open after the first event.
            OpenAfterFirstEvent: "whatwg/open-before-first-message",

            // Closing

            /// close() leaves an open connection.
            CloseLeavesConnection: "r3labs/sse#21",
            /// close() leaves a request that has no answer yet.
            CloseLeavesRequest: "whatwg/close-while-connecting",
            /// close() leaves the timer of a reconnect.
            CloseLeavesTimer: "lukas-reining/eventsource#11",
            /// close() of an open stream is taken for a loss, and followed by a reconnect.
            CloseIsALoss: "rexxars/eventsource-client#2",
            /// close() reports an error.
            CloseGivesError: "whatwg/close-fires-no-event",
            /// close() in the open handler is ignored.
            CloseInOpenHandlerIgnored: "whatwg/close-inside-handler",
            /// close() in an event handler is ignored.
            CloseInEventHandlerIgnored: "whatwg/close-inside-handler",
            /// close() in an event handler does not stop the events that have come with it.
            CloseAfterTheRead: "whatwg/close-no-further-events",
            /// close() in the error handler is ignored.
            CloseInErrorHandlerIgnored: "rexxars/eventsource-client#3",
        }
    };
}

pub(in crate::defect) use entries;
