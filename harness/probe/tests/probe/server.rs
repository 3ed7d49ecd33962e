//! An event stream server over raw sockets. It is sound, except for the flaws that are switched on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::date;
use crate::event_log::EventLog;
use crate::flaw::Flaw::{self, *};
use crate::frame::frame;
use crate::output::Output;
use crate::request::{Request, cors};

pub(crate) type Flaws = Arc<BTreeSet<Flaw>>;

/// Starts a server, which runs as long as the runtime. Returns the URL of its stream.
pub(crate) async fn start(flaws: &[Flaw]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let flaws: Flaws = Arc::new(flaws.iter().copied().collect());
    let log = EventLog::start();
    let turn = Arc::new(tokio::sync::Mutex::new(()));
    let slots = Arc::new(tokio::sync::Semaphore::new(8));
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let (flaws, log, turn) = (Arc::clone(&flaws), log.clone(), Arc::clone(&turn));
            let slots = Arc::clone(&slots);
            tokio::spawn(async move {
                connection.set_nodelay(true).expect("a socket");
                let slot = slots.try_acquire();
                if flaws.contains(&FewConnections) && slot.is_err() {
                    return refuse(connection).await;
                }
                if log.has_crashed() {
                    return None;
                }
                let _turn = if flaws.contains(&OneAtATime) { Some(turn.lock().await) } else { None };
                serve(connection, &flaws, &log).await
            });
        }
    });
    format!("http://{address}/events")
}

/// Refuses a connection.
async fn refuse(mut connection: tokio::net::TcpStream) -> Option<()> {
    let mut request = [0; 16 * 1024];
    let _ = connection.read(&mut request).await.ok()?;
    let answer = b"HTTP/1.1 503 Service Unavailable\r\ndate: Sat, 21 Nov 2026 12:00:00 GMT\r\ncontent-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n";
    connection.write_all(answer).await.ok()
}

/// Responds to the requests on a connection.
pub(crate) async fn serve<S>(mut connection: S, flaws: &Flaws, log: &EventLog) -> Option<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            let mut piece = [0; 16 * 1024];
            match connection.read(&mut piece).await.ok()? {
                0 => return None,
                length => buffer.extend_from_slice(&piece[..length]),
            }
        };
        let head: Vec<u8> = buffer.drain(..end + 4).collect();
        let request = Request::parse(String::from_utf8_lossy(&head).trim_end());
        respond(&mut connection, &request, flaws, log).await?;
        if request.is_http10 || request.field("connection") == Some("close") {
            return None;
        }
    }
}

