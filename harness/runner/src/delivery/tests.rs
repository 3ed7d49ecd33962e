//! How scripts are cut.

use ssespec_cases::format;
use ssespec_diagnostics::Source;

use super::*;

/// A script with these steps.
fn script(steps: &str) -> Script {
    let text = format!(
        "title = \"T\"\nrequirements = [\"whatwg/line-lf\"]\nneeds = [\"reconnect\"]\nsteps = [{steps}]\n"
    );
    format::read(&Source::new("test", text), "client/test/test").unwrap().script
}

/// The operations of a program for a client.
fn ops(program: &Program) -> &[Op<ClientOp>] {
    match &program.ops {
        Ops::Client(ops) => &ops.list,
        _ => panic!("it is a client case"),
    }
}

/// The deliveries of a script, each with the writes of its runs.
fn cut(steps: &str, kinds: &[DeliveryKind]) -> Vec<(String, Vec<Vec<String>>)> {
    let shown = |write: &Vec<u8>| write.escape_ascii().to_string();
    let writes = |op: &Op<ClientOp>| match &op.kind {
        ClientOp::Write(writes) => Some(writes.iter().map(shown).collect()),
        ClientOp::Step(_) => None,
    };
    programs(&script(steps), kinds)
        .iter()
        .map(|program| (program.delivery.to_string(), ops(program).iter().filter_map(writes).collect()))
        .collect()
}

/// One delivery of a script.
fn one(steps: &str, kind: DeliveryKind) -> Vec<Vec<String>> {
    let all = cut(steps, &[kind]);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].1.clone()
}

const TWO_RUNS: &str =
    r#"{ send = "id: 1\n" }, { send = "\n" }, { wait = "1ms" }, { send-hex = "c3 a9 0a" }, { send = "\n" }"#;

#[test]
fn as_written_is_a_write_for_each_send() {
    assert_eq!(one(TWO_RUNS, DeliveryKind::AsWritten), [vec![r"id: 1\n", r"\n"], vec![r"\xc3\xa9\n", r"\n"]]);
}

#[test]
fn whole_is_a_write_for_each_run() {
    assert_eq!(one(TWO_RUNS, DeliveryKind::Whole), [vec![r"id: 1\n\n"], vec![r"\xc3\xa9\n\n"]]);
}

#[test]
fn bytes_is_a_write_for_each_byte() {
    let expected = [vec!["i", "d", ":", " ", "1", r"\n", r"\n"], vec![r"\xc3", r"\xa9", r"\n", r"\n"]];
    assert_eq!(one(TWO_RUNS, DeliveryKind::Bytes), expected);
}

#[test]
fn what_stands_between_two_runs_keeps_them_apart() {
    for between in [
        r#""end", "expect-request""#,
        r#"{ drop = "fin" }, "expect-request""#,
        r#"{ wait = "1ms" }"#,
        r#""expect-event""#,
    ] {
        let steps = format!(r#"{{ send = "data: a\n\n" }}, {between}, {{ send = "data: b\n\n" }}"#);
        assert_eq!(one(&steps, DeliveryKind::Whole).len(), 2, "{between}");
    }
}

#[test]
fn splits_are_every_single_cut_point() {
    let all = cut(TWO_RUNS, &[DeliveryKind::Splits]);
    // Seven bytes are cut at six places, four at three; the other run is whole meanwhile.
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    let expected =
        ["split@1", "split@2", "split@3", "split@4", "split@5", "split@6", "split@8", "split@9", "split@10"];
    assert_eq!(names, expected, "counted over all bytes of the case");
    assert_eq!(all[5].1, [vec![r"id: 1\n", r"\n"], vec![r"\xc3\xa9\n\n"]]);
    assert_eq!(all[6].1, [vec![r"id: 1\n\n"], vec![r"\xc3", r"\xa9\n\n"]]);
    for (_, runs) in &all {
        let (cut, whole): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.len() == 2);
        assert_eq!((cut.len(), whole.len()), (1, 1));
        assert_eq!(runs.concat().concat(), r"id: 1\n\n\xc3\xa9\n\n", "the bytes are the same");
    }
}

