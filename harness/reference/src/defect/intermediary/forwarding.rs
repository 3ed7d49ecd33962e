//! What the intermediary gets wrong around content: requests, responses, their ends, and departures.

/// Passes the list and all entries to the macro that defines the list.
macro_rules! entries {
    ($define:ident! $($list:tt)*) => { $crate::defect::intermediary::content::entries! { $define! { $($list)* }

        // Incomplete responses

        /// A response whose origin closes the connection between two chunks ends cleanly.
        EndAfterFinBetweenChunks: "http/proxy-incomplete",
        /// A response whose origin closes the connection inside a chunk ends cleanly.
        EndAfterFinInsideChunk: "http/proxy-incomplete",
        /// A chunked response whose origin resets the connection ends cleanly.
        EndAfterReset: "http/proxy-incomplete",
        /// A response that is shorter than its Content-Length ends cleanly.
        EndBeforeLength: "http/proxy-incomplete",
        /// A response that the end of the connection delimits ends cleanly when the origin resets the connection.
        EndAfterResetWithoutLength: "http/proxy-incomplete",
        /// A response whose origin resets its HTTP/2 stream with NO_ERROR ends cleanly.
        EndAfterNoError: "http/proxy-incomplete",
        /// In HTTP/2, every response ends with END_STREAM.
        EndOfBrokenStreamInHttp2: "http/proxy-h2-incomplete",
        /// The client does not learn that the origin is gone.
        DeadOriginHidden: "vitejs/vite#20712",
        /// The client does not learn that the origin has broken its connection off before the head.
        FailureHidden: "resilience-intermediary/failure-told",
        /// GOAWAY of the origin ends the streams that are open on its connection.
        GoAwayEndsStreams: "http/h2-goaway-stream-goes-on",
        /// An error message is added to a stream that broke off.
        TextAddedToBrokenStream: "resilience-intermediary/nothing-added",
        /// Content waits for 400 ms, and is lost if the origin breaks off before that.
        LastContentLost: "resilience-intermediary/sent-before-the-end",

        // Departures

        /// The origin does not learn that a client has left with FIN.
        FinNotPassedOn: "http-party/node-http-proxy#1520",
        /// The origin does not learn that a client has left with RST.
        ResetNotPassedOn: "http-party/node-http-proxy#1520",
        /// The origin does not learn that a client has reset its HTTP/2 stream.
        StreamResetNotPassedOn: "vitejs/vite#13522",

        // Reloads

        /// A reload ends open streams as if they were complete.
        StreamsEndedByReload: "http/proxy-incomplete",
        /// After a reload, new connections are not accepted.
        NothingAcceptedAfterReload: "resilience-intermediary/reload-goes-on",

        // Requests

        /// The origin is asked with HTTP/1.0.
        OriginAskedWithHttp10: "resilience-intermediary/asked-with-chunks",
        /// Last-Event-ID is not forwarded.
        LastEventIdDropped: "http/proxy-fields-forwarded",
        /// Last-Event-ID is forwarded without its value.
        LastEventIdEmptied: "http/proxy-fields-forwarded",
        /// An empty Last-Event-ID is not forwarded.
        EmptyLastEventIdDropped: "http/proxy-fields-forwarded",
        /// Several spaces in Last-Event-ID become one.
        LastEventIdCollapsed: "http/proxy-fields-forwarded",
        /// Bytes outside ASCII in Last-Event-ID are replaced.
        LastEventIdInAscii: "http/proxy-fields-forwarded",
        /// Field values are cut after 4096 bytes.
        LongFieldsCut: "http/proxy-fields-forwarded",
        /// Authorization is not forwarded.
        AuthorizationDropped: "http/proxy-authorization",
        /// Fields with unknown names are not forwarded.
        UnknownFieldsDropped: "http/proxy-fields-forwarded",
        /// Fields of a request that Connection names are forwarded.
        RequestConnectionFieldsForwarded: "http/proxy-connection-fields",
        /// The content of a request is lost.
        ContentOfRequestLost: "resilience-intermediary/request-content",
        /// A POST request is sent again when the origin resets the connection.
        PostSentAgain: "http/proxy-post-once",
        /// A GET request is sent again and again when the origin resets the connection.
        GetSentAgainAndAgain: "http/proxy-retry-once",
        /// After a GOAWAY of the origin, requests fail, since no other connection is opened.
        ConnectionKeptAfterGoAway: "resilience-intermediary/connection-after-goaway",
        /// The origin is asked for gzip although the client did not ask for it.
        GzipAskedFor: "resilience-intermediary/coding-not-asked",

        // Responses

        /// Fields of a response that Connection names are forwarded.
        ResponseConnectionFieldsForwarded: "http/proxy-connection-fields",
        /// The parameters of Content-Type are dropped.
        MediaTypeParametersDropped: "resilience-intermediary/media-type-unchanged",
        /// Cache-Control is not forwarded.
        CacheControlDropped: "http/proxy-fields-forwarded",
        /// Fields of a response with unknown names are not forwarded.
        ResponseFieldsDropped: "http/proxy-fields-forwarded",
        /// Set-Cookie fields become one.
        SetCookieJoined: "http/proxy-set-cookie",
        /// 204 becomes 200.
        NoContentIsOk: "resilience-intermediary/status-unchanged",
        /// Redirects are followed.
        RedirectsFollowed: "resilience-intermediary/redirects-forwarded",
        /// The content of errors is replaced.
        ErrorsReplaced: "resilience-intermediary/errors-forwarded",
        /// An HTTP/1.0 client gets chunks.
        ChunksForHttp10: "http/proxy-http10",

        // Caching

        /// Responses are stored and served again, whatever their Cache-Control says.
        StreamsStored: "http/proxy-no-store",
        /// A request for a stream that is open is answered with that stream.
        StreamsShared: "http/proxy-no-store",

        // Load

        /// Everything that the origin sends is read, whether or not the client reads.
        OriginReadWithoutBound: "resilience-intermediary/back-pressure",
        /// A client that does not read holds up all others.
        SlowReaderHoldsUpOthers: "resilience-intermediary/slow-reader-alone",
        /// The 101st stream waits for another to end.
        HundredStreamsOnly: "resilience-intermediary/many-streams",
    } };
}

pub(in crate::defect) use entries;