/// Responds to a request. `None` closes the connection.
async fn respond<S>(connection: &mut S, request: &Request, flaws: &Flaws, log: &EventLog) -> Option<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let has = |flaw| flaws.contains(&flaw);
    let mut fields = cors(request, flaws);
    if has(OddDate) {
        fields.push_str("date: 2026-01-01 00:00:00\r\n");
    } else if !has(NoDate) {
        let now = if has(FrozenDate) { "Thu, 01 Jan 2026 00:00:00 GMT".into() } else { date::now() };
        fields.push_str(&format!("date: {now}\r\n"));
    }
    let brief = |status: &str, more: &str, body: &str| {
        let content = if request.method == "HEAD" { "" } else { body };
        let length = if status.starts_with("204") {
            String::new()
        } else {
            format!("content-length: {}\r\n", body.len())
        };
        format!("HTTP/1.1 {status}\r\n{fields}{more}{length}\r\n{content}").into_bytes()
    };
    let path = request.path.split('?').next().unwrap_or_default();
    if path != "/events" && has(BriefStream) {
        let text = "content-type: text/event-stream\r\n";
        return connection.write_all(&brief("200 OK", text, "data: no such stream\n\n")).await.ok();
    }
    if path != "/events" {
        let text =
            format!("content-type: text/{}\r\n", if has(ErrorStream) { "event-stream" } else { "html" });
        let status = if has(ErrorPage) || has(ErrorStream) { "200 OK" } else { "404 Not Found" };
        return connection.write_all(&brief(status, &text, "<h1>Error: not found</h1>")).await.ok();
    }
    let id = request.fields.iter().find(|(name, _)| {
        if has(CaseSensitiveField) {
            name == "last-event-id"
        } else if has(ExactField) {
            name == "Last-Event-ID"
        } else {
            name.eq_ignore_ascii_case("last-event-id")
        }
    });
    let id = id.map(|(_, value)| value.as_str()).filter(|id| !id.is_empty());
    let last: Option<u64> = id.and_then(|id| id.parse().ok());
    if has(CrashesOnIds) && id.is_some() && last.is_none() {
        log.crash();
        return None;
    }
    let allow = "allow: GET, HEAD, OPTIONS\r\n";
    match request.method.as_str() {
        "HEAD" if has(HeadWithoutAllow) => {
            return connection.write_all(&brief("405 Method Not Allowed", "", "")).await.ok();
        }
        "GET" | "HEAD" => {}
        "OPTIONS" if has(AuthorizedPreflight) && request.field("authorization").is_none() => {
            return connection.write_all(&brief("401 Unauthorized", "", "")).await.ok();
        }
        "OPTIONS" if has(OptionsStreams) => {}
        "OPTIONS" => {
            let more = format!("{allow}access-control-allow-headers: Last-Event-ID\r\n");
            return connection.write_all(&brief("204 No Content", &more, "")).await.ok();
        }
        _ if has(AnyMethod) => {}
        _ if has(FailsOnMethods) => {
            return connection.write_all(&brief("500 Internal Server Error", "", "")).await.ok();
        }
        _ => {
            let more = if has(NoAllow) { "" } else { allow };
            return connection.write_all(&brief("405 Method Not Allowed", more, "")).await.ok();
        }
    }
    let accept = request.field("accept");
    let is_refused = (has(RequiresAccept)
        && accept.is_none_or(|accept| !accept.contains("text/event-stream")))
        || (has(ComparesAccept) && accept.is_some_and(|accept| accept.starts_with("text/html;")));
    if is_refused {
        return connection.write_all(&brief("406 Not Acceptable", "", "")).await.ok();
    }
    if has(FailsOnIds) && id.is_some() && last.is_none() {
        return connection.write_all(&brief("500 Internal Server Error", "", "")).await.ok();
    }
    if has(RefusesUnknownIds) && id.is_some() && last.is_none() {
        return connection.write_all(&brief("400 Bad Request", "", "")).await.ok();
    }
    if has(ErrorPageForIds) && id.is_some() && last.is_none() {
        let text = "content-type: text/html\r\n";
        return connection.write_all(&brief("200 OK", text, "<h1>Error</h1>")).await.ok();
    }
    if has(EmptyForUnknownIds) && id.is_some() && last.is_none() {
        return connection.write_all(&brief("200 OK", "content-type: text/event-stream\r\n", "")).await.ok();
    }
    if has(BreaksOffForUnknownIds) && id.is_some() && last.is_none() {
        let head =
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        connection.write_all(head).await.ok()?;
        return None;
    }
    if has(EndsForUnknownIds) && id.is_some() && last.is_none() {
        let text = "content-type: text/event-stream\r\n";
        return connection.write_all(&brief("200 OK", text, "data: unknown id\n\n")).await.ok();
    }
    if has(Partial) && request.field("range").is_some() {
        return connection.write_all(&brief("206 Partial Content", "", "data")).await.ok();
    }
    if has(RefusesRange) && request.field("range").is_some() {
        return connection.write_all(&brief("416 Range Not Satisfiable", "", "")).await.ok();
    }
    if has(NotModified) && request.field("if-none-match").is_some() {
        return connection.write_all(&brief("304 Not Modified", "", "")).await.ok();
    }
    stream(connection, request, flaws, log, fields, last).await
}

/// Opens the stream.
async fn stream<S>(
    connection: &mut S,
    request: &Request,
    flaws: &Flaws,
    log: &EventLog,
    mut fields: String,
    last: Option<u64>,
) -> Option<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let has = |flaw| flaws.contains(&flaw);
    let is_resuming = request.field("last-event-id").is_some();
    if has(OtherOriginWhenResuming) && is_resuming {
        fields = fields.replace("access-control-allow-origin", "x-allow-origin");
    }
    let kind = if has(TextPlain) || (has(OtherTypeWhenResuming) && is_resuming) {
        "text/plain"
    } else {
        "text/event-stream"
    };
    let charset = if has(Latin1) { "; charset=iso-8859-1" } else { "" };
    fields.push_str(&format!("content-type: {kind}{charset}\r\n"));
    if has(TwoContentTypes) {
        fields.push_str("content-type: text/event-stream\r\n");
    }
    if !has(Storable) {
        fields.push_str("cache-control: no-store\r\n");
    }
    if has(KeptByNetworks) {
        fields.push_str("cdn-cache-control: max-age=60\r\n");
    }
    if has(Folded) {
        fields.push_str("x-folded: a\r\n b\r\n");
    }
    let offers = request.field("accept-encoding");
    let is_coded = (has(Unflushed) || has(CodingWithoutVary) || has(FlushesEveryThird))
        && offers.is_some_and(|offer| offer.contains("gzip"))
        || has(CompressedUnasked) && offers.is_none()
        || has(CompressedDespiteZero) && offers.is_some_and(|offer| offer.contains("gzip"));
    if is_coded {
        fields.push_str("content-encoding: gzip\r\n");
    }
    if has(Unflushed) || has(FlushesEveryThird) {
        fields.push_str("vary: Accept-Encoding\r\n");
    }
    let is_chunked = !has(ContentLength) && (!request.is_http10 || has(ChunkedForHttp10));
    if is_chunked && request.method != "HEAD" {
        fields.push_str("transfer-encoding: chunked\r\n");
        if has(ChunkedTwice) {
            fields.push_str("transfer-encoding: chunked\r\n");
        }
    }
    if has(ContentLength) || has(LengthAndChunked) || (has(HeadLength) && request.method == "HEAD") {
        fields.push_str("content-length: 1000000\r\n");
    }
    if request.is_http10 {
        fields.push_str("connection: close\r\n");
    }
    let version = if has(ChunksOfHttp10) { "1.0" } else { "1.1" };
    let head = format!("HTTP/{version} 200 OK\r\n{fields}\r\n").into_bytes();
    if request.method == "HEAD" {
        if has(HeadHangs) {
            connection.write_all(&head).await.ok()?;
            std::future::pending::<()>().await;
        }
        connection.write_all(&head).await.ok()?;
        if has(HeadWithContent) {
            connection.write_all(b"7\r\ndata: x\r\n").await.ok()?;
        }
        return Some(());
    }
    let mut out = Output {
        connection,
        is_chunked,
        gzip: is_coded.then(|| GzEncoder::new(Vec::new(), Compression::default())),
        is_flushed: !has(Unflushed) && !has(FlushesEveryThird),
        flushes_every_third: has(FlushesEveryThird),
        written: 0,
        has_bad_chunks: has(BadChunk),
        head: Some(head),
    };
    if !has(LateHead) {
        out.flush_head().await?;
        let first = if has(RetryWords) {
            "retry: 2s\n\n"
        } else if has(RetryZero) {
            "retry: 0\n\n"
        } else {
            "retry: 2000\n\n"
        };
        out.write(first.as_bytes()).await?;
    } else {
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    let query = request.path.split_once('=').filter(|_| has(InjectsEvent)).map(|(_, value)| value);
    let id = request.field("last-event-id").filter(|_| has(InjectsEventOfId));
    if let Some(value) = query.or(id) {
        let value = value.split('&').next().unwrap_or_default();
        let text = value.replace("%0A", "\n").replace("%0D", "\r").replace("%20", " ");
        out.write(format!("data: hello {text}\n\n").as_bytes()).await?;
    }
    events(&mut out, flaws, log, last).await
}

