//! The steps of client cases in words: for explanations and for failures.

use ssespec_mock_server::action::{Action, BodyKind, Drop, Framing, Respond};

#[cfg(feature = "authoring")]
use super::implied::Ending;
use super::step::{
    AttemptAnswer, Attempts, ClientFact, ClientStep, Connect, ConnectionUse, EventExpectation, Expectation,
    Herd, Moment, RequestExpectation, Scope, Trust, ValueExpectation,
};
use super::streams::{self, Streams};
use crate::grammar::fact::Fact;
use crate::grammar::{data, fact, fields, measure};
use crate::quote::{quote, quote_bytes, visible};
use crate::step::Step;

#[cfg(test)]
mod tests;

/// What must be observed.
pub fn expectation(expectation: &Expectation) -> String {
    match expectation {
        Expectation::Request(request) => expected_request(request),
        Expectation::NoRequest(time) => format!("no request for {}", humantime::format_duration(*time)),
        Expectation::Disconnect { .. } => "the client leaves the connection".into(),
        Expectation::Opened { state: None } => "opened".into(),
        Expectation::Opened { state: Some(state) } => format!("opened while {}", state.word()),
        Expectation::Event(event) => expected_event(event),
        Expectation::Comment { text: None } => "a comment".into(),
        Expectation::Comment { text: Some(text) } => format!("comment {}", quote(text)),
        Expectation::Error { state: None } => "an error".into(),
        Expectation::Error { state: Some(state) } => format!("an error while {}", state.word()),
        Expectation::State(state) => format!("state {}", state.word()),
        Expectation::PingAck => "the client answers PING".into(),
        Expectation::Closed => "closed: the client has stopped".into(),
        Expectation::Report(text) => format!("the report {}", quote(text)),
        Expectation::Value(ValueExpectation { of, is }) => match is.strip_prefix("throws ") {
            Some(name) => format!("`{}` throws {}", visible(of), visible(name)),
            None => format!("`{}` is {}", visible(of), quote(is)),
        },
        Expectation::Exception(name) => format!("the constructor throws {}", visible(name)),
    }
}

/// The alternatives of `expect-one-of`.
pub fn alternatives(alternatives: &[Vec<Step<Expectation>>]) -> String {
    let list: Vec<String> = alternatives.iter().map(|steps| alternative(steps)).collect();
    format!("one of: {}", list.join("; or "))
}

/// One alternative of `expect-one-of`.
pub fn alternative(steps: &[Step<Expectation>]) -> String {
    let words = steps.iter().map(|step| expectation(&step.kind));
    words.collect::<Vec<_>>().join(", then ")
}

/// An event that is expected.
fn expected_event(event: &EventExpectation) -> String {
    let mut parts = Vec::new();
    parts.extend(event.kind.as_ref().map(|kind| format!("type {}", quote(kind))));
    parts.extend(event.data.as_ref().map(|data| format!("data {}", quote(data))));
    parts.extend(event.data_repeat.as_ref().map(data::words));
    parts.extend(event.id.as_ref().map(|id| format!("id {}", quote(id))));
    parts.extend(event.origin.map(|origin| format!("the origin {origin}")));
    let one = if parts.is_empty() { "an event".into() } else { format!("event {}", parts.join(", ")) };
    match event.times {
        Some(times) if times > 1 => format!("{times} times {one}"),
        _ => one,
    }
}

pub(crate) fn expected_request(request: &RequestExpectation) -> String {
    let mut words = vec![match (&request.method, &request.path) {
        (Some(method), Some(path)) => format!("a {method} request for {}", quote(path)),
        (Some(method), None) => format!("a {method} request"),
        (None, Some(path)) => format!("a request for {}", quote(path)),
        (None, None) => "a request".into(),
    }];
    words.extend(request.origin.map(|origin| format!("at the {origin} origin")));
    words.extend(fields::words(&request.headers));
    words.extend(request.body.as_ref().map(|body| format!("with the body {}", quote(body))));
    words.extend(request.connection.map(|which| format!("on {} connection", which_connection(which))));
    words.extend(request.alpn.as_ref().map(|name| format!("offering {} by ALPN", quote(name))));
    words.extend(
        request.after.map(|time| format!("at least {} after the end", humantime::format_duration(time))),
    );
    words.join(", ")
}

/// Which connection, with its article.
pub fn which_connection(which: ConnectionUse) -> &'static str {
    match which {
        ConnectionUse::Same => "the same",
        ConnectionUse::Another => "another",
    }
}

