//! What the harness does in front of an intermediary: opens, reads and leaves streams.

use std::time::{Duration, Instant};

use ssespec_cases::server::{HangUp, Reading, Request};

use super::content::{Content, Passage};
use super::group::{Front, Group};
use super::session::{Session, limits, stream_reading};
use crate::session::deadline::Came;
use crate::session::outcome::Stop;
use crate::session::server::describe;
use crate::session::server::outlet::Left;
use crate::session::server::stream::{Stream, StreamState};
use crate::target::Target;

/// How long a connection that is left may take to be gone.
const LEAVING: Duration = Duration::from_secs(2);

/// How long what is on its way may take before its stream is left.
const ARRIVING: Duration = Duration::from_millis(500);

impl Session<'_> {
    /// The numbers of the streams of a name.
    pub(super) fn named(&self, name: &str) -> Vec<usize> {
        self.groups.get(name).map(|group| group.streams.clone()).unwrap_or_default()
    }

    pub(super) async fn request(&mut self, request: &Request) -> Result<(), Stop> {
        let Some((front, trust)) = self.stage.base.front() else { return Ok(()) };
        let target = Target { path: format!("/{}/", self.number), ..front.of(request.http).clone() };
        let trust = trust.clone();
        for number in self.named(&request.stream) {
            self.leave(number, Left::Forgotten).await;
        }
        let mut group = Group::default();
        for _ in 0..request.count {
            let number = self.fronts.len();
            let connection = u32::try_from(number + 1).unwrap_or(u32::MAX);
            let words = describe::request(&target, request);
            self.progress.transcript.stream_request(connection, words);
            // Cases for intermediaries have no key for a shared connection.
            let mut shared = None;
            let opening =
                Stream::open((&target, &trust), request, (number, stream_reading()), &self.tell, &mut shared);
            let patience = self.patience.full.request;
            let problem = match tokio::time::timeout(patience, opening).await {
                Ok(Ok(stream)) => {
                    self.fronts.push(Front::new(stream, Content::new(limits())));
                    group.streams.push(number);
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("no connection within {}", describe::time(patience)),
            };
            return Err(self.progress.failure("the intermediary accepts the connection", problem).into());
        }
        self.groups.insert(request.stream.clone(), group);
        self.current.clone_from(&request.stream);
        Ok(())
    }

    /// Starts reading the streams of a name.
    pub(super) fn read(&mut self, name: &str) {
        for number in self.named(name) {
            if let Some(front) = self.fronts.get_mut(number) {
                front.stream.read();
            }
        }
    }

    pub(super) async fn hang_up(&mut self, hang_up: &HangUp) -> Result<(), Stop> {
        let numbers = self.named(&hang_up.stream);
        self.arrivals(&numbers).await?;
        self.progress.transcript.harness("hang-up", hang_up.how.word());
        for number in numbers {
            self.leave(number, Left::HungUp(hang_up.how)).await;
        }
        self.current.clone_from(&hang_up.stream);
        Ok(())
    }

    /// Makes the intermediary reload its configuration. A command that fails says nothing about the intermediary.
    pub(super) async fn reload(&mut self) {
        self.progress.transcript.harness("reload", "");
        let Some(reload) = self.stage.base.reload().cloned() else { return };
        if let Err(error) = reload.perform().await {
            self.progress.not_judged = Some(error.to_string());
        }
    }

    /// Waits for what is on its way: what comes after our FIN turns it into an RST. An intermediary that holds it back is
    /// left all the same.
    async fn arrivals(&mut self, numbers: &[usize]) -> Result<(), Stop> {
        let deadline = Instant::now() + ARRIVING;
        let awaits = |front: &Front| {
            let is_coming =
                front.stream.head.is_none() || matches!(front.content.passed(), Passage::Missing(_));
            front.stream.state == StreamState::Open && front.stream.reading == Reading::AsItComes && is_coming
        };
        while numbers.iter().filter_map(|number| self.fronts.get(*number)).any(awaits) {
            if self.take_in(deadline).await? == Came::Nothing {
                break;
            }
        }
        Ok(())
    }

    /// Leaves a stream, and waits until its connection is gone.
    async fn leave(&mut self, number: usize, left: Left) {
        let Some(front) = self.fronts.get_mut(number) else { return };
        if front.stream.state == StreamState::Left {
            return;
        }
        front.stream.leave(left);
        if front.stream.state != StreamState::HalfClosed {
            // A task that is gone in no time is not waited for.
            let _ = tokio::time::timeout(LEAVING, front.stream.gone()).await;
        }
    }
}
