//! An implementation living through one case: the script is played, and what it shows is held against it.
//!
//! - `intake`: what comes from the wire and the adapter, put into queues
//! - `perform`: what the harness does
//! - `expect`, `fields`: what must be observed
//! - `shown`: that of it which the implementation shows
//! - `facts`: what is recorded
//! - `ending`: how every session ends, so that absence is proved
//! - `attempts`: how often a client tries to connect
//! - `growth`: spans of work that are measured
//! - `ask`: what is asked of the implementation
//! - `describe`: expected and observed in words
//! - [`transcript`]: the record of all of it

mod ask;
mod attempts;
pub(crate) mod describe;
mod ending;
mod expect;
mod facts;
mod fields;
pub(crate) mod growth;
mod intake;
mod perform;
mod shown;
pub mod transcript;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use growth::Gauge;
pub(crate) use intake::LATE_LIMIT;
use intake::{Flow, Intake};
pub use intake::{Late, LateKind};
use ssespec_cases::client::ClientStep;
use ssespec_cases::grammar::Measurement;
use ssespec_cases::{Capability, Case};
use ssespec_mock_server::wire::{Exchange, Listener, WireEvent, WireEventKind};
use ssespec_reports::results::{Fact, Row};
use tokio::sync::mpsc;
use transcript::Transcript;

use crate::adapter::fault::Fault;
use crate::adapter::heard::Heard;
use crate::adapter::running::Adapter;
use crate::delivery::{ClientOp, ClientOps, Op, Ops, Program};
use crate::run::launch::Ground;

/// How long the harness waits for what must be observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For what an implementation shows.
    pub observation: Duration,
    /// For a request.
    pub request: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { observation: Duration::from_secs(5), request: Duration::from_secs(15) }
    }
}

/// Where sessions take place, one after another: two listeners and an adapter.
pub struct Stage {
    /// The listener of the session's URL.
    pub base: Listener,
    /// The listener of the second origin.
    pub other: Listener,
    /// What happens on the wire.
    pub wire: mpsc::UnboundedReceiver<WireEvent>,
    /// What its adapters stand on.
    pub ground: Ground,
    /// The adapter.
    pub adapter: Adapter,
    /// The number of the last session.
    pub session: u64,
    /// What came after the end of the session that it belongs to.
    pub late: Vec<Late>,
}

/// Why a case did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which of the case's steps, from 0; `None` where it is implied.
    pub step: Option<usize>,
    /// What had to be observed.
    pub expected: String,
    /// What was.
    pub observed: String,
    /// What may help to understand it.
    pub hint: Option<String>,
}

/// Why a session stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The implementation did not do what the case asks for.
    Failure(Failure),
    /// The adapter is beyond use.
    Fault {
        /// What it did.
        fault: Fault,
        /// The step at which it did it.
        step: Option<usize>,
    },
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// What a session came to.
#[derive(Debug)]
pub struct Outcome {
    /// Whether the script held.
    pub held: Result<(), Stop>,
    /// The facts that it recorded.
    pub facts: Vec<Fact>,
    /// The record of it.
    pub transcript: Vec<Row>,
    /// How long it took.
    pub duration: Duration,
    /// Who ended the session.
    pub ended_by: EndedBy,
    /// What the script failed with before the adapter proved to be beyond use.
    pub failed_before: Option<Failure>,
    /// What the case asks for and could not be judged here; the script was not played to its end then.
    pub not_judged: Option<String>,
    /// Whether the adapter is no more, as the case or the harness wanted it: its server was shut down, or it was killed
    /// when a span of work was cut short.
    pub cut_short: bool,
}

/// Who ended a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// The implementation said by itself that it is done for good.
    Implementation,
    /// The case told it to close.
    Case,
    /// The harness tore it down.
    Harness,
}

/// What the answer to the current request has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// No request has come.
    None,
    /// The current request has no answer yet.
    Awaited,
    /// Its body is open, and it is or is not an event stream.
    Open(Body),
    /// It is over.
    Over(Body),
}

