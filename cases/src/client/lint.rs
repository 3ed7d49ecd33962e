//! Mistakes in the scripts of client cases that the format allows.

use std::ops::Range;

use ssespec_diagnostics::Findings;
use ssespec_mock_server::action::{Action, Respond};
use ssespec_mock_server::flow::{Flow, Leftover};

use super::implied::{Ending, ending, expand, is_request, may_be_request};
use super::step::{AttemptAnswer, ClientFact, ClientStep, Connect, Expectation, ReadyState, Scope, Trust};
use super::streams::Streams;
use crate::capability::Capability;
use crate::grammar::fact::Fact;
use crate::step::Step;

/// The capabilities that a script uses, each with the place of the step that uses it.
pub(crate) fn uses(script: &[Step<ClientStep>]) -> Vec<(Capability, Range<usize>)> {
    let mut uses = Vec::new();
    for step in script {
        let mut add = |capability| uses.push((capability, step.at.span.clone()));
        match &step.kind {
            ClientStep::Connect(connect) => of_connect(connect).into_iter().for_each(add),
            ClientStep::Close => add(Capability::Close),
            ClientStep::RefreshHeaders(_) => add(Capability::RefreshHeaders),
            ClientStep::Enter(_) => add(Capability::Dom),
            ClientStep::Herd(_) => [Capability::Herd, Capability::Reconnect].into_iter().for_each(add),
            ClientStep::Streams(Streams::Abort { .. }) => {
                [Capability::Herd, Capability::Close].into_iter().for_each(add);
            }
            ClientStep::Streams(Streams::Stall { .. }) => {
                [Capability::Herd, Capability::Pause].into_iter().for_each(add);
            }
            ClientStep::Streams(_) => add(Capability::Herd),
            ClientStep::Record(Fact { of: ClientFact::Alpn, .. }) => add(Capability::Tls),
            ClientStep::Wire(Action::Control(_)) => add(Capability::Http2),
            ClientStep::Visibility(_) => add(Capability::PageLibrary),
            ClientStep::Run(script) => {
                used([
                    (Capability::Dom, true),
                    (Capability::SecureContext, script.contains("serviceWorker")),
                ])
                .into_iter()
                .for_each(add);
            }
            ClientStep::Expect(expected) => of_expectation(expected).into_iter().for_each(add),
            ClientStep::OneOf(alternatives) => {
                for step in alternatives.iter().flatten() {
                    let used = of_expectation(&step.kind).into_iter();
                    uses.extend(used.map(|capability| (capability, step.at.span.clone())));
                }
            }
            ClientStep::Wire(_)
            | ClientStep::Attempts(_)
            | ClientStep::Record(_)
            | ClientStep::Measure(_) => {}
        }
    }
    uses.extend(second_request(script).map(|step| (Capability::Reconnect, step.at.span.clone())));
    let has = |listed: &[Capability]| uses.iter().any(|(capability, _)| listed.contains(capability));
    // The capability to specify the request covers what is specified.
    let is_specified = has(&OF_REQUESTS);
    let own = script
        .iter()
        .filter(|_| !has(Capability::Requests.included_in()))
        .find(|step| concerns_own_answer(&step.kind) || !is_specified && concerns_own_request(&step.kind));
    uses.extend(own.map(|step| (Capability::Requests, step.at.span.clone())));
    uses
}

/// The capabilities whose condition holds.
fn used<const N: usize>(list: [(Capability, bool); N]) -> Vec<Capability> {
    list.into_iter().filter(|(_, used)| *used).map(|(capability, _)| capability).collect()
}

