//! What the server gets wrong around its streams: heads, framing, endings, history, clients that leave.

/// Passes the list and these entries, after those of `stream`, to the macro that defines the list.
macro_rules! entries {
    ($define:ident! $($list:tt)*) => {
        crate::defect::server::stream::entries! { $define! { $($list)* }
            // Opening a stream

            /// A stream has status 201.
            Created: "http/stream-status",
            /// A stream is labeled as plain text.
            PlainType: "whatwg/server-content-type",
            /// A stream is labeled as ISO-8859-1.
            OtherCharset: "whatwg/server-charset-parameter-utf8",
            /// The content type is sent twice.
            TwoTypes: "http/content-type-single",
            /// A stream has a Content-Length.
            LengthOfStream: "http/content-length-exact",
            /// A chunked stream has a Content-Length.
            LengthAndChunks: "http/length-and-transfer-encoding",
            /// The size of a chunk is counted in characters.
            ChunksInCharacters: "http/chunk-syntax",
            /// Another transfer coding is listed after chunked.
            ChunkedIsNotLast: "http/chunked-is-last",
            /// The lines of the head end with LF instead of CRLF.
            HeadEndsWithLineFeeds: "http/head-syntax",
            /// The head is sent with the first event.
            HeadHeldBack: "ls1intum/Artemis#13149",
            /// A response has no Date.
            NoDate: "http/date",
            /// A response has no Cache-Control.
            StoredByCaches: "resilience-server/not-stored",
            /// A stream is labeled as compressed, whatever the client accepts.
            CodingUnasked: "resilience-server/coding-offered",
            /// A request that accepts anything is answered with 406.
            AnythingRefused: "http/accept-absent",
            /// A request that accepts an event stream among other types is answered with 406.
            ListRefused: "http/accept-list",
            /// The response to an HTTP/1.0 request is chunked.
            ChunksInHttp10: "http/no-transfer-encoding-in-http10",
            /// An HTTP/1.0 connection is not closed at the end of the stream.
            Http10KeptOpen: "http/close-delimited",
            /// A response over HTTP/2 has a Connection field.
            ConnectionFieldInHttp2: "http/h2-no-connection-fields",
            /// A stream over HTTP/2 ends with a reset.
            Http2EndIsReset: "http/h2-end-of-stream",
            /// Several data lines are joined over HTTP/2.
            Http2LinesJoined: "resilience-server/versions-are-equal",
            /// Ids are not sent over HTTP/2.
            Http2IdsMissing: "resilience-server/versions-are-equal",
            /// Last-Event-ID is read only in the first request of a connection over HTTP/2.
            Http2LastEventIdOnce: "resilience-server/versions-are-equal",
            /// A connection over HTTP/2 may have 50 streams at the same time.
            Http2StreamsLimited: "http/h2-concurrent-streams",

            // Events

            /// Each event is sent with the next one.
            EventsHeldBack: "ag-ui-protocol/ag-ui#560",
            /// A stream begins with an event of the server's own.
            GreetingSent: "resilience-server/one-event-each",
            /// An event equal to the previous one is not sent.
            EqualEventsMerged: "resilience-server/one-event-each",
            /// An event of more than 128 KiB is sent after the next one.
            LargeEventsOvertaken: "resilience-server/one-event-each",
            /// A stream ends after 512 events.
            StreamsEndAfterManyEvents: "omnara-ai/omnara#502",
            /// A stream that is quiet for 2 s is ended.
            QuietStreamsEnd: "oven-sh/bun#27479",
            /// A quiet stream gets no keep-alive.
            NoKeepAlive: "Necmttn/ax#506",
            /// A stream begins with all earlier events.
            PastForEveryone: "r3labs/sse#61",
            /// Events are sent only to the stream that was opened last.
            EventsForTheNewest: "resilience-server/parallel-streams",
            /// Each event is sent to one of the streams in turn.
            EventsInTurn: "resilience-server/parallel-streams",
            /// More than 64 simultaneous streams are answered with 503.
            StreamsLimited: "resilience-server/parallel-streams",
            /// Each event is repeated for every client that has left.
            ListenersPileUp: "resilience-server/one-event-each",
            /// No client gets events while one does not read.
            SlowClientsHoldUp: "resilience-server/slow-clients",

            // Ends

            /// A stream ends with a reset of its connection.
            EndIsReset: "resilience-server/end-is-told",
            /// Text that cannot be sent breaks the streams.
            TextBreaksStreams: "resilience-server/one-event-each",
            /// A stream ends without the last chunk.
            EndWithoutLastChunk: "http/chunked-complete",
            /// A stream that its application ends continues.
            EndIsIgnored: "resilience-server/end-is-told",
            /// An event is sent at the end of a stream.
            EndIsAnnounced: "resilience-server/one-event-each",
            /// Only the stream that was opened last is ended.
            EndOfTheNewest: "resilience-server/end-is-told",
            /// A topic is answered with 404 after the end of its streams.
            EndIsForGood: "resilience-server/come-and-go",
            /// A client that should stop reconnecting is answered with an empty stream.
            StopIsEmptyStream: "whatwg/server-204-to-stop",
            /// A 204 has a Content-Length.
            StopHasLength: "http/no-content",
            /// A 204 has content.
            StopHasContent: "http/no-content",
            /// A shutdown does not end open streams.
            ShutdownWaits: "sysid/sse-starlette#1",
            /// A shutdown resets the connections.
            ShutdownBreaks: "Kludex/uvicorn#2829",

            // Resuming

            /// Last-Event-ID is ignored.
            NothingReplayed: "resilience-server/resume",
            /// The event whose id the client sends is repeated.
            ReplayFromTheSame: "resilience-server/resume-without-repetition",
            /// The first missed event is skipped.
            ReplaySkipsOne: "resilience-server/resume-without-loss",
            /// The last missed event is not sent.
            ReplayWithoutTheLast: "resilience-server/resume-without-loss",
            /// The last missed event is sent twice.
            ReplayRepeatsTheLast: "resilience-server/resume-without-repetition",
            /// Missed events are sent in reverse order.
            ReplayBackwards: "resilience-server/resume-in-order",
            /// Missed events are sent after the next new one.
            ReplayAfterTheNext: "resilience-server/resume-in-order",
            /// A client that resumes gets new events only some time after the missed ones were chosen.
            SubscribedAfterReplay: "agentscope-ai/agentscope#2123",
            /// Missed events are sent without their types.
            ReplayWithoutTypes: "resilience-server/resume-without-loss",
            /// Missed events are sent without their ids.
            ReplayWithoutIds: "resilience-server/resume-without-loss",
            /// Only the first data line of missed events is sent.
            ReplayOfFirstLines: "resilience-server/resume-without-loss",
            /// Missed events are sent only to the first client that resumes.
            ReplayOnce: "resilience-server/resume-without-loss",
            /// A client resumes after the last event that was sent, whatever its Last-Event-ID is.
            ReplayFromWhatWasSent: "resilience-server/resume-without-loss",
            /// Only eight events are kept.
            ShortHistory: "resilience-server/resume-without-loss",
            /// Events of more than 64 KiB are not kept.
            SmallHistory: "resilience-server/resume-without-loss",
            /// Ids are compared as numbers, and others are unknown.
            IdsAreNumbers: "resilience-server/resume-without-loss",
            /// Ids are compared in text order.
            IdsAreOrdered: "resilience-server/resume-without-loss",
            /// Last-Event-ID is read as Latin-1.
            IdReadAsLatin1: "resilience-server/id-beyond-ascii",
            /// Last-Event-ID is recognized only in its usual capitalization.
            IdFieldInExactCase: "http/field-names-in-any-case",
            /// Kept events are lost when the last client leaves.
            HistoryGoneWithTheLast: "resilience-server/resume-without-loss",
            /// Events sent while no client is connected are not kept.
            NothingKeptForNobody: "resilience-server/resume-without-loss",
            /// An unknown id is answered with 404.
            UnknownIdNotFound: "resilience-server/unknown-id",
            /// An id with markup is answered with 500.
            HostileIdFails: "resilience-server/hostile-id",

            // Clients that leave

            /// A client that closes its connection is not reported.
            LeavingUntold: "sysid/sse-starlette#7",
            /// A client whose connection breaks is not reported.
            BreakingUntold: "honojs/hono#2049",
            /// A client that left is reported only at the next write.
            LeavingToldOnWrite: "honojs/hono#2273",
            /// A client that leaves before any event is not reported.
            LeavingBeforeEventsUntold: "nestjs/nest#17017",
            /// A connection that the client half-closes is kept until it breaks.
            HalfClosedKept: "yhirose/cpp-httplib#1840",
            /// Only the first client that leaves is reported.
            LeavingToldOnce: "r3labs/sse#102",
            /// A stream that is reset over HTTP/2 is not reported.
            Http2ResetUntold: "resilience-server/disconnects-noticed",
            /// A stream that is reset over HTTP/2 is not reported while its connection has other streams.
            Http2ResetAmongOthersUntold: "resilience-server/disconnects-noticed",
            /// A stream that is reset over HTTP/2 ends its connection.
            Http2ResetEndsConnection: "http/h2-reset-one-stream",
            /// A stream that is reset over HTTP/2 remains one of the 100 that its connection may have.
            Http2ResetKeepsItsPlace: "resilience-server/come-and-go",
            /// A client that closes its connection ends the streams of all.
            LeavingEndsAll: "akka/akka-http#1977",
            /// A client whose connection breaks ends the streams of all.
            BreakingEndsAll: "akka/akka-http#1977",
        }
    };
}

pub(in crate::defect) use entries;
