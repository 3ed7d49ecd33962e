use ssespec_cases::grammar::{MemoryGrowth, TimeGrowth};

use super::*;

const TIME: Growth = Growth { time: Some(TimeGrowth::Linear), memory: None };
const MEMORY: Growth = Growth { time: None, memory: Some(MemoryGrowth::Flat) };

/// What was measured in these spans: their work, their time in milliseconds and their peak in MiB.
fn measured(expected: Growth, spans: &[(u64, u64, u64)]) -> Measured {
    let spans = spans.iter().map(|(work, time, peak)| Span {
        work: *work,
        time: Duration::from_millis(*time),
        peak: Some(peak * MIB),
    });
    Measured { expected, footprint: None, spans: spans.collect(), running: None, excess: None }
}

#[track_caller]
fn allows(measured: &Measured, work: u64, milliseconds: u64) {
    let base = measured.base(work).unwrap();
    assert_eq!(measured.allowance(base, work), Duration::from_millis(milliseconds));
}

#[test]
fn a_span_is_compared_with_the_last_smaller_one() {
    let spans = [(1, 900, 0), (8, 1000, 0), (1, 100, 0)];
    allows(&measured(TIME, &spans[..1]), 8, 8 * 3 * 900);
    allows(&measured(TIME, &spans), 8, 8 * 3 * 100);
}

#[test]
fn a_span_without_a_smaller_one_is_compared_with_the_first() {
    allows(&measured(TIME, &[(1, 900, 0), (8, 1000, 0)]), 1, 3 * 900);
    allows(&measured(TIME, &[(1, 900, 0), (1, 100, 0)]), 1, 3 * 900);
}

#[test]
fn a_span_that_is_too_short_to_be_measured_counts_as_longer() {
    let spans = measured(TIME, &[(1, 1, 0)]);
    allows(&spans, 8, 8 * 3 * u64::try_from(SHORTEST_IN_TICKS.as_millis()).unwrap());
}

#[test]
fn memory_that_a_collector_leaves_for_a_while_is_flat() {
    assert!(measured(MEMORY, &[(4, 10, 94), (8, 10, 109), (32, 10, 116)]).is_flat());
    assert!(measured(MEMORY, &[(4, 10, 94), (8, 10, 109), (32, 10, 80)]).is_flat());
}

#[test]
fn memory_that_keeps_what_is_sent_is_not_flat() {
    assert!(!measured(MEMORY, &[(4, 10, 94), (8, 10, 102), (32, 10, 134)]).is_flat());
    // Some of what was there before has been collected.
    assert!(!measured(MEMORY, &[(4, 10, 94), (8, 10, 117), (32, 10, 134)]).is_flat());
}

#[test]
fn spans_of_similar_work_do_not_show_that_memory_is_flat() {
    assert!(!measured(MEMORY, &[(4, 10, 94)]).is_flat());
    assert!(!measured(MEMORY, &[(4, 10, 94), (8, 10, 94)]).is_flat());
}

#[test]
fn time_is_judged_in_every_span() {
    assert!(!measured(TIME, &[(1, 10, 94), (8, 80, 94)]).is_flat());
}