/// Whether a body is an event stream: status 200 and the right type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Stream,
    Other,
    /// Bytes that are no HTTP response of ours.
    Raw,
}

/// Who closes the implementation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// Nobody has until now.
    No,
    /// The harness told it to close.
    Ordered,
    /// The scripts of the case, which alone hold what they construct.
    Scripts,
}

/// Whether a case has waited out that nothing comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silence {
    NotProved,
    Proved,
}

/// One session while it runs.
struct Session<'s> {
    stage: &'s mut Stage,
    case: &'s Case,
    ops: &'s ClientOps,
    number: u64,
    patience: Patience,
    capabilities: BTreeSet<Capability>,
    intake: Intake,
    transcript: Transcript,
    exchange: Option<Exchange>,
    answer: Answer,
    closing: Closing,
    /// Whether the case itself has waited out a silence since the last thing that happened.
    silence: Silence,
    /// When the last ending write began.
    ended_at: Option<Instant>,
    /// When the last request came.
    requested_at: Option<Instant>,
    /// The last event ID that the implementation showed.
    last_id: Option<String>,
    /// The data of the last event, and that of all of them with line feeds between.
    last_data: Option<Vec<u8>>,
    all_data: Vec<u8>,
    /// The alternative that the last `expect-one-of` took: which, and in words.
    alternative: Option<(usize, String)>,
    facts: Vec<Fact>,
    /// The step that is played.
    step: Option<usize>,
    ended_by: EndedBy,
    failed_before: Option<Failure>,
    /// What measures, from the first `measure` to `expect-growth`.
    gauge: Option<Gauge>,
    not_judged: Option<String>,
    /// How many attempts the system had seen fail when the port began to refuse.
    refused_before: Option<u64>,
    cut_short: bool,
    /// How much the adapter has said in this session and the harness has sent, in bytes.
    flow: Flow,
}

/// Plays a program with an implementation and tears the session down.
pub async fn play(stage: &mut Stage, case: &Case, program: &Program, patience: Patience) -> Outcome {
    match &program.ops {
        Ops::Client(ops) => play_client(stage, case, ops, patience).await,
        Ops::Server(ops) => crate::serving::play(stage, case, ops, patience).await,
    }
}

async fn play_client(stage: &mut Stage, case: &Case, ops: &ClientOps, patience: Patience) -> Outcome {
    stage.session += 1;
    let started = Instant::now();
    let number = stage.session;
    let capabilities = stage.adapter.identity().capabilities.clone();
    let mut session = Session {
        case,
        ops,
        number,
        patience,
        capabilities,
        intake: Intake::new(&ops.list),
        transcript: Transcript::new(
            started,
            vec![(stage.base.url(), "base.test"), (stage.other.url(), "other.test")],
        ),
        stage,
        exchange: None,
        answer: Answer::None,
        closing: Closing::No,
        silence: Silence::NotProved,
        ended_at: None,
        requested_at: None,
        last_id: None,
        last_data: None,
        all_data: Vec::new(),
        alternative: None,
        facts: Vec::new(),
        step: None,
        ended_by: EndedBy::Harness,
        failed_before: None,
        gauge: None,
        not_judged: None,
        refused_before: None,
        cut_short: false,
        flow: Flow::default(),
    };
    let held = session.run().await;
    Outcome {
        held,
        facts: session.facts,
        ended_by: session.ended_by,
        failed_before: session.failed_before,
        not_judged: session.not_judged,
        cut_short: session.cut_short,
        transcript: session.transcript.rows(),
        duration: started.elapsed(),
    }
}

