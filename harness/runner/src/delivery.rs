//! How a case's bytes are cut into writes.
//!
//! A stream's meaning does not depend on its cuts, so every case runs as written and again with each run of adjacent
//! sends cut differently. Runs over 64 KiB are left as written, and identical deliveries run once.

use ssespec_cases::Script;
use ssespec_cases::client::{self, ClientStep};
use ssespec_cases::grammar::Measurement;
#[cfg(feature = "intermediary")]
use ssespec_cases::intermediary::{self, IntermediaryStep};
#[cfg(feature = "server")]
use ssespec_cases::server::{self, ServerStep};
use ssespec_cases::step::Played;
use ssespec_mock_server::action::Action;
pub use ssespec_reports::results::DeliveryKind;
use ssespec_reports::results::{Delivery, Protocol, Variation};

/// The longest run that is cut differently, in bytes.
const CUT_LIMIT: usize = 64 * 1024;

/// One operation of a script, with its writes determined.
#[derive(Debug, Clone)]
pub struct Op<K> {
    /// The action or expectation.
    pub kind: K,
    /// The index of the case's step, starting at 0; `None` for an implied step.
    pub written: Option<usize>,
}

/// An operation of a client case.
#[derive(Debug, Clone)]
pub enum ClientOp {
    /// The writes of adjacent sends.
    Write(Vec<Vec<u8>>),
    /// Anything else.
    Step(ClientStep),
}

impl ClientOp {
    /// The step, if it is not a write.
    pub fn step(&self) -> Option<&ClientStep> {
        match self {
            Self::Write(_) => None,
            Self::Step(step) => Some(step),
        }
    }
}

/// The operations of a client case.
#[derive(Debug, Clone)]
pub struct ClientOps {
    /// The event types that they send.
    pub types: Vec<String>,
    /// The operations, in order.
    pub list: Vec<Op<ClientOp>>,
    /// What the run varies of them.
    pub variation: Variation,
}

/// The operations of a case, by its role.
#[derive(Debug, Clone)]
pub enum Ops {
    /// Of a client case.
    Client(ClientOps),
    /// The operations of a server case, which has no writes to split.
    #[cfg(feature = "server")]
    Server(Vec<Op<ServerStep>>),
    /// The operations of an intermediary case, whose writes are its subject.
    #[cfg(feature = "intermediary")]
    Intermediary(Vec<Op<IntermediaryStep>>),
}

/// A script in one delivery.
#[derive(Debug, Clone)]
pub struct Program {
    /// Which delivery it is.
    pub delivery: Delivery,
    /// The operations, in order.
    pub ops: Ops,
}

impl Program {
    /// The same program over this protocol.
    pub(crate) fn over(mut self, protocol: Protocol) -> Self {
        self.delivery = self.delivery.over(protocol);
        self
    }

    /// The same program with what a run varies of it.
    pub(crate) fn varied(mut self, variation: Variation) -> Self {
        match &mut self.ops {
            Ops::Client(ops) => ops.variation = variation,
            #[cfg(feature = "server")]
            Ops::Server(_) => {}
            #[cfg(feature = "intermediary")]
            Ops::Intermediary(_) => {}
        }
        self
    }
}

/// The programs of a script in these deliveries, each different from the others. The script of a server case has only
/// one.
pub fn programs(script: &Script, kinds: &[DeliveryKind]) -> Vec<Program> {
    match script {
        Script::Client(steps) => client_programs(&client::expand(steps), kinds),
        #[cfg(feature = "server")]
        Script::Server(steps) => {
            let op = |Played { kind, written }| Op { kind, written };
            let ops = Ops::Server(server::expand(steps).into_iter().map(op).collect());
            vec![Program { delivery: Delivery::AS_WRITTEN, ops }]
        }
        #[cfg(feature = "intermediary")]
        Script::Intermediary(steps) => {
            let op = |Played { kind, written }| Op { kind, written };
            let ops = Ops::Intermediary(intermediary::expand(steps).into_iter().map(op).collect());
            vec![Program { delivery: Delivery::AS_WRITTEN, ops }]
        }
        // Without the feature of its role, nothing could play it.
        _ => Vec::new(),
    }
}

fn client_programs(script: &[Played<ClientStep>], kinds: &[DeliveryKind]) -> Vec<Program> {
    let runs = runs(script);
    // The split is part of what is measured.
    let measured =
        script.iter().any(|played| matches!(played.kind, ClientStep::Measure(Measurement::Span(_))));
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
            DeliveryKind::AsWritten => add(Delivery::AS_WRITTEN, runs.clone()),
            DeliveryKind::Whole => add(Delivery::WHOLE, cut(&|bytes| vec![bytes.to_vec()])),
            DeliveryKind::Bytes => {
                add(Delivery::BYTES, cut(&|bytes| bytes.iter().map(|b| vec![*b]).collect()));
            }
            DeliveryKind::Splits => {
                let splits = if measured { Vec::new() } else { splits(&runs) };
                for (at, writes) in splits {
                    add(Delivery::split(at), writes);
                }
            }
        }
    }
    let types = client::event_types(script);
    let ops = |writes| {
        let list = ops(script, writes);
        Ops::Client(ClientOps { types: types.clone(), list, variation: Variation::default() })
    };
    programs.into_iter().map(|(writes, delivery)| Program { delivery, ops: ops(writes) }).collect()
}

fn short(run: &[Vec<u8>]) -> bool {
    run.iter().map(Vec::len).sum::<usize>() <= CUT_LIMIT
}

/// Each run of adjacent sends, as its writes.
fn runs(script: &[Played<ClientStep>]) -> Vec<Vec<Vec<u8>>> {
    let mut runs: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut adjacent = false;
    for played in script {
        match (&played.kind, adjacent) {
            (ClientStep::Wire(Action::Send(bytes)), true) => {
                runs.last_mut().into_iter().for_each(|run| run.push(bytes.clone()))
            }
            (ClientStep::Wire(Action::Send(bytes)), false) => runs.push(vec![bytes.clone()]),
            _ => {}
        }
        adjacent = matches!(played.kind, ClientStep::Wire(Action::Send(_)));
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

fn ops(script: &[Played<ClientStep>], writes: Vec<Vec<Vec<u8>>>) -> Vec<Op<ClientOp>> {
    let mut writes = writes.into_iter();
    let mut ops = Vec::new();
    let mut adjacent = false;
    for played in script {
        let sends = matches!(played.kind, ClientStep::Wire(Action::Send(_)));
        if sends && !adjacent {
            ops.extend(writes.next().map(|run| Op { kind: ClientOp::Write(run), written: played.written }));
        } else if !sends {
            ops.push(Op { kind: ClientOp::Step(played.kind.clone()), written: played.written });
        }
        adjacent = sends;
    }
    ops
}

#[cfg(test)]
mod tests;
