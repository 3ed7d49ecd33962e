//! Where the time of a run went, with fixed numbers.

use insta::assert_snapshot;
use ssespec_reports::{
    Results,
    results::{Adapters, CaseResult, Delivery, Footer, ProcessorTime, Source, StepTime},
    terminal::{Style, timings},
};

use crate::files::{ALL, results};

fn result(case: &str, delivery: Delivery, start_us: u64, lane: u32, duration_us: u64) -> CaseResult {
    let text = "title = \"T\"\nsteps = [\n  { wait = \"1s\" },\n  \"expect-request\",\n]\n";
    CaseResult {
        case: format!("client/timings/{case}"),
        delivery,
        source: Source { path: format!("client/timings/{case}.toml"), text: text.into() },
        start_us: Some(start_us),
        lane: Some(lane),
        duration_us,
        longest_step: Some(StepTime { step: 1, line: 3, duration_us: duration_us / 2 }),
        ..results("all-pass").results()[0].clone()
    }
}

#[test]
fn where_the_time_went() {
    let template = results("all-pass");
    let mut all: Vec<CaseResult> = (0..12)
        .map(|at| result(&format!("short-{at:02}"), Delivery::WHOLE, at * 1000, 1, 20_000 + at * 10_000))
        .collect();
    all.push(result("long", Delivery::AS_WRITTEN, 5_000, 2, 6_250_000));
    all.push(result("long", Delivery::BYTES, 5_000, 3, 6_240_000));
    let waiting = StepTime { step: 2, line: 4, duration_us: 3_000_000 };
    all.push(CaseResult { longest_step: Some(waiting), ..result("late", Delivery::BYTES, 0, 3, 3_500_000) });
    let footer = Footer {
        duration_us: 7_129_999,
        adapters: Some(Adapters { started: 4, died: 0 }),
        processor: Some(ProcessorTime { harness_us: 812_345, adapters_us: 2_040_000 }),
        ..template.footer().unwrap().clone()
    };
    let run = Results::new("timings", template.header().clone(), all, Some(footer));
    assert_snapshot!("timings", timings(&run, Style::default()));
}

#[test]
fn a_run_without_times() {
    for name in ALL {
        let text = timings(&results(name), Style::default());
        assert!(text.starts_with("Where the time went\n") && !text.contains("Longest waits"), "{text}");
    }
}
