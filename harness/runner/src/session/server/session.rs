//! The session of a server: its state, and playing its script.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use ssespec_cases::grammar::Measurement;
use ssespec_cases::server::{Emission, Expected, ServerFact, ServerStep};
use ssespec_strict::Limits;
use tokio::sync::mpsc;

use super::http2::link::Link;
use super::outlet::StreamUpdate;
use super::served_url::Target;
use super::stream::Stream;
use super::stream_contents::{Named, ResponseHead, StreamReading, Strictness};
use crate::adapter::fault::Fault;
use crate::delivery::Op;
use crate::protocol::Order;
use crate::protocol::server::ServerOrder;
use crate::session::deadline::Came;
use crate::session::describe::field_values;
use crate::session::outcome::{EndedBy, Outcome, Stop};
use crate::session::patience::{AttemptPatience, Patience};
use crate::session::progress::Progress;
use crate::session::script::{Player, next_judge, play_script};
use crate::session::stage::Stage;
use crate::session::transcript::Transcript;

/// How much of what streams show may wait until the session takes it in.
const WAITING: usize = 1024;

/// Whether the adapter accepts orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It does.
    There,
    /// It was ordered to shut its server down.
    Leaving,
    /// It has exited as ordered, or reported that the session is over.
    Gone,
}

/// The answer to an emission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// The implementation accepted it.
    Emitted,
    /// The implementation refused it, with this message.
    Refused(String),
}

/// One session while it runs.
pub(super) struct Session<'s> {
    pub(super) stage: &'s mut Stage,
    pub(super) number: u64,
    pub(super) patience: Patience,
    /// What is waited where a failure by waiting would not be repeated.
    pub(super) full_patience: Patience,
    pub(super) stream_reading: StreamReading,
    pub(super) progress: Progress,
    pub(super) target: Option<Target>,
    /// The connection over HTTP/2 that requests of the session share.
    pub(super) shared: Option<Link>,
    /// All streams that were opened.
    pub(super) streams: Vec<Stream>,
    /// Those that each name stands for.
    pub(super) names: BTreeMap<String, Vec<usize>>,
    pub(super) tell: mpsc::Sender<StreamUpdate>,
    pub(super) told: mpsc::Receiver<StreamUpdate>,
    /// The answers to emissions, and how many are still missing.
    pub(super) answers: VecDeque<Answer>,
    pub(super) awaited_answers: u64,
    /// The last event IDs that the adapter showed of the streams opened by the last request.
    pub(super) connected: VecDeque<Option<String>>,
    /// How many streams the adapter has shown.
    pub(super) announced: u64,
    pub(super) disconnected: u64,
    pub(super) stopped: bool,
    pub(super) presence: Presence,
    pub(super) closed: bool,
    /// How many events were emitted, and how many bytes of data.
    pub(super) events: u64,
    pub(super) bytes: u64,
}

/// Plays a script with a server and tears the session down.
pub(in crate::session) async fn play(
    stage: &mut Stage,
    ops: &[Op<ServerStep>],
    patience: AttemptPatience,
    strictness: Strictness,
) -> Outcome {
    let started = Instant::now();
    let (tell, told) = mpsc::channel(WAITING);
    let mut session = Session {
        number: stage.begin(),
        stage,
        patience: patience.now,
        full_patience: patience.full,
        stream_reading: stream_reading(ops, strictness),
        progress: Progress::new(Transcript::new(started, Vec::new())),
        target: None,
        shared: None,
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
    };
    let held = session.run(ops).await;
    session.progress.into_outcome(held, EndedBy::Harness, started)
}

/// How the streams of a case are read: what it names is kept, and whole.
fn stream_reading(ops: &[Op<ServerStep>], strictness: Strictness) -> StreamReading {
    const MORE: u64 = 64 * 1024;
    const MUCH_MORE: u64 = 64 * 1024 * 1024;
    let steps = || ops.iter().map(|op| &op.kind);
    let names = |kind: fn(&Expected) -> bool| steps().flat_map(|step| step.expectations()).any(kind);
    let longest = steps().map(|step| step.longest_data()).max().unwrap_or_default();
    let longest = usize::try_from(longest.saturating_mul(2) + MORE).unwrap_or(usize::MAX);
    let each = steps().map(|step| match step {
        ServerStep::Emit(Emission::Event { data, .. })
        | ServerStep::EmitEarly(Emission::Event { data, .. }) => data.length(),
        ServerStep::EmitRepeat(Emission::Event { data, .. }, times) => {
            (data.length() + 16).saturating_mul(*times)
        }
        _ => 0,
    });
    StreamReading {
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
            held = play_script(self, ops).await;
        }
        if held.is_ok() && self.progress.not_judged.is_none() {
            self.progress.step = None;
            held = self.settle().await;
        }
        let teardown = self.tear_down(&held).await;
        self.progress.conclude(held, teardown, false)
    }

    /// Orders the adapter to serve the session's URL.
    async fn serve(&mut self) -> Result<(), Stop> {
        self.order(ServerOrder::Serve);
        let deadline = Instant::now() + self.full_patience.request;
        while self.target.is_none() {
            if self.take_in(deadline).await? == Came::Nothing {
                return Err(self.progress.fault(Fault::NotServing(self.full_patience.request)));
            }
        }
        Ok(())
    }

    pub(super) fn order(&mut self, order: ServerOrder) {
        self.stage.adapter.order(self.number, Order::Server(order));
    }

    /// The head of the response to the last request, if it has come.
    pub(super) fn last_head(&self) -> Option<&ResponseHead> {
        self.streams.last()?.head.as_ref()
    }

    pub(super) fn record(&mut self, name: &str, of: &ServerFact) {
        let value = match of {
            ServerFact::Header(name) => self.last_head().map(|head| field_values(head.values(name))),
            ServerFact::Alternative { names } => self.progress.alternative(names),
        };
        self.progress.record(name, value);
    }
}

impl Player for Session<'_> {
    type Op = ServerStep;

    fn progress(&mut self) -> &mut Progress {
        &mut self.progress
    }

    fn begin(&mut self, op: &Op<ServerStep>) {
        // An implied operation fails at the step that implies it.
        self.progress.step = op.written.or(self.progress.step);
    }

    fn measures(op: &ServerStep) -> Option<Measurement> {
        match op {
            ServerStep::Measure(measurement) => Some(*measurement),
            _ => None,
        }
    }

    async fn play(&mut self, op: &Op<ServerStep>, rest: &[Op<ServerStep>]) -> Result<(), Stop> {
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
            ServerStep::EmitEarly(emission) => {
                self.emit_now(emission);
                Ok(())
            }
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
                let (expected, _) = next_judge::<Self>(rest);
                self.progress.measure(*work, expected, self.stage.adapter.processes());
                Ok(())
            }
            ServerStep::Measure(Measurement::Judge(growth)) => Ok(self.progress.judge_growth(*growth)?),
        }
    }
}
