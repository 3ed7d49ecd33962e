//! A server living through one case: it is handed what to send, and every byte of its streams is read.
//!
//! - `target`: the URL that it serves
//! - `stream`, `http1`, `http2`: one stream as a client holds it
//! - `seen`: what a stream shows
//! - `intake`: what comes from the streams and the adapter, put into queues
//! - `perform`: what the harness does
//! - `expect`, `matching`: what must be observed
//! - `ending`: how every session ends, so that nothing that was sent beside what was expected goes unseen
//! - `growth`: spans of work that are measured
//! - `describe`: expected and observed in words

pub(crate) mod describe;
mod ending;
mod expect;
mod growth;
mod http1;
mod http2;
mod intake;
mod matching;
mod perform;
mod seen;
mod stream;
mod target;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

pub(crate) use intake::late;
use seen::{Manner, Named, ResponseHead, Strictness};
use ssespec_cases::Case;
use ssespec_cases::grammar::Measurement;
use ssespec_cases::server::{Emission, Expected, ServerFact, ServerStep};
use ssespec_reports::results::Fact;
use stream::{Stream, Told};
use target::Target;
use tokio::sync::mpsc;

use crate::adapter::fault::Fault;
use crate::delivery::Op;
use crate::protocol::Order;
use crate::protocol::server::ServerOrder;
use crate::session::growth::Gauge;
use crate::session::transcript::Transcript;
use crate::session::{EndedBy, Failure, Outcome, Patience, Stage, Stop};
use ssespec_strict::Limits;

/// How much of what streams show may wait until the session takes it in.
const WAITING: usize = 1024;

/// Whether the adapter is there to be told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    /// It is.
    There,
    /// It was told to shut its server down.
    Leaving,
    /// It has left, as it was told to, or said that the session is over.
    Gone,
}

/// One session while it runs.
struct Session<'s> {
    stage: &'s mut Stage,
    case: &'s Case,
    number: u64,
    patience: Patience,
    manner: Manner,
    transcript: Transcript,
    target: Option<Target>,
    /// All streams that were opened.
    streams: Vec<Stream>,
    /// Those that each name stands for.
    names: BTreeMap<String, Vec<usize>>,
    tell: mpsc::Sender<Told>,
    told: mpsc::Receiver<Told>,
    /// The answers to what was handed over, and how many are still to come.
    answers: VecDeque<Result<(), String>>,
    awaited_answers: u64,
    /// The last event IDs that the adapter showed of the streams opened by the last request.
    connected: VecDeque<Option<String>>,
    /// How many streams the adapter has shown.
    announced: u64,
    disconnected: u64,
    stopped: bool,
    presence: Presence,
    closed: bool,
    /// How many events were handed over, and how many bytes of data.
    events: u64,
    bytes: u64,
    /// The alternative that the last `expect-one-of` took: which, and in words.
    alternative: Option<(usize, String)>,
    facts: Vec<Fact>,
    /// The step that is played.
    step: Option<usize>,
    failed_before: Option<Failure>,
    gauge: Option<Gauge>,
    not_judged: Option<String>,
    cut_short: bool,
}

/// Plays a case with a server and tears the session down.
pub(crate) async fn play(
    stage: &mut Stage,
    case: &Case,
    ops: &[Op<ServerStep>],
    patience: Patience,
) -> Outcome {
    play_with(stage, case, ops, patience, Strictness::Full).await
}

/// Plays the smoke check: whether the adapter works, not whether its server is in order.
pub(crate) async fn smoke(
    stage: &mut Stage,
    case: &Case,
    ops: &[Op<ServerStep>],
    patience: Patience,
) -> Outcome {
    play_with(stage, case, ops, patience, Strictness::Smoke).await
}

async fn play_with(
    stage: &mut Stage,
    case: &Case,
    ops: &[Op<ServerStep>],
    patience: Patience,
    strictness: Strictness,
) -> Outcome {
    stage.session += 1;
    let started = Instant::now();
    let (tell, told) = mpsc::channel(WAITING);
    let mut session = Session {
        number: stage.session,
        stage,
        case,
        patience,
        manner: manner(ops, strictness),
        transcript: Transcript::new(started, Vec::new()),
        target: None,
        streams: Vec::new(),
        names: BTreeMap::new(),
        tell,
        told,
        answers: VecDeque::new(),
        awaited_answers: 0,
        connected: VecDeque::new(),
        announced: 0,
        disconnected: 0,
        stopped: false,
        presence: Presence::There,
        closed: false,
        events: 0,
        bytes: 0,
        alternative: None,
        facts: Vec::new(),
        step: None,
        failed_before: None,
        gauge: None,
        not_judged: None,
        cut_short: false,
    };
    let held = session.run(ops).await;
    Outcome {
        held,
        facts: session.facts,
        ended_by: EndedBy::Harness,
        failed_before: session.failed_before,
        not_judged: session.not_judged,
        cut_short: session.cut_short,
        transcript: session.transcript.rows(),
        duration: started.elapsed(),
    }
}