/// Watches a stage on which no session runs for what comes late, until this time.
pub async fn watch(stage: &mut Stage, until: Instant) {
    while Instant::now() < until {
        tokio::select! {
            Some(event) = stage.wire.recv() => {
                if let WireEventKind::Request(exchange) = event.kind {
                    intake::late_request(&mut stage.late, exchange);
                }
            }
            heard = stage.adapter.hear() => match heard {
                Heard::Shown { session, shown, .. } => {
                    let Some(what) = crate::serving::late(&shown) else { continue };
                    stage.late.push(Late { session, what: LateKind::Message(what) });
                    if stage.late.len() >= LATE_LIMIT {
                        return;
                    }
                }
                Heard::Fault(_) => return,
            },
            () = tokio::time::sleep_until(until.into()) => return,
        }
    }
}

impl Session<'_> {
    async fn run(&mut self) -> Result<(), Stop> {
        let mut held = self.script(&self.ops.list).await;
        if held.is_ok() {
            self.step = None;
            held = self.settle().await;
        }
        self.ended_by = match (self.closing, self.intake.closed) {
            (Closing::Ordered, _) => EndedBy::Case,
            (Closing::No | Closing::Scripts, true) => EndedBy::Implementation,
            (Closing::No | Closing::Scripts, false) => EndedBy::Harness,
        };
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

    async fn script(&mut self, ops: &[Op<ClientOp>]) -> Result<(), Stop> {
        for (number, op) in ops.iter().enumerate() {
            // What the case is about cannot be known here, so the rest of it is not worth its time.
            if self.not_judged.is_some() {
                return Ok(());
            }
            self.step = op.written;
            if !matches!(op.kind, ClientOp::Step(ClientStep::Record(_))) {
                self.silence = Silence::NotProved;
            }
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
    async fn play_op(&mut self, op: &Op<ClientOp>, rest: &[Op<ClientOp>]) -> Result<(), Stop> {
        match &op.kind {
            ClientOp::Write(writes) => self.write(writes).await?,
            ClientOp::Step(ClientStep::Wire(action)) => self.act(action).await?,
            ClientOp::Step(ClientStep::Connect(connect)) => self.connect(connect),
            ClientOp::Step(ClientStep::Close) => self.close(),
            ClientOp::Step(ClientStep::Enter(scope)) => self.enter(*scope),
            ClientOp::Step(ClientStep::Run(script)) => self.run_script(script).await?,
            ClientOp::Step(ClientStep::Record(fact)) => self.record(&fact.name, &fact.of),
            ClientOp::Step(ClientStep::Expect(expectation)) => self.expect(expectation).await?,
            ClientOp::Step(ClientStep::OneOf(alternatives)) => self.expect_one_of(alternatives).await?,
            ClientOp::Step(ClientStep::Attempts(attempts)) => self.expect_attempts(attempts).await?,
            ClientOp::Step(ClientStep::Measure(Measurement::Span(work))) => self.measure(*work, rest),
            ClientOp::Step(ClientStep::Measure(Measurement::Judge(growth))) => self.judge_growth(*growth)?,
        }
        Ok(())
    }

    /// The session's URL at its own origin.
    fn base_url(&self) -> String {
        format!("{}/{}/", self.stage.base.url(), self.number)
    }

    /// The session's URL at the second origin.
    fn other_url(&self) -> String {
        format!("{}/{}/", self.stage.other.url(), self.number)
    }

    /// A text of the case with its variables replaced: `{base}` and `{other}` are the session's URLs at its two
    /// origins, `{origin}` is the first of these origins.
    fn expand(&self, text: &str) -> String {
        text.replace("{base}", &self.base_url())
            .replace("{other}", &self.other_url())
            .replace("{origin}", &self.stage.base.url())
    }

    fn failure(&self, expected: impl Into<String>, observed: impl Into<String>) -> Failure {
        Failure { step: self.step, expected: expected.into(), observed: observed.into(), hint: None }
    }

    fn fault(&self, fault: Fault) -> Stop {
        Stop::Fault { fault, step: self.step }
    }

    /// A request target relative to the session's URL; `None` where it is not below it.
    fn relative(&self, target: &str) -> Option<String> {
        target.strip_prefix(&format!("/{}/", self.number)).map(str::to_owned)
    }
}
