//! Compares expectations with what has arrived, without taking it: a view counts what it would take.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ssespec_cases::Step;
use ssespec_cases::client::words::which_connection;
use ssespec_cases::client::{ConnectionUse, RequestExpectation};
use ssespec_cases::grammar::FieldExpectation;
use ssespec_cases::intermediary::{Observed, Passed, RequestObserved};
use ssespec_cases::server::{EventExpected, Expected, Http, ResponseExpected};
use ssespec_mock_server::wire::{Request, Version};

use super::content::Passage;
use super::group::{AtOrigin, Front};
use super::session::Session;
use crate::session::client::fields;
use crate::session::describe::request as request_in_words;
use crate::session::server::compare::{MediaTypes, is_event, is_response};
use crate::session::server::describe;
use crate::session::server::stream::StreamState;
use crate::session::server::stream_contents::{ResponseHead, Seen};

/// What an alternative would take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct View {
    /// The streams of the requests, in the order of their arrival.
    requests: Vec<String>,
    streams: BTreeMap<usize, usize>,
    /// The streams whose delays are judged.
    judged: Vec<usize>,
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
    pub(super) fn look_at_all(&self, steps: &[Step<Observed>], began: Instant, view: &mut View) -> Verdict {
        for step in steps {
            match self.look(&step.kind, began, view) {
                Verdict::Holds => {}
                other => return other,
            }
        }
        Verdict::Holds
    }

    /// Looks whether an expectation holds from this view on, which moves along if so. It is awaited since `began`.
    pub(super) fn look(&self, observed: &Observed, began: Instant, view: &mut View) -> Verdict {
        match observed {
            Observed::Request(request) => self.look_at_requests(request, view),
            Observed::NoRequest(time) => match self.arrivals.get(view.requests.len()) {
                Some(arrival) => Verdict::Fails(request_in_words(arrival.exchange.request(), Vec::new())),
                None if began.elapsed() >= *time => Verdict::Holds,
                None => Verdict::Open,
            },
            Observed::Left { .. } => match self.groups.get(&self.current) {
                Some(group) if group.is_left(&self.gone) => Verdict::Holds,
                _ => Verdict::Open,
            },
            Observed::InFront(expected) => {
                self.all(expected.stream().unwrap_or_default(), view, |front, number, view| {
                    look_at_stream(expected, front, view.streams.entry(number).or_default())
                })
            }
            Observed::NoCleanEnd(end) => {
                self.all(&end.stream, view, |front, _, _| look_at_end(front, began.elapsed() >= end.time))
            }
            Observed::NothingAdded(stream) => self.all(stream, view, |front, _, _| {
                let is_own = front.stream.head.as_ref().is_some_and(|head| head.status >= 500);
                match front.content.passed() {
                    Passage::Different(what) if !is_own => Verdict::Fails(what),
                    _ => Verdict::Holds,
                }
            }),
            Observed::Passed(passed) => self.all(&passed.stream, view, |front, number, view| {
                let verdict = look_at_content(passed, front);
                if verdict == Verdict::Holds {
                    // What has arrived is as it should be, so it need not be expected one by one.
                    let is_content = |seen: &&Seen| !matches!(seen, Seen::End | Seen::Broken(_));
                    let at = view.streams.entry(number).or_default();
                    *at += front.stream.queue.iter().skip(*at).take_while(is_content).count();
                    view.judged.extend(passed.median.map(|_| number));
                }
                verdict
            }),
        }
    }

    /// Looks at each stream of a name.
    fn all(
        &self,
        name: &str,
        view: &mut View,
        look: impl Fn(&Front, usize, &mut View) -> Verdict,
    ) -> Verdict {
        let mut verdict = Verdict::Holds;
        for number in self.named(name) {
            let Some(front) = self.fronts.get(number) else { continue };
            match look(front, number, view) {
                Verdict::Holds => {}
                Verdict::Open => verdict = Verdict::Open,
                fails @ Verdict::Fails(_) => return fails,
            }
        }
        verdict
    }

    fn look_at_requests(&self, expected: &RequestObserved, view: &mut View) -> Verdict {
        if let Some(reason) = &self.malformed {
            return Verdict::Fails(format!("a malformed request at the origin: {reason}"));
        }
        for _ in 0..expected.times {
            let Some(arrival) = self.arrivals.get(view.requests.len()) else { return Verdict::Open };
            let request = arrival.exchange.request();
            let before = view.requests.len().checked_sub(1).and_then(|number| self.arrivals.get(number));
            let before = before.map(|arrival| arrival.exchange.carrier()).or(self.carrier);
            let on_same = before == Some(arrival.exchange.carrier());
            let which = if on_same { ConnectionUse::Same } else { ConnectionUse::Another };
            if expected.request.connection.is_some_and(|expected| expected != which) {
                let words = request_in_words(request, Vec::new());
                return Verdict::Fails(format!("{words} on {} connection", which_connection(which)));
            }
            if expected.http.is_some_and(|http| version(http) != request.version) {
                let words = request_in_words(request, Vec::new());
                return Verdict::Fails(format!("{words} over {}", request.version));
            }
            if !request_is(&expected.request, request) {
                let mut words =
                    request_in_words(request, expected.request.headers.iter().map(|(name, _)| name.clone()));
                if expected.request.body.is_some() {
                    let content = describe::quote(&String::from_utf8_lossy(&request.body));
                    words.push_str(&format!(", with the content {content}"));
                }
                return Verdict::Fails(words);
            }
            view.requests.push(expected.stream.clone());
        }
        Verdict::Holds
    }

    /// Takes what a view has counted.
    pub(super) fn commit(&mut self, view: View) {
        for name in view.requests {
            let Some(arrival) = self.arrivals.pop_front() else { break };
            self.current.clone_from(&name);
            self.carrier = Some(arrival.exchange.carrier());
            let group = self.groups.entry(name).or_default();
            group.requests.push(AtOrigin::new(arrival.exchange));
        }
        for (number, count) in view.streams {
            if let Some(front) = self.fronts.get_mut(number) {
                let queue = &mut front.stream.queue;
                let ends = |seen: Seen| matches!(seen, Seen::End | Seen::Broken(_));
                if queue.drain(..count.min(queue.len())).any(ends) && front.stream.state == StreamState::Open
                {
                    front.stream.state = StreamState::Over;
                }
            }
        }
        for number in view.judged {
            if let Some(front) = self.fronts.get_mut(number) {
                front.content.judge_delays();
            }
        }
    }
}

