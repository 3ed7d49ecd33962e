//! Reading the steps of intermediary cases.

use ssespec_diagnostics::value;
use ssespec_mock_server::action::Action;
use ssespec_mock_server::script;

use super::shape::FactWord;
use super::step::{
    FieldChange, IntermediaryFact, IntermediaryStep, NoCleanEnd, Observed, Passed, RequestObserved,
};
use crate::client::step::RequestExpectation;
use crate::grammar::fact::{self, Source, SourceWord};
use crate::grammar::read::{Visitor, Written};
use crate::grammar::{data, fields};
use crate::server::read as front;
use crate::server::step::Request;

/// What to write for an alternative in which nothing is observed.
const INSTEAD_OF_NOTHING: &str = "to expect that no request comes, write { expect-no-request = \"900ms\" }";

/// Reads a step.
pub(crate) fn step(written: &Written<'_, '_>, visitor: &mut Visitor<'_>) -> Option<IntermediaryStep> {
    let argument = written.argument;
    Some(match written.verb {
        "request" => IntermediaryStep::Request(Box::new(request(written, visitor))),
        "read" => IntermediaryStep::Read(written.text()?),
        "hang-up" => IntermediaryStep::HangUp(front::hang_up(written)?),
        "reload" => IntermediaryStep::Reload,
        "turn-to" => IntermediaryStep::TurnTo(written.text()?),
        "send-part" => IntermediaryStep::SendPart(written.text()?.into_bytes()),
        "flood" => IntermediaryStep::Flood(data::pattern(written.table()?)?),
        "expect-stall" => IntermediaryStep::Stall(data::pattern(written.table()?)?),
        "record" => IntermediaryStep::Record(fact::read::<FactWord>(argument?, &mut visitor.findings)?),
        "expect-one-of" => {
            IntermediaryStep::OneOf(visitor.alternatives(argument?, INSTEAD_OF_NOTHING, observed)?)
        }
        verb if verb.starts_with("expect-") => IntermediaryStep::Expect(observed(written, visitor)?),
        verb => {
            let span = written.verb_span.clone();
            match script::read(verb, span.clone(), argument, &mut visitor.findings)? {
                Action::Refuse(_) => {
                    let hint = "all sessions share the origin's port, so none can close it";
                    let message = "the origin of an intermediary cannot refuse connections";
                    visitor.findings.add_with_hint(span, message, "not possible here", hint);
                    return None;
                }
                action => IntermediaryStep::Origin(action),
            }
        }
    })
}

fn request(written: &Written<'_, '_>, visitor: &mut Visitor<'_>) -> Request {
    let mut request = front::request(written.table(), &mut visitor.findings);
    let repeated = written.table().and_then(|table| value::get(table, "last-event-id-repeat"));
    if let Some(repeat) = repeated.and_then(value::table).and_then(data::pattern) {
        let times = usize::try_from(repeat.times).unwrap_or_default();
        request.last_event_id = Some(String::from_utf8_lossy(&repeat.pattern).repeat(times));
    }
    request
}

/// Reads an observation.
fn observed(written: &Written<'_, '_>, visitor: &mut Visitor<'_>) -> Option<Observed> {
    let table = written.table();
    let duration = |key| table.and_then(|table| value::duration_of(table, key));
    Some(match written.verb {
        "expect-request" => {
            if let Some(fields) = table.and_then(|table| value::get(table, "headers")).and_then(value::table)
            {
                script::check_fields(fields, "no request can have this", &mut visitor.findings);
            }
            let request = RequestExpectation {
                method: written.text_of("method"),
                headers: table.map(fields::read).unwrap_or_default(),
                body: written.text_of("body"),
                connection: table.and_then(|table| value::word_of(table, "connection")),
                within: duration("within"),
                ..RequestExpectation::default()
            };
            let times = table.and_then(|table| value::count_of(table, "times")).unwrap_or(1);
            let http = table.and_then(|table| value::word_of(table, "http"));
            Observed::Request(Box::new(RequestObserved {
                stream: front::stream(table),
                request,
                http,
                times,
            }))
        }
        "expect-no-request" => Observed::NoRequest(value::duration(written.argument?)?),
        "expect-left" => Observed::Left { within: duration("within") },
        "expect-no-clean-end" => Observed::NoCleanEnd(NoCleanEnd {
            stream: front::stream(table),
            time: value::duration(written.argument?).or_else(|| duration("for"))?,
        }),
        "expect-nothing-added" => Observed::NothingAdded(front::stream(table)),
        "expect-passed" => Observed::Passed(Passed {
            stream: front::stream(table),
            median: duration("median"),
            members: table.and_then(|table| value::count_of(table, "members")),
            within: duration("within"),
        }),
        _ => Observed::InFront(front::expectation(written, visitor)?),
    })
}

impl SourceWord for FactWord {
    type Source = IntermediaryFact;

    fn source(self) -> Source<IntermediaryFact> {
        match self {
            Self::ResponseHeader => Source::OfHeader(IntermediaryFact::ResponseHeader),
            Self::RequestHeader => Source::OfHeader(IntermediaryFact::RequestHeader),
            Self::RequestFieldsAdded => Source::Plain(IntermediaryFact::RequestFields(FieldChange::Added)),
            Self::RequestFieldsRemoved => {
                Source::Plain(IntermediaryFact::RequestFields(FieldChange::Removed))
            }
            Self::ResponseFieldsAdded => Source::Plain(IntermediaryFact::ResponseFields(FieldChange::Added)),
            Self::ResponseFieldsRemoved => {
                Source::Plain(IntermediaryFact::ResponseFields(FieldChange::Removed))
            }
            Self::ConcurrentStreams => Source::Plain(IntermediaryFact::ConcurrentStreams),
            Self::SilenceBeforeTheEnd => Source::Plain(IntermediaryFact::SilenceBeforeTheEnd),
            Self::Alternative => Source::OfAlternatives(|names| IntermediaryFact::Alternative { names }),
        }
    }
}
