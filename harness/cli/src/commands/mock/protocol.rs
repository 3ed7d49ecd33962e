//! What a mock server speaks: versions of HTTP, and TLS.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use ssespec_mock_server::wire::Versions;
use ssespec_mock_server::wire::tls::Identity;

use crate::authority_file::AuthorityFile;
use crate::error::CommandError;
use crate::options::http_version::HttpVersion;

/// Versions of HTTP, and TLS.
#[derive(Debug, Args)]
#[command(next_help_heading = "Protocol")]
pub(super) struct ProtocolOptions {
    /// The versions of HTTP to speak. Without --tls, HTTP/2 is for clients that know it in advance
    #[arg(long, value_name = "VERSION", default_value = "both")]
    http: HttpVersion,
    /// Speak TLS, with a certificate made for localhost, 127.0.0.1, ::1 and the address it listens on. The second line of the
    /// output names the file with the certificate that clients must trust
    #[arg(long, conflicts_with = "ui")]
    tls: bool,
    /// Where to write the certificate that clients must trust [default: a temporary file]
    #[arg(long, value_name = "FILE", requires = "tls")]
    ca_file: Option<PathBuf>,
    /// Use the certificate in this PEM file instead, followed by those of the authorities that signed it
    #[arg(long, value_name = "FILE", requires_all = ["tls", "key"], conflicts_with = "ca_file")]
    cert: Option<PathBuf>,
    /// The key of the certificate, in a PEM file
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
}

/// What a server speaks.
#[derive(Debug)]
pub(super) struct Protocol {
    pub(super) versions: Versions,
    pub(super) tls: Option<Identity>,
    /// The file with the certificate that clients must trust, if one was written.
    pub(super) authority: Option<AuthorityFile>,
}

impl ProtocolOptions {
    /// What a server at this address speaks. Makes a certificate, and writes that of its authority.
    pub(super) fn protocol(&self, address: IpAddr) -> Result<Protocol, CommandError> {
        let versions = self.http.versions();
        if !self.tls {
            return Ok(Protocol { versions, tls: None, authority: None });
        }
        if let (Some(certificate), Some(key)) = (&self.cert, &self.key) {
            let tls = Some(Identity::from_files(certificate, key)?);
            return Ok(Protocol { versions, tls, authority: None });
        }
        let identity = Identity::generate(&[address])?;
        let authority = match &self.ca_file {
            Some(path) => AuthorityFile::given(path, identity.authority()),
            None => AuthorityFile::temporary(identity.authority()),
        }?;
        Ok(Protocol { versions, tls: Some(identity), authority: Some(authority) })
    }
}
