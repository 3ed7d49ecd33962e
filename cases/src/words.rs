//! What a case does and expects, in words: for its explanation and for failures.

use ssespec_mock_server::action::{Action, BodyKind, Drop, Framing, Respond};

use crate::case::{
    AttemptAnswer, Attempts, Connect, EventExpectation, Expectation, Fact, FactSource, FieldExpectation,
    Growth, MemoryGrowth, Moment, RequestExpectation, Scope, Step, StepKind, TimeGrowth, ValueExpectation,
};
use crate::serving::{self, Serving};

#[cfg(test)]
mod tests;

/// The most characters of a quoted text.
const QUOTE: usize = 300;

/// A text in quotes with its control characters written out; what is long is cut.
pub fn quote(text: &str) -> String {
    match text.char_indices().nth(QUOTE) {
        None => format!("{text:?}"),
        Some((cut, _)) => format!("{:?}… ({} bytes)", &text[..cut], text.len()),
    }
}

/// What must be observed.
pub fn expectation(expectation: &Expectation) -> String {
    match expectation {
        Expectation::Request(request) => expected_request(request),
        Expectation::NoRequest(time) => format!("no request for {}", humantime::format_duration(*time)),
        Expectation::Attempts(attempts) => expected_attempts(attempts),
        Expectation::Disconnect { .. } => "the client leaves the connection".into(),
        Expectation::Opened { state: None } => "opened".into(),
        Expectation::Opened { state: Some(state) } => format!("opened while {}", state.word()),
        Expectation::Event(event) => expected_event(event),
        Expectation::Comment { text: None } => "a comment".into(),
        Expectation::Comment { text: Some(text) } => format!("comment {}", quote(text)),
        Expectation::Error { state: None } => "an error".into(),
        Expectation::Error { state: Some(state) } => format!("an error while {}", state.word()),
        Expectation::State(state) => format!("state {}", state.word()),
        Expectation::Closed => "closed: the client is done for good".into(),
        Expectation::Report(text) => format!("the report {}", quote(text)),
        Expectation::Value(ValueExpectation { of, is }) => match is.strip_prefix("throws ") {
            Some(name) => format!("`{}` throws {}", visible(of), visible(name)),
            None => format!("`{}` is {}", visible(of), quote(is)),
        },
        Expectation::Exception(name) => format!("the constructor throws {}", visible(name)),
        Expectation::OneOf(alternatives) => {
            let list: Vec<String> = alternatives.iter().map(|steps| alternative(steps)).collect();
            format!("one of: {}", list.join("; or "))
        }
    }
}

/// An alternative of `expect-one-of`.
pub fn alternative(steps: &[Step]) -> String {
    let words = steps.iter().map(|step| match &step.kind {
        StepKind::Expect(expected) => expectation(expected),
        StepKind::Serving(Serving::Expect(expected)) => serving::words::expectation(expected),
        _ => step.text.clone(),
    });
    words.collect::<Vec<_>>().join(", then ")
}

/// An event that is expected.
fn expected_event(event: &EventExpectation) -> String {
    let mut parts = Vec::new();
    parts.extend(event.kind.as_ref().map(|kind| format!("type {}", quote(kind))));
    parts.extend(event.data.as_ref().map(|data| format!("data {}", quote(data))));
    parts.extend(event.data_repeat.as_ref().map(|repeat| {
        format!("data {} times {}", repeat.times, quote(&String::from_utf8_lossy(&repeat.pattern)))
    }));
    parts.extend(event.id.as_ref().map(|id| format!("id {}", quote(id))));
    parts.extend(event.origin.map(|origin| format!("the origin {origin:?}").to_lowercase()));
    let one = if parts.is_empty() { "an event".into() } else { format!("event {}", parts.join(", ")) };
    match event.times {
        Some(times) if times > 1 => format!("{times} times {one}"),
        _ => one,
    }
}

fn expected_request(request: &RequestExpectation) -> String {
    let mut words = vec![match (&request.method, &request.path) {
        (Some(method), Some(path)) => format!("a {method} request for {}", quote(path)),
        (Some(method), None) => format!("a {method} request"),
        (None, Some(path)) => format!("a request for {}", quote(path)),
        (None, None) => "a request".into(),
    }];
    words.extend(request.origin.map(|origin| format!("at the {origin:?} origin").to_lowercase()));
    words.extend(expected_fields(&request.headers));
    words.extend(request.body.as_ref().map(|body| format!("with the body {}", quote(body))));
    words.extend(
        request
            .after
            .map(|time| format!("no earlier than {} after the end", humantime::format_duration(time))),
    );
    words.join(", ")
}

/// What header fields must be, one by one.
pub(crate) fn expected_fields(fields: &[(String, FieldExpectation)]) -> impl Iterator<Item = String> {
    fields.iter().map(|(name, expected)| match expected {
        FieldExpectation::Is(value) => format!("with {name}: {}", quote(value)),
        FieldExpectation::Lists(members) => {
            let members: Vec<String> = members.iter().map(|member| quote(member)).collect();
            format!("with {name} listing {}", members.join(" and "))
        }
        FieldExpectation::Present => format!("with {name}"),
        FieldExpectation::Absent => format!("without {name}"),
    })
}

