//! Why a command failed, and the exit status and hints for each reason.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ssespec::adapter::fault::Fault;
use ssespec::adapter::service::NotAServiceUrl;
use ssespec::baseline_file::UpdateError;
use ssespec::engine::UnknownEngine;
use ssespec::implementation::{FILE, FolderError};
use ssespec::page::LibraryNotRead;
use ssespec::program::ProgramError;
use ssespec::session::intermediary::preflight::PreflightError;
use ssespec::setup::SetupError;
use ssespec_cases::load::CorpusError;
use ssespec_diagnostics::{Diagnostics, SourceError};
use ssespec_mock_server::forward::UpstreamError;
use ssespec_mock_server::wire::tls::IdentityError;
use ssespec_probe::{ContentError, ProbeError, RootsError, TargetError};
use ssespec_reports::html::SiteError;
use ssespec_reports::markdown::MatrixError;
use ssespec_reports::results::{ReadError, WriteError};
use ssespec_reports::shards::MergeError;
use ssespec_reports::visible;

use crate::did_you_mean::UnknownName;
use crate::html::folder::SiteFolderError;
use crate::output::{self, WriteFileError};
use crate::probe_input::ProbeInputError;
use crate::status::Status;
use crate::templates::InitError;

/// The longest line that a message repeats, in characters, and the most such lines.
const LINE: usize = 1000;
const LINES: usize = 20;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A case, check, suite or pattern that does not exist.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
    /// The filters leave no case.
    #[error("no case is selected: {0}; `ssespec cases` lists them")]
    NoCaseSelected(String),
    /// The filters leave only soak cases, which are not asked for.
    #[error("only soak cases are selected ({0}), which wait for up to {1}: add --soak {1}")]
    OnlySoakCases(String, String),
    /// `ssespec client` without a client.
    #[error(
        "no client to test: pass `-- COMMAND`, which starts its adapter, --service URL, --browser NAME, --page for any browser \
         that opens a URL, or --reference for the built-in client"
    )]
    NoClient,
    /// The URL of `--service` is none of a test service.
    #[error("--service: {0}")]
    Service(NotAServiceUrl),
    /// `ssespec server` without a server.
    #[error(
        "no server to test: pass `-- COMMAND`, which starts its adapter, or --reference for the built-in server; `ssespec \
         probe URL` checks a server that runs"
    )]
    NoServer,
    /// `ssespec probe` without a URL.
    #[error("no server to check: pass the URL of an event stream, like http://127.0.0.1:8080/events")]
    NoUrl,
    /// The filters leave no requirement.
    #[error("no requirement matches --suite, --level and --filter together")]
    NoRequirementSelected,
    /// The folder of `--cases` does not exist.
    #[error("{}: no such folder", .0.display())]
    NoSuchFolder(PathBuf),
    /// No adapter was written.
    #[error(transparent)]
    Init(InitError),
    /// The cases cannot be loaded.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// An `ssespec.toml` or a baseline cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Neither this folder nor one directly below it contains an implementation.
    #[error(
        "{}: there is no {FILE} in this folder or directly below it; it names the implementation and the command that \
         starts its adapter (`ssespec run --help` shows one; `ssespec client -- COMMAND` works without it)", .0.display()
    )]
    NoImplementation(PathBuf),
    /// No folder has this variant.
    #[error("there is no variant {name}; {}", known_variants(known))]
    NoVariant {
        /// Its name.
        name: String,
        /// The variants that the folders have.
        known: Vec<String>,
    },
    /// A key of an `ssespec.toml` has a value that a probe cannot use.
    #[error("{}: {key}: {problem}", file.display())]
    ServiceKey {
        /// The `ssespec.toml`.
        file: PathBuf,
        /// The key.
        key: &'static str,
        /// What is wrong with its value.
        #[source]
        problem: ProbeInputError,
    },
    /// The script that exposes the library under test cannot be read.
    #[error(transparent)]
    PageLibrary(#[from] LibraryNotRead),
    /// The baseline cannot be written.
    #[error(transparent)]
    Baseline(#[from] UpdateError),
    /// The URL of `--forward` cannot be used.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// A scenario cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A scenario has mistakes.
    #[error(transparent)]
    Scenario(#[from] Diagnostics),
    /// The files that `ssespec check` read have mistakes, which are already printed.
    #[error("{mistakes} mistake{} in {files} file{}", plural(*mistakes), plural(*files))]
    Mistakes {
        /// The number of mistakes.
        mistakes: usize,
        /// The number of files with mistakes.
        files: usize,
    },
    /// The mock server does not serve cases for servers.
    #[error(
        "{0} is a case for servers, which the mock server cannot serve; `ssespec server --filter {0} -- COMMAND` runs it \
         with a server's adapter"
    )]
    ServerCase(String),
    /// The mock server does not serve cases for intermediaries.
    #[error(
        "{0} is a case for intermediaries, which the mock server cannot serve; `ssespec proxy --filter {0}` runs it with a \
         proxy"
    )]
    IntermediaryCase(String),
    /// The mock server cannot bind its address.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A stream could not be recorded.
    #[error("{url}: {source}")]
    Record {
        /// The URL.
        url: String,
        /// What went wrong.
        source: io::Error,
    },
    /// No response came while a stream was recorded.
    #[error("{0}: no response came in time; --for sets how long to record")]
    NothingRecorded(String),
    /// A file would be overwritten.
    #[error("{} exists; pass --force to replace it", .0.display())]
    Exists(PathBuf),
    /// `--bind` with the unspecified address, on a machine without a network.
    #[error("this machine has no address that others can reach ({0}); pass one of its addresses to --bind")]
    NoAddress(io::Error),
    /// A folder cannot be listed.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteFileError),
    /// A folder cannot be created.
    #[error("{}: cannot create this folder: {source}", path.display())]
    CreateFolder {
        /// The folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The results files of two implementations would have the same name.
    #[error("two implementations are called {0}, so their results cannot go into the same folder")]
    SameName(String),
    /// A results file cannot be read.
    #[error(transparent)]
    Results(#[from] ReadError),
    /// A results file cannot be written.
    #[error("{file}: {source}")]
    WriteResults {
        /// The file.
        file: String,
        /// The reason.
        source: WriteError,
    },
    /// A run without a header.
    #[error("the run wrote no header; this is a bug in ssespec, please report it")]
    NoHeader,
    /// A folder to compare does not have the results of one run.
    #[error("{}: expected the results of one run, found {runs} runs in its .jsonl files", path.display())]
    NotOneRun {
        /// The folder.
        path: PathBuf,
        /// How many runs it has.
        runs: usize,
    },
    /// JSON Lines can show the results of one run only.
    #[error(
        "--format jsonl prints the results file of one run, but there are {0} runs; `ssespec run --output FOLDER` writes \
         one file for each"
    )]
    SeveralRuns(usize),
    /// Results that cannot be shown in one matrix.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// A site cannot be made.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The folder of a site cannot be used.
    #[error(transparent)]
    SiteFolder(#[from] SiteFolderError),
    /// No results file could be read.
    #[error("there is nothing to show, so no site was written")]
    NothingToShow,
    /// An issue about a case that did not fail.
    #[error("{case}: this case has no failure with a transcript, so there is nothing to file")]
    NoFailure {
        /// The case.
        case: String,
    },
    /// Several issues for standard output.
    #[error("these are several issues; --output FOLDER writes each into a folder of its own")]
    IssuesNeedAFolder,
    /// A format that shows one run.
    #[error("--format {format} shows one run, but there are {runs}; pass the results of one")]
    OneRun {
        /// The format.
        format: &'static str,
        /// How many runs there are.
        runs: usize,
    },
    /// Shards that cannot be merged.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// Results cannot be rendered.
    #[error("the report cannot be rendered: {0}")]
    Render(Box<dyn std::error::Error + Send + Sync>),
    /// The URL of the server is malformed.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Certificates cannot be loaded.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// A protocol is selected that the implementation does not speak.
    #[error("{0}")]
    Protocol(String),
    /// There is no certificate for TLS.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The certificate that clients must trust cannot be written.
    #[error("the certificate that clients must trust cannot be written to a temporary file: {0}")]
    AuthorityFile(#[source] io::Error),
    /// The value of `--data` cannot be read.
    #[error("--data: {0}")]
    Data(#[from] ContentError),
    /// An option of a probe has an unusable value.
    #[error(transparent)]
    ProbeInput(#[from] ProbeInputError),
    /// A browser that does not exist.
    #[error(transparent)]
    UnknownBrowser(#[from] UnknownEngine),
    /// This build cannot start browsers.
    #[cfg(not(feature = "browsers"))]
    #[error(
        "cannot start {0}: this ssespec was built without the feature `browsers`; `ssespec client --page` runs any \
         browser that opens a URL"
    )]
    NoBrowsers(ssespec::engine::Engine),
    /// A setup command failed.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The adapter is unusable.
    #[error("{}{}", prefix(folder.as_deref()), visible::line(&fault.to_string(), LINE))]
    Adapter {
        /// The implementation's folder, if it has one.
        folder: Option<String>,
        /// What the adapter did.
        fault: Box<Fault>,
        /// The end of its stderr.
        stderr: String,
    },
    /// The implementation could not be run, and its setup is not up to date.
    #[error(transparent)]
    SetupNotRun(Box<CommandError>),
    /// The harness cannot bind the address on which it serves cases.
    #[error("no listener on {address}: {source}")]
    Listen {
        /// The address.
        address: IpAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The URL of a proxy cannot be used.
    #[error("--listen: {problem}")]
    Front {
        /// What is wrong with it.
        problem: String,
    },
    /// Binding the address behind a proxy failed.
    #[error("cannot listen on {address}, to which the proxy forwards: {source}")]
    ProxyUpstream {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The proxy does not forward to the harness.
    #[error(transparent)]
    Intermediary(PreflightError),
    /// The proxy of a folder cannot be started, or ended on its own.
    #[error("{}: {}", folder.display(), visible::line(&error.to_string(), LINE))]
    Program {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        error: Box<ProgramError>,
    },
    /// The proxy of a folder was started, but does not forward to the harness.
    #[error("{}: {error}", folder.display())]
    ProgramPreflight {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        error: Box<PreflightError>,
        /// The end of what it printed.
        output: String,
    },
    /// The probe could not begin.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The TLS handshake of a probe failed.
    #[error(transparent)]
    Handshake(ProbeError),
    /// The async runtime could not be started.
    #[error("cannot start the async runtime: {0}")]
    Runtime(io::Error),
}

/// The ending of a plural.
pub(crate) fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The variants that may have been meant.
fn known_variants(known: &[String]) -> String {
    if known.is_empty() { "no folder has variants".into() } else { format!("there are {}", known.join(", ")) }
}

/// The end of what a program printed, as a note.
fn last_lines(what: &str, text: &str) -> Option<String> {
    let lines = visible::last_lines(text, LINE, LINES);
    (!text.is_empty()).then(|| format!("{what}:\n  {}", lines.join("\n  ")))
}

fn prefix(folder: Option<&str>) -> String {
    folder.map(|folder| format!("{folder}: ")).unwrap_or_default()
}

impl CommandError {
    /// The exit status of a command that failed for this reason.
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Setup(_)
            | Self::Adapter { .. }
            | Self::PageLibrary(_)
            | Self::SetupNotRun(_)
            | Self::Listen { .. }
            | Self::ProxyUpstream { .. }
            | Self::Intermediary(_)
            | Self::Program { .. }
            | Self::ProgramPreflight { .. }
            | Self::Record { .. }
            | Self::NothingRecorded(_)
            | Self::Handshake(_)
            | Self::Probe(ProbeError::Unreachable { .. } | ProbeError::Redirects { .. })
            | Self::Runtime(_) => Status::NotRun,
            #[cfg(not(feature = "browsers"))]
            Self::NoBrowsers(_) => Status::Usage,
            Self::UnknownName(_)
            | Self::Init(_)
            | Self::NoCaseSelected(_)
            | Self::OnlySoakCases(..)
            | Self::NoClient
            | Self::Service(_)
            | Self::NoServer
            | Self::NoUrl
            | Self::NoRequirementSelected
            | Self::NoSuchFolder(_)
            | Self::Corpus(_)
            | Self::Folder(_)
            | Self::NoImplementation(_)
            | Self::NoVariant { .. }
            | Self::ServiceKey { .. }
            | Self::Baseline(_)
            | Self::Source(_)
            | Self::Upstream(_)
            | Self::Scenario(_)
            | Self::Mistakes { .. }
            | Self::ServerCase(_)
            | Self::IntermediaryCase(_)
            | Self::Front { .. }
            | Self::Bind { .. }
            | Self::Exists(_)
            | Self::NoAddress(_)
            | Self::Read { .. }
            | Self::Write(_)
            | Self::CreateFolder { .. }
            | Self::SameName(_)
            | Self::Results(_)
            | Self::WriteResults { .. }
            | Self::NoHeader
            | Self::SeveralRuns(_)
            | Self::NotOneRun { .. }
            | Self::Matrix(_)
            | Self::Site(_)
            | Self::SiteFolder(_)
            | Self::NothingToShow
            | Self::NoFailure { .. }
            | Self::IssuesNeedAFolder
            | Self::OneRun { .. }
            | Self::Merge(_)
            | Self::Render(_)
            | Self::Target(_)
            | Self::Roots(_)
            | Self::Identity(_)
            | Self::Protocol(_)
            | Self::AuthorityFile(_)
            | Self::Data(_)
            | Self::ProbeInput(_)
            | Self::UnknownBrowser(_)
            | Self::Probe(_) => Status::Usage,
        }
    }

    /// Prints the error to standard error, with hints.
    pub(crate) fn report(&self) {
        output::error(&self.to_string());
        self.notes().iter().for_each(|note| output::note(note));
    }

    fn notes(&self) -> Vec<String> {
        match self {
            Self::Adapter { fault, stderr, .. } => {
                let mut notes = vec![format!("help: {}", fault.hint())];
                notes.extend(last_lines("its stderr", stderr));
                notes
            }
            Self::Program { error, .. } => {
                let mut notes = vec![format!("help: {}", error.hint())];
                notes.extend(last_lines("its output", error.output().unwrap_or_default()));
                notes
            }
            Self::ProgramPreflight { error, output, .. } => {
                let mut notes = vec![format!("help: {}", error.hint_for_folder())];
                notes.extend(last_lines("its output", output));
                notes
            }
            Self::SetupNotRun(reason) => {
                let mut notes = reason.notes();
                notes.push(
                    "help: the setup has not run since the files in the folder changed; --setup runs it".into(),
                );
                notes
            }
            Self::Handshake(_) => vec![
                "help: --ca FILE trusts the certificates in a PEM file, --insecure trusts every certificate; does this \
                 server speak HTTPS?"
                    .into(),
            ],
            Self::Protocol(_) => vec!["help: leave out --http and --tls".into()],
            Self::AuthorityFile(_) => vec!["help: --ca-file FILE writes it elsewhere".into()],
            Self::Intermediary(error) => vec![format!("help: {}", error.hint())],
            Self::Front { .. } => {
                vec!["help: give the URL at which clients reach the proxy, like http://127.0.0.1:8080".into()]
            }
            Self::ProxyUpstream { .. } => vec![
                "help: ssespec takes the place of the origin: stop what listens there, or let the proxy forward to a free \
                 port and give that address"
                    .into(),
            ],
            Self::UnknownBrowser(unknown) => vec![format!("help: {}", unknown.hint())],
            _ => Vec::new(),
        }
    }
}
