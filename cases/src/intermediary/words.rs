//! The steps of intermediary cases in words: for explanations and for failures.

use ssespec_mock_server::action::Repeat;

use super::step::{FieldChange, IntermediaryFact, IntermediaryStep, Observed, Passed, RequestObserved};
use crate::client::words as origin;
use crate::grammar::fact::Fact;
use crate::grammar::{data, fact, fields};
use crate::quote::{quote, quote_bytes};
use crate::server::step::{DEFAULT_STREAM, HangUp, Leaving};
use crate::server::words as front;
use crate::step::Step;

/// A step.
pub fn step(step: &IntermediaryStep) -> String {
    match step {
        IntermediaryStep::Request(request) => format!("The client sends {}.", front::request(request)),
        IntermediaryStep::Read(stream) => format!("The client starts reading the stream {}.", quote(stream)),
        IntermediaryStep::HangUp(HangUp { how, stream }) => {
            let how = match how {
                Leaving::Fin => "cleanly (FIN)",
                Leaving::Reset => "with a reset (RST, or RST_STREAM in HTTP/2)",
                Leaving::HalfClose => "in its own direction (FIN), and reads nothing more",
            };
            format!("The client leaves the stream {} {how}.", quote(stream))
        }
        IntermediaryStep::Origin(action) => format!("The origin {}.", origin::wire(action)),
        IntermediaryStep::SendPart(bytes) => {
            format!("The origin sends the beginning of a chunk, with {}.", quote_bytes(bytes))
        }
        IntermediaryStep::Flood(repeat) => {
            format!("The origin sends {}, as far as the intermediary reads it.", data::pattern_words(repeat))
        }
        IntermediaryStep::Stall(repeat) => format!("Expected next: {}.", stall(repeat)),
        IntermediaryStep::Reload => "The intermediary reloads its configuration.".into(),
        IntermediaryStep::TurnTo(stream) => {
            format!("From here on, the origin acts on the stream {}.", quote(stream))
        }
        IntermediaryStep::Expect(observed) => format!("Expected next: {}.", in_time(observed)),
        IntermediaryStep::OneOf(list) => {
            let alternative = |steps: &Vec<Step<Observed>>| {
                steps.iter().map(|step| in_time(&step.kind)).collect::<Vec<_>>().join(", then ")
            };
            let list: Vec<String> = list.iter().map(alternative).collect();
            format!("Expected next: one of: {}.", list.join("; or "))
        }
        IntermediaryStep::Record(Fact { name, of }) => {
            let of = match of {
                IntermediaryFact::ResponseHeader(header) => {
                    format!("the header field {header} of the last response")
                }
                IntermediaryFact::RequestHeader(header) => {
                    format!("the header field {header} of the last request at the origin")
                }
                IntermediaryFact::RequestFields(FieldChange::Added) => {
                    "the names of the fields that the last request at the origin has in addition".into()
                }
                IntermediaryFact::RequestFields(FieldChange::Removed) => {
                    "the names of the fields that the last request at the origin lacks".into()
                }
                IntermediaryFact::ResponseFields(FieldChange::Added) => {
                    "the names of the fields that the last response has in addition".into()
                }
                IntermediaryFact::ResponseFields(FieldChange::Removed) => {
                    "the names of the fields that the last response lacks".into()
                }
                IntermediaryFact::ConcurrentStreams => {
                    "how many streams are allowed on the HTTP/2 connection of the last request".into()
                }
                IntermediaryFact::SilenceBeforeTheEnd => {
                    "for how long the last response was silent before it ended, in steps of 5 seconds".into()
                }
                IntermediaryFact::Alternative { names } => fact::alternative_words(names),
            };
            format!("Recorded as \"{name}\": {of}.")
        }
    }
}

/// The alternatives of `expect-one-of`.
pub fn alternatives(alternatives: &[Vec<Step<Observed>>]) -> String {
    let list: Vec<String> = alternatives.iter().map(|steps| alternative(steps)).collect();
    format!("one of: {}", list.join("; or "))
}

/// One alternative of `expect-one-of`.
pub fn alternative(steps: &[Step<Observed>]) -> String {
    steps.iter().map(|step| expectation(&step.kind)).collect::<Vec<_>>().join(", then ")
}

/// What must be observed of a stream that is not read.
pub fn stall(repeat: &Repeat) -> String {
    format!(
        "the intermediary stops reading before the origin has sent {}, as the client does not read",
        data::pattern_words(repeat)
    )
}

/// How a run ends after its last step.
#[cfg(feature = "authoring")]
pub(crate) const ENDING: &str =
    "The origin ends the responses that are still open; in front, each that is read must end cleanly.";

/// What must be observed, and how long it may take if that is not the usual time.
fn in_time(observed: &Observed) -> String {
    format!("{}{}", expectation(observed), fields::within_words(observed.within()))
}

/// What must be observed.
pub fn expectation(observed: &Observed) -> String {
    match observed {
        Observed::Request(request) => self::request(request),
        Observed::NoRequest(time) => {
            format!("no request at the origin for {}", humantime::format_duration(*time))
        }
        Observed::Left { .. } => "the origin learns that the client has left".into(),
        Observed::InFront(expected) => format!("at the client, {}", front::expectation(expected)),
        Observed::NoCleanEnd(end) => format!(
            "at the client, no clean end of the response{} for {}",
            of(&end.stream),
            humantime::format_duration(end.time)
        ),
        Observed::NothingAdded(stream) => {
            format!("at the client, nothing but what the origin has sent{}", of(stream))
        }
        Observed::Passed(passed) => self::passed(passed),
    }
}

fn request(observed: &RequestObserved) -> String {
    let times = if observed.times > 1 { format!("{} ", data::times(observed.times)) } else { String::new() };
    let http = observed.http.map(|http| format!(" over HTTP/{}", http.word())).unwrap_or_default();
    let request = origin::expected_request(&observed.request);
    format!("{times}{request}{http} at the origin{}", of(&observed.stream))
}

fn passed(passed: &Passed) -> String {
    let delay = passed
        .median
        .map(|median| format!(", with a median delay of at most {}", humantime::format_duration(median)));
    let members = passed
        .members
        .map(|most| format!(", in at most {most} gzip member{}", if most == 1 { "" } else { "s" }));
    let of = of(&passed.stream);
    let conditions = [delay, members].map(Option::unwrap_or_default).concat();
    format!("at the client, all that the origin has sent{of}, unchanged{conditions}")
}

fn of(stream: &str) -> String {
    if stream == DEFAULT_STREAM { String::new() } else { format!(" for the stream {}", quote(stream)) }
}
