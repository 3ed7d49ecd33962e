//! Clients whose time or memory grows more than the work: the cases that measure it tell them from a sound one, soon,
//! and cost nobody else anything.

use std::time::{Duration, Instant};

use ssespec::run::Conclusion;
use ssespec_reports::results::Verdict;

use crate::Tests;
use crate::cage::{Cage, Life};

pub(crate) const TESTS: Tests = &[
    ("a-sound-client-passes", a_sound_client_passes),
    ("the-square-of-the-length", the_square_of_the_length),
    ("the-square-of-the-read", the_square_of_the_read),
    ("memory-without-end", memory_without_end),
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

fn life(beast: &'static str, cases: &'static [&'static str]) -> Life {
    Cage::of(beast).suite(cases).patience(PATIENT).live()
}

/// The verdict of each case, in their order.
fn verdicts(life: &Life, cases: &[&str]) -> Vec<Verdict> {
    cases.iter().map(|id| life.of_case(id).verdict).collect()
}

/// How the memory of an adapter is judged here.
fn judged(verdict: Verdict) -> Verdict {
    if cfg!(target_os = "linux") { verdict } else { Verdict::Skip }
}

fn a_sound_client_passes() {
    let life = life("sound", TIME);
    assert_eq!(verdicts(&life, TIME), [Verdict::Pass; 3], "{}", life.text());
    let life = self::life("sound", MEMORY);
    assert_eq!(verdicts(&life, MEMORY), [judged(Verdict::Pass); 4], "{}", life.text());
}

fn the_square_of_the_length() {
    let life = life("rereading", TIME);
    assert_eq!(verdicts(&life, TIME), [Verdict::Warn, Verdict::Warn, Verdict::Pass], "{}", life.text());
    let failure = life.of_case(SMALL_WRITES).failure.as_ref().unwrap();
    assert_eq!(failure.step_text, "{ expect-growth = { time = \"linear\" } }");
    // What is compared with an accepted report is the same in every run.
    insta::assert_snapshot!(failure.expected, @"time that grows in proportion to the work");
    insta::assert_snapshot!(failure.observed, @"a unit of work that took more than 3 times as long as in the first span");
    let rows = &life.of_case(SMALL_WRITES).transcript;
    assert!(rows.iter().any(|row| row.kind == "measured" && row.text.contains("work 2: ")), "{rows:?}");
}

fn the_square_of_the_read() {
    let cases = &[SMALL_WRITES, ONE_WRITE];
    let life = life("copying", cases);
    assert_eq!(verdicts(&life, cases), [Verdict::Pass, Verdict::Warn], "{}", life.text());
}

fn memory_without_end() {
    let life = life("hoarding", MEMORY);
    let hoards = [Verdict::Warn, Verdict::Warn, Verdict::Pass, Verdict::Warn];
    assert_eq!(verdicts(&life, MEMORY), hoards.map(judged), "{}", life.text());
    if let Some(failure) = &life.of_case(MEMORY[0]).failure {
        insta::assert_snapshot!(failure.expected, @"memory that does not grow");
        insta::assert_snapshot!(failure.observed, @"more than 64 MiB above the peak of the first span");
    }
}

fn a_span_that_is_cut_short_harms_no_other_case() {
    let began = Instant::now();
    let life = life("rereading", &[SMALL_WRITES, ONE_WRITE, "client/lines/lf-ends-a-line"]);
    assert_eq!(life.ended.as_ref().unwrap(), &Conclusion::AsExpected);
    assert_eq!(life.of_case(ONE_WRITE).verdict, Verdict::Pass);
    assert_eq!(life.of_case("client/lines/lf-ends-a-line").verdict, Verdict::Pass);
    // Played to its end, the line alone would take as long.
    assert!(began.elapsed() < PATIENT, "{:?}", began.elapsed());
}
