//! The session of an intermediary: its state, and playing its script.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use ssespec_cases::grammar::Measurement;
use ssespec_cases::intermediary::{IntermediaryFact, IntermediaryStep, Observed, words};
use ssespec_cases::server::DEFAULT_STREAM;
use ssespec_mock_server::wire::Exchange;
use ssespec_strict::Limits;
use tokio::sync::mpsc;

use super::group::{Flood, Front, Group};
use crate::adapter::processes::Processes;
use crate::delivery::Op;
use crate::session::describe::field_values;
use crate::session::outcome::{EndedBy, Outcome, Stop};
use crate::session::patience::AttemptPatience;
use crate::session::progress::Progress;
use crate::session::script::{Player, play_script};
use crate::session::server::outlet::StreamUpdate;
use crate::session::server::stream_contents::{Named, StreamReading, Strictness};
use crate::session::stage::Stage;
use crate::session::transcript::{Names, Transcript};

/// How much of what streams show may wait until the session takes it in.
const WAITING: usize = 1024;

/// The most bytes that a stream in front may receive.
const MOST: u64 = 256 * 1024 * 1024;

/// How long lines and data may be.
const LONGEST: usize = 64 * 1024 * 1024;

/// A request that reached the origin and was not expected yet.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) exchange: Exchange,
}

/// One session while it runs.
pub(super) struct Session<'s> {
    pub(super) stage: &'s mut Stage,
    pub(super) number: u64,
    pub(super) patience: AttemptPatience,
    pub(super) progress: Progress,
    /// All streams that were opened in front.
    pub(super) fronts: Vec<Front>,
    /// The streams by name.
    pub(super) groups: BTreeMap<String, Group>,
    /// The stream that the origin acts on.
    pub(super) current: String,
    pub(super) tell: mpsc::Sender<StreamUpdate>,
    pub(super) told: mpsc::Receiver<StreamUpdate>,
    pub(super) arrivals: VecDeque<Arrival>,
    /// The connections to the origin that the intermediary has ended.
    pub(super) gone: BTreeSet<u32>,
    /// The connection of the request that was expected last.
    pub(super) carrier: Option<u32>,
    /// Whether this attempt decides about delays, which leave out the time in which the intermediary got no processor.
    pub(super) judges_delays: bool,
    /// What is wrong with a request at the origin.
    pub(super) malformed: Option<String>,
}

/// Plays a script with an intermediary and tears the session down.
pub(in crate::session) async fn play(
    stage: &mut Stage,
    ops: &[Op<IntermediaryStep>],
    patience: AttemptPatience,
) -> Outcome {
    let started = Instant::now();
    let number = stage.begin();
    let (tell, told) = mpsc::channel(WAITING);
    let mut names = vec![(stage.base.url(), "proxy.test")];
    names.extend(stage.base.front().map(|(front, _)| (front.http2.origin(), "proxy.test")));
    let mut session = Session {
        number,
        stage,
        patience,
        progress: Progress::new(Transcript::new(started, names).named(Names::BothSides)),
        fronts: Vec::new(),
        groups: BTreeMap::new(),
        current: DEFAULT_STREAM.into(),
        tell,
        told,
        arrivals: VecDeque::new(),
        gone: BTreeSet::new(),
        carrier: None,
        judges_delays: false,
        malformed: None,
    };
    session.judges_delays = patience.is_final() && session.is_apart() && ops.iter().any(has_median);
    let held = session.run(ops).await;
    session.progress.into_outcome(held, EndedBy::Harness, started)
}

/// How streams in front are read.
pub(super) fn stream_reading() -> StreamReading {
    StreamReading { limits: limits(), named: Named::default(), strictness: Strictness::Http, most: MOST }
}

/// The limits of the readers: no case needs more.
pub(super) fn limits() -> Limits {
    Limits { line: LONGEST, data: LONGEST, ..Limits::default() }
}

