//! The TLS handshake, by rustls.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::roots::{Roots, RootsError};
use super::verifier::{Accepted, Verifier};
use crate::client::offer::Offer;

/// A connection over TLS.
pub(crate) type TlsStream = tokio_rustls::client::TlsStream<TcpStream>;

/// How handshakes verify certificates.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    config: Option<Arc<ClientConfig>>,
}

impl Trust {
    /// Trusts these certificates.
    ///
    /// # Errors
    /// If the file cannot be read or contains no certificate.
    pub fn new(roots: &Roots) -> Result<Self, RootsError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| RootsError::Unsupported)?;
        let config = match roots {
            Roots::All => {
                let verifier = Arc::new(Verifier { accepted: Accepted::Every, provider });
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
            Roots::Public => {
                let store: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
                builder.with_root_certificates(store).with_no_client_auth()
            }
            Roots::File(path) => {
                let wrong = |problem: String| RootsError::File { path: path.display().to_string(), problem };
                let (mut store, mut listed) = (RootCertStore::empty(), Vec::new());
                let all = CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?;
                for certificate in all {
                    let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
                    store.add(certificate.clone()).map_err(|error| wrong(error.to_string()))?;
                    listed.push(certificate);
                }
                if store.is_empty() {
                    return Err(wrong("it contains no certificate".into()));
                }
                let chains =
                    WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider))
                        .build()
                        .map_err(|error| wrong(error.to_string()))?;
                let verifier = Arc::new(Verifier { accepted: Accepted::Listed(listed, chains), provider });
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
        };
        Ok(Self { config: Some(Arc::new(config)) })
    }

    /// Performs a handshake that offers a protocol.
    ///
    /// # Errors
    /// If the handshake fails, or no certificates are trusted.
    pub(crate) async fn handshake(&self, host: &str, tcp: TcpStream, offer: Offer) -> io::Result<TlsStream> {
        let invalid = |what: String| io::Error::new(io::ErrorKind::InvalidInput, what);
        let name = ServerName::try_from(host.to_owned()).map_err(|error| invalid(error.to_string()))?;
        let config = self.config.as_ref().ok_or_else(|| invalid("no certificates are trusted".into()))?;
        let mut config = ClientConfig::clone(config);
        config.alpn_protocols = match offer {
            Offer::Nothing => Vec::new(),
            Offer::Http11 => vec![b"http/1.1".to_vec()],
            Offer::H2 => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        };
        TlsConnector::from(Arc::new(config)).connect(name, tcp).await
    }
}