fn of_expectation(expected: &Expectation) -> Vec<Capability> {
    match expected {
        Expectation::Report(_) | Expectation::Value(_) | Expectation::Exception(_) => vec![Capability::Dom],
        Expectation::Opened { state } => {
            used([(Capability::Opened, true), (Capability::State, state.is_some())])
        }
        Expectation::Comment { .. } => vec![Capability::Comments],
        Expectation::State(_) => vec![Capability::State],
        Expectation::PingAck => vec![Capability::Http2],
        Expectation::Error { state } => {
            used([(Capability::Errors, true), (Capability::State, state.is_some())])
        }
        Expectation::Event(event) => used([
            (Capability::EventType, event.kind.is_some()),
            (Capability::EventId, event.id.is_some()),
            (Capability::Origin, event.origin.is_some()),
        ]),
        Expectation::Request(request) => {
            let is_metadata = |(name, _): &(String, _)| name.starts_with("sec-fetch-");
            used([
                (Capability::SecureContext, request.headers.iter().any(is_metadata)),
                (Capability::Tls, request.alpn.is_some()),
            ])
        }
        Expectation::NoRequest(_) | Expectation::Disconnect { .. } | Expectation::Closed => Vec::new(),
    }
}

fn of_connect(connect: &Connect) -> Vec<Capability> {
    used([
        (Capability::Headers, !connect.headers.is_empty()),
        (Capability::InitialLastEventId, !connect.last_event_id.is_empty()),
        (Capability::Methods, connect.method.is_some() || !connect.body.is_empty()),
        (Capability::Credentials, connect.with_credentials),
        (Capability::Close, connect.close_in.is_some()),
        (Capability::ReadTimeout, connect.read_timeout.is_some()),
        (Capability::Pause, connect.pause),
        (Capability::Tls, connect.trust == Trust::Default),
        (Capability::Dom, connect.url.is_some() || connect.scope != Scope::Window),
    ])
}

/// The capabilities to specify the request.
const OF_REQUESTS: [Capability; 4] =
    [Capability::Headers, Capability::InitialLastEventId, Capability::Methods, Capability::Credentials];

/// Whether a step is about how a client asks. A client that receives a response leaves that to its user.
fn concerns_own_request(step: &ClientStep) -> bool {
    let names_more = |expected: &Expectation| match expected {
        Expectation::Request(request) => {
            request.method.is_some()
                || request.path.is_some()
                || request.origin.is_some()
                || request.body.is_some()
                || request.connection.is_some()
                || request.alpn.is_some()
                || !request.headers.is_empty()
        }
        _ => false,
    };
    step.expectations().into_iter().any(names_more)
}

/// Whether a step records how a client asks, which cannot fail.
fn records_request(step: &ClientStep) -> bool {
    matches!(step, ClientStep::Record(fact) if matches!(fact.of, ClientFact::Header(_) | ClientFact::Target))
}

/// Whether a step is about an answer that is left to the user of a client that receives responses: another status than
/// 200, a redirect, another type.
fn concerns_own_answer(step: &ClientStep) -> bool {
    match step {
        ClientStep::Wire(Action::Respond(respond)) => !is_plain_event_stream(respond),
        ClientStep::Wire(Action::Raw(bytes)) => {
            !bytes.starts_with(b"HTTP/1.1 200 ") && !bytes.starts_with(b"HTTP/1.0 200 ")
        }
        ClientStep::Attempts(attempts) => match attempts.answer {
            AttemptAnswer::Unavailable | AttemptAnswer::Redirected => true,
            AttemptAnswer::Ended | AttemptAnswer::Reset => false,
        },
        _ => false,
    }
}

/// Whether every client reads this response: status 200, and the type of an event stream without parameters.
fn is_plain_event_stream(respond: &Respond) -> bool {
    let is_type = |(name, value): &(String, String)| name == "content-type" && value == "text/event-stream";
    respond.status == 200 && respond.headers.as_ref().is_none_or(|fields| fields.iter().any(is_type))
}