fn expected_attempts(attempts: &Attempts) -> String {
    let answer = match attempts.answer {
        AttemptAnswer::Ended => "with a stream that ends at once",
        AttemptAnswer::Reset => "with a reset",
        AttemptAnswer::Unavailable => "with 503",
        AttemptAnswer::Redirected => "with a redirect to the session's URL",
    };
    let time = humantime::format_duration(attempts.time);
    format!("at most {} attempts to connect in {time}, each request answered {answer}", attempts.at_most)
}

/// A step in words.
pub fn step(kind: &StepKind) -> String {
    match kind {
        StepKind::Wire(action) => format!("The server {}.", wire(action)),
        StepKind::Connect(connect) => format!("The client is told to connect{}.", connect_options(connect)),
        StepKind::Close => "The client is told to close.".into(),
        StepKind::Enter(scope) => format!("Without an EventSource yet, scripts run {}.", place(*scope)),
        StepKind::Run(script) => format!("This runs: {}", visible(script)),
        StepKind::Expect(expected) => format!("Expected next: {}.", expectation(expected)),
        StepKind::Record(Fact { name, of }) => {
            let of = match of {
                FactSource::Delay => "the time from our end to the last request".into(),
                FactSource::Target => "the target of the last request".into(),
                FactSource::Header(header) => format!("the header {header} of the last request"),
                FactSource::Alternative { .. } => "the alternative that was taken".into(),
            };
            format!("Recorded as \"{name}\": {of}.")
        }
        StepKind::Measure(work) => format!("A span of work begins, of the relative amount {work}."),
        StepKind::Growth(expected) => format!("Judged over the spans: {}.", growth(*expected)),
        StepKind::Serving(step) => serving::words::step(step),
    }
}

/// How time and memory may grow from span to span.
pub fn growth(growth: Growth) -> String {
    let time = growth.time.map(|TimeGrowth::Linear| "time that grows in proportion to the work");
    let memory = growth.memory.map(|MemoryGrowth::Flat| "memory that does not grow");
    time.into_iter().chain(memory).collect::<Vec<_>>().join(", and ")
}

fn wire(action: &Action) -> String {
    match action {
        Action::Respond(respond) => respond_words(respond),
        Action::Send(bytes) => format!("sends {}", quote_bytes(bytes)),
        Action::SendRepeat(repeat) => {
            format!("sends {}, {} times", quote_bytes(&repeat.pattern), repeat.times)
        }
        Action::Wait(time) => format!("waits for {}", humantime::format_duration(*time)),
        Action::End => "ends the body".into(),
        Action::Drop(Drop::Fin) => "ends the connection without ending the body (FIN)".into(),
        Action::Drop(Drop::Reset) => "resets the connection (RST)".into(),
        Action::Refuse(time) => format!("refuses new connections for {}", humantime::format_duration(*time)),
        Action::Raw(bytes) => format!("writes, instead of a response, {}", quote_bytes(bytes)),
    }
}

fn respond_words(respond: &Respond) -> String {
    let mut words = format!("answers {}", respond.status);
    match &respond.headers {
        None if respond.status == 200 => words.push_str(" with an event stream"),
        None => {}
        Some(fields) if fields.is_empty() => words.push_str(" without header fields"),
        Some(fields) => {
            let list: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {}", visible(value))).collect();
            words.push_str(&format!(" with {}", list.join(", ")));
        }
    }
    match (respond.body_kind(), &respond.body) {
        (BodyKind::Complete, Some(body)) => {
            words.push_str(&format!(", and the whole body {}", quote(&String::from_utf8_lossy(body))));
        }
        (BodyKind::Open(Framing::Close), _) => words.push_str(", until the connection ends"),
        (BodyKind::Open(Framing::Length(length)), _) => words.push_str(&format!(", {length} bytes long")),
        _ => {}
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
    words
        .extend(connect.headers.iter().map(|(name, value)| format!("the header {name}: {}", visible(value))));
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
    let options = if words.is_empty() { String::new() } else { format!(" with {}", words.join(", ")) };
    let scope = match connect.scope {
        Scope::Window => "",
        Scope::DedicatedWorker => " in a dedicated worker",
        Scope::SharedWorker => " in a shared worker",
        Scope::Iframe => " by the constructor of an iframe",
    };
    let handler = match connect.close_in {
        Some(Moment::Opened) => ", and closes in its open handler",
        Some(Moment::Event) => ", and closes in its first event handler",
        Some(Moment::Error) => ", and closes in its error handler",
        None => "",
    };
    format!("{scope}{options}{handler}")
}

/// A text with its control characters written out.
fn visible(text: &str) -> String {
    let one = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    text.chars().map(one).collect()
}

/// Bytes as text where they are, else in hexadecimal; what is long is cut.
fn quote_bytes(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return quote(text);
    }
    let digits: Vec<String> = bytes.iter().take(QUOTE).map(|byte| format!("{byte:02x}")).collect();
    let cut = if bytes.len() > QUOTE { format!("… ({} bytes)", bytes.len()) } else { String::new() };
    format!("the bytes {}{cut}", digits.join(" "))
}
