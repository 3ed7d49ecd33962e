//! What the harness does as the origin behind an intermediary.

use std::pin::pin;
use std::time::{Duration, Instant};

use ssespec_mock_server::action::{Action, BodyKind, Framing, Repeat, Respond};
use ssespec_mock_server::wire::{PeerGone, Version};
use tokio::time::timeout_at;

use super::group::{AtOrigin, Flood};
use super::session::Session;
use crate::adapter::run_delay::RunDelay;
use crate::session::deadline::Came;
use crate::session::outcome::Stop;
use crate::session::patience::Allowance;
use crate::session::server::describe;

/// Why a case about a chunked body is not judged.
const NO_CHUNKS: &str = "the intermediary asks the origin with HTTP/1.0, which has no chunks: closing the connection \
                         there completes the response";

/// The same for HTTP/2.
const NO_CHUNKS_IN_HTTP2: &str = "the intermediary asks the origin over HTTP/2, which has no chunks";

/// Why a case is not judged whose bytes are not HTTP.
const NOT_IN_HTTP2: &str =
    "the intermediary asks the origin over HTTP/2, and the case sends what only HTTP/1.1 has";

impl Session<'_> {
    /// Does something with the requests of the current stream.
    pub(super) async fn act(&mut self, action: &Action) -> Result<(), Stop> {
        if let Action::Wait(time) = action {
            return self.pause(*time).await;
        }
        if let Action::Control(control) = action {
            self.progress.transcript.harness("control", control.words());
        }
        self.note_sent(action);
        let name = self.current.clone();
        let mut requests = match self.groups.get_mut(&name) {
            Some(group) => std::mem::take(&mut group.requests),
            None => return Ok(()),
        };
        let mut acted = Ok(());
        for request in &mut requests {
            acted = match self.perform(action, request).await {
                Some(Performed::Yes) => continue,
                Some(Performed::NotPossible(why)) => {
                    self.progress.not_judged = Some(why.into());
                    Ok(())
                }
                None => Err(self.not_read()),
            };
            break;
        }
        if let Some(group) = self.groups.get_mut(&name) {
            group.requests = requests;
        }
        acted
    }

    /// Performs an action; `None` if the intermediary reads nothing of it for too long.
    async fn perform(&self, action: &Action, request: &mut AtOrigin) -> Option<Performed> {
        let patience = self.patience.full.request;
        let written = request.exchange.written();
        let (began, mut before, mut wait) = (Instant::now(), written.bytes(), self.wait(patience));
        let mut performing = pin!(perform(action, request));
        loop {
            if let Ok(performed) = timeout_at(wait.until().into(), &mut performing).await {
                return Some(performed);
            }
            if written.bytes() > before && began.elapsed() < patience * SLOW {
                (before, wait) = (written.bytes(), self.wait(patience));
            } else if !wait.goes_on() {
                return None;
            }
        }
    }

    /// Writes the beginning of a chunk.
    pub(super) async fn send_part(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.note_bytes(bytes, 1);
        let Some(group) = self.groups.get_mut(&self.current) else { return Ok(()) };
        for request in &mut group.requests {
            let lacking = match request.version() {
                Version::Http10 => Some(NO_CHUNKS),
                Version::Http11 => None,
                Version::Http2 => Some(NO_CHUNKS_IN_HTTP2),
            };
            if let Some(why) = lacking {
                self.progress.not_judged = Some(why.into());
                return Ok(());
            }
            let mut part = format!("{:x}\r\n", bytes.len() * 2).into_bytes();
            part.extend_from_slice(bytes);
            // An intermediary that left is judged by what both sides see.
            let _ = request.exchange.raw(&part).await;
        }
        Ok(())
    }

    /// Writes a pattern until all of it is written or nothing of it is read any more. Then the rest of the write waits
    /// until the session ends.
    pub(super) async fn flood(&mut self, repeat: &Repeat) -> Result<Flood, Stop> {
        self.progress.transcript.harness("flood", describe::quote(&String::from_utf8_lossy(&repeat.pattern)));
        for number in self.named(&self.current.clone()) {
            if let Some(front) = self.fronts.get_mut(number) {
                front.content.sends_too_much();
            }
        }
        let name = self.current.clone();
        let request = self.groups.get_mut(&name).and_then(|group| group.requests.pop());
        let Some(mut request) = request else { return Ok(Flood::Whole) };
        let written = request.exchange.written();
        let (mut before, mut since) = (written.bytes(), Instant::now());
        let mut write = Box::pin(request.exchange.send_repeat(repeat));
        let result = loop {
            tokio::select! {
                biased;
                _ = &mut write => break Ok(Flood::Whole),
                came = self.take_in(Instant::now() + STILL / 4) => {
                    came?;
                    if written.bytes() > before {
                        (before, since) = (written.bytes(), Instant::now());
                    }
                    if since.elapsed() >= STILL {
                        break Ok(Flood::Stalled);
                    }
                }
            }
        };
        drop(write);
        if let Some(group) = self.groups.get_mut(&name) {
            group.requests.push(request);
        }
        result
    }

    /// An intermediary that holds its connection to the origin and reads nothing.
    fn not_read(&self) -> Stop {
        let patience = self.patience.full.request;
        let observed = format!("it read nothing for {}", describe::time(patience));
        let expected = "the intermediary reads what the origin sends";
        self.progress.silence(expected, observed, Allowance::final_after(patience)).into()
    }

    /// Notes what an action sends, before it does.
    fn note_sent(&mut self, action: &Action) {
        let mut times = 1;
        let bytes = match action {
            Action::Send(bytes) => bytes,
            Action::Respond(Respond { body: Some(body), .. }) => body,
            Action::SendRepeat(Repeat { pattern, times: repeated, .. }) => {
                times = usize::try_from(*repeated).unwrap_or(usize::MAX);
                pattern
            }
            _ => return,
        };
        self.note_bytes(bytes, times);
    }

    fn note_bytes(&mut self, bytes: &[u8], times: usize) {
        let delayed = self.judges_delays.then(|| self.stage.processes());
        for number in self.named(&self.current.clone()) {
            let Some(front) = self.fronts.get_mut(number) else { continue };
            if front.stream.request.method == "HEAD" {
                continue;
            }
            match bytes.len().checked_mul(times) {
                Some(length) if length <= LONGEST_REPEAT => {
                    front.content.sends(&bytes.repeat(times), delayed.map(RunDelay::of));
                }
                _ => front.content.sends_too_much(),
            }
        }
    }

    async fn pause(&mut self, time: Duration) -> Result<(), Stop> {
        self.progress.transcript.harness("wait", describe::time(time).to_string());
        self.stage.turn.waits_for(time);
        let deadline = Instant::now() + time;
        while self.take_in(deadline).await? == Came::Something {}
        Ok(())
    }
}

