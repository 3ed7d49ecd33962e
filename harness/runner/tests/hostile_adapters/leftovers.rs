//! Processes that outlive what they are for: none is left when the run is over, however it ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use insta::assert_snapshot;

use crate::Tests;
use crate::liveness::await_end;
use crate::scenario::{Scenario, runtime};

pub(crate) const TESTS: Tests = &[
    ("a-child-holds-stdout-and-its-parent-exits", a_child_holds_stdout_and_its_parent_exits),
    ("a-child-and-its-parent-live", a_child_and_its_parent_live),
    ("the-end-of-stdin-is-ignored", the_end_of_stdin_is_ignored),
    ("by-a-whole-family", by_a_whole_family),
    ("the-run-is-dropped", the_run_is_dropped),
    ("the-run-and-its-runtime-are-dropped", the_run_and_its_runtime_are_dropped),
    ("the-run-is-dropped-before-the-hello", the_run_is_dropped_before_the_hello),
];

fn a_child_holds_stdout_and_its_parent_exits() {
    let played = Scenario::of("exits-leaving-a-child").play();
    assert_snapshot!(played.text(), @"
    1-trigger: fail at step 2: it crashed twice at this step: the adapter exited: exit status: 0
      expected: the client keeps running
      hint: see the end of the adapter's stderr, shown with this failure
    2-next: pass
    status 1
    ");
    assert_eq!(
        played.processes,
        ["exits-leaving-a-child", "sleeper", "exits-leaving-a-child", "sleeper", "exits-leaving-a-child"]
    );
}

fn a_child_and_its_parent_live() {
    let played = Scenario::of("with-a-child").play();
    assert_snapshot!(played.text(), @"
    1-trigger: pass
    2-next: pass
    status 0
    ");
    assert_eq!(played.processes, ["with-a-child", "sleeper"]);
}

fn the_end_of_stdin_is_ignored() {
    let played = Scenario::of("ignores-stdin-end").play();
    assert_snapshot!(played.text(), @"
    1-trigger: pass
    2-next: pass
    status 0
    ");
    assert_eq!(played.processes, ["ignores-stdin-end"]);
}

fn by_a_whole_family() {
    let played = Scenario::of("ignores-stdin-end-with-a-child").play();
    assert_snapshot!(played.text(), @"
    1-trigger: pass
    2-next: pass
    status 0
    ");
    assert_eq!(played.processes, ["ignores-stdin-end-with-a-child", "sleeper"]);
}

/// When a run is dropped.
#[derive(PartialEq)]
enum Moment {
    /// While an adapter is awaited.
    Hello,
    /// While cases are played.
    Case,
}

/// Whether the runtime goes with it.
#[derive(PartialEq)]
enum Runtime {
    LivesOn,
    Ends,
}

/// Drops a run of two lanes, as the command does when it is interrupted, and waits until its processes are gone.
fn drop_run(behavior: &'static str, moment: &Moment, then: &Runtime) {
    let scenario = Scenario::of(behavior).in_lanes(&["a", "b"], r#"{ wait = "60s" }"#);
    let run = scenario.run();
    let runtime = runtime();
    let playing = AtomicBool::new(*moment == Moment::Hello);
    let expected = if *moment == Moment::Hello { 2 } else { 4 };
    let mut connected = Vec::new();
    let all_connected = async {
        while !playing.load(Ordering::Relaxed) || connected.len() < expected {
            connected.extend(scenario.liveness().connected());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let mut sink = |_| playing.store(true, Ordering::Relaxed);
    runtime.block_on(async {
        tokio::select! {
            ended = run.execute(&mut sink) => panic!("the run is over: {ended:?}"),
            () = all_connected => {}
        }
    });
    if *then == Runtime::Ends {
        runtime.shutdown_timeout(Duration::from_secs(1));
    }
    connected.into_iter().for_each(|stream| drop(await_end(stream)));
}

fn the_run_is_dropped() {
    drop_run("ignores-stdin-end-with-a-child", &Moment::Case, &Runtime::LivesOn);
}

fn the_run_and_its_runtime_are_dropped() {
    drop_run("ignores-stdin-end-with-a-child", &Moment::Case, &Runtime::Ends);
}

fn the_run_is_dropped_before_the_hello() {
    drop_run("no-hello-with-a-child", &Moment::Hello, &Runtime::Ends);
}