#[test]
fn one_byte_cannot_be_cut() {
    assert_eq!(cut(r#"{ send = "\n" }"#, &[DeliveryKind::Splits]), []);
    assert_eq!(cut("", &[DeliveryKind::Splits]), []);
}

#[test]
fn what_comes_out_the_same_runs_once() {
    let names = |steps: &str, kinds: &[DeliveryKind]| -> Vec<String> {
        cut(steps, kinds).into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names(TWO_RUNS, DeliveryKind::STANDARD), ["as-written", "whole", "bytes"]);
    assert_eq!(names(r#"{ send = "data: a\n\n" }"#, DeliveryKind::STANDARD), ["as-written", "bytes"]);
    assert_eq!(names(r#"{ send = "\n" }"#, DeliveryKind::STANDARD), ["as-written"]);
    assert_eq!(
        names(r#"{ respond = { status = 404 } }, "expect-closed""#, DeliveryKind::STANDARD),
        ["as-written"]
    );
    // The first that is asked for gives its name.
    assert_eq!(names(r#"{ send = "ab" }"#, &[DeliveryKind::Bytes, DeliveryKind::Splits]), ["bytes"]);
    assert_eq!(
        names(r#"{ send = "a" }, { send = "b" }"#, &[DeliveryKind::Splits, DeliveryKind::AsWritten]),
        ["split@1"]
    );
    assert_eq!(names(TWO_RUNS, &[DeliveryKind::Whole, DeliveryKind::Whole]), ["whole"]);
}

/// A script with two sends that have this many bytes together.
fn long(bytes: usize) -> String {
    format!(r#"{{ send = ": {}" }}, {{ send = "\n\n" }}"#, "x".repeat(bytes - 4))
}

#[test]
fn a_run_of_64_kib_is_cut_and_a_longer_one_is_not() {
    let writes = |steps: &str, kind| one(steps, kind)[0].len();
    assert_eq!(writes(&long(64 * 1024), DeliveryKind::Bytes), 64 * 1024);
    assert_eq!(writes(&long(64 * 1024), DeliveryKind::Whole), 1);
    assert_eq!(writes(&long(64 * 1024 + 1), DeliveryKind::Bytes), 2, "as written");
    assert_eq!(writes(&long(64 * 1024 + 1), DeliveryKind::Whole), 2);
    assert_eq!(cut(&long(64 * 1024 + 1), &[DeliveryKind::Splits]), []);
    assert_eq!(cut(&long(64 * 1024 + 1), DeliveryKind::STANDARD).len(), 1, "three times the same");
}

#[test]
fn a_long_run_does_not_keep_a_short_one_from_being_cut() {
    let steps = format!(r#"{}, {{ wait = "1ms" }}, {{ send = "data: a\n\n" }}"#, long(64 * 1024 + 1));
    let bytes = one(&steps, DeliveryKind::Bytes);
    assert_eq!((bytes[0].len(), bytes[1].len()), (2, 9));
    // The names of splits are counted over all bytes of the case.
    let splits = cut(&steps, &[DeliveryKind::Splits]);
    assert_eq!((splits.len(), splits[0].0.as_str()), (8, "split@65538"));
}

#[test]
fn send_repeat_is_left_as_written() {
    let steps = r#"{ send = "data: " }, { send-repeat = { text = "x", times = 3 } }, { send = "\n\n" }"#;
    let program = &programs(&script(steps), &[DeliveryKind::Bytes])[0];
    let kinds: Vec<String> = ops(program)
        .iter()
        .map(|op| match &op.kind {
            ClientOp::Write(writes) => format!("{} writes", writes.len()),
            ClientOp::Step(ClientStep::Wire(Action::SendRepeat(_))) => "repeat".into(),
            ClientOp::Step(_) => "step".into(),
        })
        .collect();
    assert_eq!(kinds, ["step", "step", "step", "6 writes", "repeat", "2 writes"]);
}

#[test]
fn an_op_knows_the_step_that_it_is() {
    let program = &programs(&script(TWO_RUNS), &[DeliveryKind::Whole])[0];
    let written: Vec<Option<usize>> = ops(program).iter().map(|op| op.written).collect();
    // Connect, request and answer are implied; a run is the first of its sends.
    assert_eq!(written, [None, None, None, Some(0), Some(2), Some(3)]);
}
