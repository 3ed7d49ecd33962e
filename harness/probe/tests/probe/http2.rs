//! HTTP/2, with prior knowledge and over TLS.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ssespec_probe::{Length, Roots, Trust};
use ssespec_reports::results::Verdict;
use ssespec_strict::http2::fields::Field;
use ssespec_strict::http2::reader::{Http2Reader, Piece};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::broadcast::Receiver;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::date;
use crate::event_log::EventLog;
use crate::probing::{ProbeSetup, probe};
use crate::server;

/// What a server does wrong over HTTP/2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Http2Flaw {
    None,
    KeepAlive,
    UpperCase,
    ResetsOther,
    SkipsEvents,
    FewStreams,
    ResetsAll,
    ResetsSoon,
    OtherType,
    /// Events have no ids.
    NoIds,
    /// Last-Event-ID is ignored.
    NeverResumes,
    /// Events with the same ids have other data.
    OtherData,
    /// Events with the same ids have other types.
    OtherTypes,
    /// The reconnection time is another one.
    OtherRetry,
    /// A stream ends after its first event.
    Ends,
    /// There is no Cache-Control.
    NoCacheControl,
    /// There is a Content-Length.
    Length,
}

/// The flag on the last frame of a request.
const END_STREAM: u8 = 1;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header field, as an HPACK literal without indexing.
fn literal(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0];
    for text in [name, value] {
        bytes.push(u8::try_from(text.len()).expect("a short text"));
        bytes.extend(text.bytes());
    }
    bytes
}

/// Speaks HTTP/2 on a connection. Responds to a request when it is complete.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut connection: S,
    flaw: Http2Flaw,
    log: &EventLog,
) -> Option<()> {
    let mut buffer = vec![0; 24];
    connection.read_exact(&mut buffer).await.ok()?;
    if !buffer.starts_with(b"PRI * HTTP/2.0") {
        return None;
    }
    let limit = if flaw == Http2Flaw::FewStreams { 10_u32 } else { 128 };
    let settings = [&[0, 3][..], &limit.to_be_bytes()].concat();
    connection.write_all(&frame(4, 0, 0, &settings)).await.ok()?;
    let (mut open, mut ticks): (Vec<(u32, Receiver<u64>)>, usize) = (Vec::new(), 0);
    let mut requests = Http2Reader::default();
    let mut asked = BTreeMap::new();
    loop {
        let mut head = [0; 9];
        let ticked = tokio::time::timeout(Duration::from_millis(200), connection.read_exact(&mut head)).await;
        if ticked.is_err() {
            if flaw == Http2Flaw::ResetsSoon && ticks == 3 {
                for (stream, _) in open.drain(..) {
                    connection.write_all(&frame(3, 0, stream, &[0, 0, 0, 2])).await.ok()?;
                }
            }
            ticks += 1;
            let mut ended = Vec::new();
            for (stream, live) in &mut open {
                while let Ok(number) = live.try_recv() {
                    if flaw == Http2Flaw::SkipsEvents && number % 2 != 0 {
                        continue;
                    }
                    let flags = if flaw == Http2Flaw::Ends { END_STREAM } else { 0 };
                    connection.write_all(&frame(0, flags, *stream, &event(number, flaw))).await.ok()?;
                    if flaw == Http2Flaw::Ends {
                        ended.push(*stream);
                        break;
                    }
                }
            }
            open.retain(|(stream, _)| !ended.contains(stream));
            continue;
        }
        ticked.ok()?.ok()?;
        let mut payload =
            vec![0; usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2])];
        connection.read_exact(&mut payload).await.ok()?;
        let mut pieces = Vec::new();
        requests.feed(&[&head[..], &payload].concat(), &mut pieces);
        for piece in pieces {
            if let Piece::Fields { stream, fields, .. } = piece {
                asked.insert(stream, fields);
            }
        }
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        match head[3] {
            // The request is not complete yet.
            0 | 1 if head[4] & END_STREAM == 0 => {}
            0 | 1 => {
                let fields = asked.remove(&stream).unwrap_or_default();
                if let Some(block) = brief(&fields) {
                    connection.write_all(&frame(1, 4 | END_STREAM, stream, &block)).await.ok()?;
                    continue;
                }
                connection.write_all(&frame(1, 4, stream, &response(flaw))).await.ok()?;
                let (missed, live) =
                    log.after(last_event_id(&fields).filter(|_| flaw != Http2Flaw::NeverResumes));
                for number in missed {
                    connection.write_all(&frame(0, 0, stream, &event(number, flaw))).await.ok()?;
                }
                open.push((stream, live));
            }
            3 if flaw == Http2Flaw::ResetsAll => return None,
            3 if flaw == Http2Flaw::ResetsOther => {
                for (other, _) in open.drain(..) {
                    connection.write_all(&frame(3, 0, other, &[0, 0, 0, 2])).await.ok()?;
                }
            }
            3 => open.retain(|(other, _)| *other != stream),
            4 if head[4] == 0 => connection.write_all(&frame(4, 1, 0, &[])).await.ok()?,
            _ => {}
        }
    }
}

