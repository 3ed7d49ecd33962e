//! What the client gets wrong around the body of a response: requests, answers, reconnecting, closing.

/// Passes the list and these entries, after those of `stream`, to the macro that defines the list.
macro_rules! entries {
    ($define:ident! $($list:tt)*) => {
        crate::defect::client::stream::entries! { $define! { $($list)* }
            // Status

            /// Any status from 200 to 299 is accepted.
            AnySuccessAccepted: "whatwg/http-other-2xx-fails-connection",
            /// The status is not checked.
            StatusIgnored: "whatwg/http-200-required",
            /// The status is not checked if the response has a body.
            StatusOfBodyIgnored: "whatwg/http-200-required",
            /// The client reconnects after a 204.
            NoContentRetried: "EventSource/eventsource#14",
            /// The client reconnects after a 205.
            ResetContentRetried: "whatwg/http-205-fails-connection",
            /// The client reconnects after another status from 200 to 299.
            OtherSuccessRetried: "whatwg/http-other-2xx-fails-connection",
            /// The client reconnects after a 300 or 304.
            RedirectionRetried: "whatwg/http-3xx-unfollowed-fails-connection",
            /// The client reconnects after a redirect without a Location.
            RedirectWithoutLocationRetried: "whatwg/http-3xx-unfollowed-fails-connection",
            /// The client reconnects after a 401 or 403.
            ForbiddenRetried: "EventSource/eventsource#60",
            /// The client reconnects after a 429.
            TooManyRequestsRetried: "whatwg/http-4xx-fails-connection",
            /// The client reconnects after another status from 400 to 499.
            ClientErrorRetried: "fanout/reconnecting-eventsource#73",
            /// The client reconnects after a status from 500 to 599.
            ServerErrorRetried: "Yaffle/EventSource#88",
            /// The status of the response to a reconnection is not checked.
            StatusOfReconnectIgnored: "whatwg/http-reconnect-response-same-checks",
            /// The client reconnects after any unsuccessful response to a reconnection.
            StatusOfReconnectRetried: "whatwg/http-reconnect-response-same-checks",
            /// The events in the body of a failed response are delivered.
            FailedBodyRead: "whatwg/http-failed-response-body-ignored",
            /// The connection of a failed response is left open until its body ends.
            FailedConnectionKept: "r3labs/sse#95",
            /// Failing the connection fires no error event.
            FailureWithoutError: "whatwg/fail-closed-before-error",
            /// Failing the connection fires the error event before readyState is CLOSED.
            FailureErrorBeforeState: "whatwg/fail-closed-before-error",
            /// Failing the connection leaves readyState as it was.
            FailureLeavesState: "whatwg/fail-closed-before-error",
            /// The client connects again after it failed the connection.
            FailedConnectsAgain: "whatwg/fail-never-reconnects",
            /// An interim response is treated as the final one.
            InterimAnswerIsFinal: "whatwg/http-1xx-ignored",
            /// An interim response other than 100 is treated as the final one.
            InterimOtherThan100IsFinal: "whatwg/http-1xx-ignored",
            /// A 100 response is treated as a network error.
            ContinueIsAnError: "whatwg/http-1xx-ignored",
            /// Header field names are compared case-sensitively.
            HeaderNameCaseCounts: "whatwg/mime-type-required",

            // Content type

            /// The content type is not checked.
            TypeNotChecked: "whatwg/mime-type-mismatch-fails",
            /// A missing content type is accepted.
            MissingTypeAccepted: "ktorio/ktor#5836",
            /// The content type is compared case-sensitively.
            TypeCaseCounts: "clue/reactphp-eventsource#2",
            /// A content type with parameters is rejected.
            ParametersRefused: "Azure/fetch-event-source#1",
            /// A content type with a trailing semicolon is rejected.
            LastSemicolonRefused: "whatwg/mime-trailing-semicolon-accepted",
            /// A content type with whitespace before its semicolon is rejected.
            SpaceBeforeSemicolonRefused: "whatwg/mime-charset-parameter-ignored",
            /// A charset other than UTF-8 is rejected.
            OtherCharsetRefused: "whatwg/mime-charset-parameter-ignored",
            /// A content type that begins with text/event-stream is accepted.
            TypePrefixEnough: "whatwg/mime-type-mismatch-fails",
            /// A content type that contains text/event-stream is accepted.
            TypeAnywhereEnough: "whatwg/mime-type-mismatch-fails",
            /// A content type with text/event-stream in a parameter is accepted.
            TypeInParameterEnough: "whatwg/mime-type-mismatch-fails",
            /// The first of several content types decides.
            FirstOfTwoTypesCounts: "whatwg/mime-type-mismatch-fails",
            /// An event stream labeled as text/plain is accepted.
            PlainTextSniffed: "whatwg/mime-no-sniffing",
            /// A content type that cannot be parsed is accepted.
            MalformedTypeAccepted: "whatwg/mime-malformed-fails",
            /// The client reconnects after a response with another content type.
            OtherTypeRetried: "whatwg/mime-type-mismatch-fails",
            /// The content type of the response to a reconnection is not checked.
            TypeOfReconnectIgnored: "whatwg/http-reconnect-response-same-checks",

            // Requests

            /// An empty Last-Event-ID is sent if the last event ID is empty.
            EmptyLastEventIdSent: "whatwg/request-first-has-no-last-event-id",
            /// An empty Last-Event-ID is sent on reconnection if the last event ID is empty.
            EmptyLastEventIdSentAgain: "whatwg/reconnect-omits-empty-last-event-id",
            /// Last-Event-ID is never sent.
            LastEventIdNeverSent: "alevinval/sse#40",
            /// The Last-Event-ID of the first reconnection is sent with all later ones.
            FirstLastEventIdSentAlways: "EventSource/eventsource#27",
            /// Last-Event-ID is sent only once for each id.
            LastEventIdSentOnce: "modelcontextprotocol/typescript-sdk#2809",
            /// A new Last-Event-ID is added to the old one.
            LastEventIdAdded: "whatwg/reconnect-last-event-id-single-latest",
            /// The old Last-Event-ID is sent after an empty id.
            StaleLastEventIdSent: "whatwg/reconnect-omits-header-after-reset",
            /// A non-ASCII id is not sent.
            OtherThanAsciiNotSent: "nodejs/undici#5746",
            /// A non-ASCII id is sent in Latin-1, with question marks.
            LastEventIdInLatin1: "whatwg/reconnect-sends-last-event-id-utf8",
            /// A space in Last-Event-ID is sent as %20.
            LastEventIdPercentEncoded: "whatwg/reconnect-sends-last-event-id-utf8",
            /// An id of more than 255 bytes is not sent.
            LongIdNotSent: "nodejs/undici#5746",
            /// The initial last event ID is not sent.
            InitialIdNotSent: "overcat/requests-sse#22",
            /// The initial last event ID is sent with every request.
            InitialIdSentAlways: "launchdarkly/dotnet-eventsource#53",
            /// The initial last event ID is sent only once.
            InitialIdSentOnce: "EventSource/eventsource#27",
            /// A GET request has a Content-Length of 0.
            GetWithContentLength: "whatwg/request-method-get-no-body",
            /// No Accept header is sent.
            AcceptNotSent: "whatwg/request-accept-header",
            /// The user's Accept header is replaced.
            OwnAcceptReplaced: "whatwg/request-accept-header",
            /// The user's headers are sent with the first request only.
            OwnHeadersSentOnce: "whatwg/reestablish-reuses-request",
            /// A reset causes two requests: one immediately and one after the reconnection delay.
            TwoRequestsAfterReset: "EventSource/eventsource#57",
            /// A request that is not safe to repeat is sent again after a loss.
            PostRepeated: "resilience/post-not-repeated",

            // Redirects

            /// Redirects are not followed.
            RedirectsNotFollowed: "whatwg/redirect-301-307-followed",
            /// A 303 is not followed.
            SeeOtherNotFollowed: "whatwg/redirect-302-303-308-followed",
            /// A 307 is not followed.
            TemporaryRedirectNotFollowed: "whatwg/redirect-301-307-followed",
            /// A 308 is not followed.
            PermanentRedirectNotFollowed: "whatwg/redirect-302-303-308-followed",
            /// Only 301 and 307 redirects are followed.
            OtherThan301And307NotFollowed: "whatwg/redirect-302-303-308-followed",
            /// A redirect is treated as a network error.
            RedirectIsANetworkError: "whatwg/redirect-301-307-followed",
            /// A redirect is not followed, and its status is not checked.
            RedirectIsRead: "whatwg/redirect-301-307-followed",
            /// The sixth redirect in a row is not followed.
            FewRedirectsFollowed: "whatwg/redirect-limit-20",
            /// After nine redirects in a row the client starts again.
            NineRedirectsFollowed: "whatwg/redirect-limit-20",
            /// The seventeenth redirect in a row is not followed.
            SixteenRedirectsFollowed: "whatwg/redirect-limit-20",
            /// Thirty redirects in a row are followed.
            ThirtyRedirectsFollowed: "whatwg/redirect-limit-20",
            /// Redirects are followed without limit.
            RedirectsFollowedForEver: "EventSource/eventsource#273",
            /// A relative Location is rejected.
            RelativeLocationRefused: "EventSource/eventsource#273",
            /// A relative Location is resolved against the first URL instead of the current one.
            LocationRelativeToFirst: "whatwg/redirect-301-307-followed",
            /// Last-Event-ID is not sent to the target of a redirect.
            RedirectLosesLastEventId: "whatwg/redirect-carries-last-event-id",
            /// An event has the origin of the first URL.
            OriginOfFirstUrl: "whatwg/dispatch-origin-final-url",
            /// A 307 or 308 redirect changes any method to GET.
            MethodLostByRedirect: "resilience/request-as-asked",
            /// A redirect to a URL that cannot be fetched makes the client hang.
            BadTargetHangs: "whatwg/redirect-bad-target-network-error",
            /// A redirect with an empty Location makes the client hang.
            EmptyLocationHangs: "whatwg/redirect-301-307-followed",
            /// Authorization and Cookie are sent to another origin after a redirect.
            CredentialsFollowRedirect: "CVE-2022-1650",

            /// Header fields that the user changes are not sent.
            RefreshedHeadersNotSent: "Azure/fetch-event-source#33",
            /// The last event ID is lost when the user changes header fields.
            RefreshForgetsLastEventId: "sguiheux/EventSource#17",

            // Framing

            /// The chunked coding is read as part of the stream.
            ChunkSizesAreText: "btubbs/sseclient#28",

            // Reconnecting

            /// A reset of the connection is not noticed.
            ResetNotNoticed: "whatwg/abnormal-end-reconnects",
            /// A clean end of the stream stops reconnection.
            CleanEndIsTheEnd: "erizet/EventSource4Net#7",
            /// The client never reconnects.
            EveryLossIsTheEnd: "lluchs/eventsource#1",
            /// The end of the stream goes unnoticed.
            CleanEndUnnoticed: "whatwg/end-of-body-reconnects",
            /// A connection that breaks or fails goes unnoticed.
            BreakUnnoticed: "lluchs/eventsource#1",
            /// The client waits for ever after a loss.
            WaitNeverEnds: "whatwg/reestablish-waits-reconnection-time",
            /// The end of a body with a Content-Length stops reconnection.
            SizedEndIsTheEnd: "whatwg/end-of-body-reconnects",
            /// The end of a close-delimited body stops reconnection.
            CloseDelimitedEndIsTheEnd: "whatwg/end-of-body-reconnects",
            /// An empty body stops reconnection.
            EmptyBodyIsTheEnd: "whatwg/http-200-empty-body-open-then-reconnect",
            /// A truncated body stops reconnection.
            BreakIsTheEnd: "lluchs/eventsource#1",
            /// A malformed chunk size stops reconnection.
            BrokenChunkIsTheEnd: "whatwg/abnormal-end-reconnects",
            /// A failed connection attempt stops reconnection.
            FailedAttemptIsTheEnd: "Synphonyte/leptos-use#242",
            /// A failed first connection attempt stops reconnection.
            FailedFirstAttemptIsTheEnd: "whatwg/http-network-error-reconnects",
            /// The sixth failed connection attempt in a row stops reconnection.
            SixthFailedAttemptIsTheEnd: "whatwg/reestablish-no-attempt-limit",
            /// A refused connection stops reconnection.
            RefusalIsTheEnd: "whatwg/http-network-error-reconnects",
            /// An unreachable redirect target stops reconnection.
            LostTargetIsTheEnd: "whatwg/http-network-error-reconnects",
            /// A response that is not HTTP stops reconnection.
            NotHttpIsTheEnd: "whatwg/http-network-error-reconnects",
            /// An id that no header can carry stops reconnection.
            UnsendableIdIsTheEnd: "nodejs/undici#5746",
            /// An id with a character outside Latin-1 stops reconnection.
            IdOutsideLatin1IsTheEnd: "whatwg/reconnect-sends-last-event-id-utf8",
            /// A stream that ends inside an event ends the client without an error event.
            CutEventIsTheEnd: "resilience/incomplete-event-signalled",
            /// A body that is not chunked is read in pieces of 128 bytes.
            UnchunkedBodyReadLate: "whatwg/buffering-timely-dispatch",
            /// The client stops reading a stream that is quiet for five seconds.
            QuietStreamLeft: "resilience/quiet-stream-kept",
            /// A stream is given up for a new one after 40 seconds, however many events come.
            StreamCutAfterFortySeconds: "resilience/no-limit-for-a-whole-stream",
            /// A stream is given up for a new one after five minutes, however many events come.
            StreamCutAfterFiveMinutes: "resilience/no-limit-for-a-whole-stream",
            /// A stream is given up for a new one after 45 seconds without an event, however many comments come.
            CommentsKeepNothing: "open-mercato/open-mercato#5406",
            /// A stream on which nothing comes for a minute is given up for a new one.
            QuietMinuteIsTheEnd: "resilience/quiet-stream-kept",
            /// A stream on which nothing comes for five minutes is given up for a new one.
            QuietFiveMinutesAreTheEnd: "QwenLM/qwen-code#4711",
            /// After a connection of a minute the client never waits again before it connects.
            HealthyMinuteEndsDelays: "launchdarkly/ruby-eventsource#5",
            /// The client reconnects five times at most.
            FiveReconnectsOnly: "whatwg/reestablish-no-attempt-limit",
            /// The reconnection delay is short, whatever the reconnection time is.
            ShortDelay: "whatwg/reestablish-waits-reconnection-time",
            /// The reconnection delay is only part of the reconnection time.
            DelayCut: "whatwg/reestablish-waits-reconnection-time",
            /// The reconnection delay is random, and may be much shorter than the reconnection time.
            DelayIsRandom: "whatwg/reestablish-waits-reconnection-time",
            /// The reconnection delay does not grow when attempts fail.
            DelayNeverGrows: "resilience/backoff-grows",
            /// The reconnection delay grows with every connection, even if it delivered events.
            DelayGrowsAlways: "launchdarkly/okhttp-eventsource#40",
            /// A new connection resets the reconnection time to five seconds.
            FiveSecondsAfterEachConnection: "whatwg/retry-persists",
            /// There is no delay at all before a stream has sent a retry.
            NoDelayWithoutRetry: "resilience/herd-waits",
            /// There is no delay at all after a retry of 0.
            NoDelayAfterRetryZero: "launchdarkly/rust-eventsource-client#135",
            /// The reconnection delay after a failed attempt is short.
            NoDelayAfterFailedAttempt: "launchdarkly/rust-eventsource-client#99",
            /// The events of the last read are lost with the connection.
            LastReadLostWithConnection: "whatwg/messages-before-loss-still-delivered",

            // The user's read timeout

            /// The read timeout does nothing.
            ReadTimeoutIgnored: "btubbs/sseclient#18",
            /// The read timeout starts with the first byte of a stream.
            ReadTimeoutFromFirstByte: "resilience/read-timeout-reconnects",
            /// A read timeout stops reconnection.
            SilenceIsTheEnd: "resilience/read-timeout-reconnects",
            /// Only events reset the read timeout.
            CommentsAreSilence: "open-mercato/open-mercato#5406",
            /// Only complete lines reset the read timeout.
            PartsOfLinesAreSilence: "resilience/any-byte-is-life",

            // What is shown

            /// A lost connection fires two error events.
            TwoErrorsForLoss: "whatwg/reestablish-one-error-per-loss",
            /// A lost connection fires no error event.
            LossWithoutError: "whatwg/reestablish-one-error-per-loss",
            /// A connection that breaks fires no error event.
            BreakWithoutError: "whatwg/reestablish-one-error-per-loss",
            /// An attempt to connect that fails fires no error event.
            FailedAttemptWithoutError: "whatwg/reestablish-one-error-per-loss",
            /// An event of type error counts as the error event of a loss.
            ErrorEventIsALoss: "whatwg/event-type-arbitrary-names",
            /// A lost connection fires the error event before readyState is CONNECTING.
            LossErrorBeforeState: "whatwg/reestablish-connecting-before-error",
            /// The open event is fired on the first connection only.
            OpenOnce: "whatwg/open-event-on-every-connection",
            /// The open event is never fired.
            OpenNever: "whatwg/open-event-on-every-connection",
            /// The open event is fired before readyState is OPEN.
            OpenBeforeState: "whatwg/announce-open-state-before-event",
            /// readyState is never OPEN.
            OpenLeavesState: "whatwg/announce-open-state-before-event",
            /// The open event is fired twice on reconnection.
            OpenTwiceOnReconnect: "whatwg/open-event-on-every-connection",
            /// The open event is fired when the first bytes of the body arrive.
            OpenWithFirstBytes: "whatwg/open-on-headers-not-first-byte",
            /// The open event is fired after the first event.
            OpenAfterFirstEvent: "whatwg/open-before-first-message",

            // Closing

            /// close() leaves an open connection running.
            CloseLeavesConnection: "r3labs/sse#21",
            /// close() leaves a pending request running.
            CloseLeavesRequest: "whatwg/close-while-connecting",
            /// close() leaves the reconnection timer running.
            CloseLeavesTimer: "lukas-reining/eventsource#11",
            /// close() of an open stream causes a reconnection.
            CloseIsALoss: "rexxars/eventsource-client#2",
            /// close() fires an error event.
            CloseGivesError: "whatwg/close-fires-no-event",
            /// close() in the open handler is ignored.
            CloseInOpenHandlerIgnored: "whatwg/close-inside-handler",
            /// close() in an event handler is ignored.
            CloseInEventHandlerIgnored: "whatwg/close-inside-handler",
            /// close() in an event handler does not stop the later events of the same read.
            CloseAfterTheRead: "whatwg/close-no-further-events",
            /// close() in the error handler is ignored.
            CloseInErrorHandlerIgnored: "rexxars/eventsource-client#3",

            // HTTP/2

            /// Each stream has an HTTP/2 connection of its own.
            StreamsUnshared: "http/h2-one-connection",
            /// close() ends the HTTP/2 connection with all its streams.
            CloseEndsConnection: "http/h2-reset-one-stream",
            /// A stream that is aborted over HTTP/2 keeps the flow-control credit of what was not read.
            AbortedStreamKeepsCredit: "curl/curl#11052",
            /// A stream that is not read uses up the window of its HTTP/2 connection.
            UnreadStreamHoldsOthers: "hyperium/hyper#2899",
            /// GOAWAY ends all streams, whatever its last stream identifier.
            GoAwayCutsStreams: "http/h2-goaway-stream-goes-on",
            /// GOAWAY is ignored.
            GoAwayIgnored: "http/h2-goaway-new-connection",
            /// PING is not answered.
            PingUnanswered: "http/h2-ping",
            /// PING is not answered while the handler of an event runs.
            PingWaitsForUser: "http/h2-ping",
            /// Trailers over HTTP/2 do not end a stream.
            TrailersUnnoticed: "http/h2-trailers-end-stream",
            /// A stream that the server resets with CANCEL stops the client.
            CanceledStreamIsTheEnd: "whatwg/abnormal-end-reconnects",
            /// A stream that the server resets before the head, with another code than REFUSED_STREAM, stops the client.
            ResetBeforeHeadIsTheEnd: "whatwg/http-network-error-reconnects",
            /// Of the streams on an HTTP/2 connection that is lost, only one notices.
            OneStreamNoticesLoss: "whatwg/abnormal-end-reconnects",

            // TLS

            /// Every certificate is accepted.
            UntrustedCertificateAccepted: "http/tls-certificate-verified",
            /// A server whose certificate is not trusted is tried again without a delay.
            UntrustedServerTriedAtOnce: "probot/smee-client#176",
            /// HTTP/2 is spoken over TLS without being offered in the handshake.
            AlpnNotOffered: "kurrent-io/KurrentDB#2264",
        }
    };
}

pub(in crate::defect) use entries;
