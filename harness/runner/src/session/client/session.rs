//! The session of a client: its state, and playing its script.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use ssespec_cases::Capability;
use ssespec_cases::client::ClientStep;
use ssespec_cases::grammar::Measurement;
use ssespec_mock_server::wire::{Departure, Exchange};

use super::others::Others;
use super::own_scripts::OwnScripts;
use super::queues::{Flow, Queues};
use crate::delivery::{ClientOp, ClientOps, Op};
use crate::session::outcome::{EndedBy, Outcome, Stop};
use crate::session::patience::{AttemptPatience, Patience};
use crate::session::progress::Progress;
use crate::session::script::{Player, next_judge, play_script};
use crate::session::stage::Stage;
use crate::session::transcript::Transcript;

/// The state of the answer to the current request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// No request has come.
    None,
    /// The current request has no answer yet.
    Awaited,
    /// Its body is open, and it is or is not an event stream.
    Open(ResponseKind),
    /// It is over.
    Over(ResponseKind),
}

/// Whether a body is an event stream: status 200 and the right type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResponseKind {
    Stream,
    Other,
    /// Raw bytes instead of a response.
    Raw,
}

/// Who closes the implementation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// Nobody has until now.
    No,
    /// Its user, in a handler.
    InHandler,
    /// The harness told it to close.
    Ordered,
    /// The scripts of the case, which alone hold what they construct.
    Scripts,
}

impl Closing {
    /// Whether the case says when the implementation is closed.
    pub(super) fn is_by_case(self) -> bool {
        matches!(self, Self::InHandler | Self::Ordered)
    }
}

/// Whether a case has waited out that nothing comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    NotProved,
    Proved,
}

/// One session while it runs.
pub(super) struct Session<'s> {
    pub(super) stage: &'s mut Stage,
    pub(super) ops: &'s ClientOps,
    pub(super) number: u64,
    pub(super) patience: Patience,
    /// What is waited where a failure by waiting would not be repeated.
    pub(super) full_patience: Patience,
    /// How long `closed` is awaited at the end.
    pub(super) patience_for_closed: Duration,
    pub(super) capabilities: BTreeSet<Capability>,
    pub(super) queues: Queues,
    pub(super) progress: Progress,
    pub(super) exchange: Option<Exchange>,
    /// The listener and the number of the connection on which the last request came.
    pub(super) connection: Option<(u8, u32)>,
    pub(super) answer: Answer,
    /// Whether the case says how the current answer is framed.
    pub(super) framed_by_case: bool,
    pub(super) own_scripts: OwnScripts,
    pub(super) closing: Closing,
    /// Whether the case itself has waited out a silence since the last thing that happened.
    pub(super) silence: Silence,
    /// When the last ending write began.
    pub(super) ended_at: Option<Instant>,
    /// How long after the last ending write the last request came, as it was when it came.
    pub(super) delay: Option<Duration>,
    /// All of these so far.
    pub(super) delays: Vec<Duration>,
    /// How many streams were open when the last ones were tried, and how many the client was ordered to open.
    pub(super) tried: Option<(u64, u64)>,
    /// How many attempts were counted last.
    pub(super) attempts: Option<u64>,
    /// The other sessions of a herd.
    pub(super) others: Others,
    /// How long each of a herd waited after the last loss.
    pub(super) herd_delays: Vec<Duration>,
    /// The other streams that stay open until the end, by session.
    pub(super) others_open: BTreeMap<u64, Exchange>,
    /// The streams whose user takes no more events, which stay open until the end.
    pub(super) stalled: Vec<Exchange>,
    /// How often an event was sent on each of them.
    pub(super) deliveries: u64,
    /// How the client left the last stream that it left.
    pub(super) departure: Option<Departure>,
    /// The last event ID that the implementation showed.
    pub(super) last_id: Option<String>,
    /// The data of the last event, and that of all of them with line feeds between.
    pub(super) last_data: Option<Vec<u8>>,
    pub(super) all_data: Vec<u8>,
    pub(super) ended_by: EndedBy,
    /// How many attempts the system had seen fail when the port began to refuse.
    pub(super) refused_before: Option<u64>,
    /// How many streams had been refused then.
    pub(super) refused_streams_before: u64,
    /// How much the adapter has said in this session and the harness has sent, in bytes.
    pub(super) flow: Flow,
}

