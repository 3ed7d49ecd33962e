//! How a case's bytes are cut into writes.
//!
//! A stream's meaning does not depend on its cuts, so every case runs as written and again with each run of adjacent
//! sends cut otherwise. Runs over 64 KiB are left as written, and deliveries that come out the same run once.

use ssespec_cases::case::StepKind;
use ssespec_cases::script::Played;
use ssespec_mock_server::action::Action;
use ssespec_reports::results::Delivery;

/// The longest run that is cut otherwise, in bytes.
const CUT_LIMIT: usize = 64 * 1024;

/// A kind of delivery that a user can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryKind {
    /// One write a send.
    AsWritten,
    /// One write a run.
    Whole,
    /// One byte a write.
    Bytes,
    /// One delivery for every single cut point.
    Splits,
}

impl DeliveryKind {
    /// The standard ones.
    pub const STANDARD: &[Self] = &[Self::AsWritten, Self::Whole, Self::Bytes];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::AsWritten => "as-written",
            Self::Whole => "whole",
            Self::Bytes => "bytes",
            Self::Splits => "splits",
        }
    }
}

/// One thing of a script, with its writes decided.
#[derive(Debug, Clone)]
pub struct Op {
    /// What is done or must be observed.
    pub kind: OpKind,
    /// Which of the case's steps it is, from 0; `None` where it is implied.
    pub written: Option<usize>,
}

/// What an [`Op`] is.
#[derive(Debug, Clone)]
pub enum OpKind {
    /// Writes of adjacent sends.
    Write(Vec<Vec<u8>>),
    /// Anything else.
    Step(StepKind),
}

/// A script in one delivery.
#[derive(Debug, Clone)]
pub struct Program {
    /// Which delivery it is.
    pub delivery: Delivery,
    /// What is done, in order.
    pub ops: Vec<Op>,
}

/// The programs of a script in these deliveries, each different from the others.
pub fn programs(script: &[Played], kinds: &[DeliveryKind]) -> Vec<Program> {
    let runs = runs(script);
    // How the bytes are cut is part of what is measured.
    let measured = script.iter().any(|played| matches!(played.kind, StepKind::Measure(_)));
    let short = |run: &[Vec<u8>]| !measured && short(run);
    let mut programs: Vec<(Vec<Vec<Vec<u8>>>, Delivery)> = Vec::new();
    let mut add = |delivery, writes: Vec<Vec<Vec<u8>>>| {
        if programs.iter().all(|(other, _)| *other != writes) {
            programs.push((writes, delivery));
        }
    };
    let cut = |how: &dyn Fn(&[u8]) -> Vec<Vec<u8>>| -> Vec<Vec<Vec<u8>>> {
        runs.iter().map(|run| if short(run) { how(&run.concat()) } else { run.clone() }).collect()
    };
    for kind in kinds {
        match kind {
            DeliveryKind::AsWritten => add(Delivery::AsWritten, runs.clone()),
            DeliveryKind::Whole => add(Delivery::Whole, cut(&|bytes| vec![bytes.to_vec()])),
            DeliveryKind::Bytes => {
                add(Delivery::Bytes, cut(&|bytes| bytes.iter().map(|b| vec![*b]).collect()));
            }
            DeliveryKind::Splits => {
                let splits = if measured { Vec::new() } else { splits(&runs) };
                for (at, writes) in splits {
                    add(Delivery::Split(at), writes);
                }
            }
        }
    }
    programs.into_iter().map(|(writes, delivery)| Program { delivery, ops: ops(script, writes) }).collect()
}

fn short(run: &[Vec<u8>]) -> bool {
    run.iter().map(Vec::len).sum::<usize>() <= CUT_LIMIT
}

/// Each run of adjacent sends, as its writes.
fn runs(script: &[Played]) -> Vec<Vec<Vec<u8>>> {
    let mut runs: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut adjacent = false;
    for played in script {
        match (&played.kind, adjacent) {
            (StepKind::Wire(Action::Send(bytes)), true) => {
                runs.last_mut().into_iter().for_each(|run| run.push(bytes.clone()))
            }
            (StepKind::Wire(Action::Send(bytes)), false) => runs.push(vec![bytes.clone()]),
            _ => {}
        }
        adjacent = matches!(played.kind, StepKind::Wire(Action::Send(_)));
    }
    runs
}

/// Every single cut point, counted over all runs: the run that it falls into is two writes, the others are one each.
fn splits(runs: &[Vec<Vec<u8>>]) -> Vec<(u64, Vec<Vec<Vec<u8>>>)> {
    let whole: Vec<Vec<Vec<u8>>> =
        runs.iter().map(|run| if short(run) { vec![run.concat()] } else { run.clone() }).collect();
    let mut all = Vec::new();
    let mut before = 0;
    for (number, run) in runs.iter().enumerate() {
        let bytes = run.concat();
        if short(run) {
            for at in 1..bytes.len() {
                let mut writes = whole.clone();
                writes[number] = vec![bytes[..at].to_vec(), bytes[at..].to_vec()];
                all.push(((before + at) as u64, writes));
            }
        }
        before += bytes.len();
    }
    all
}

fn ops(script: &[Played], writes: Vec<Vec<Vec<u8>>>) -> Vec<Op> {
    let mut writes = writes.into_iter();
    let mut ops = Vec::new();
    let mut adjacent = false;
    for played in script {
        let sends = matches!(played.kind, StepKind::Wire(Action::Send(_)));
        if sends && !adjacent {
            ops.extend(writes.next().map(|run| Op { kind: OpKind::Write(run), written: played.written }));
        } else if !sends {
            ops.push(Op { kind: OpKind::Step(played.kind.clone()), written: played.written });
        }
        adjacent = sends;
    }
    ops
}

#[cfg(test)]
mod tests;
