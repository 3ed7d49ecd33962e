//! The other end of a connection over TLS, spoken by rustls.

use std::io;
use std::sync::Arc;

use ssespec_mock_server::wire::tls::Identity;
use ssespec_mock_server::wire::{Exchange, Options, Versions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::peer::{GET, Server, soon};

/// A listener over TLS, and the certificate that its clients must trust.
pub(crate) struct TlsServer {
    pub(crate) server: Server,
    pub(crate) authority: String,
}

impl TlsServer {
    pub(crate) async fn speaking(versions: Versions) -> Self {
        Self::with(Options { versions, ..Options::default() }).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let identity = Identity::generate(&[]).expect("a certificate");
        let authority = identity.authority().to_owned();
        Self { server: Server::with(Options { tls: Some(identity), ..options }).await, authority }
    }

    /// A handshake that offers these protocols.
    pub(crate) async fn handshake(&self, offered: &[&str]) -> io::Result<TlsPeer> {
        self.handshake_with(offered, "127.0.0.1", &self.authority).await
    }

    /// A handshake with a server of this name, signed by this authority.
    pub(crate) async fn handshake_with(
        &self,
        offered: &[&str],
        name: &'static str,
        authority: &str,
    ) -> io::Result<TlsPeer> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(authority.as_bytes()) {
            roots.add(certificate.expect("PEM")).expect("a certificate");
        }
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
        let tcp = soon(TcpStream::connect(self.server.listener.address())).await.expect("a connection");
        tcp.set_nodelay(true).expect("an open socket");
        let name = ServerName::try_from(name).expect("a name");
        let stream = soon(TlsConnector::from(Arc::new(config)).connect(name, tcp)).await?;
        Ok(TlsPeer { stream })
    }

    /// A connection with a request over HTTP/1.1, and its exchange.
    pub(crate) async fn exchange(&mut self) -> (TlsPeer, Exchange) {
        let mut peer = self.handshake(&["http/1.1"]).await.expect("a handshake");
        peer.write(GET).await;
        (peer, self.server.request().await)
    }
}

/// The other end of a connection over TLS.
pub(crate) struct TlsPeer {
    pub(crate) stream: TlsStream<TcpStream>,
}

impl TlsPeer {
    pub(crate) fn protocol(&self) -> Option<&str> {
        self.stream.get_ref().1.alpn_protocol().map(|name| std::str::from_utf8(name).expect("ASCII"))
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        soon(self.stream.write_all(bytes)).await.expect("an open connection");
        soon(self.stream.flush()).await.expect("an open connection");
    }

    /// Reads exactly this.
    pub(crate) async fn expect(&mut self, text: impl AsRef<[u8]>) {
        let mut read = vec![0; text.as_ref().len()];
        soon(self.stream.read_exact(&mut read)).await.expect("enough bytes");
        assert_eq!(String::from_utf8_lossy(&read), String::from_utf8_lossy(text.as_ref()));
    }

    /// What one read gives.
    pub(crate) async fn read(&mut self) -> io::Result<String> {
        let mut bytes = vec![0; 1 << 16];
        let length = soon(self.stream.read(&mut bytes)).await?;
        bytes.truncate(length);
        Ok(String::from_utf8(bytes).expect("text"))
    }
}
