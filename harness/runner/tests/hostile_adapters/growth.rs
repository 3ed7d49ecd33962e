//! Clients whose time or memory grows more than the work: the cases that measure it detect them soon, and without cost for
//! other cases.

use std::time::{Duration, Instant};

use ssespec::run::Conclusion;
use ssespec_reports::results::Verdict;

use crate::Tests;
use crate::scenario::{Played, Scenario};

pub(crate) const TESTS: Tests = &[
    ("a-sound-client-passes", a_sound_client_passes),
    ("the-square-of-the-length", the_square_of_the_length),
    ("the-square-of-the-read", the_square_of_the_read),
    ("memory-without-end", memory_without_end),
    (
        "comments-are-not-reported-while-growth-is-measured",
        comments_are_not_reported_while_growth_is_measured,
    ),
    ("a-span-that-is-cut-short-harms-no-other-case", a_span_that_is_cut_short_harms_no_other_case),
];

/// Cases that measure time.
const TIME: &[&str] = &[SMALL_WRITES, TINY_WRITES, ONE_WRITE];
const SMALL_WRITES: &str = "client/resilience/long-line-in-small-writes";
const TINY_WRITES: &str = "client/resilience/long-line-in-tiny-writes";
const ONE_WRITE: &str = "client/resilience/many-lines-in-one-write";

/// Cases that measure memory.
const MEMORY: &[&str] = &[
    "client/resilience/endless-comment",
    "client/resilience/endless-comments",
    "client/resilience/endless-line",
    "client/resilience/endless-unknown-fields",
];

const PATIENT: Duration = Duration::from_secs(60);

fn play(behavior: &'static str, cases: &'static [&'static str]) -> Played {
    Scenario::of(behavior).suite(cases).patience(PATIENT).play()
}

/// The verdict of each case, in their order.
fn verdicts(played: &Played, cases: &[&str]) -> Vec<Verdict> {
    cases.iter().map(|id| played.of_case(id).verdict).collect()
}

/// How the memory of an adapter is judged here.
fn judged(verdict: Verdict) -> Verdict {
    if cfg!(target_os = "linux") { verdict } else { Verdict::Skip }
}

fn a_sound_client_passes() {
    let played = play("sound", TIME);
    assert_eq!(verdicts(&played, TIME), [Verdict::Pass; 3], "{}", played.text());
    let played = play("sound", MEMORY);
    assert_eq!(verdicts(&played, MEMORY), [judged(Verdict::Pass); 4], "{}", played.text());
}

fn the_square_of_the_length() {
    let played = play("rescans-line", TIME);
    assert_eq!(verdicts(&played, TIME), [Verdict::Warn, Verdict::Warn, Verdict::Pass], "{}", played.text());
    let failure = played.of_case(SMALL_WRITES).failure.as_ref().unwrap();
    assert_eq!(failure.step_text, "{ expect-growth = { time = \"linear\" } }");
    // What is compared with an accepted report is the same in every run.
    insta::assert_snapshot!(failure.expected, @"time that grows in proportion to the work");
    insta::assert_snapshot!(failure.observed, @"a unit of work that took more than 3 times as long as in a smaller span");
    let rows = &played.of_case(SMALL_WRITES).transcript;
    assert!(rows.iter().any(|row| row.kind == "measured" && row.text.contains("work 1: ")), "{rows:?}");
}

fn the_square_of_the_read() {
    let cases = &[SMALL_WRITES, ONE_WRITE];
    let played = play("copies-rest", cases);
    assert_eq!(verdicts(&played, cases), [Verdict::Pass, Verdict::Warn], "{}", played.text());
}

fn memory_without_end() {
    let played = play("keeps-everything", MEMORY);
    let hoards = [Verdict::Warn, Verdict::Warn, Verdict::Pass, Verdict::Warn];
    assert_eq!(verdicts(&played, MEMORY), hoards.map(judged), "{}", played.text());
    if let Some(failure) = &played.of_case(MEMORY[0]).failure {
        insta::assert_snapshot!(failure.expected, @"memory that does not grow");
        insta::assert_snapshot!(failure.observed, @"more than 64 MiB above the peak of the first span");
    }
}

fn comments_are_not_reported_while_growth_is_measured() {
    let cases = &[ONE_WRITE, "client/lines/lf-ends-a-line"];
    let played = play("dies-without-comments", cases);
    assert_eq!(verdicts(&played, cases), [Verdict::Warn, Verdict::Pass], "{}", played.text());
}

fn a_span_that_is_cut_short_harms_no_other_case() {
    let began = Instant::now();
    let played = play("rescans-line", &[SMALL_WRITES, ONE_WRITE, "client/lines/lf-ends-a-line"]);
    assert_eq!(played.ended.as_ref().unwrap(), &Conclusion::AsExpected);
    assert_eq!(played.of_case(ONE_WRITE).verdict, Verdict::Pass);
    assert_eq!(played.of_case("client/lines/lf-ends-a-line").verdict, Verdict::Pass);
    // If the line were played to its end, it would take this long on its own.
    assert!(began.elapsed() < PATIENT, "{:?}", began.elapsed());
}