/// Whether an operation judges delays.
fn has_median(op: &Op<IntermediaryStep>) -> bool {
    matches!(&op.kind, IntermediaryStep::Expect(Observed::Passed(passed)) if passed.median.is_some())
}

impl Session<'_> {
    /// Whether the intermediary is another process. In this process its threads cannot be distinguished from others.
    fn is_apart(&self) -> bool {
        matches!(self.stage.processes(), Processes::Group(_))
    }

    async fn run(&mut self, ops: &[Op<IntermediaryStep>]) -> Result<(), Stop> {
        let mut held = play_script(self, ops).await;
        if held.is_ok() && self.progress.not_judged.is_none() {
            self.progress.step = None;
            let began = Instant::now();
            held = self.settle().await;
            self.progress.step_took(began.elapsed());
        }
        self.tear_down().await;
        held
    }

    fn record(&mut self, name: &str, of: &IntermediaryFact) {
        let value = match of {
            IntermediaryFact::ResponseHeader(header) => {
                let head = self.fronts.last().and_then(|front| front.stream.head.as_ref());
                head.map(|head| field_values(head.values(header)))
            }
            IntermediaryFact::RequestHeader(header) => {
                let request = self.groups.get(&self.current).and_then(|group| group.requests.last());
                request.map(|request| field_values(request.exchange.request().header(header)))
            }
            IntermediaryFact::RequestFields(change) => self.request_fields(*change),
            IntermediaryFact::ResponseFields(change) => self.response_fields(*change),
            IntermediaryFact::ConcurrentStreams => self
                .fronts
                .last()
                .map(|front| front.stream_limit.map_or_else(|| "no limit".into(), |limit| limit.to_string())),
            IntermediaryFact::SilenceBeforeTheEnd => {
                let silence = self.fronts.last().and_then(|front| front.silence_before_the_end);
                silence.map(|silence| format!("{} s", (silence.as_secs_f64() / 5.0).round() * 5.0))
            }
            IntermediaryFact::Alternative { names } => self.progress.alternative(names),
        };
        self.progress.record(name, value);
    }
}

impl Player for Session<'_> {
    type Op = IntermediaryStep;

    fn progress(&mut self) -> &mut Progress {
        &mut self.progress
    }

    fn begin(&mut self, op: &Op<IntermediaryStep>) {
        // An implied operation fails at the step that implies it.
        self.progress.step = op.written.or(self.progress.step);
    }

    fn measures(_: &IntermediaryStep) -> Option<Measurement> {
        None
    }

    async fn play(&mut self, op: &Op<IntermediaryStep>, _: &[Op<IntermediaryStep>]) -> Result<(), Stop> {
        match &op.kind {
            IntermediaryStep::Request(request) => self.request(request).await,
            IntermediaryStep::Read(name) => {
                self.read(name);
                Ok(())
            }
            IntermediaryStep::HangUp(hang_up) => self.hang_up(hang_up).await,
            IntermediaryStep::Origin(action) => self.act(action).await,
            IntermediaryStep::SendPart(bytes) => self.send_part(bytes).await,
            IntermediaryStep::Flood(repeat) => self.flood(repeat).await.map(drop),
            IntermediaryStep::Stall(repeat) => match self.flood(repeat).await? {
                Flood::Stalled => Ok(()),
                Flood::Whole => {
                    let observed = format!("it read all of {} bytes", repeat.total());
                    Err(self.progress.failure(words::stall(repeat), observed).into())
                }
            },
            IntermediaryStep::TurnTo(name) => {
                self.current.clone_from(name);
                Ok(())
            }
            IntermediaryStep::Reload => {
                self.reload().await;
                Ok(())
            }
            IntermediaryStep::Expect(observed) => self.expect(observed).await,
            IntermediaryStep::OneOf(alternatives) => self.expect_one_of(alternatives).await,
            IntermediaryStep::Record(fact) => {
                self.record(&fact.name, &fact.of);
                Ok(())
            }
        }
    }
}