/// The response to a request that does not open the stream.
fn brief(fields: &[Field]) -> Option<Vec<u8>> {
    let value =
        |name: &str| fields.iter().find(|field| field.name == name.as_bytes()).map(|field| &field.value[..]);
    let status = match (value(":method"), value(":path")) {
        (Some(b"GET" | b"POST"), Some(path)) if !path.starts_with(b"/ssespec") => return None,
        (Some(b"GET"), _) => "404",
        (Some(b"HEAD"), _) => return Some(response(Http2Flaw::None)),
        (Some(b"OPTIONS"), _) => "204",
        _ => "405",
    };
    let allow = literal("allow", "GET, HEAD, OPTIONS");
    Some([literal(":status", status), allow, literal("date", &date::now())].concat())
}

fn last_event_id(fields: &[Field]) -> Option<u64> {
    let field = fields.iter().find(|field| field.name == b"last-event-id")?;
    std::str::from_utf8(&field.value).ok()?.parse().ok()
}

/// The field block of a response.
fn response(flaw: Http2Flaw) -> Vec<u8> {
    let content_type = if flaw == Http2Flaw::OtherType { "text/plain" } else { "text/event-stream" };
    let date = if flaw == Http2Flaw::UpperCase { "Date" } else { "date" };
    let mut block = [
        vec![0x88],
        literal("content-type", content_type),
        if flaw == Http2Flaw::NoCacheControl { Vec::new() } else { literal("cache-control", "no-store") },
        literal("vary", "Origin"),
        literal(date, &date::now()),
    ]
    .concat();
    if flaw == Http2Flaw::Length {
        block.extend(literal("content-length", "100000"));
    }
    if flaw == Http2Flaw::KeepAlive {
        block.extend(literal("connection", "keep-alive"));
    }
    block
}

/// An event, as over HTTP/1.1.
fn event(number: u64, flaw: Http2Flaw) -> Vec<u8> {
    match flaw {
        Http2Flaw::NoIds => b"event: tick\ndata: {\"a\":1}\n\n".to_vec(),
        Http2Flaw::OtherData => format!("id: {number}\nevent: tick\ndata: {{\"a\":2}}\n\n").into_bytes(),
        Http2Flaw::OtherTypes => format!("id: {number}\nevent: other\ndata: {{\"a\":1}}\n\n").into_bytes(),
        Http2Flaw::OtherRetry => {
            format!("retry: 60000\nid: {number}\nevent: tick\ndata: {{\"a\":1}}\n\n").into_bytes()
        }
        _ => crate::frame::frame(number, &BTreeSet::new()),
    }
}

/// Starts a server that speaks HTTP/1.1 and HTTP/2. Returns its URL and certificate.
async fn start(flaw: Http2Flaw) -> (String, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let log = EventLog::start();
    let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let pem = key.cert.pem();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.signing_key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .expect("a certificate");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let (acceptor, log) = (acceptor.clone(), log.clone());
            tokio::spawn(async move {
                let tls = acceptor.accept(connection).await.ok()?;
                if tls.get_ref().1.alpn_protocol() == Some(b"h2") {
                    serve(tls, flaw, &log).await
                } else {
                    server::serve(tls, &Arc::default(), &log).await
                }
            });
        }
    });
    (format!("https://localhost:{port}/events"), pem)
}