/// When a stream ends on its own: just after others have left.
const MOMENT: Duration = Duration::from_millis(2600);

/// How late a server notices that a client has left.
const NOTICED_LATE: Duration = Duration::from_millis(250);

/// Sends the missed events and the new ones, until the client disconnects.
async fn events<S>(out: &mut Output<'_, S>, flaws: &Flaws, log: &EventLog, last: Option<u64>) -> Option<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let has = |flaw| flaws.contains(&flaw);
    let from = if has(RepeatsLast) { last.map(|last| last - 1) } else { last };
    let (mut missed, mut live) = log.after(from);
    if has(SkipsEvent) && missed.len() > 1 {
        missed.remove(1);
    }
    if has(FreshIds) || (has(ReplaysOnce) && last.is_some() && !log.is_first_replay()) {
        missed.clear();
    }
    if has(ReversedReplay) {
        missed.reverse();
    }
    let (opened, mut leaving) = (Instant::now(), log.leaving());
    let end = opened + if has(EndsAfterAMoment) { MOMENT } else { Duration::from_secs(3600) };
    let (mut own, mut held, mut pending) = (0, Vec::new(), Vec::new());
    for number in missed {
        let mut text = frame(number, flaws);
        if has(ChangesReplay) {
            text = String::from_utf8_lossy(&text).replace("1}", "2}").into_bytes();
        }
        out.write(&text).await?;
    }
    loop {
        let number = tokio::select! {
            number = live.recv() => number.ok()?,
            () = tokio::time::sleep_until(end) => {
                out.connection.write_all(b"0\r\n\r\n").await.ok()?;
                return None;
            }
            () = out.wait_for_disconnect() => {
                if has(LeaverEndsAllLate) {
                    tokio::time::sleep(NOTICED_LATE).await;
                }
                log.leave();
                return None;
            }
            Ok(()) = leaving.changed(), if has(LeaverEndsAll) || has(LeaverEndsAllLate) => {
                out.connection.write_all(b"0\r\n\r\n").await.ok()?;
                return None;
            }
        };
        if has(DeafAfterReplay) && last.is_some() {
            continue;
        }
        if has(GoesDeaf) && opened.elapsed() > Duration::from_secs(30) {
            continue;
        }
        own += 1;
        let mut text = frame(if has(FreshIds) { own } else { number }, flaws);
        if has(EndlessComment) {
            text = b":".to_vec();
        }
        if has(Batches) {
            held.extend(text);
            if own % 3 != 0 {
                continue;
            }
            text = std::mem::take(&mut held);
        }
        if has(LateBlankLine) {
            // The blank line is sent before the next block.
            text.pop();
            text = [std::mem::replace(&mut pending, b"\n".to_vec()), text].concat();
        }
        if has(EndsWithinBlock) && own == 3 {
            text.pop();
            out.write(&text).await?;
            out.connection.write_all(b"0\r\n\r\n").await.ok()?;
            return None;
        }
        if has(EndsWithoutLastChunk) && own == 3 {
            return None;
        }
        out.write(&text).await?;
    }
}