/// The first request that only a reconnecting client makes: it follows another request, not a redirect. A request that is
/// only one of several alternatives does not count.
fn second_request(script: &[Step<ClientStep>]) -> Option<&Step<ClientStep>> {
    let (mut requested, mut redirected) = (false, false);
    for played in expand(script) {
        match &played.kind {
            ClientStep::Connect(_) => requested = false,
            ClientStep::Wire(Action::Respond(respond)) => redirected = REDIRECTS.contains(&respond.status),
            step if must_be_request(step) => {
                if requested && !redirected {
                    return script.get(played.written?);
                }
                (requested, redirected) = (true, false);
            }
            _ => {}
        }
    }
    None
}

/// The redirect statuses, see <https://fetch.spec.whatwg.org/#redirect-status>.
const REDIRECTS: &[u16] = &[301, 302, 303, 307, 308];

/// Whether a script may need a capability that none of its steps uses directly.
pub(crate) fn is_about(script: &[Step<ClientStep>], capability: Capability) -> bool {
    match capability {
        // Behavior that only browsers have is often visible only to the server.
        Capability::Dom => true,
        // What a case is about may be the protocol alone.
        Capability::Http2 | Capability::Tls => true,
        Capability::Requests => script.iter().any(|step| {
            records_request(&step.kind)
                || matches!(step.kind, ClientStep::Wire(Action::Raw(_)) | ClientStep::Attempts(_))
        }),
        // Two such steps are about a client that reconnects, even if another client could behave the same.
        Capability::Reconnect => {
            script.iter().any(|step| matches!(step.kind, ClientStep::Attempts(_)))
                || expand(script).iter().filter(|played| concerns_another_request(&played.kind)).count() > 1
        }
        _ => false,
    }
}

/// Whether a step is about another request: it may come, it must not come, it is pending, or the port refuses it.
fn concerns_another_request(step: &ClientStep) -> bool {
    match step {
        ClientStep::Wire(Action::Refuse(_)) | ClientStep::Expect(Expectation::NoRequest(_)) => true,
        ClientStep::Expect(Expectation::Error { state }) => *state == Some(ReadyState::Connecting),
        step => may_be_request(step),
    }
}

/// The first step that requires an isolated case, because it counts events of the whole system.
pub(crate) fn counts_for_all(script: &[Step<ClientStep>]) -> Option<&Step<ClientStep>> {
    // The system counts refused connections of all processes together.
    let refuses = script.iter().any(|step| matches!(step.kind, ClientStep::Wire(Action::Refuse(_))));
    script.iter().find(|step| refuses && matches!(step.kind, ClientStep::Attempts(_)))
}

/// Checks that a script can be played, and that its end can be continued with the sentinel event.
pub(crate) fn check(script: &[Step<ClientStep>], findings: &mut Findings) {
    let mut flow = Flow::default();
    let mut last = 0..0;
    for played in expand(script) {
        let place = played.written.map_or(0..0, |number| script[number].at.span.clone());
        match &played.kind {
            ClientStep::Wire(action) => {
                flow.action(action, place.clone(), findings);
                last = place;
            }
            step if may_be_request(step) => flow.request(),
            _ => {}
        }
    }
    if ending(script) != Ending::Sentinel {
        return;
    }
    match flow.left() {
        Leftover::Nothing | Leftover::AtBoundary => {}
        Leftover::Uncontinuable => {
            let hint = "end the script with \"end\" or { drop = .. }";
            let message = "this script leaves a body open that cannot be continued";
            findings.add_with_hint(last, message, "expected an end", hint);
        }
        Leftover::InsideBlock => {
            let hint =
                "end the last event block with a blank line, or end the script with \"end\" or { drop = .. }";
            let message = "this script leaves its stream open in the middle of an event block";
            let label = "the event that ends each run would be invisible after this";
            findings.add_with_hint(last, message, label, hint);
        }
    }
}

/// Whether a request must come at this step, whichever alternative is taken.
fn must_be_request(step: &ClientStep) -> bool {
    match step {
        ClientStep::Expect(expected) => is_request(expected),
        ClientStep::OneOf(alternatives) => {
            alternatives.iter().all(|steps| steps.iter().any(|step| is_request(&step.kind)))
        }
        _ => false,
    }
}