/// How often the client may try to connect.
pub fn attempts(attempts: &Attempts) -> String {
    let answer = match attempts.answer {
        AttemptAnswer::Ended => "with a stream that ends immediately",
        AttemptAnswer::Reset => "with a reset",
        AttemptAnswer::Unavailable => "with 503",
        AttemptAnswer::Redirected => "with a redirect to the session's URL",
    };
    let time = humantime::format_duration(attempts.time);
    format!("at most {} attempts to connect in {time}, each request answered {answer}", attempts.at_most)
}

/// Many streams that are lost together.
pub fn herd(herd: &Herd) -> String {
    let Herd { streams, losses, after, within } = *herd;
    let losses = if losses == 1 { "once".to_owned() } else { format!("{losses} times") };
    let within = humantime::format_duration(within);
    let after = after.map_or_else(String::new, |after| {
        format!(", and most of them no sooner than {} after the last loss", humantime::format_duration(after))
    });
    format!(
        "{streams} open streams, which are lost together {losses}, are each opened again once within {within}{after}"
    )
}

/// A step.
pub fn step(step: &ClientStep) -> String {
    match step {
        ClientStep::Wire(action) => format!("The server {}.", wire(action)),
        ClientStep::Connect(connect) => format!("The client connects{}.", connect_options(connect)),
        ClientStep::Close => "The client calls close().".into(),
        ClientStep::RefreshHeaders(headers) => {
            let fields: Vec<String> =
                headers.iter().map(|(name, value)| format!("{name}: {}", quote(value))).collect();
            format!("The client's user sets {} for later requests.", fields.join(", "))
        }
        ClientStep::Enter(scope) => {
            format!("The session starts without an EventSource; scripts run {}.", place(*scope))
        }
        ClientStep::Visibility(visibility) => format!("The page becomes {}.", visibility.word()),
        ClientStep::Run(script) => format!("This script runs: {}", visible(script)),
        ClientStep::Expect(expected) => format!("Expected next: {}.", expectation_in_time(expected)),
        ClientStep::OneOf(list) => {
            let alternative = |steps: &Vec<Step<Expectation>>| {
                let words = steps.iter().map(|step| expectation_in_time(&step.kind));
                words.collect::<Vec<_>>().join(", then ")
            };
            let list: Vec<String> = list.iter().map(alternative).collect();
            format!("Expected next: one of: {}.", list.join("; or "))
        }
        ClientStep::Attempts(expected) => format!("Expected next: {}.", attempts(expected)),
        ClientStep::Herd(expected) => format!("Expected next: {}.", herd(expected)),
        ClientStep::Streams(Streams::Open(count)) => {
            let streams = if *count == 1 { "stream" } else { "streams" };
            format!("The client opens {count} further {streams}, which stay open.")
        }
        ClientStep::Streams(Streams::Try { count, within }) => format!(
            "The client is ordered to open {count} further streams; those that it does not open within {} are given up.",
            humantime::format_duration(*within)
        ),
        ClientStep::Streams(expected) => format!("Expected next: {}.", streams::words(*expected)),
        ClientStep::Record(Fact { name, of }) => {
            let of = match of {
                ClientFact::Spread => {
                    "whether the times from the ends of the responses to the requests differ".into()
                }
                ClientFact::Herd => "whether the streams came back together".into(),
                ClientFact::Departure => "how the client left the stream".into(),
                ClientFact::Streams => "how many streams were open at the same time".into(),
                ClientFact::Alpn => {
                    "the protocols that the client offered in the TLS handshake (ALPN)".into()
                }
                ClientFact::Delay => "the time from the end of the response to the last request".into(),
                ClientFact::Target => "the target of the last request".into(),
                ClientFact::Header(header) => format!("the header field {header} of the last request"),
                ClientFact::Attempts => "the number of attempts".into(),
                ClientFact::Alternative { names } => fact::alternative_words(names),
            };
            format!("Recorded as \"{name}\": {of}.")
        }
        ClientStep::Measure(measurement) => measure::step_words(*measurement),
    }
}

/// What must be observed, and how long it may take if that is not the usual time.
fn expectation_in_time(expected: &Expectation) -> String {
    let within = match expected {
        Expectation::Disconnect { within } => *within,
        Expectation::Request(request) => request.within,
        Expectation::Event(event) => event.within,
        _ => None,
    };
    format!("{}{}", expectation(expected), fields::within_words(within))
}

/// How a run ends after its last step.
#[cfg(feature = "authoring")]
pub(crate) fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::TornDown => "The client is torn down; no further events or requests may have arrived.",
        Ending::DoneOrResumed => {
            "Either the client has stopped, or it reconnects and the next event is the sentinel."
        }
        Ending::Sentinel => {
            "If the stream is open, one more event is sent, the sentinel, which must be the next event; then the client \
             is torn down."
        }
    }
}

