//! Plays the script of a connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::clock::Clock;
use super::desk::{Arrival, Desk};
use super::journal::EntryKind;
use super::path_pattern::PathPattern;
use super::relay::{Passed, Relay};
use super::step::{ExpectedRequest, Forward, Repetition, Resume, Script, Step};
use super::template::Values;
use super::verification::Judge;
use super::writer::Writer;
use crate::action::{Action, BodyKind};
use crate::forward::Upstream;
use crate::wire::{Listener, PeerGone};

/// What all scripts of a server share.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) listener: Arc<Listener>,
    /// The URL of the server.
    pub(super) base: String,
    /// Where scripts report what they verified, with the number of the connection.
    pub(super) notes: mpsc::UnboundedSender<(u32, EntryKind)>,
    pub(super) judge: Arc<Judge>,
    pub(super) clock: Arc<Clock>,
}

/// Which script is played.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) script: Arc<Script>,
    /// The number of the route, and of the script in it, from 0.
    pub(super) place: (usize, usize),
    pub(super) path: Arc<PathPattern>,
    /// Which of the route's connections this is, from 1.
    pub(super) connection: usize,
    /// The seed of random times.
    pub(super) seed: u64,
    /// The server that `forward` steps forward to.
    pub(super) upstream: Option<Arc<Upstream>>,
}

/// Plays a script.
#[derive(Debug)]
pub(super) struct Player {
    stage: Arc<Stage>,
    desk: Arc<Desk>,
    part: Part,
    /// The request that is being answered.
    current: Arrival,
    /// The requests that the script itself awaits.
    requests: mpsc::UnboundedReceiver<Arrival>,
    /// How many requests had arrived when the last response ended.
    seen: u64,
    counter: u64,
    writer: Writer,
    relay: Relay,
    /// Whether a step passes on an upstream's response.
    forwards: bool,
    /// Whether the response ended before the script.
    is_over: bool,
}

/// How a script went.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) connection: u32,
    /// Whether every step was performed.
    pub(super) is_complete: bool,
    /// The player, if heartbeats remain to be written.
    pub(super) rest: Option<Box<Player>>,
}

/// What a step may find instead of an open connection.
type Performed = Result<(), PeerGone>;

impl Player {
    pub(super) fn new(
        stage: Arc<Stage>,
        desk: Arc<Desk>,
        part: Part,
        current: Arrival,
        requests: mpsc::UnboundedReceiver<Arrival>,
    ) -> Self {
        Self {
            seen: desk.count(),
            writer: Writer::new(part.seed, Arc::clone(&stage.clock)),
            relay: Relay::new(&part.script, part.upstream.clone(), &stage.base, stage.notes.clone()),
            forwards: part.script.iter().any(Step::forwards),
            is_over: false,
            stage,
            desk,
            part,
            current,
            requests,
            counter: 1,
        }
    }

    /// Plays the script. Once the client has left, only expectations are followed.
    pub(super) async fn play(mut self) -> Finished {
        let script = Arc::clone(&self.part.script);
        let (route, script_number) = self.part.place;
        let mut open = Ok(());
        for (number, step) in script.iter().enumerate() {
            if !script[number..].iter().any(Step::is_expectation) {
                self.stage.judge.verified(route, script_number);
            }
            if open.is_err() && !step.is_expectation() {
                continue;
            }
            if !step.writes() {
                // Its bytes must not wait with it.
                let _ = self.current.exchange.flush().await;
            }
            if let Step::ExpectRequest(expected) = step {
                let came = if number == 0 {
                    self.judge(expected).then_some(())
                } else {
                    self.await_request(expected).await
                };
                // Without its request, the rest of a script has no meaning.
                if came.is_none() && number > 0 {
                    open = Err(PeerGone);
                    break;
                }
                open = Ok(());
                continue;
            }
            open = self.step_unless_left(step).await.and(open);
            // A disconnect that was expected is no reason to stop.
            if open.is_err() && !script[number + 1..].iter().any(Step::is_expectation) {
                open = if step.is_expectation() { Ok(()) } else { open };
                break;
            }
        }
        open = self.current.exchange.flush().await.and(open);
        self.relay.close();
        let is_complete = open.is_ok() || self.is_over;
        self.stage.judge.finishes(route, script_number);
        let connection = self.current.exchange.connection();
        let beats = open.is_ok() && self.writer.has_heartbeat() && self.current.exchange.is_open();
        Finished { connection, is_complete, rest: beats.then(|| Box::new(self)) }
    }

