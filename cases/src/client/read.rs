//! Reading the steps of client cases.

use ssespec_diagnostics::value;
use ssespec_mock_server::script;
use toml::de::DeTable;

use super::shape::FactWord;
use super::step::{
    Attempts, ClientFact, ClientStep, Connect, EventExpectation, Expectation, Herd, RequestExpectation,
    ValueExpectation,
};
use super::streams;
use crate::grammar::fact::{self, Source, SourceWord};
use crate::grammar::read::{Visitor, Written};
use crate::grammar::{data, fields, measure};

/// What to write for an alternative in which nothing is observed.
const INSTEAD_OF_NOTHING: &str = "to expect that nothing happens, write { expect-no-request = \"900ms\" }";

/// Reads a step.
pub(crate) fn step(written: &Written<'_, '_>, visitor: &mut Visitor<'_>) -> Option<ClientStep> {
    let argument = written.argument;
    Some(match written.verb {
        "connect" => ClientStep::Connect(Box::new(connect(written, visitor))),
        "close" => ClientStep::Close,
        "refresh-headers" => {
            let fields = value::table(argument?)?;
            script::check_fields(fields, "no request can have this", &mut visitor.findings);
            ClientStep::RefreshHeaders(fields::plain(fields))
        }
        "enter" => ClientStep::Enter(value::word(argument?)?),
        "visibility" => ClientStep::Visibility(value::word(argument?)?),
        "run" => ClientStep::Run(written.text()?),
        "record" => ClientStep::Record(fact::read::<FactWord>(argument?, &mut visitor.findings)?),
        "measure" | "expect-growth" => {
            ClientStep::Measure(measure::read(written.verb, argument, &mut visitor.findings)?)
        }
        "expect-attempts" => ClientStep::Attempts(attempts(written)?),
        "expect-herd" => ClientStep::Herd(herd(written)?),
        "open-streams" | "try-streams" | "expect-streams" | "abort-streams" | "stall-stream" => {
            let count = argument.and_then(value::count);
            ClientStep::Streams(streams::read(written.verb, count, written.table())?)
        }
        "expect-one-of" => {
            ClientStep::OneOf(visitor.alternatives(argument?, INSTEAD_OF_NOTHING, expectation)?)
        }
        verb if verb.starts_with("expect-") => ClientStep::Expect(expectation(written, visitor)?),
        verb => {
            ClientStep::Wire(script::read(verb, written.verb_span.clone(), argument, &mut visitor.findings)?)
        }
    })
}

/// Reads an observation.
fn expectation(written: &Written<'_, '_>, visitor: &mut Visitor<'_>) -> Option<Expectation> {
    let table = written.table();
    Some(match written.verb {
        "expect-request" => Expectation::Request(Box::new(request(written, visitor))),
        "expect-no-request" => Expectation::NoRequest(value::duration(written.argument?)?),
        "expect-disconnect" => {
            Expectation::Disconnect { within: table.and_then(|table| value::duration_of(table, "within")) }
        }
        "expect-opened" => Expectation::Opened { state: written.word_of("state") },
        "expect-event" => {
            if let Some(table) = table {
                data::check_once(table, &mut visitor.findings);
            }
            Expectation::Event(Box::new(table.map(event).unwrap_or_default()))
        }
        "expect-comment" => Expectation::Comment { text: written.text_of("text") },
        "expect-error" => Expectation::Error { state: written.word_of("state") },
        "expect-state" => Expectation::State(value::word(written.argument?)?),
        "expect-ping-ack" => Expectation::PingAck,
        "expect-closed" => Expectation::Closed,
        "expect-report" => Expectation::Report(written.text()?),
        "expect-value" => {
            Expectation::Value(ValueExpectation { of: written.text_of("of")?, is: written.text_of("is")? })
        }
        "expect-exception" => Expectation::Exception(written.text()?),
        _ => return None,
    })
}

/// Finds header fields that cannot be sent.
fn check_fields(written: &Written<'_, '_>, visitor: &mut Visitor<'_>) {
    let fields = written.table().and_then(|table| value::get(table, "headers")).and_then(value::table);
    if let Some(fields) = fields {
        script::check_fields(fields, "no request can have this", &mut visitor.findings);
    }
}

fn connect(written: &Written<'_, '_>, visitor: &mut Visitor<'_>) -> Connect {
    check_fields(written, visitor);
    let Some(table) = written.table() else { return Connect::default() };
    Connect {
        userinfo: value::text_of(table, "userinfo"),
        headers: fields::values(table),
        last_event_id: value::text_of(table, "last-event-id").unwrap_or_default(),
        method: value::text_of(table, "method"),
        body: value::text_of(table, "body").unwrap_or_default(),
        with_credentials: value::flag_of(table, "with-credentials"),
        close_in: value::word_of(table, "close-in"),
        url: value::text_of(table, "url"),
        scope: value::word_of(table, "in").unwrap_or_default(),
        read_timeout: value::duration_of(table, "read-timeout"),
        pause: value::flag_of(table, "pause"),
        trust: value::word_of(table, "trust").unwrap_or_default(),
    }
}

fn request(written: &Written<'_, '_>, visitor: &mut Visitor<'_>) -> RequestExpectation {
    check_fields(written, visitor);
    let Some(table) = written.table() else { return RequestExpectation::default() };
    RequestExpectation {
        method: value::text_of(table, "method"),
        path: value::text_of(table, "path"),
        origin: value::word_of(table, "origin"),
        headers: fields::read(table),
        body: value::text_of(table, "body"),
        connection: value::word_of(table, "connection"),
        alpn: value::text_of(table, "alpn"),
        after: value::duration_of(table, "after"),
        within: value::duration_of(table, "within"),
    }
}

fn event(table: &DeTable<'_>) -> EventExpectation {
    EventExpectation {
        kind: value::text_of(table, "type"),
        data: value::text_of(table, "data"),
        data_repeat: data::repeated(table),
        id: value::text_of(table, "id"),
        origin: value::word_of(table, "origin"),
        times: value::count_of(table, "times"),
        within: value::duration_of(table, "within"),
    }
}

fn attempts(written: &Written<'_, '_>) -> Option<Attempts> {
    let table = written.table()?;
    Some(Attempts {
        at_most: value::count_of(table, "at-most")?,
        time: value::duration_of(table, "for")?,
        answer: value::word_of(table, "answer").unwrap_or_default(),
    })
}

fn herd(written: &Written<'_, '_>) -> Option<Herd> {
    let table = written.table()?;
    Some(Herd {
        streams: value::count_of(table, "streams")?,
        losses: value::count_of(table, "losses")?,
        after: value::duration_of(table, "after"),
        within: value::duration_of(table, "within")?,
    })
}

impl SourceWord for FactWord {
    type Source = ClientFact;

    fn source(self) -> Source<ClientFact> {
        match self {
            Self::Delay => Source::Plain(ClientFact::Delay),
            Self::Spread => Source::Plain(ClientFact::Spread),
            Self::Herd => Source::Plain(ClientFact::Herd),
            Self::Departure => Source::Plain(ClientFact::Departure),
            Self::Streams => Source::Plain(ClientFact::Streams),
            Self::Alpn => Source::Plain(ClientFact::Alpn),
            Self::Target => Source::Plain(ClientFact::Target),
            Self::Header => Source::OfHeader(ClientFact::Header),
            Self::Attempts => Source::Plain(ClientFact::Attempts),
            Self::Alternative => Source::OfAlternatives(|names| ClientFact::Alternative { names }),
        }
    }
}
