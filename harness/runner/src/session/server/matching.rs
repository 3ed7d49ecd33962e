//! Compares expectations with what has arrived, without taking it: a view counts what it would take.

use std::collections::BTreeMap;

use ssespec_cases::Step;
use ssespec_cases::server::{EventExpected, Expected, ResponseExpected};

use super::compare::{MediaTypes, is_event, is_response};
use super::describe;
use super::session::{Answer, Session};
use super::stream::{Stream, StreamState};
use super::stream_contents::{ResponseHead, Seen};

/// How much of each queue an alternative would take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct View {
    answers: usize,
    connected: usize,
    disconnected: u64,
    streams: BTreeMap<usize, usize>,
    ended: Vec<usize>,
    /// What cannot be known of this implementation.
    not_judged: Option<&'static str>,
}

/// Whether an expectation holds, given what has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It holds.
    Holds,
    /// It does not; this was observed.
    Fails(String),
    /// More must come before that can be said.
    Open,
}

impl Session<'_> {
    /// Looks whether a sequence holds from this view on, which moves along.
    pub(super) fn look_at_all(&self, steps: &[Step<Expected>], view: &mut View) -> Verdict {
        for step in steps {
            match self.look(&step.kind, view) {
                Verdict::Holds => {}
                other => return other,
            }
        }
        Verdict::Holds
    }

    /// Looks whether an expectation holds from this view on, which moves along if so.
    pub(super) fn look(&self, expected: &Expected, view: &mut View) -> Verdict {
        match expected {
            Expected::Emitted | Expected::Refused => {
                let Some(answer) = self.answers.get(view.answers) else { return Verdict::Open };
                view.answers += 1;
                match (expected, answer) {
                    (Expected::Emitted, Answer::Emitted) | (Expected::Refused, Answer::Refused(_)) => {
                        Verdict::Holds
                    }
                    (_, Answer::Emitted) => Verdict::Fails("emitted".into()),
                    (_, Answer::Refused(message)) => Verdict::Fails(describe::refused(message)),
                }
            }
            Expected::Connected { last_event_id } => self.look_at_connected(last_event_id.as_deref(), view),
            Expected::Disconnected { .. } => {
                if self.disconnected <= view.disconnected {
                    return Verdict::Open;
                }
                view.disconnected += 1;
                Verdict::Holds
            }
            Expected::Response(_)
            | Expected::Event(_)
            | Expected::Comment { .. }
            | Expected::Retry { .. }
            | Expected::End { .. }
            | Expected::Break { .. }
            | Expected::Disconnect { .. } => {
                let numbers = self.named(expected.stream().unwrap_or_default());
                let mut open = false;
                for number in numbers {
                    match self.look_at_stream(expected, number, view) {
                        Verdict::Holds => {}
                        Verdict::Open => open = true,
                        fails => return fails,
                    }
                }
                if open { Verdict::Open } else { Verdict::Holds }
            }
        }
    }

    fn look_at_connected(&self, expected: Option<&str>, view: &mut View) -> Verdict {
        let Some(shown) = self.connected.get(view.connected) else { return Verdict::Open };
        view.connected += 1;
        match (expected, shown) {
            (None, _) => Verdict::Holds,
            (Some(_), None) => {
                view.not_judged = Some("its API does not expose the Last-Event-ID of a request");
                Verdict::Holds
            }
            (Some(expected), Some(shown)) if expected == shown => Verdict::Holds,
            (Some(_), Some(shown)) => {
                Verdict::Fails(format!("connected with the last event ID {}", describe::quote(shown)))
            }
        }
    }

    /// Looks at one stream. The implied times of an event are the caller's where it takes them one by one.
    pub(super) fn look_at_stream(&self, expected: &Expected, number: usize, view: &mut View) -> Verdict {
        let Some(stream) = self.streams.get(number) else { return Verdict::Open };
        match expected {
            Expected::Response(response) => match &stream.head {
                Some(head) => respond(response, head),
                None => Verdict::Open,
            },
            Expected::Event(event) => {
                for _ in 0..event.times {
                    match one_event(event, stream, view.streams.entry(number).or_default()) {
                        Verdict::Holds => {}
                        other => return other,
                    }
                }
                Verdict::Holds
            }
            Expected::Disconnect { .. } if stream.is_closed => Verdict::Holds,
            Expected::Disconnect { .. } => Verdict::Open,
            Expected::End { .. } if stream.state == StreamState::Over => Verdict::Holds,
            Expected::End { .. } | Expected::Break { .. } => {
                let breaks = matches!(expected, Expected::Break { .. });
                let verdict = next(stream, view.streams.entry(number).or_default(), |seen| match seen {
                    Seen::End if !breaks => Take::Holds,
                    Seen::Broken(_) if breaks => Take::Holds,
                    Seen::Event(_) | Seen::End | Seen::Broken(_) => Take::Fails,
                    _ => Take::Skip,
                });
                if verdict == Verdict::Holds {
                    view.ended.push(number);
                }
                verdict
            }
            Expected::Comment { text, .. } => {
                next(stream, view.streams.entry(number).or_default(), |seen| match (seen, text) {
                    (Seen::Comment(_), None) => Take::Holds,
                    (Seen::Comment(found), Some(text)) => {
                        let same = found == text || found.strip_prefix(' ') == Some(text);
                        if same { Take::Holds } else { Take::Skip }
                    }
                    (Seen::Event(_) | Seen::End | Seen::Broken(_), _) => Take::Fails,
                    _ => Take::Skip,
                })
            }
            Expected::Retry { milliseconds, .. } => {
                next(stream, view.streams.entry(number).or_default(), |seen| match seen {
                    Seen::Retry(found) if found == milliseconds => Take::Holds,
                    Seen::Event(_) | Seen::End | Seen::Broken(_) => Take::Fails,
                    _ => Take::Skip,
                })
            }
            _ => Verdict::Holds,
        }
    }

    /// Takes what a view has counted.
    pub(super) fn commit(&mut self, view: View) {
        self.answers.drain(..view.answers.min(self.answers.len()));
        self.connected.drain(..view.connected.min(self.connected.len()));
        self.disconnected = self.disconnected.saturating_sub(view.disconnected);
        for (number, count) in view.streams {
            let Some(stream) = self.streams.get_mut(number) else { continue };
            for seen in stream.queue.drain(..count.min(stream.queue.len())) {
                if let Seen::Event(event) = seen {
                    stream.kept = stream.kept.saturating_sub(event.length);
                }
            }
        }
        for number in view.ended {
            if let Some(stream) = self.streams.get_mut(number) {
                stream.state = StreamState::Over;
            }
        }
        if let Some(why) = view.not_judged {
            self.progress.not_judged = Some(why.into());
        }
    }
}

