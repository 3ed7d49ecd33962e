//! The certificate with which a listener proves its identity.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PublicKeyData as _, SanType,
};
use ring::digest::{SHA256, digest};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::IdentityError;
use crate::wire::versions::Versions;

/// How long before now a certificate is valid: clocks differ.
const EARLIER: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a certificate is valid. Some clients accept no more than 398 days.
const VALID: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A certificate with its key.
#[derive(Debug, Clone)]
pub struct Identity {
    config: Arc<ServerConfig>,
    authority: String,
    public_key: Option<[u8; 32]>,
}

impl Identity {
    /// Makes a certificate for `localhost`, 127.0.0.1, ::1 and these addresses, signed by an authority that nothing else
    /// uses: its key is discarded.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn generate(addresses: &[IpAddr]) -> Result<Self, IdentityError> {
        Self::made(addresses).map_err(|error| IdentityError::NotMade(error.to_string()))?
    }

    fn made(addresses: &[IpAddr]) -> Result<Result<Self, IdentityError>, rcgen::Error> {
        let signing = KeyPair::generate()?;
        let authority = CertifiedIssuer::self_signed(authority(&signing), signing)?;
        let key = KeyPair::generate()?;
        let certificate = server(addresses)?.signed_by(&key, &authority)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let chain = vec![certificate.der().clone(), authority.der().clone()];
        let config = config(chain, private).map_err(IdentityError::NotMade);
        let public_key = digest(&SHA256, &key.subject_public_key_info());
        let public_key = public_key.as_ref().try_into().ok();
        Ok(config.map(|config| Self { config, authority: authority.pem(), public_key }))
    }

    /// Reads a certificate, with those of the authorities that signed it, and its key, from files in PEM format.
    ///
    /// # Errors
    /// If a file cannot be read or does not contain that, or if the two do not fit.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, IdentityError> {
        let file = |path: &Path, problem: String, expected| IdentityError::File {
            path: path.display().to_string(),
            problem,
            expected,
        };
        let wrong = |problem: String| file(certificate, problem, "certificates");
        let text = std::fs::read_to_string(certificate).map_err(|error| wrong(error.to_string()))?;
        let chain = CertificateDer::pem_slice_iter(text.as_bytes()).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| wrong(error.to_string()))?;
        if chain.is_empty() {
            return Err(wrong("it contains no certificate".into()));
        }
        let private = PrivateKeyDer::from_pem_file(key);
        let private = private.map_err(|error| file(key, error.to_string(), "a private key"))?;
        let mismatch = |problem| IdentityError::Mismatch {
            certificate: certificate.display().to_string(),
            key: key.display().to_string(),
            problem,
        };
        Ok(Self { config: config(chain, private).map_err(mismatch)?, authority: text, public_key: None })
    }

    /// The certificate that clients must trust, in PEM format: that of the authority if it was
    /// [generated](Self::generate), the given ones otherwise.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The SHA-256 of the public key (SubjectPublicKeyInfo) if it was [generated](Self::generate): Chromium accepts a
    /// certificate by it.
    pub fn public_key(&self) -> Option<[u8; 32]> {
        self.public_key
    }

    /// How handshakes are performed: these versions of HTTP are offered, the newest first.
    pub(in crate::wire) fn offering(&self, versions: Versions) -> Arc<ServerConfig> {
        let mut config = ServerConfig::clone(&self.config);
        let protocols =
            [(versions.includes_http2(), b"h2".to_vec()), (versions.includes_http1(), b"http/1.1".to_vec())];
        let offered = protocols.into_iter().filter(|(is_spoken, _)| *is_spoken);
        config.alpn_protocols = offered.map(|(_, name)| name).collect();
        Arc::new(config)
    }
}

fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, String> {
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
    config.map(Arc::new).map_err(|error| error.to_string())
}

/// An authority for one certificate. Its name is its own: a client that trusts those of several servers finds the right one.
fn authority(key: &KeyPair) -> CertificateParams {
    let number: String =
        key.public_key_raw().iter().rev().take(4).map(|byte| format!("{byte:02x}")).collect();
    let mut authority = dated(CertificateParams::default());
    authority.distinguished_name.push(DnType::CommonName, format!("ssespec mock server CA {number}"));
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority
}

/// The certificate of a server.
fn server(addresses: &[IpAddr]) -> Result<CertificateParams, rcgen::Error> {
    let mut server = dated(CertificateParams::new(vec!["localhost".to_owned()])?);
    server.distinguished_name.push(DnType::CommonName, "ssespec mock server");
    let loopback = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let others = addresses.iter().copied().filter(|ip| !ip.is_unspecified() && !loopback.contains(ip));
    server.subject_alt_names.extend(loopback.into_iter().chain(others).map(SanType::IpAddress));
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Some clients require it.
    server.use_authority_key_identifier_extension = true;
    Ok(server)
}

fn dated(mut params: CertificateParams) -> CertificateParams {
    let now = SystemTime::now();
    params.not_before = now.checked_sub(EARLIER).unwrap_or(now).into();
    params.not_after = now.checked_add(VALID).unwrap_or(now).into();
    params
}