fn version(http: Http) -> Version {
    match http {
        Http::Http10 => Version::Http10,
        Http::Http11 => Version::Http11,
        Http::Http2 => Version::Http2,
    }
}

fn request_is(expected: &RequestExpectation, request: &Request) -> bool {
    let has = |(name, field): &(String, FieldExpectation)| fields::holds(request, name, field, str::to_owned);
    expected.method.as_ref().is_none_or(|method| *method == request.method)
        && expected.body.as_ref().is_none_or(|body| body.as_bytes() == request.body)
        && expected.headers.iter().all(has)
}

fn look_at_content(passed: &Passed, front: &Front) -> Verdict {
    let members = front.content.members();
    if passed.members.is_some_and(|most| members > most) {
        return Verdict::Fails(format!("{members} gzip members, of which some clients read the first only"));
    }
    match front.content.passed() {
        Passage::Missing(_) => Verdict::Open,
        Passage::Different(what) => Verdict::Fails(what),
        Passage::Whole => match (passed.median, front.content.median()) {
            (Some(most), Some((median, writes))) if median > most => {
                Verdict::Fails(format!("a median delay of {} over {writes} writes", in_steps(median)))
            }
            _ => Verdict::Holds,
        },
    }
}

/// Looks whether a response that must not look complete does.
fn look_at_end(front: &Front, is_late: bool) -> Verdict {
    let status = front.stream.head.as_ref().map(|head| head.status);
    let says_so = status.is_some_and(|status| status >= 500);
    let ends = |seen: &Seen| matches!(seen, Seen::End);
    let breaks = |seen: &Seen| matches!(seen, Seen::Broken(_));
    if says_so || front.stream.queue.iter().any(breaks) {
        return Verdict::Holds;
    }
    if front.stream.queue.iter().any(ends) {
        let status = status.unwrap_or_default();
        return Verdict::Fails(format!("a response {status} that ends cleanly: it looks complete"));
    }
    if is_late { Verdict::Holds } else { Verdict::Open }
}

/// A delay in steps of 50 ms, so that the same behavior reads the same.
fn in_steps(time: Duration) -> String {
    const STEP: u128 = 50;
    format!("about {} ms", (time.as_millis() / STEP) * STEP)
}

/// What to do with the next thing of a stream.
enum Take {
    Holds,
    Fails,
    /// It is passed over.
    Skip,
}

fn look_at_stream(expected: &Expected, front: &Front, at: &mut usize) -> Verdict {
    let stream = &front.stream;
    if let Expected::Response(response) = expected {
        return match (&stream.head, stream.queue.front()) {
            (Some(head), _) => respond(response, head),
            (None, Some(Seen::Broken(how))) => Verdict::Fails(how.clone()),
            (None, _) => Verdict::Open,
        };
    }
    while let Some(seen) = stream.queue.get(*at) {
        match take(expected, seen) {
            Take::Holds => {
                *at += 1;
                if let Expected::Event(event) = expected
                    && event.times > 1
                {
                    let rest = EventExpected { times: event.times - 1, ..(**event).clone() };
                    return look_at_stream(&Expected::Event(Box::new(rest)), front, at);
                }
                return Verdict::Holds;
            }
            Take::Fails => return Verdict::Fails(describe::seen(seen)),
            Take::Skip => *at += 1,
        }
    }
    Verdict::Open
}

fn take(expected: &Expected, seen: &Seen) -> Take {
    match (expected, seen) {
        (Expected::Event(expected), Seen::Event(event)) if is_event(expected, event) => Take::Holds,
        (Expected::Event(_) | Expected::Comment { .. }, Seen::Event(_) | Seen::End | Seen::Broken(_)) => {
            Take::Fails
        }
        (Expected::Comment { text: None, .. }, Seen::Comment(_)) => Take::Holds,
        (Expected::Comment { text: Some(text), .. }, Seen::Comment(found)) => {
            let same = found == text || found.strip_prefix(' ') == Some(text);
            if same { Take::Holds } else { Take::Skip }
        }
        (Expected::End { .. }, Seen::End) | (Expected::Break { .. }, Seen::Broken(_)) => Take::Holds,
        // The events before an end are for other expectations.
        (Expected::End { .. } | Expected::Break { .. }, Seen::End | Seen::Broken(_)) => Take::Fails,
        _ => Take::Skip,
    }
}

fn respond(expected: &ResponseExpected, head: &ResponseHead) -> Verdict {
    if is_response(expected, head, MediaTypes::AsWritten) {
        return Verdict::Holds;
    }
    Verdict::Fails(describe::response(head, expected.headers.iter().map(|(name, _)| name.as_str())))
}
