//! `ssespec proxy` with a proxy that clients reach over TLS.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::Tests;
use crate::command::ssespec;

pub(crate) const TESTS: Tests = &[
    ("a_proxy_is_tested_over_tls", a_proxy_is_tested_over_tls),
    ("the_certificate_of_a_proxy_is_verified", the_certificate_of_a_proxy_is_verified),
    ("http_2_may_have_a_port_of_its_own", http_2_may_have_a_port_of_its_own),
];

/// Takes connections over TLS and passes their bytes on to a proxy without TLS.
struct Front {
    port: u16,
    certificate: tempfile::NamedTempFile,
    proxy: ssespec_reference::Intermediary,
    upstream: SocketAddr,
    _runtime: Runtime,
}

/// The reference proxy behind TLS, which offers these protocols.
fn front(protocols: &[&str]) -> Front {
    let runtime = Runtime::new().unwrap();
    let upstream = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let proxy = runtime.block_on(ssespec_reference::intermediary(any, upstream)).unwrap();
    let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.signing_key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = runtime.block_on(tokio::net::TcpListener::bind(any)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let behind = proxy.url().trim_start_matches("http://").to_owned();
    runtime.spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            tokio::spawn(async move {
                connection.set_nodelay(true).ok()?;
                let mut tls = acceptor.accept(connection).await.ok()?;
                let mut plain = TcpStream::connect(&behind).await.ok()?;
                plain.set_nodelay(true).ok()?;
                // A connection that breaks off ends without the alert of TLS.
                tokio::io::copy_bidirectional(&mut tls, &mut plain).await.ok()
            });
        }
    });
    let certificate = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(certificate.path(), key.cert.pem()).unwrap();
    Front { port, certificate, proxy, upstream, _runtime: runtime }
}

impl Front {
    fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    fn certificate(&self) -> String {
        self.certificate.path().display().to_string()
    }
}

fn a_proxy_is_tested_over_tls() {
    let front = front(&["h2", "http/1.1"]);
    let (url, upstream, certificate) = (front.url(), front.upstream.to_string(), front.certificate());
    let printed = ssespec(["proxy", "--listen", &url, "--upstream", &upstream, "--ca", &certificate])
        .args(["--filter", "intermediary/[de]*/[!f]*", "--filter", "client/resume/*", "--strict"])
        .ends(0);
    printed.shows(&["client/resume ", "intermediary/endings ", "intermediary/delay ", " 0 fail"]);
    // Over HTTP/2 too: ALPN chooses it.
    let skipped = printed.stdout.replace("http2-upstream", "");
    assert!(!skipped.contains("needs http2"), "{}", printed.stdout);
}

fn the_certificate_of_a_proxy_is_verified() {
    let front = front(&["http/1.1"]);
    let (url, upstream) = (front.url(), front.upstream.to_string());
    let filter = ["--filter", "intermediary/endings/*"];
    let run =
        |more: &[&str]| ssespec(["proxy", "--listen", &url, "--upstream", &upstream]).args(filter).args(more);
    run(&[]).ends(3).says(&[&format!("no intermediary at {url}"), "certificate", "help: --ca FILE"]);
    // Without HTTP/2 in the handshake, its cases are skipped.
    let printed = run(&["--insecure"]).ends(0);
    let skipped = printed.stdout.replace("http2-upstream", "");
    assert!(skipped.contains("needs http2"), "{}", printed.stdout);
}

fn http_2_may_have_a_port_of_its_own() {
    let front = front(&["http/1.1"]);
    let (url, upstream, certificate) = (front.url(), front.upstream.to_string(), front.certificate());
    let printed = ssespec(["proxy", "--listen", &url, "--upstream", &upstream, "--ca", &certificate])
        .args(["--listen-http2", &front.proxy.url(), "--filter", "intermediary/endings/http-2-*"])
        .ends(0);
    printed.shows(&["intermediary/endings ", "6 pass"]);
}
