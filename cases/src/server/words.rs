//! The steps of server cases in words: for explanations and for failures.

use super::step::{
    ConnectionChoice, DEFAULT_STREAM, Emission, EmittedData, EventExpected, Expected, HangUp, Http, Leaving,
    Reading, Request, ResponseExpected, ServerFact, ServerStep,
};
use crate::grammar::fact::Fact;
use crate::grammar::{data, fact, fields, measure};
use crate::quote::quote;
use crate::step::Step;

/// A step.
pub fn step(step: &ServerStep) -> String {
    match step {
        ServerStep::Request(request) => format!("A client sends {}.", self::request(request)),
        ServerStep::Read(stream) => format!("The client starts reading the stream {}.", quote(stream)),
        ServerStep::Emit(emission) => format!("The server is asked to send {}.", self::emission(emission)),
        ServerStep::EmitEarly(emission) => format!(
            "The server is immediately asked to send {}, whether or not the stream is open.",
            self::emission(emission)
        ),
        ServerStep::EmitRepeat(emission, times) => {
            format!("The server is asked {} to send {}.", data::times(*times), self::emission(emission))
        }
        ServerStep::End => "The server is asked to end its streams.".into(),
        ServerStep::Stop => "The server is asked to answer all further requests with 204.".into(),
        ServerStep::Shutdown => "The server is asked to shut down gracefully.".into(),
        ServerStep::HangUp(HangUp { how, stream }) => {
            let how = match how {
                Leaving::Fin => "cleanly (FIN)",
                Leaving::Reset => "with a reset (RST)",
                Leaving::HalfClose => "in its own direction (FIN), and reads nothing more",
            };
            format!("The client{} disconnects {how}.", of(stream))
        }
        ServerStep::Wait(time) => format!("The client waits for {}.", humantime::format_duration(*time)),
        ServerStep::Expect(expected) => format!("Expected next: {}.", expectation_in_time(expected)),
        ServerStep::OneOf(list) => {
            let alternative = |steps: &Vec<Step<Expected>>| {
                let words = steps.iter().map(|step| expectation_in_time(&step.kind));
                words.collect::<Vec<_>>().join(", then ")
            };
            let list: Vec<String> = list.iter().map(alternative).collect();
            format!("Expected next: one of: {}.", list.join("; or "))
        }
        ServerStep::Record(Fact { name, of }) => {
            let of = match of {
                ServerFact::Header(header) => format!("the header field {header} of the last response"),
                ServerFact::Alternative { names } => fact::alternative_words(names),
            };
            format!("Recorded as \"{name}\": {of}.")
        }
        ServerStep::Measure(measurement) => measure::step_words(*measurement),
    }
}

/// The alternatives of `expect-one-of`.
pub fn alternatives(alternatives: &[Vec<Step<Expected>>]) -> String {
    let list: Vec<String> = alternatives.iter().map(|steps| alternative(steps)).collect();
    format!("one of: {}", list.join("; or "))
}

/// One alternative of `expect-one-of`.
pub fn alternative(steps: &[Step<Expected>]) -> String {
    let words = steps.iter().map(|step| expectation(&step.kind));
    words.collect::<Vec<_>>().join(", then ")
}

/// What must be observed, and how long it may take if that is not the usual time.
fn expectation_in_time(expected: &Expected) -> String {
    format!("{}{}", expectation(expected), fields::within_words(expected.within()))
}

/// How a run ends after its last step.
#[cfg(feature = "authoring")]
pub(crate) const ENDING: &str = "If a stream is open, one more event is emitted, the sentinel, which must be the next event on \
                                 it; a stream that the server was asked to end must end cleanly, without anything else on it.";

