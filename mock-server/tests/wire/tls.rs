//! Connections over TLS.

use std::io::ErrorKind;
use std::time::Duration;

use ssespec_mock_server::action::{Drop, Framing, Respond};
use ssespec_mock_server::wire::tls::{Identity, IdentityError};
use ssespec_mock_server::wire::{Exchange, Options, PeerGone, Version, Versions};
use tokio::io::AsyncWriteExt as _;

use crate::peer::{GET, as_is, both, soon};
use crate::tls_peer::{TlsPeer, TlsServer};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\
                    transfer-encoding: chunked\r\n\r\n";

/// A connection with an open chunked body, whose head has been read.
async fn stream(server: &mut TlsServer) -> (TlsPeer, Exchange) {
    let (mut peer, mut exchange) = server.exchange().await;
    both(exchange.respond(&Respond::default(), as_is), peer.expect(HEAD)).await.0.expect("the peer is there");
    server.server.reported();
    (peer, exchange)
}

#[tokio::test]
async fn a_stream_from_its_head_to_its_end() {
    let mut server = TlsServer::speaking(Versions::Http1).await;
    assert!(server.server.listener.url().starts_with("https://127.0.0.1:"));
    let (mut peer, mut exchange) = server.exchange().await;
    assert!(exchange.is_encrypted());
    assert_eq!(exchange.request().version, Version::Http11);
    let respond = Respond { framing: Some(Framing::Close), headers: Some(Vec::new()), ..Respond::default() };
    both(exchange.respond(&respond, as_is), peer.expect("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"))
        .await
        .0
        .expect("the peer is there");
    both(exchange.send(b"data: a\n\n"), peer.expect("data: a\n\n")).await.0.expect("the peer is there");
    // The end of the connection is the end of the body, and close_notify says that it is complete.
    let (ended, rest) = both(exchange.end(), peer.read()).await;
    ended.expect("the peer is there");
    assert_eq!(rest.expect("close_notify"), "");
    drop(peer);
    let reported = server.server.until("closed").await;
    assert_eq!(reported[reported.len() - 3..], ["ended", "disconnected Fin", "closed"]);
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let mut server = TlsServer::speaking(Versions::Http1And2).await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    both(exchange.end(), peer.expect("0\r\n\r\n")).await.0.expect("the peer is there");
    peer.write(GET).await;
    let mut exchange = server.server.request().await;
    both(exchange.respond(&Respond::default(), as_is), peer.expect(HEAD)).await.0.expect("the peer is there");
}

#[tokio::test]
async fn fin_comes_without_close_notify() {
    let mut server = TlsServer::speaking(Versions::Http1).await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    both(exchange.send(b"a"), peer.expect("1\r\na\r\n")).await.0.expect("the peer is there");
    let ((), read) = both(exchange.drop_connection(Drop::Fin), peer.read()).await;
    assert_eq!(read.expect_err("no close_notify").kind(), ErrorKind::UnexpectedEof);
    assert_eq!(exchange.send(b"b").await, Err(PeerGone));
    drop(peer);
    assert_eq!(
        server.server.until("closed").await,
        ["sent \"a\"", "dropped Fin", "disconnected Fin", "closed"]
    );
}

#[tokio::test]
async fn a_reset_is_one_of_tcp() {
    let mut server = TlsServer::speaking(Versions::Http1).await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    let ((), read) = both(exchange.drop_connection(Drop::Reset), peer.read()).await;
    assert_eq!(read.expect_err("a reset").kind(), ErrorKind::ConnectionReset);
    assert_eq!(server.server.reported(), ["dropped Reset", "closed"]);
}

#[tokio::test]
async fn connections_are_closed_with_close_notify_between_sessions() {
    let mut server = TlsServer::speaking(Versions::Http1).await;
    let (mut peer, exchange) = stream(&mut server).await;
    let read = async {
        assert_eq!(peer.read().await.expect("close_notify"), "");
        drop(peer);
    };
    both(server.server.listener.close_connections(Duration::from_secs(60)), read).await;
    assert!(!exchange.is_open());
}

#[tokio::test]
async fn a_peer_that_leaves_is_noticed() {
    let mut server = TlsServer::speaking(Versions::Http1).await;
    let (mut peer, exchange) = stream(&mut server).await;
    soon(peer.stream.shutdown()).await.expect("close_notify");
    assert_eq!(server.server.until("disconnected Fin").await, ["disconnected Fin"]);
    assert!(exchange.peer_gone());
    // Without close_notify.
    let (peer, exchange) = stream(&mut server).await;
    drop(peer);
    server.server.until("disconnected Fin").await;
    assert!(exchange.peer_gone());
}

