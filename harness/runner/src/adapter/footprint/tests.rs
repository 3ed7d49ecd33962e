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

/// Works until this process has used this much processor time.
#[cfg(feature = "command")]
fn work(footprint: &mut Footprint, time: Duration) {
    let before = footprint.read().unwrap().processor;
    while footprint.read().unwrap().processor - before < time {
        black_box((0..1000).sum::<u64>());
    }
}

#[cfg(feature = "command")]
#[test]
fn time_is_counted_more_finely_than_in_ticks() {
    let mut footprint = Footprint::of(Processes::Own).unwrap();
    assert_eq!(footprint.resolution(), Resolution::Nanoseconds);
    let readings: Vec<Duration> = (0..50)
        .map(|_| {
            work(&mut footprint, Duration::from_micros(100));
            footprint.read().unwrap().processor
        })
        .collect();
    // Ticks would all be multiples of 10 ms.
    assert!(readings.iter().any(|time| time.subsec_nanos() % 10_000_000 != 0), "{readings:?}");
    assert!(readings.windows(2).all(|pair| pair[0] < pair[1]), "{readings:?}");
}

#[cfg(feature = "command")]
#[test]
fn time_of_threads_that_have_ended_is_counted() {
    let mut footprint = Footprint::of(Processes::Own).unwrap();
    let before = footprint.read().unwrap().processor;
    let spent = Duration::from_millis(50);
    std::thread::spawn(move || {
        let clock = nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID;
        while Duration::from(nix::time::clock_gettime(clock).unwrap()) < spent {
            black_box((0..1000).sum::<u64>());
        }
    })
    .join()
    .unwrap();
    let after = footprint.read().unwrap().processor;
    assert!(after - before >= spent, "{before:?} to {after:?}");
}

#[cfg(feature = "command")]
#[test]
fn time_of_children_that_have_ended_is_counted() {
    let mut footprint = Footprint::of(Processes::Own).unwrap();
    let before = footprint.read().unwrap().processor;
    let script = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; cut -d' ' -f14 /proc/$$/stat";
    let child = std::process::Command::new("sh").args(["-c", script]).output().unwrap();
    let ticks: u32 = String::from_utf8(child.stdout).unwrap().trim().parse().unwrap();
    let after = footprint.read().unwrap().processor;
    assert!(
        ticks > 0 && after - before >= Duration::from_millis(10) * ticks,
        "{ticks}: {before:?} to {after:?}"
    );
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
