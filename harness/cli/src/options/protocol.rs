//! Options that choose the protocols over which cases for clients are played.

use clap::Args;
use ssespec::run::second_pass::SecondPass;
use ssespec::run::{Selection, Tls};
use ssespec_mock_server::wire::tls::Identity;
use ssespec_reports::results::Protocol;

use crate::authority_file::AuthorityFile;
use crate::error::CommandError;
use crate::options::headings::EXECUTION;
use crate::options::http_version::HttpVersion;

/// The protocols over which cases for clients are played.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ProtocolOptions {
    /// The versions of HTTP over which to play the cases for clients; over HTTP/2, those that need HTTP/1.1 are skipped
    /// [default: 1.1, and what is about the wire over HTTP/2 and TLS too, if the client speaks them]
    #[arg(long, help_heading = EXECUTION, value_name = "VERSION")]
    http: Option<HttpVersion>,
    /// Play the cases for clients over TLS, with a certificate that is made for the run
    #[arg(long, help_heading = EXECUTION)]
    tls: bool,
}

/// The certificate of a run. A temporary file is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct RunCertificate {
    /// What the run needs.
    pub(crate) tls: Option<Tls>,
    _file: Option<AuthorityFile>,
}

impl ProtocolOptions {
    /// A selection with the protocols: those of the options, or else these of the implementation's folder, or else the usual
    /// one and this second pass.
    pub(crate) fn select(
        self,
        selection: Selection,
        own: &[Protocol],
        second_pass: Option<SecondPass>,
    ) -> Selection {
        if self.http.is_some() || self.tls {
            return Selection { protocols: self.protocols(), ..selection };
        }
        if !own.is_empty() {
            return Selection { protocols: own.to_vec(), ..selection };
        }
        Selection { second_pass, ..selection }
    }

    /// The protocols of the options, in the order in which they are reported.
    fn protocols(self) -> Vec<Protocol> {
        let (http1, http2) = match self.tls {
            false => (Protocol::Http1, Protocol::Http2),
            true => (Protocol::Http1Tls, Protocol::Http2Tls),
        };
        match self.http.unwrap_or(HttpVersion::Http11) {
            HttpVersion::Http11 => vec![http1],
            HttpVersion::Http2 => vec![http2],
            HttpVersion::Both => vec![http1, http2],
        }
    }

    /// The certificate, if the protocols of a selection need one.
    ///
    /// # Errors
    /// If it cannot be made, or the file for clients cannot be written.
    pub(crate) fn certificate(selection: &Selection) -> Result<RunCertificate, CommandError> {
        let second = selection.second_pass.map(|pass| pass.protocol);
        if !selection.protocols.iter().chain(&second).any(|protocol| protocol.is_tls()) {
            return Ok(RunCertificate { tls: None, _file: None });
        }
        let identity = Identity::generate(&[])?;
        let file = AuthorityFile::temporary(identity.authority())?;
        let tls = Tls { identity, ca_file: file.path().to_owned() };
        Ok(RunCertificate { tls: Some(tls), _file: Some(file) })
    }
}