/// How many times the patience an intermediary may read of one write, as long as it reads some of it.
const SLOW: u32 = 8;

/// For how long nothing is read before a stream counts as stalled.
const STILL: Duration = Duration::from_secs(1);

/// The longest repeated pattern that is compared with what arrives.
const LONGEST_REPEAT: usize = 32 * 1024 * 1024;

/// Whether an action was possible.
enum Performed {
    Yes,
    /// It asks for what the version of HTTP does not have.
    NotPossible(&'static str),
}

async fn perform(action: &Action, request: &mut AtOrigin) -> Performed {
    // An intermediary that left is judged by what both sides see, not by our write.
    let _: Result<(), PeerGone> = match action {
        Action::Respond(respond) if request.version() == Version::Http2 && has_connection(respond) => {
            return Performed::NotPossible(NOT_IN_HTTP2);
        }
        Action::Respond(respond) => {
            let is_open = matches!(respond.body_kind(), BodyKind::Open(Framing::Chunked));
            request.is_undelimited = is_open && request.is_http10();
            request.is_over = respond.body_kind() == BodyKind::Complete;
            let names =
                |fields: &Vec<(String, String)>| fields.iter().map(|(name, _)| name.clone()).collect();
            request.sent_fields = respond.headers.as_ref().map(names);
            request.exchange.respond(respond, str::to_owned).await
        }
        Action::Send(bytes) => request.exchange.send(bytes).await,
        Action::SendRepeat(repeat) => request.exchange.send_repeat(repeat).await,
        Action::Raw(_) if request.version() == Version::Http2 => return Performed::NotPossible(NOT_IN_HTTP2),
        Action::Raw(bytes) => request.exchange.raw(bytes).await,
        Action::End => {
            request.is_over = true;
            request.exchange.end().await
        }
        Action::Trailers(fields) => {
            request.is_over = true;
            request.exchange.trailers(fields).await
        }
        Action::Control(control) => {
            request.is_over |= control.is_loss();
            request.exchange.control(*control).await
        }
        Action::Drop(how) => {
            if request.completes(*how) {
                return Performed::NotPossible(NO_CHUNKS);
            }
            request.is_over = true;
            request.exchange.drop_connection(*how).await;
            Ok(())
        }
        Action::Wait(_) | Action::Refuse(_) => Ok(()),
    };
    Performed::Yes
}

/// Whether a response says something of its connection, which HTTP/2 cannot,
/// <https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2>.
fn has_connection(respond: &Respond) -> bool {
    respond.headers.iter().flatten().any(|(name, _)| name.eq_ignore_ascii_case("connection"))
}
