//! Handshakes by rustls.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::{BadRoots, Roots, Trust};
use crate::target::Target;
use crate::wire::connection::Offer;

/// A connection over TLS.
pub(crate) type TlsStream = tokio_rustls::client::TlsStream<TcpStream>;

impl Trust {
    /// Trusts these certificates.
    ///
    /// # Errors
    /// When the file with them cannot be read, or has none.
    pub fn new(roots: &Roots) -> Result<Self, BadRoots> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| BadRoots::Unsupported)?;
        let config = match roots {
            Roots::All => {
                let verifier = Arc::new(Verifier { taken: Taken::Every, provider });
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
            Roots::Public => {
                let store: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
                builder.with_root_certificates(store).with_no_client_auth()
            }
            Roots::File(path) => {
                let wrong = |problem: String| BadRoots::File { path: path.display().to_string(), problem };
                let (mut store, mut listed) = (RootCertStore::empty(), Vec::new());
                let all = CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?;
                for certificate in all {
                    let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
                    store.add(certificate.clone()).map_err(|error| wrong(error.to_string()))?;
                    listed.push(certificate);
                }
                if store.is_empty() {
                    return Err(wrong("it holds no certificate".into()));
                }
                let chains =
                    WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider))
                        .build()
                        .map_err(|error| wrong(error.to_string()))?;
                let verifier = Arc::new(Verifier { taken: Taken::Listed(listed, chains), provider });
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
        };
        Ok(Self { config: Some(Arc::new(config)) })
    }

    /// Makes a handshake that offers one protocol.
    pub(crate) async fn handshake(
        &self,
        target: &Target,
        tcp: TcpStream,
        offer: Offer,
    ) -> io::Result<TlsStream> {
        let invalid = |what: String| io::Error::new(io::ErrorKind::InvalidInput, what);
        let name = ServerName::try_from(target.host.clone()).map_err(|error| invalid(error.to_string()))?;
        let config = self.config.as_ref().ok_or_else(|| invalid("no certificates are trusted".into()))?;
        let mut config = ClientConfig::clone(config);
        config.alpn_protocols = match offer {
            Offer::Http11 => vec![b"http/1.1".to_vec()],
            Offer::H2 => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        };
        TlsConnector::from(Arc::new(config)).connect(name, tcp).await
    }
}

/// Which certificates are taken without a look at those that browsers trust.
#[derive(Debug)]
enum Taken {
    /// Every one, as the user has asked for.
    Every,
    /// Those of a list themselves, whatever their names and dates, as one that signs itself has to be taken; and those that
    /// they have signed.
    Listed(Vec<CertificateDer<'static>>, Arc<WebPkiServerVerifier>),
}

/// Looks at certificates; handshakes are to be signed by their keys whichever are taken.
#[derive(Debug)]
struct Verifier {
    taken: Taken,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.taken {
            Taken::Listed(listed, chains) if !listed.contains(end_entity) => {
                chains.verify_server_cert(end_entity, intermediates, name, ocsp, now)
            }
            Taken::Every | Taken::Listed(..) => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
