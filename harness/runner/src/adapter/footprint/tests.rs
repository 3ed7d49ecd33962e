#![cfg(target_os = "linux")]

use std::hint::black_box;
use std::time::Instant;

use super::*;

const MIB: u64 = 1024 * 1024;

#[test]
fn time_that_is_spent_is_told() {
    let mut footprint = Footprint::of(Processes::Own).unwrap();
    let before = footprint.read().unwrap().processor;
    let began = Instant::now();
    // By the clock of the processor: how long that takes on a busy machine does not matter.
    while footprint.read().unwrap().processor - before < Duration::from_millis(100) {
        assert!(began.elapsed() < Duration::from_secs(60), "no time passes");
    }
}

#[test]
fn memory_of_this_process_is_not_an_adapters() {
    assert_eq!(Footprint::of(Processes::Own).unwrap().read().unwrap().peak, None);
}

#[test]
fn who_is_not_known_has_no_footprint() {
    assert!(Footprint::of(Processes::Unknown).is_none());
}

#[test]
fn who_is_gone_has_no_footprint() {
    // The largest number that a process of Linux can have is less.
    assert!(Footprint::of(Processes::Group(u32::MAX)).is_none());
}

/// The group of this process, which the tests of this crate share with nothing that takes much memory.
fn group() -> u32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    stat.rsplit_once(')').unwrap().1.split_ascii_whitespace().nth(2).unwrap().parse().unwrap()
}

#[test]
fn memory_that_was_given_back_shows_until_it_is_forgotten() {
    let mut footprint = Footprint::of(Processes::Group(group())).unwrap();
    footprint.forget_peak();
    let before = footprint.read().unwrap().peak.unwrap();
    let size = 256 * MIB;
    drop(black_box(vec![1_u8; usize::try_from(size).unwrap()]));
    let peak = footprint.read().unwrap().peak.unwrap();
    assert!(peak >= before + size / 2, "{peak} after {before}");
    footprint.forget_peak();
    let after = footprint.read().unwrap().peak.unwrap();
    assert!(after < peak - size / 2, "{after} after {peak}");
}
