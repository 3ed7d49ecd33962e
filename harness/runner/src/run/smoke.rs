//! Whether an adapter itself works, before hundreds of cases fail because it does not.

use ssespec_diagnostics::Source;
use ssespec_reports::results::{Protocol, Role};

use super::launch::Launch;
use super::replay::restart;
use crate::adapter::fault::Fault;
use crate::delivery::{DeliveryKind, programs};
use crate::session::dispatch::smoke;
use crate::session::outcome::{Close, Stop};
use crate::session::patience::Patience;
use crate::session::stage::Stage;

/// What every adapter of a server must be able to do; whether the event is right is for the cases.
const SERVER_SMOKE: &str = r#"title = "The adapter serves a stream, and sends an event on it"
requirements = []
steps = [
  "request",
  { emit = { data = "smoke" } },
  "expect-event",
]
"#;

/// What every adapter of a client must be able to do; whether the event is right, and whether the client closes, is for
/// the cases.
const SMOKE: &str = r#"title = "The adapter connects, and reports an event"
requirements = []
steps = [
  { send = "data: smoke\n\n" },
  "expect-event",
]
"#;

/// What every test service must be able to do: where DELETE does not end a stream, sessions disturb each other, and a client is
/// blamed for what its service does.
#[cfg(feature = "command")]
const TEST_SERVICE_SMOKE: &str = r#"title = "The service creates a stream, reports an event, and ends the stream"
requirements = []
steps = [
  { send = "data: smoke\n\n" },
  "expect-event",
  "close",
  "expect-disconnect",
]
"#;

/// How often: a second session shows whether the first left something behind.
const TIMES: usize = 2;

/// Plays the smoke check, and returns whether the adapter answered `close`.
///
/// # Errors
/// If the adapter does not pass; with the end of its stderr.
pub(super) async fn check(
    stage: &mut Stage,
    launch: &Launch,
    patience: Patience,
) -> Result<Close, (Fault, String)> {
    let role = launch.role();
    if role == Role::Intermediary {
        // Its adapter is the harness itself, and the preflight has checked that it forwards.
        return Ok(Close::NotSent);
    }
    #[cfg(feature = "command")]
    let is_test_service = matches!(launch, Launch::Service(_));
    let (id, text) = match role {
        Role::Server => ("server/smoke", SERVER_SMOKE),
        #[cfg(feature = "command")]
        _ if is_test_service => ("client/smoke", TEST_SERVICE_SMOKE),
        _ => ("client/smoke", SMOKE),
    };
    let case = ssespec_cases::format::read(&Source::new("smoke", text), id)
        .map_err(|mistakes| (Fault::Smoke(mistakes.to_string()), String::new()))?;
    let mut ignored = 0;
    for program in programs(&case.script, &[DeliveryKind::AsWritten]) {
        for session in 1..=TIMES {
            let outcome = smoke(stage, &program, patience).await;
            let fault = match outcome.held {
                // Whether a client can be closed is for the cases.
                Ok(()) if outcome.teardown.is_some() => {
                    ignored += outcome.teardown.iter().filter(|fault| fault.is_of_teardown()).count();
                    restart(launch, stage).await?;
                    continue;
                }
                Ok(()) => continue,
                Err(Stop::Failure(failure)) if role == Role::Server => Fault::ServerSmoke(format!(
                    "in session {session} of {TIMES}: expected {}; observed {}",
                    failure.expected, failure.observed
                )),
                #[cfg(feature = "command")]
                Err(Stop::Failure(failure)) if is_test_service => Fault::TestService(format!(
                    "its stream {session}: expected {}; observed {}",
                    failure.expected, failure.observed
                )),
                Err(Stop::Failure(failure)) => {
                    let over = match stage.protocol {
                        Protocol::Http1 => String::new(),
                        other => format!("over {other}, "),
                    };
                    Fault::Smoke(format!(
                        "{over}in session {session} of {TIMES}: expected {}; observed {}",
                        failure.expected, failure.observed
                    ))
                }
                Err(Stop::Fault { fault, .. }) => fault,
            };
            return Err((fault, stage.adapter.stderr()));
        }
    }
    // A client that goes on after it was closed is judged by the cases about that.
    stage.late.clear();
    Ok(if ignored == TIMES { Close::Ignored } else { Close::Answered })
}
