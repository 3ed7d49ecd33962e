//! Runs that vary the framing and the losses of the standard suite, for clients with one fundamental mistake.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use ssespec::run::baseline::id_glob;
use ssespec::run::{Baseline, Deaths, Launch, Rerun, Run, Selection};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reference::{self as reference, Defect};
use ssespec_reports::results::{
    CaseResult, Footer, Framing, Header, KnownFailure, Loss, Record, Variation, Verdict,
};

struct Ran {
    header: Header,
    results: Vec<CaseResult>,
    footer: Footer,
}

impl Ran {
    /// The cases with a failure, and how many there are.
    fn failing(&self) -> (Vec<String>, usize) {
        let mut all: Vec<&str> = self.results.iter().map(|result| result.case.as_str()).collect();
        all.dedup();
        let mut failing: Vec<String> =
            self.results.iter().filter(|r| r.verdict == Verdict::Fail).map(|r| r.case.clone()).collect();
        failing.dedup();
        (failing, all.len())
    }
}

fn run(launch: impl Into<Launch>, filters: &[&str], variation: Variation, baseline: Baseline) -> Ran {
    let filters = filters.iter().map(|filter| id_glob(filter).unwrap().compile_matcher()).collect();
    let run = Run {
        corpus: Arc::new(Corpus::embedded().unwrap()),
        launch: launch.into(),
        selection: Selection { filters, variation, ..Selection::default() },
        baseline,
        patience: Patience { observation: Duration::from_secs(3), request: Duration::from_secs(5) },
        lanes: 8,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        tls: None,
        deaths: Deaths::Counted,
        rerun: Rerun::Command(String::new()),
    };
    let (mut header, mut results, mut footer) = (None, Vec::new(), None);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let executed = runtime.block_on(run.execute(&mut |record| match record {
        Record::Header(record) => header = Some(*record),
        Record::Result(result) => results.push(*result),
        Record::Footer(record) => footer = Some(*record),
    }));
    executed.unwrap();
    results.sort_by(|a, b| (&a.case, a.delivery, a.sequence).cmp(&(&b.case, b.delivery, b.sequence)));
    Ran { header: header.unwrap(), results, footer: footer.unwrap() }
}

const STANDARD: Variation = Variation { framing: Framing::Chunked, loss: None };

#[test]
fn a_client_that_reads_chunks_as_text_is_judged_on_the_rest() {
    let filters = ["client/data/*", "client/comments/*", "client/chunks/*"];
    let client = || reference::defective(Defect::ChunkSizesAreText);
    let standard = run(client(), &filters, STANDARD, Baseline::default());
    let (failing, of) = standard.failing();
    assert!(failing.len() * 2 > of, "{} of {of}", failing.len());
    let [note] = &standard.footer.notes[..] else { panic!("{:?}", standard.footer.notes) };
    assert!(note.ends_with("--framing close judges the rest without chunks"), "{note}");

    let variation = Variation { framing: Framing::Close, loss: None };
    let varied = run(client(), &filters, variation, Baseline::default());
    assert_eq!(varied.failing().0, Vec::<String>::new());
    assert!(varied.footer.notes.is_empty(), "{:?}", varied.footer.notes);
    assert_eq!(varied.header.selection.variation, variation);
}

#[test]
fn a_client_that_notices_no_reset_is_judged_on_the_rest() {
    let filters = ["client/resume/*", "client/reconnect/*", "client/drops/*", "client/retry/*"];
    let client = || reference::defective(Defect::ResetNotNoticed);
    let standard = run(client(), &filters, STANDARD, Baseline::default());
    let failing = standard.failing().0;
    assert!(failing.len() >= 9, "{failing:?}");
    let [note] = &standard.footer.notes[..] else { panic!("{:?}", standard.footer.notes) };
    assert!(
        note.contains("nothing follows a reset of the connection") && note.contains("--loss end"),
        "{note}"
    );

    let variation = Variation { framing: Framing::Chunked, loss: Some(Loss::End) };
    let varied = run(client(), &filters, variation, Baseline::default());
    // These are about the reset, or reset a body whose framing they name.
    let kept = [
        "client/drops/before-the-content-length-is-reached",
        "client/drops/reset-of-a-body-that-ends-with-the-connection",
        "client/reconnect/after-a-reset",
        "client/reconnect/one-error-for-a-reset",
        "client/reconnect/reset-after-the-headers",
        "client/reconnect/reset-is-no-reason-to-hurry",
    ];
    assert_eq!(varied.failing().0, kept);
}

#[test]
fn the_sound_client_passes_whatever_is_varied() {
    for (framing, loss) in [
        (Framing::Close, None),
        (Framing::Chunked, Some(Loss::Fin)),
        (Framing::Chunked, Some(Loss::Reset)),
        (Framing::Close, Some(Loss::End)),
    ] {
        let filters =
            ["client/drops/*", "client/http/*", "client/llm/*", "client/reconnect/*", "client/resume/*"];
        let ran = run(reference::client(), &filters, Variation { framing, loss }, Baseline::default());
        assert_eq!(ran.failing().0, Vec::<String>::new(), "{framing} {loss:?}");
        assert!(ran.footer.notes.is_empty(), "{:?}", ran.footer.notes);
    }
}

#[test]
fn no_known_failure_is_stale_in_a_varied_run() {
    let entry = KnownFailure { case: "client/data/*".into(), reason: "r".into(), ..KnownFailure::default() };
    let stale = |variation| {
        let baseline = Baseline::new(vec![entry.clone()]).unwrap();
        run(reference::client(), &["client/data/*"], variation, baseline).footer.stale.len()
    };
    assert!(stale(STANDARD) > 0);
    assert_eq!(stale(Variation { framing: Framing::Close, loss: None }), 0);
}