/// What to do with the next thing of a stream.
enum Take {
    Holds,
    Fails,
    /// It is passed over: a server may send it at any time.
    Skip,
}

/// Looks at what comes next on a stream, passing over what may be passed over.
fn next(stream: &Stream, at: &mut usize, mut take: impl FnMut(&Seen) -> Take) -> Verdict {
    let mut passed = Vec::new();
    while let Some(seen) = stream.queue.get(*at) {
        match take(seen) {
            Take::Holds => {
                *at += 1;
                return Verdict::Holds;
            }
            Take::Fails => return Verdict::Fails(describe::seen(seen)),
            Take::Skip => {
                passed.push(seen);
                *at += 1;
            }
        }
    }
    Verdict::Open
}

fn one_event(expected: &EventExpected, stream: &Stream, at: &mut usize) -> Verdict {
    next(stream, at, |seen| match seen {
        Seen::Event(event) if is_event(expected, event) => Take::Holds,
        Seen::Event(_) | Seen::End | Seen::Broken(_) => Take::Fails,
        _ => Take::Skip,
    })
}

pub(super) fn respond(expected: &ResponseExpected, head: &ResponseHead) -> Verdict {
    if is_response(expected, head, MediaTypes::ByCharset) {
        return Verdict::Holds;
    }
    Verdict::Fails(describe::response(head, expected.headers.iter().map(|(name, _)| name.as_str())))
}
