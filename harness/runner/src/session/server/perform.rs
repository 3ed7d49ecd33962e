//! What the harness does: opens and leaves streams, and tells the adapter.

use std::time::{Duration, Instant};

use ssespec_cases::server::{Emission, HangUp, Reading, Request, words};
use ssespec_mock_server::client::Trust;

use super::describe;
use super::outlet::Left;
use super::session::{Presence, Session};
use super::stream::{Stream, StreamState};
use crate::adapter::fault::Fault;
use crate::protocol::server::{Emit, ServerOrder};
use crate::session::deadline::Came;
use crate::session::outcome::Stop;

/// How long a connection that is left may take to be gone.
const LEAVING: Duration = Duration::from_secs(2);

/// How long a head that is on its way may take before its stream is left.
const HEADS: Duration = Duration::from_secs(1);

impl Session<'_> {
    /// Starts reading the streams of a name.
    pub(super) fn read(&mut self, name: &str) {
        for number in self.named(name) {
            self.streams[number].read();
        }
    }

    /// Orders the implementation to end its streams.
    pub(super) async fn end(&mut self) -> Result<(), Stop> {
        self.all_connected().await?;
        self.progress.transcript.harness("end", "");
        self.order(ServerOrder::End);
        self.told_to_end();
        Ok(())
    }

    /// Orders the implementation to shut down.
    pub(super) async fn shutdown(&mut self) -> Result<(), Stop> {
        self.all_connected().await?;
        self.progress.transcript.harness("shutdown", "");
        self.order(ServerOrder::Shutdown);
        self.presence = Presence::Leaving;
        self.told_to_end();
        Ok(())
    }

    /// The streams of a name.
    pub(super) fn named(&self, name: &str) -> Vec<usize> {
        self.names.get(name).cloned().unwrap_or_default()
    }

    pub(super) async fn request(&mut self, request: &Request) -> Result<(), Stop> {
        self.all_connected().await?;
        self.connected.clear();
        for number in self.named(&request.stream) {
            self.leave(number, Left::Forgotten).await?;
        }
        let Some(target) = self.target.clone() else { return Ok(()) };
        let mut numbers = Vec::new();
        for _ in 0..request.count {
            let number = self.streams.len();
            self.progress.transcript.harness("request", describe::request(&target, request));
            // Adapters serve http URLs.
            let trust = Trust::default();
            let opening = Stream::open(
                (&target, &trust),
                request,
                (number, self.stream_reading),
                &self.tell,
                &mut self.shared,
            );
            let opened = tokio::time::timeout(self.full_patience.request, opening).await;
            let problem = match opened {
                Ok(Ok(stream)) => {
                    self.streams.push(stream);
                    numbers.push(number);
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("no connection within {}", describe::time(self.full_patience.request)),
            };
            if self.streams.is_empty() {
                let url = format!("{}{}", target.origin(), target.path);
                return Err(self.progress.fault(Fault::Unreachable { url, problem }));
            }
            return Err(self.progress.failure("the server accepts the connection", problem).into());
        }
        if self.stopped {
            // Nothing is opened any more.
            for number in &numbers {
                self.streams[*number].is_announced = false;
            }
        }
        self.names.insert(request.stream.clone(), numbers);
        Ok(())
    }

    /// Waits until the adapter has shown all streams that are open: only then do they receive what is emitted.
    pub(super) async fn all_connected(&mut self) -> Result<(), Stop> {
        let deadline = Instant::now() + self.full_patience.observation;
        while self.announced < self.shown() {
            if self.take_in(deadline).await? == Came::Nothing {
                let awaits = |stream: &Stream| stream.reading == Reading::AsItComes && stream.head.is_none();
                if self.streams.iter().any(awaits) {
                    let observed =
                        format!("nothing within {}", describe::time(self.full_patience.observation));
                    return Err(self.progress.failure("a response", observed).into());
                }
                return Err(self.progress.fault(Fault::NotConnected(self.full_patience.observation)));
            }
        }
        Ok(())
    }

    /// How many streams the adapter has to show.
    fn shown(&self) -> u64 {
        self.streams.iter().filter(|stream| stream.is_shown()).count() as u64
    }

    pub(super) async fn emit(&mut self, emission: &Emission) -> Result<(), Stop> {
        self.all_connected().await?;
        self.emit_now(emission);
        Ok(())
    }

    /// Orders the implementation to send something.
    pub(super) fn emit_now(&mut self, emission: &Emission) {
        self.progress.transcript.harness("emit", words::emission(emission));
        let emit = match emission {
            Emission::Event { kind, data, id, retry } => {
                self.events += 1;
                self.bytes = self.bytes.saturating_add(data.length());
                Emit::Event { kind: kind.clone(), data: data.text(), id: id.clone(), retry: retry.clone() }
            }
            Emission::Comment(comment) => Emit::Comment { comment: comment.clone() },
            Emission::Retry(retry) => Emit::Retry { retry: *retry },
        };
        self.answers.clear();
        self.awaited_answers += 1;
        self.order(ServerOrder::Emit(emit));
    }

    pub(super) async fn emit_repeat(&mut self, emission: &Emission, times: u64) -> Result<(), Stop> {
        self.all_connected().await?;
        for _ in 0..times {
            self.emit_now(emission);
            self.expect_emitted().await?;
        }
        Ok(())
    }

    pub(super) async fn stop(&mut self) -> Result<(), Stop> {
        self.all_connected().await?;
        self.progress.transcript.harness("stop", "");
        self.order(ServerOrder::Stop);
        let deadline = Instant::now() + self.full_patience.observation;
        while !self.stopped {
            if self.take_in(deadline).await? == Came::Nothing {
                return Err(self.progress.fault(Fault::NotStopped(self.full_patience.observation)));
            }
        }
        Ok(())
    }

    fn told_to_end(&mut self) {
        for stream in self.streams.iter_mut().filter(|stream| stream.state == StreamState::Open) {
            stream.state = StreamState::Ending;
        }
    }

    pub(super) async fn hang_up(&mut self, hang_up: &HangUp) -> Result<(), Stop> {
        self.all_connected().await?;
        let numbers = self.named(&hang_up.stream);
        self.heads(&numbers).await?;
        // Reports about earlier streams do not count for this one.
        self.disconnected = 0;
        self.progress.transcript.harness("hang-up", hang_up.how.word());
        for number in numbers {
            self.leave(number, Left::HungUp(hang_up.how)).await?;
        }
        Ok(())
    }

    /// Waits for heads that are on their way: one that comes after our FIN turns it into an RST. A server that holds
    /// its head back is left all the same.
    async fn heads(&mut self, numbers: &[usize]) -> Result<(), Stop> {
        let deadline = Instant::now() + HEADS;
        let awaits = |stream: &Stream| {
            stream.state == StreamState::Open && stream.reading == Reading::AsItComes && stream.head.is_none()
        };
        while numbers.iter().filter_map(|number| self.streams.get(*number)).any(awaits) {
            if self.take_in(deadline).await? == Came::Nothing {
                break;
            }
        }
        Ok(())
    }

    /// Leaves a stream, and waits until its connection is gone.
    pub(super) async fn leave(&mut self, number: usize, left: Left) -> Result<(), Stop> {
        let Some(stream) = self.streams.get_mut(number) else { return Ok(()) };
        if stream.state == StreamState::Left {
            return Ok(());
        }
        stream.leave(left);
        if stream.state == StreamState::HalfClosed {
            return Ok(());
        }
        // A task that is gone in no time is not waited for.
        let _ = tokio::time::timeout(LEAVING, stream.gone()).await;
        Ok(())
    }

    pub(super) async fn wait(&mut self, time: Duration) -> Result<(), Stop> {
        self.stage.turn.waits_for(time);
        let deadline = Instant::now() + time;
        while self.take_in(deadline).await? == Came::Something {}
        Ok(())
    }
}