/// Plays a script with a client and tears the session down.
pub(in crate::session) async fn play(
    stage: &mut Stage,
    ops: &ClientOps,
    patience: AttemptPatience,
) -> Outcome {
    let started = Instant::now();
    let number = stage.begin();
    let capabilities = stage.adapter.identity().capabilities.clone();
    let mut session = Session {
        ops,
        number,
        patience: patience.now,
        full_patience: patience.full,
        patience_for_closed: patience.closed,
        capabilities,
        queues: Queues::new(&ops.list),
        progress: Progress::new(
            Transcript::new(
                started,
                vec![(stage.base.url(), "base.test"), (stage.other.url(), "other.test")],
            )
            .named(stage.base.names()),
        ),
        stage,
        exchange: None,
        connection: None,
        answer: Answer::None,
        framed_by_case: false,
        own_scripts: OwnScripts::default(),
        closing: Closing::No,
        silence: Silence::NotProved,
        ended_at: None,
        delay: None,
        delays: Vec::new(),
        tried: None,
        attempts: None,
        others: Others::default(),
        herd_delays: Vec::new(),
        others_open: BTreeMap::new(),
        stalled: Vec::new(),
        deliveries: 0,
        departure: None,
        last_id: None,
        last_data: None,
        all_data: Vec::new(),
        ended_by: EndedBy::Harness,
        refused_before: None,
        refused_streams_before: 0,
        flow: Flow::default(),
    };
    let held = session.run().await;
    #[cfg(feature = "intermediary")]
    for bytes in session.stage.base.downstream(number) {
        session.progress.transcript.downstream(&bytes);
    }
    let ended_by = session.ended_by;
    session.progress.into_outcome(held, ended_by, started)
}

impl Session<'_> {
    async fn run(&mut self) -> Result<(), Stop> {
        let ops = self.ops;
        let mut held = play_script(self, &ops.list).await;
        if held.is_ok() && self.progress.not_judged.is_none() {
            self.progress.step = None;
            let began = Instant::now();
            held = self.settle().await;
            self.progress.step_took(began.elapsed());
        }
        self.ended_by = match (self.closing, self.queues.closed) {
            (Closing::InHandler | Closing::Ordered, _) => EndedBy::Case,
            (Closing::No | Closing::Scripts, true) => EndedBy::Implementation,
            (Closing::No | Closing::Scripts, false) => EndedBy::Harness,
        };
        let teardown = self.tear_down(&held).await;
        let judges_teardown = self.closing.is_by_case();
        self.progress.conclude(held, teardown, judges_teardown)
    }
}

impl Player for Session<'_> {
    type Op = ClientOp;

    fn progress(&mut self) -> &mut Progress {
        &mut self.progress
    }

    fn begin(&mut self, op: &Op<ClientOp>) {
        self.progress.step = op.written;
        if !matches!(op.kind, ClientOp::Step(ClientStep::Record(_))) {
            self.silence = Silence::NotProved;
        }
    }

    fn measures(op: &ClientOp) -> Option<Measurement> {
        match op.step()? {
            ClientStep::Measure(measurement) => Some(*measurement),
            _ => None,
        }
    }

    async fn play(&mut self, op: &Op<ClientOp>, rest: &[Op<ClientOp>]) -> Result<(), Stop> {
        match &op.kind {
            ClientOp::Write(writes) => self.write(writes).await?,
            ClientOp::Step(ClientStep::Wire(action)) => self.act(action).await?,
            ClientOp::Step(ClientStep::Connect(connect)) => self.connect(connect),
            ClientOp::Step(ClientStep::Close) => self.close(),
            ClientOp::Step(ClientStep::RefreshHeaders(headers)) => self.refresh_headers(headers).await?,
            ClientOp::Step(ClientStep::Visibility(visibility)) => self.set_visibility(*visibility).await?,
            ClientOp::Step(ClientStep::Enter(scope)) => self.enter(*scope),
            ClientOp::Step(ClientStep::Run(script)) => self.run_script(script).await?,
            ClientOp::Step(ClientStep::Record(fact)) => self.record(&fact.name, &fact.of),
            ClientOp::Step(ClientStep::Expect(expectation)) => self.expect(expectation).await?,
            ClientOp::Step(ClientStep::OneOf(alternatives)) => self.expect_one_of(alternatives).await?,
            ClientOp::Step(ClientStep::Herd(herd)) => self.expect_herd(herd).await?,
            ClientOp::Step(ClientStep::Streams(streams)) => self.act_on_streams(*streams).await?,
            ClientOp::Step(ClientStep::Attempts(attempts)) => self.expect_attempts(attempts).await?,
            ClientOp::Step(ClientStep::Measure(Measurement::Span(work))) => {
                let (expected, _) = next_judge::<Self>(rest);
                self.progress.measure(*work, expected, self.stage.adapter.processes());
            }
            ClientOp::Step(ClientStep::Measure(Measurement::Judge(growth))) => {
                self.progress.judge_growth(*growth)?
            }
        }
        Ok(())
    }
}

impl Session<'_> {
    /// The session's URL at its own origin.
    pub(super) fn base_url(&self) -> String {
        format!("{}/{}/", self.stage.base.url(), self.number)
    }

    /// The session's URL at the second origin.
    pub(super) fn other_url(&self) -> String {
        format!("{}/{}/", self.stage.other.url(), self.number)
    }

    /// A text of the case with its variables replaced: `{base}` and `{other}` are the session's URLs at its two
    /// origins, `{origin}` is the first of these origins.
    pub(super) fn expand(&self, text: &str) -> String {
        text.replace("{base}", &self.base_url())
            .replace("{other}", &self.other_url())
            .replace("{origin}", &self.stage.base.url())
    }

    /// A request target relative to the session's URL; `None` where it is not below it.
    pub(super) fn relative(&self, target: &str) -> Option<String> {
        target.strip_prefix(&format!("/{}/", self.number)).map(str::to_owned)
    }
}