/// What must be observed.
pub fn expectation(expected: &Expected) -> String {
    match expected {
        Expected::Response(response) => self::response(response),
        Expected::Event(event) => self::event(event),
        Expected::Comment { stream, text: None, .. } => format!("a comment{}", on(stream)),
        Expected::Comment { stream, text: Some(text), .. } => {
            format!("comment {}{}", quote(text), on(stream))
        }
        Expected::Retry { stream, milliseconds } => format!("a retry of {milliseconds} ms{}", on(stream)),
        Expected::End { stream, .. } => format!("a clean end of the body{}", on(stream)),
        Expected::Break { stream, .. } => format!("the stream{} breaks off", of(stream)),
        Expected::Disconnect { stream, .. } => {
            format!("the server closes its side of the connection{}", of(stream))
        }
        Expected::Emitted => "emitted: the server accepts it".into(),
        Expected::Refused => "refused: the server rejects it".into(),
        Expected::Connected { last_event_id: None } => "the server reports that the stream was opened".into(),
        Expected::Connected { last_event_id: Some(id) } => {
            format!("the server reports that the stream was opened with the last event ID {}", quote(id))
        }
        Expected::Disconnected { .. } => "the server reports that a client has disconnected".into(),
    }
}

/// ` on the stream "b"`; empty for the default stream.
fn on(stream: &str) -> String {
    if stream == DEFAULT_STREAM { String::new() } else { format!(" on the stream {}", quote(stream)) }
}

fn of(stream: &str) -> String {
    if stream == DEFAULT_STREAM { String::new() } else { format!(" of the stream {}", quote(stream)) }
}

/// A request.
pub(crate) fn request(request: &Request) -> String {
    let mut words = match request.count {
        1 => format!("a {} request", request.method),
        count => format!("{count} {} requests", request.method),
    };
    match request.http {
        Http::Http10 => words.push_str(" over HTTP/1.0"),
        Http::Http11 => {}
        Http::Http2 => words.push_str(" over HTTP/2"),
    }
    if request.connection == ConnectionChoice::Shared {
        words.push_str(", on the connection of the others,");
    }
    let mut with = Vec::new();
    with.extend(request.last_event_id.as_ref().map(|id| format!("the last event ID {}", quote(id))));
    with.extend(request.headers.iter().map(|(name, value)| format!("{name}: {}", quote(value))));
    with.extend(request.body.as_ref().map(|body| format!("the content {}", quote(body))));
    if !with.is_empty() {
        words.push_str(&format!(" with {}", with.join(", ")));
    }
    if request.stream != DEFAULT_STREAM {
        words.push_str(&format!(", the stream {}", quote(&request.stream)));
    }
    if request.reading == Reading::OnDemand {
        words.push_str(", without reading the response");
    }
    words
}

/// What the server is asked to send.
pub fn emission(emission: &Emission) -> String {
    match emission {
        Emission::Event { kind, data, id, retry } => {
            let mut parts = vec![self::data(data)];
            parts.extend(kind.as_ref().map(|kind| format!("the type {}", quote(kind))));
            parts.extend(id.as_ref().map(|id| format!("the id {}", quote(id))));
            parts.extend(retry.as_ref().map(|retry| format!("the reconnection time {}", quote(retry))));
            format!("an event with {}", parts.join(", "))
        }
        Emission::Comment(text) => format!("the comment {}", quote(text)),
        Emission::Retry(milliseconds) => format!("the reconnection time {milliseconds} ms"),
    }
}

fn data(data: &EmittedData) -> String {
    match data {
        EmittedData::Text(text) => format!("data {}", quote(text)),
        EmittedData::Repeat(repeat) => data::words(repeat),
    }
}

fn response(response: &ResponseExpected) -> String {
    let mut words = vec![match response.status {
        Some(status) => format!("a response {status}"),
        None => "a response".into(),
    }];
    words.extend(fields::words(&response.headers));
    format!("{}{}", words.join(", "), on(&response.stream))
}

fn event(event: &EventExpected) -> String {
    let mut parts = Vec::new();
    parts.extend(event.kind.as_ref().map(|kind| format!("type {}", quote(kind))));
    parts.extend(event.data.as_ref().map(data));
    parts.extend(event.id.as_ref().map(|id| format!("id {}", quote(id))));
    let one = if parts.is_empty() { "an event".into() } else { format!("event {}", parts.join(", ")) };
    let times = if event.times > 1 { format!("{} times ", event.times) } else { String::new() };
    format!("{times}{one}{}", on(&event.stream))
}