/// How the streams of a case are read: what it names is kept, and whole.
fn manner(ops: &[Op<ServerStep>], strictness: Strictness) -> Manner {
    const MORE: u64 = 64 * 1024;
    const MUCH_MORE: u64 = 64 * 1024 * 1024;
    let steps = || ops.iter().map(|op| &op.kind);
    let names = |kind: fn(&Expected) -> bool| steps().flat_map(|step| step.expectations()).any(kind);
    let longest = steps().map(|step| step.longest_data()).max().unwrap_or_default();
    let longest = usize::try_from(longest.saturating_mul(2) + MORE).unwrap_or(usize::MAX);
    let each = steps().map(|step| match step {
        ServerStep::Emit(Emission::Event { data, .. }) => data.length(),
        ServerStep::EmitRepeat(Emission::Event { data, .. }, times) => {
            (data.length() + 16).saturating_mul(*times)
        }
        _ => 0,
    });
    Manner {
        limits: Limits { line: longest, data: longest, ..Limits::default() },
        named: Named {
            comments: names(|expected| matches!(expected, Expected::Comment { .. })),
            retries: names(|expected| matches!(expected, Expected::Retry { .. })),
            breaks: names(|expected| matches!(expected, Expected::Break { .. })),
        },
        strictness,
        most: each.fold(0, u64::saturating_add).saturating_mul(8).saturating_add(MUCH_MORE),
    }
}

impl Session<'_> {
    async fn run(&mut self, ops: &[Op<ServerStep>]) -> Result<(), Stop> {
        let mut held = self.serve().await;
        if held.is_ok() {
            held = self.script(ops).await;
        }
        if held.is_ok() && self.not_judged.is_none() {
            self.step = None;
            held = self.settle().await;
        }
        let torn_down = self.tear_down(&held).await;
        match (held, torn_down) {
            (Ok(()), torn_down) => torn_down,
            // What an adapter that is beyond use shows, or does not show, says nothing of its implementation.
            (Err(Stop::Failure(failure)), Err(fault @ Stop::Fault { .. })) => {
                self.failed_before = Some(failure);
                Err(fault)
            }
            (held, _) => held,
        }
    }

    /// Has the session's URL served.
    async fn serve(&mut self) -> Result<(), Stop> {
        self.order(ServerOrder::Serve);
        let deadline = Instant::now() + self.patience.request;
        while self.target.is_none() {
            if self.take_in(deadline).await? == intake::Came::Nothing {
                return Err(self.fault(Fault::NotServing(self.patience.request)));
            }
        }
        Ok(())
    }

    async fn script(&mut self, ops: &[Op<ServerStep>]) -> Result<(), Stop> {
        for (number, op) in ops.iter().enumerate() {
            // What the case is about cannot be known here, so the rest of it is not worth its time.
            if self.not_judged.is_some() {
                return Ok(());
            }
            // What is implied fails at the step that implies it.
            self.step = op.written.or(self.step);
            let rest = &ops[number..];
            let Some(alarm) = self.gauge.as_ref().map(Gauge::alarm) else {
                self.play_op(op, rest).await?;
                continue;
            };
            let cut_short = tokio::select! {
                biased;
                played = self.play_op(op, rest) => { played?; false }
                () = alarm.rings() => true,
            };
            if cut_short {
                return Err(self.overgrown(rest).into());
            }
        }
        Ok(())
    }

    /// Plays one thing of a script; `rest` begins with it.
    async fn play_op(&mut self, op: &Op<ServerStep>, rest: &[Op<ServerStep>]) -> Result<(), Stop> {
        match &op.kind {
            ServerStep::Expect(Expected::Response(response)) if op.written.is_none() => self.imply(response),
            ServerStep::Expect(expected) => self.expect(expected).await,
            ServerStep::OneOf(alternatives) => self.expect_one_of(alternatives).await,
            ServerStep::Request(request) => self.request(request).await,
            ServerStep::Read(name) => {
                self.read(name);
                Ok(())
            }
            ServerStep::Emit(emission) => self.emit(emission).await,
            ServerStep::EmitRepeat(emission, times) => self.emit_repeat(emission, *times).await,
            ServerStep::End => self.end().await,
            ServerStep::Stop => self.stop().await,
            ServerStep::Shutdown => self.shutdown().await,
            ServerStep::HangUp(hang_up) => self.hang_up(hang_up).await,
            ServerStep::Wait(time) => self.wait(*time).await,
            ServerStep::Record(fact) => {
                if matches!(fact.of, ServerFact::Header(_)) {
                    self.head_came().await?;
                }
                self.record(&fact.name, &fact.of);
                Ok(())
            }
            ServerStep::Measure(Measurement::Span(work)) => {
                self.measure(*work, rest);
                Ok(())
            }
            ServerStep::Measure(Measurement::Judge(growth)) => Ok(self.judge_growth(*growth)?),
        }
    }

    fn order(&mut self, order: ServerOrder) {
        self.stage.adapter.order(self.number, Order::Server(order));
    }

    fn failure(&self, expected: impl Into<String>, observed: impl Into<String>) -> Failure {
        Failure { step: self.step, expected: expected.into(), observed: observed.into(), hint: None }
    }

    fn fault(&self, fault: Fault) -> Stop {
        Stop::Fault { fault, step: self.step }
    }

    /// The head of the response to the last request, if it has come.
    fn last_head(&self) -> Option<&ResponseHead> {
        self.streams.last()?.head.as_ref()
    }

    fn record(&mut self, name: &str, of: &ServerFact) {
        let value = match of {
            ServerFact::Header(name) => self.last_head().map(|head| {
                let values: Vec<String> =
                    head.values(name).map(|value| String::from_utf8_lossy(value).into_owned()).collect();
                if values.is_empty() { "absent".into() } else { values.join(", ") }
            }),
            ServerFact::Alternative { names } => {
                self.alternative.as_ref().map(|(number, words)| names.get(*number).unwrap_or(words).clone())
            }
        };
        self.facts.push(Fact { fact: name.into(), value: value.unwrap_or_else(|| "not seen".into()) });
    }
}

/// A time in words.
fn time(time: Duration) -> String {
    humantime::format_duration(time).to_string()
}