fn trusting(pem: &str) -> (tempfile::NamedTempFile, Trust) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), pem).expect("a file");
    let trust = Trust::new(&Roots::File(file.path().to_owned())).expect("a certificate");
    (file, trust)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_server_over_tls_has_no_problem() {
    let (url, pem) = start(Http2Flaw::None).await;
    let (_file, trust) = trusting(&pem);
    let probed = probe(&url, ProbeSetup { trust, ..ProbeSetup::default() }).await;
    assert_eq!(probed.problems(), "");
    for name in [
        "h2-fields",
        "h2-equal",
        "h2-head",
        "h2-resume",
        "h2-streams",
        "h2-reset",
        "resume",
        "head",
        "content-type",
    ] {
        assert_eq!(probed.verdict(name), Verdict::Pass, "{name}");
    }
    assert_eq!(probed.0["h2"].facts[0].value, "yes, over TLS");
}

#[tokio::test(flavor = "multi_thread")]
async fn flaws_over_http2_are_found() {
    let expected = [
        (Http2Flaw::KeepAlive, "h2-fields", Verdict::Fail),
        (Http2Flaw::UpperCase, "h2-fields", Verdict::Fail),
        (Http2Flaw::FewStreams, "h2-streams", Verdict::Warn),
        (Http2Flaw::ResetsAll, "h2-reset", Verdict::Fail),
        (Http2Flaw::ResetsSoon, "h2-equal", Verdict::Warn),
        (Http2Flaw::ResetsOther, "h2-reset", Verdict::Fail),
        (Http2Flaw::SkipsEvents, "h2-equal", Verdict::Warn),
        (Http2Flaw::OtherType, "h2-equal", Verdict::Warn),
        (Http2Flaw::NoIds, "h2-equal", Verdict::Warn),
        (Http2Flaw::OtherData, "h2-equal", Verdict::Warn),
        (Http2Flaw::OtherTypes, "h2-equal", Verdict::Warn),
        (Http2Flaw::OtherRetry, "h2-equal", Verdict::Warn),
        (Http2Flaw::Ends, "h2-equal", Verdict::Warn),
        (Http2Flaw::NoCacheControl, "h2-head", Verdict::Warn),
        (Http2Flaw::Length, "h2-head", Verdict::Warn),
        (Http2Flaw::NeverResumes, "h2-resume", Verdict::Warn),
    ];
    let mut tasks = tokio::task::JoinSet::new();
    for (flaw, name, verdict) in expected {
        let (url, _) = start(flaw).await;
        let trust = Trust::new(&Roots::All).expect("trust");
        // More events show that one was lost than that others are.
        let length = if flaw == Http2Flaw::SkipsEvents { Length::Full } else { Length::Quick };
        let setup = ProbeSetup { trust, length, filters: &["h2*"], ..ProbeSetup::default() };
        tasks.spawn(async move { (flaw, name, verdict, probe(&url, setup).await) });
    }
    for (flaw, name, verdict, probed) in tasks.join_all().await {
        assert_eq!(probed.verdict(name), verdict, "{flaw:?}\n{}", probed.problems());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untrusted_certificate_is_rejected() {
    let (url, _) = start(Http2Flaw::None).await;
    let (_file, other) = trusting(&start(Http2Flaw::None).await.1);
    let wrong = tokio::spawn(async move {
        probe(&url, ProbeSetup { trust: other, ..ProbeSetup::default() }).await.0.len()
    });
    assert!(wrong.await.is_err_and(|error| error.is_panic()));
}

/// A server without TLS that speaks HTTP/2 to clients that start with its preface, and HTTP/1.1 to others.
#[tokio::test(flavor = "multi_thread")]
async fn prior_knowledge() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/events", listener.local_addr().expect("an address"));
    let log = EventLog::start();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let log = log.clone();
            tokio::spawn(async move {
                let mut first = [0; 3];
                connection.peek(&mut first).await.ok()?;
                if first == *b"PRI" {
                    serve(connection, Http2Flaw::KeepAlive, &log).await
                } else {
                    server::serve(connection, &Arc::default(), &log).await
                }
            });
        }
    });
    let probed = probe(&url, ProbeSetup { filters: &["h2*"], ..ProbeSetup::default() }).await;
    assert_eq!(probed.0["h2"].facts[0].value, "yes, with prior knowledge");
    assert_eq!(probed.verdict("h2-fields"), Verdict::Fail);
    assert!(probed.0["h2-fields"].failure.as_ref().is_some_and(|f| f.observed == "connection: keep-alive"));
}
