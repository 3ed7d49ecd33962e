//! What the server gets wrong around its streams: heads, framing, endings, history, clients that leave.

/// Passes the list and these entries, after those of `stream`, to the macro that defines the list.
macro_rules! entries {
    ($define:ident! $($list:tt)*) => {
        crate::defect::server::stream::entries! { $define! { $($list)* }
            // Opening a stream

            /// A stream is answered with 201.
            Created: "http/stream-status",
            /// A stream is labelled as plain text.
            PlainType: "whatwg/server-content-type",
            /// A stream is labelled as ISO-8859-1.
            OtherCharset: "whatwg/server-charset-parameter-utf8",
            /// The content type is sent twice.
            TwoTypes: "http/content-type-single",
            /// A stream has a Content-Length.
            LengthOfStream: "http/content-length-exact",
            /// A stream has a Content-Length beside its chunks.
            LengthAndChunks: "http/length-and-transfer-encoding",
            /// The size of a chunk is counted in characters.
            ChunksInCharacters: "http/chunk-syntax",
            /// Another coding is named after chunked.
            ChunkedIsNotLast: "http/chunked-is-last",
            /// The lines of the head end with LF alone.
            HeadEndsWithLineFeeds: "http/head-syntax",
            /// The head is sent with the first event.
            HeadHeldBack: "ls1intum/Artemis#13149",
            /// A response has no Date.
            NoDate: "http/date",
            /// A response says nothing of caches.
            StoredByCaches: "resilience-server/not-stored",
            /// A stream is labelled as compressed, whatever the client accepts.
            CodingUnasked: "resilience-server/coding-offered",
            /// A request that accepts anything is answered with 406.
            AnythingRefused: "http/accept-absent",
            /// A request that accepts an event stream among others is answered with 406.
            ListRefused: "http/accept-list",
            /// A request of HTTP/1.0 is answered in chunks.
            ChunksInHttp10: "http/no-transfer-encoding-in-http10",
            /// A connection of HTTP/1.0 is not closed at the end.
            Http10KeptOpen: "http/close-delimited",
            /// A response over HTTP/2 has a Connection field.
            ConnectionFieldInHttp2: "http/h2-no-connection-fields",
            /// The end of a stream over HTTP/2 is a reset.
            Http2EndIsReset: "http/h2-end-of-stream",
            /// Over HTTP/2 several lines of data are one.
            Http2LinesJoined: "resilience-server/versions-are-equal",

            // Events

            /// Each event is sent with the next.
            EventsHeldBack: "ag-ui-protocol/ag-ui#560",
            /// A stream begins with an event of the server's own.
            GreetingSent: "resilience-server/one-event-each",
            /// An event that equals the one before it is not sent.
            EqualEventsMerged: "resilience-server/one-event-each",
            /// An event of more than 128 KiB is sent after the next.
            LargeEventsOvertaken: "resilience-server/one-event-each",
            /// A stream ends after 512 events.
            StreamsEndAfterManyEvents: "omnara-ai/omnara#502",
            /// A stream on which nothing happens for 2 s is ended.
            QuietStreamsEnd: "oven-sh/bun#27479",
            /// A quiet stream carries nothing.
            NoKeepAlive: "Necmttn/ax#506",
            /// A stream begins with all events that ever were.
            PastForEveryone: "r3labs/sse#61",
            /// Events are sent to the stream that was opened last.
            EventsForTheNewest: "resilience-server/parallel-streams",
            /// Each event is sent to one of the streams in turn.
            EventsInTurn: "resilience-server/parallel-streams",
            /// More than 64 streams at once are answered with 503.
            StreamsLimited: "resilience-server/parallel-streams",
            /// Each stream gets an event as often as clients have come before.
            ListenersPileUp: "resilience-server/one-event-each",
            /// Nothing is sent to anyone while a client does not read.
            SlowClientsHoldUp: "resilience-server/slow-clients",

            // Ends

            /// The end of a stream is a reset of its connection.
            EndIsReset: "resilience-server/end-is-told",
            /// Text that cannot be sent breaks the streams.
            TextBreaksStreams: "resilience-server/one-event-each",
            /// The end of a stream has no last chunk.
            EndWithoutLastChunk: "http/chunked-complete",
            /// A stream that its application ends goes on.
            EndIsIgnored: "resilience-server/end-is-told",
            /// The end of a stream is an event.
            EndIsAnnounced: "resilience-server/one-event-each",
            /// Only the stream that was opened last is ended.
            EndOfTheNewest: "resilience-server/end-is-told",
            /// After the end of its streams a topic is answered with 404.
            EndIsForGood: "resilience-server/come-and-go",
            /// A client that is to stop is answered with an empty stream.
            StopIsEmptyStream: "whatwg/server-204-to-stop",
            /// A 204 has a Content-Length.
            StopHasLength: "http/no-content",
            /// A 204 has content.
            StopHasContent: "http/no-content",
            /// A shutdown leaves open streams as they are.
            ShutdownWaits: "sysid/sse-starlette#1",
            /// A shutdown resets the connections.
            ShutdownBreaks: "Kludex/uvicorn#2829",

            // Resuming

            /// Last-Event-ID is not looked at.
            NothingReplayed: "resilience-server/resume",
            /// The event whose id is sent is repeated.
            ReplayFromTheSame: "resilience-server/resume-without-repetition",
            /// The first event that was missed is skipped.
            ReplaySkipsOne: "resilience-server/resume-without-loss",
            /// The last event that was missed is not sent.
            ReplayWithoutTheLast: "resilience-server/resume-without-loss",
            /// The last event that was missed is sent twice.
            ReplayRepeatsTheLast: "resilience-server/resume-without-repetition",
            /// What was missed is sent in reverse.
            ReplayBackwards: "resilience-server/resume-in-order",
            /// What was missed is sent after what is new.
            ReplayAfterTheNext: "resilience-server/resume-in-order",
            /// What was missed is sent without its types.
            ReplayWithoutTypes: "resilience-server/resume-without-loss",
            /// What was missed is sent without its ids.
            ReplayWithoutIds: "resilience-server/resume-without-loss",
            /// Of what was missed the first line is sent.
            ReplayOfFirstLines: "resilience-server/resume-without-loss",
            /// What was missed is sent to the first client that resumes.
            ReplayOnce: "resilience-server/resume-without-loss",
            /// A client goes on after what was sent last, whatever it says.
            ReplayFromWhatWasSent: "resilience-server/resume-without-loss",
            /// Eight events are kept.
            ShortHistory: "resilience-server/resume-without-loss",
            /// Events of more than 64 KiB are not kept.
            SmallHistory: "resilience-server/resume-without-loss",
            /// Ids are compared as numbers, and what is no number is unknown.
            IdsAreNumbers: "resilience-server/resume-without-loss",
            /// Ids are compared by the order of their text.
            IdsAreOrdered: "resilience-server/resume-without-loss",
            /// Last-Event-ID is read as Latin-1.
            IdReadAsLatin1: "resilience-server/id-beyond-ascii",
            /// Last-Event-ID is found in one spelling only.
            IdFieldInExactCase: "http/field-names-in-any-case",
            /// The history is gone when no client is left.
            HistoryGoneWithTheLast: "resilience-server/resume-without-loss",
            /// What happens while nobody is connected is not kept.
            NothingKeptForNobody: "resilience-server/resume-without-loss",
            /// An id that is not known is answered with 404.
            UnknownIdNotFound: "resilience-server/unknown-id",
            /// An id with markup is answered with 500.
            HostileIdFails: "resilience-server/hostile-id",

            // Clients that leave

            /// A client that closes its connection is not told of.
            LeavingUntold: "sysid/sse-starlette#7",
            /// A client whose connection breaks is not told of.
            BreakingUntold: "honojs/hono#2049",
            /// A client that has left is told of at the next write.
            LeavingToldOnWrite: "honojs/hono#2273",
            /// A client that leaves before any event is not told of.
            LeavingBeforeEventsUntold: "nestjs/nest#17017",
            /// Of several clients that leave only the first is told of.
            LeavingToldOnce: "r3labs/sse#102",
            /// A stream that is reset over HTTP/2 is not told of.
            Http2ResetUntold: "resilience-server/disconnects-noticed",
            /// A client that closes its connection ends the streams of all.
            LeavingEndsAll: "akka/akka-http#1977",
            /// A client whose connection breaks ends the streams of all.
            BreakingEndsAll: "akka/akka-http#1977",
        }
    };
}

pub(in crate::defect) use entries;