/// What the server does.
pub(crate) fn wire(action: &Action) -> String {
    match action {
        Action::Respond(respond) => respond_words(respond),
        Action::Send(bytes) => format!("sends {}", quote_bytes(bytes)),
        Action::SendRepeat(repeat) => {
            let write = repeat.write.map(|size| format!(", {size} bytes per write")).unwrap_or_default();
            format!("sends {}, {}{write}", quote_bytes(&repeat.pattern), data::times(repeat.times))
        }
        Action::Wait(time) => format!("waits for {}", humantime::format_duration(*time)),
        Action::End => "ends the body".into(),
        Action::Drop(Drop::Fin) => "closes the connection without ending the body (FIN)".into(),
        Action::Drop(Drop::Reset) => "resets the connection (RST)".into(),
        Action::Drop(Drop::ResetWith(code)) => {
            format!("resets the stream (RST_STREAM with {code}; RST over HTTP/1.1)")
        }
        Action::Trailers(fields) => format!("ends the body with the trailer fields {}", field_words(fields)),
        Action::Control(control) => control.words(),
        Action::Refuse(time) => format!("refuses new connections for {}", humantime::format_duration(*time)),
        Action::Raw(bytes) => format!("writes {} instead of a response", quote_bytes(bytes)),
    }
}

fn field_words(fields: &[(String, String)]) -> String {
    let list: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}: {}", visible(value))).collect();
    list.join(", ")
}

fn respond_words(respond: &Respond) -> String {
    let mut words = format!("answers {}", respond.status);
    if let Some(reason) = &respond.reason {
        words.push_str(&format!(" {}", quote(reason)));
    }
    match &respond.headers {
        None if respond.status == 200 => words.push_str(" with an event stream"),
        None => {}
        Some(fields) if fields.is_empty() => words.push_str(" without header fields"),
        Some(fields) => {
            words.push_str(&format!(" with {}", field_words(fields)));
        }
    }
    let kind = respond.body_kind();
    if let (BodyKind::Complete, Some(body)) = (kind, &respond.body) {
        words.push_str(&format!(", and the complete body {}", quote(&String::from_utf8_lossy(body))));
    }
    let framing = match kind {
        // The default of an open body.
        BodyKind::Open(Framing::Chunked) => respond.framing,
        BodyKind::Open(framing) => Some(framing),
        BodyKind::Complete | BodyKind::Interim => respond.framing,
    };
    match framing {
        Some(Framing::Chunked) => words.push_str(", in chunks"),
        Some(Framing::Close) => words.push_str(", delimited by the end of the connection"),
        Some(Framing::Length(length)) => words.push_str(&format!(", {length} bytes long")),
        None => {}
    }
    words
}

/// Where scripts run.
fn place(scope: Scope) -> &'static str {
    match scope {
        Scope::Window => "in the window",
        Scope::DedicatedWorker => "in a dedicated worker",
        Scope::SharedWorker => "in a shared worker",
        Scope::Iframe => "in the window, for an iframe",
    }
}

fn connect_options(connect: &Connect) -> String {
    let mut words = Vec::new();
    words.extend(connect.userinfo.as_ref().map(|userinfo| format!("{} in the URL", quote(userinfo))));
    words.extend(connect.url.as_ref().map(|url| format!("the URL {}", quote(url))));
    words.extend(
        connect.headers.iter().map(|(name, value)| format!("the header field {name}: {}", visible(value))),
    );
    if !connect.last_event_id.is_empty() {
        words.push(format!("the last event ID {}", quote(&connect.last_event_id)));
    }
    words.extend(connect.method.as_ref().map(|method| format!("the method {method}")));
    if !connect.body.is_empty() {
        words.push(format!("the body {}", quote(&connect.body)));
    }
    if connect.with_credentials {
        words.push("credentials for other origins".into());
    }
    if connect.trust == Trust::Default {
        words.push("no trust in the server's certificate".into());
    }
    let options = if words.is_empty() { String::new() } else { format!(" with {}", words.join(", ")) };
    let scope = match connect.scope {
        Scope::Window => "",
        Scope::DedicatedWorker => " in a dedicated worker",
        Scope::SharedWorker => " in a shared worker",
        Scope::Iframe => " using the constructor of an iframe",
    };
    let handler = match connect.close_in {
        Some(Moment::Opened) => ", and closes in its open handler",
        Some(Moment::Event) => ", and closes in its first event handler",
        Some(Moment::Error) => ", and closes in its error handler",
        None => "",
    };
    let pause = if connect.pause { ", and takes one event and no more" } else { "" };
    format!("{scope}{options}{handler}{pause}")
}