    /// Writes heartbeats until the client has left.
    pub(super) async fn beat(mut self) -> Finished {
        while self.sleep(Duration::from_secs(60 * 60)).await.is_ok() {}
        Finished { connection: self.current.exchange.connection(), is_complete: false, rest: None }
    }

    /// Performs a step. If the script forwards, it ends when the client leaves, and so does the connection to the upstream.
    async fn step_unless_left(&mut self, step: &Step) -> Performed {
        if !self.forwards {
            return self.step(step).await;
        }
        if let Some(fault) = step.fault() {
            self.note(EntryKind::Fault { fault });
        }
        let left = self.current.departure();
        let is_expectation = step.is_expectation();
        let performed = tokio::select! {
            biased;
            performed = self.step(step) => performed,
            () = left, if !is_expectation => Err(PeerGone),
        };
        if performed.is_err() {
            self.relay.close();
        }
        performed
    }

    async fn step(&mut self, step: &Step) -> Performed {
        match step {
            Step::Repeat(repetition) => self.repeat(repetition).await,
            Step::Resume(resume) => self.resume(resume).await,
            Step::ExpectDisconnect(within) => {
                self.await_disconnect(*within, &step.expectation().unwrap_or_default()).await
            }
            Step::ExpectNoRequest(quiet) => {
                let expectation = step.expectation().unwrap_or_default();
                match self.desk.arrival(self.seen, *quiet).await {
                    Some(came) => self.fails(expectation, format!("{} came", came.last)),
                    None => self.holds(expectation),
                }
                Ok(())
            }
            step => self.write_step(step).await,
        }
    }

    async fn write_step(&mut self, step: &Step) -> Performed {
        match step {
            Step::Do(Action::Wait(time)) => {
                let time = *time + self.writer.delay();
                self.sleep(time).await
            }
            Step::Do(Action::Send(bytes)) => self.write(bytes).await,
            Step::File(bytes) => self.write(&Arc::clone(bytes)).await,
            Step::Send(template) => {
                let text = template.render(&self.values());
                self.write(text.as_bytes()).await
            }
            Step::Do(action) => self.perform(action).await,
            Step::Respond(template) => {
                let respond = template.with(|template| template.render(&self.values()));
                self.perform(&Action::Respond(respond)).await
            }
            Step::Pace(pace) => {
                self.writer.set_pace(*pace);
                Ok(())
            }
            Step::Jitter(most) => {
                self.writer.set_jitter(*most);
                Ok(())
            }
            Step::Heartbeat(heartbeat) => {
                self.writer.set_heartbeat(heartbeat.clone());
                Ok(())
            }
            Step::Forward(part) => self.forward(*part).await,
            // Not repeated, so performed elsewhere.
            Step::Repeat(_)
            | Step::Resume(_)
            | Step::ExpectRequest(_)
            | Step::ExpectDisconnect(_)
            | Step::ExpectNoRequest(_) => Ok(()),
        }
    }

    async fn perform(&mut self, action: &Action) -> Performed {
        self.current.exchange.flush().await?;
        let ends = match action {
            Action::Respond(respond) => respond.body_kind() == BodyKind::Complete,
            action => action.is_end(),
        };
        if ends {
            self.ends();
        }
        let Stage { listener, base, .. } = &*self.stage;
        let expand = |value: &str| value.replace("{base}", base);
        listener.perform(action, &mut self.current.exchange, expand).await?;
        self.writer.wrote();
        if self.current.exchange.expects_no_body() {
            // The client has all of the response to HEAD, and may use its connection again.
            self.ends();
            self.current.exchange.end().await?;
            self.is_over = true;
            return Err(PeerGone);
        }
        Ok(())
    }

    /// Notes that a response is about to end: before it does, since the client may react immediately.
    fn ends(&mut self) {
        self.relay.close();
        self.seen = self.desk.count();
        self.desk.ends();
    }

    async fn write(&mut self, bytes: &[u8]) -> Performed {
        self.writer.write(&mut self.current.exchange, bytes).await
    }

