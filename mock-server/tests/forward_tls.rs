//! Forwarding to a server over TLS.

use std::sync::Arc;

use ssespec_mock_server::client::{Roots, Trust};
use ssespec_mock_server::forward::Upstream;
use ssespec_mock_server::{MockServer, Scenario};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

mod raw_client;

use raw_client::{Client, soon};

/// How the server ends its connection.
#[derive(Clone, Copy)]
enum End {
    /// With the alert of TLS, and FIN.
    Notified,
    /// With FIN alone.
    Truncated,
}

/// A server that answers one request with this. Returns its URL, and its certificate as a file.
async fn server(answer: &'static str, end: End) -> (String, tempfile::NamedTempFile) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .expect("a certificate");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        let (connection, _) = listener.accept().await.ok()?;
        let mut tls = acceptor.accept(connection).await.ok()?;
        let mut request = [0; 1024];
        let _ = tls.read(&mut request).await.ok()?;
        tls.write_all(answer.as_bytes()).await.ok()?;
        tls.flush().await.ok()?;
        match end {
            End::Notified => tls.shutdown().await.ok(),
            End::Truncated => tls.get_mut().0.shutdown().await.ok(),
        }
    });
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), key.cert.pem()).expect("a file");
    (format!("https://localhost:{port}"), file)
}

/// What a client gets through a mock server.
async fn get(answer: &'static str, end: End) -> (String, std::io::Result<()>) {
    let (url, certificate) = server(answer, end).await;
    let trust = Trust::new(&Roots::File(certificate.path().to_owned())).expect("a certificate");
    let upstream = Upstream::new(&url).expect("a URL").trusting(trust);
    let mock = MockServer::start(Scenario::new().forward_to(upstream).get("/else")).await.expect("a server");
    let mut client = Client::request_at(mock.address(), "GET /", "").await;
    soon(client.rest()).await
}

#[tokio::test]
async fn a_response_over_tls_is_passed_on() {
    let (text, end) = get("HTTP/1.1 200 OK\r\n\r\ndata: a\n\n", End::Notified).await;
    assert_eq!(text, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\ndata: a\n\n");
    end.expect("FIN");
}

#[tokio::test]
async fn a_truncated_response_over_tls_does_not_look_complete() {
    assert!(get("HTTP/1.1 200 OK\r\n\r\ndata: a\n\n", End::Truncated).await.1.is_err());
    let (text, end) = get("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab", End::Truncated).await;
    assert!(text.ends_with("\r\n\r\nab"), "{text}");
    end.expect("FIN before the content-length");
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_reported() {
    let (url, _certificate) = server("", End::Notified).await;
    let trust = Trust::new(&Roots::Public).expect("certificates");
    let upstream = Upstream::new(&url).expect("a URL").trusting(trust);
    let mock = MockServer::start(Scenario::new().forward_to(upstream).get("/else")).await.expect("a server");
    let mut client = Client::request_at(mock.address(), "GET /", "").await;
    let text = client.until("\n\r\n").await + &client.until("\n").await;
    assert!(text.starts_with("HTTP/1.1 502 ") && text.contains("certificate"), "{text}");
}