#[tokio::test]
async fn each_write_arrives_on_its_own() {
    let mut server = TlsServer::speaking(Versions::Http1).await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    let reads = tokio::spawn(async move {
        let mut reads = Vec::new();
        loop {
            let read = peer.read().await.expect("close_notify");
            if read.is_empty() {
                return reads;
            }
            reads.push(read);
        }
    });
    for _ in 0..200 {
        exchange.send(b"x").await.expect("the peer is there");
    }
    soon(server.server.listener.close_connections(Duration::from_secs(60))).await;
    let reads = reads.await.expect("a reader");
    if cfg!(target_os = "linux") {
        assert_eq!(reads, vec!["1\r\nx\r\n"; 200]);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_peer_that_does_not_read_is_waited_for_and_told() {
    let mut server = TlsServer::speaking(Versions::Http1).await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    exchange.send(b"a").await.expect("the peer is there");
    assert_eq!(server.server.reported(), ["sent \"a\"", "boundary not kept"]);
    both(exchange.send(b"b"), peer.expect("1\r\na\r\n1\r\nb\r\n")).await.0.expect("the peer is there");
    assert_eq!(server.server.reported(), ["sent \"b\""]);
}

#[tokio::test]
async fn much_is_written_whole_to_a_slow_reader() {
    let mut server = TlsServer::speaking(Versions::Http1).await;
    let (mut peer, mut exchange) = stream(&mut server).await;
    let much = vec![b'x'; 8 << 20];
    let mut stuck = Box::pin(exchange.send(&much));
    let first = async {
        tokio::select! { _ = &mut stuck => panic!("nobody reads"), () = peer.expect("800000\r\n") => {} }
    };
    soon(first).await;
    // A write that was given up goes on before the next.
    drop(stuck);
    let read = async {
        peer.expect(&much).await;
        peer.expect("\r\n1\r\na\r\n").await;
    };
    both(exchange.send(b"a"), read).await.0.expect("the peer is there");
    // One that is interrupted is cut.
    let mut stuck = Box::pin(exchange.send(&much));
    let first = async {
        tokio::select! { _ = &mut stuck => panic!("nobody reads"), () = peer.expect("800000\r\nxxx") => {} }
    };
    soon(first).await;
    drop(stuck);
    soon(exchange.drop_connection(Drop::Reset)).await;
    assert!(server.server.until("closed").await.contains(&"cut short".to_owned()));
}

#[tokio::test]
async fn the_handshake_chooses_the_version() {
    for (versions, offered, chosen) in [
        (Versions::Http1, &["h2", "http/1.1"][..], Some("http/1.1")),
        (Versions::Http1And2, &["http/1.1", "h2"], Some("h2")),
        (Versions::Http1And2, &["http/1.1"], Some("http/1.1")),
        (Versions::Http1And2, &[], None),
        (Versions::Http2, &["http/1.1", "h2"], Some("h2")),
    ] {
        let server = TlsServer::speaking(versions).await;
        let peer = server.handshake(offered).await.expect("a handshake");
        let expected = if cfg!(feature = "http2") { chosen } else { chosen.map(|_| "http/1.1") };
        assert_eq!(peer.protocol(), expected, "{versions:?} {offered:?}");
    }
    let server = TlsServer::speaking(Versions::Http2).await;
    assert!(server.handshake(&["http/1.1"]).await.is_err());
}

#[tokio::test]
async fn what_a_client_offers_is_known() {
    for offered in [&["http/1.1"][..], &["http/1.1", "spdy/3"], &[]] {
        let mut server = TlsServer::speaking(Versions::Http1).await;
        let mut peer = server.handshake(offered).await.expect("a handshake");
        peer.write(GET).await;
        assert_eq!(server.server.request().await.offered_protocols(), offered);
    }
    let mut plain = crate::peer::Server::with(Options::default()).await;
    let mut peer = plain.connect().await;
    peer.write(GET).await;
    assert!(plain.request().await.offered_protocols().is_empty());
}

#[tokio::test]
async fn what_is_no_tls_is_told_and_answered_with_an_alert() {
    let mut server = TlsServer::speaking(Versions::Http1).await;
    let mut peer = server.server.connect().await;
    peer.write(GET).await;
    let alert = peer.read().await.expect("an alert");
    assert_eq!(alert.first(), Some(&21), "the type of a record with an alert");
    drop(peer);
    let reported = server.server.until("closed").await;
    assert!(reported[1].starts_with("handshake failed: no TLS: "), "{reported:?}");
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_certificate_is_told() {
    let mut server = TlsServer::speaking(Versions::Http1).await;
    let other = Identity::generate(&[]).expect("a certificate");
    assert!(server.handshake_with(&[], "localhost", other.authority()).await.is_err());
    let reported = server.server.until("closed").await;
    assert_eq!(reported[1], "handshake failed: no TLS: received fatal alert: UnknownCA");
    // The listener goes on.
    server.exchange().await;
}

#[tokio::test]
async fn the_certificate_names_this_machine() {
    let server = TlsServer::speaking(Versions::Http1).await;
    for name in ["localhost", "127.0.0.1", "::1"] {
        server.handshake_with(&[], name, &server.authority).await.expect(name);
    }
    assert!(server.handshake_with(&[], "example.com", &server.authority).await.is_err());
}

#[tokio::test]
async fn a_certificate_may_be_given() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("cert.pem"), made.cert.pem()).expect("a file");
    std::fs::write(path("key.pem"), made.signing_key.serialize_pem()).expect("a file");
    let identity = Identity::from_files(&path("cert.pem"), &path("key.pem")).expect("they fit");
    let authority = identity.authority().to_owned();
    assert_eq!(authority, made.cert.pem());
    let mut server = TlsServer::with(Options { tls: Some(identity.clone()), ..Options::default() }).await;
    server.server = crate::peer::Server::with(Options { tls: Some(identity), ..Options::default() }).await;
    server.handshake_with(&[], "localhost", &authority).await.expect("a handshake");

    let wrong =
        |certificate: &str, key: &str| Identity::from_files(&path(certificate), &path(key)).unwrap_err();
    let key = rcgen::KeyPair::generate().expect("a key");
    std::fs::write(path("other.pem"), key.serialize_pem()).expect("a file");
    assert!(matches!(wrong("cert.pem", "other.pem"), IdentityError::Mismatch { .. }));
    assert!(wrong("cert.pem", "cert.pem").to_string().contains("expected a private key in PEM format"));
    assert!(wrong("key.pem", "key.pem").to_string().contains("it contains no certificate"));
    assert!(wrong("none.pem", "key.pem").to_string().contains("none.pem: "));
}

#[tokio::test]
async fn a_connection_over_the_limit_gets_503() {
    let server = TlsServer::with(Options { connection_limit: 1, ..Options::default() }).await;
    let _first = server.handshake(&[]).await.expect("a handshake");
    let mut second = server.handshake(&[]).await.expect("a handshake");
    second.write(GET).await;
    second.expect("HTTP/1.1 503 ").await;
}

#[cfg(feature = "http2")]
mod http2 {
    use h2::Reason;

    use super::*;

    /// A connection over HTTP/2 with an open stream, whose head was read.
    async fn stream(
        server: &mut TlsServer,
    ) -> (h2::client::SendRequest<bytes::Bytes>, h2::RecvStream, Exchange) {
        let peer = server.handshake(&["h2"]).await.expect("a handshake");
        let (mut requests, connection) = soon(h2::client::handshake(peer.stream)).await.expect("HTTP/2");
        tokio::spawn(connection);
        let request = http::Request::get("https://localhost/7/").body(()).expect("a request");
        let (response, _) = requests.send_request(request, true).expect("an open connection");
        let mut exchange = server.server.request().await;
        let (sent, response) = both(exchange.respond(&Respond::default(), as_is), response).await;
        sent.expect("the peer is there");
        (requests, response.expect("a head").into_body(), exchange)
    }

    #[tokio::test]
    async fn streams_are_exchanges() {
        let mut server = TlsServer::speaking(Versions::Http1And2).await;
        let (_requests, mut body, mut exchange) = stream(&mut server).await;
        assert_eq!(exchange.request().version, Version::Http2);
        assert!(exchange.is_encrypted());
        let (sent, data) = both(exchange.send(b"data: a\n\n"), body.data()).await;
        sent.expect("the peer is there");
        assert_eq!(data.expect("data").expect("data"), &b"data: a\n\n"[..]);
        let (ended, data) = both(exchange.end(), body.data()).await;
        ended.expect("the peer is there");
        assert!(data.is_none_or(|data| data.expect("an end").is_empty()));
    }

    #[tokio::test]
    async fn a_reset_ends_only_its_stream() {
        let mut server = TlsServer::speaking(Versions::Http2).await;
        let (requests, mut body, mut exchange) = stream(&mut server).await;
        let ((), data) = both(exchange.drop_connection(Drop::Reset), body.data()).await;
        let error = data.expect("a reset").expect_err("a reset");
        assert_eq!(error.reason(), Some(Reason::INTERNAL_ERROR));
        soon(requests.ready()).await.expect("an open connection");
    }

    #[tokio::test]
    async fn fin_ends_the_connection_without_close_notify() {
        let mut server = TlsServer::speaking(Versions::Http2).await;
        let (_requests, mut body, mut exchange) = stream(&mut server).await;
        let ((), data) = both(exchange.drop_connection(Drop::Fin), body.data()).await;
        let error = data.expect("a loss").expect_err("a loss");
        assert!(error.is_io(), "{error}");
        assert_eq!(error.into_io().expect("an error of I/O").kind(), ErrorKind::UnexpectedEof);
    }
}