    /// Passes on a part of the upstream's response. After its end, only expectations can follow.
    async fn forward(&mut self, part: Forward) -> Performed {
        match self.relay.pass_on(part, &mut self.current.exchange, &mut self.writer).await? {
            Passed::Part => Ok(()),
            Passed::End if part == Forward::Rest => Ok(()),
            Passed::End => {
                self.is_over = true;
                Err(PeerGone)
            }
        }
    }

    async fn repeat(&mut self, repetition: &Repetition) -> Performed {
        let mut next = Instant::now();
        for number in 1..=repetition.times.unwrap_or(u64::MAX) {
            if number > 1 {
                let delay = self.writer.delay();
                if !repetition.every.is_zero() {
                    next += repetition.every;
                    // Lateness does not add up, but what was held up for longer than that is not made up for either.
                    let now = Instant::now();
                    if next + repetition.every < now {
                        next = now;
                    }
                    self.writer.sleep_until(&mut self.current.exchange, next + delay).await?;
                } else if !delay.is_zero() {
                    self.sleep(delay).await?;
                }
            }
            self.counter = number;
            for step in &repetition.steps {
                self.write_step(step).await?;
            }
            if !self.current.exchange.is_open() {
                return Err(PeerGone);
            }
            // The steps may write nothing, for example to a HEAD request.
            tokio::task::consume_budget().await;
        }
        self.counter = 1;
        Ok(())
    }

    async fn resume(&mut self, resume: &Resume) -> Performed {
        let last = self.current.exchange.request().header("last-event-id").next();
        let known = last.and_then(|last| resume.events.iter().position(|event| event.id.as_bytes() == last));
        let after = known.map_or(0, |number| number + 1);
        let limit = resume.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        for (number, event) in resume.events.iter().skip(after).take(limit).enumerate() {
            if number > 0 && !resume.every.is_zero() {
                let time = resume.every + self.writer.delay();
                self.sleep(time).await?;
            }
            let block = event.block.render(&self.values());
            self.write(block.as_bytes()).await?;
        }
        Ok(())
    }

    fn values(&self) -> Values<'_> {
        Values {
            request: self.current.exchange.request(),
            path: &self.part.path,
            connection: self.part.connection,
            counter: self.counter,
        }
    }

    async fn sleep(&mut self, time: Duration) -> Performed {
        self.writer.sleep(&mut self.current.exchange, time).await
    }

    /// Waits for the next request, which the script then answers. `None` if it does not come.
    async fn await_request(&mut self, expected: &ExpectedRequest) -> Option<()> {
        match tokio::time::timeout(expected.within, self.requests.recv()).await {
            Ok(Some(arrival)) => {
                self.current = arrival;
                self.relay.close();
                self.is_over = false;
                self.judge(expected);
                Some(())
            }
            Ok(None) | Err(_) => {
                let within = humantime::format_duration(expected.within);
                self.fails(expected.words(), format!("no request came within {within}"));
                None
            }
        }
    }

    /// Judges the current request.
    fn judge(&self, expected: &ExpectedRequest) -> bool {
        let request = self.current.exchange.request();
        let problems = expected.problems(request, self.current.since_end);
        if problems.is_empty() {
            self.holds(expected.words());
            return true;
        }
        let came = format!("{} {} came with {}", request.method, request.target, problems.join("; "));
        self.fails(expected.words(), came);
        false
    }

    async fn await_disconnect(&self, within: Duration, expectation: &str) -> Performed {
        match tokio::time::timeout(within, self.current.departure()).await {
            Ok(()) => {
                self.holds(expectation.to_owned());
                Err(PeerGone)
            }
            Err(_) => {
                self.fails(expectation.to_owned(), "the client stayed connected".into());
                Ok(())
            }
        }
    }

    fn holds(&self, expectation: String) {
        self.note(EntryKind::Met { expectation });
    }

    fn fails(&self, expectation: String, instead: String) {
        let Part { connection, path, .. } = &self.part;
        let failure = format!("{}, connection {connection}: expected {expectation}; {instead}", path.text());
        self.stage.judge.fails(failure);
        self.note(EntryKind::Unmet { expectation, instead });
    }

    fn note(&self, kind: EntryKind) {
        // The server may be stopping.
        let _ = self.stage.notes.send((self.current.exchange.connection(), kind));
    }
}
