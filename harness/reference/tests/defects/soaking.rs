//! Soak cases, in which minutes pass quickly: their waits, and the defects that they are about, are hurried alike.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use ssespec::run::second_pass::{PassOf, SecondPass};
use ssespec::run::{Selection, Tls};
use ssespec_cases::client::ClientStep;
use ssespec_cases::{Case, Corpus, Script};
use ssespec_mock_server::action::Action;
use ssespec_mock_server::wire::tls::Identity;
use ssespec_reference::Pace;
use ssespec_reports::results::Protocol;
use tempfile::NamedTempFile;

/// The embedded cases, where those that wait for minutes wait for less than two seconds.
pub(crate) fn corpus() -> Corpus {
    let mut corpus = Corpus::embedded().unwrap_or_else(|mistakes| panic!("{mistakes}"));
    for case in corpus.cases.values_mut().filter(|case| case.soak) {
        let Script::Client(steps) = &mut case.script else { continue };
        for step in steps {
            if let ClientStep::Wire(Action::Wait(time)) = &mut step.kind {
                *time = Pace::Hurried.time(*time);
            }
        }
    }
    corpus
}

/// All cases, those that wait for minutes among them. Those about HTTP/2 or TLS are played over both.
pub(crate) fn selection() -> Selection {
    let about_http2 = SecondPass { protocol: Protocol::Http2Tls, of: PassOf::Needing };
    Selection { soak: Some(Duration::MAX), second_pass: Some(about_http2), ..Selection::default() }
}

/// The certificate of the mock server, and the file with the one that clients must trust.
pub(crate) fn tls() -> Tls {
    static CERTIFICATE: LazyLock<(Tls, NamedTempFile)> = LazyLock::new(|| {
        let identity = Identity::generate(&[]).expect("a certificate");
        let mut file = NamedTempFile::new().expect("a file");
        file.write_all(identity.authority().as_bytes()).expect("room");
        (Tls { identity, ca_file: file.path().to_owned() }, file)
    });
    CERTIFICATE.0.clone()
}

/// The pace at which a client plays a case.
pub(crate) fn pace(case: &Case) -> Pace {
    if case.soak { Pace::Hurried } else { Pace::Usual }
}

/// The cases of each pace, if there are any.
pub(crate) fn by_pace(corpus: &Corpus, ids: BTreeSet<String>) -> Vec<(Pace, BTreeSet<String>)> {
    let is_soak = |id: &String| corpus.cases.get(id).is_some_and(|case| case.soak);
    let (soak, usual): (BTreeSet<String>, _) = ids.into_iter().partition(is_soak);
    [(Pace::Usual, usual), (Pace::Hurried, soak)].into_iter().filter(|(_, ids)| !ids.is_empty()).collect()
}
