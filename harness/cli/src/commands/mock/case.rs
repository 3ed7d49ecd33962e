//! `ssespec mock --case`.

use ssespec::manual::{self, Notice, Requests, Rounds};
use ssespec_cases::{Role, Script};
use ssespec_mock_server::wire::Options;

use super::arguments::Arguments;
use super::backlog::Backlog;
use super::printed::Printed;
use crate::did_you_mean::UnknownName;
use crate::error::CommandError;
use crate::options::selection::corpus;
use crate::output;
use crate::signals::interrupted;
use crate::status::Status;

pub(super) async fn serve(arguments: &Arguments, id: &str) -> Result<Status, CommandError> {
    let corpus = corpus(arguments.cases.as_deref())?;
    let Some(case) = corpus.cases.get(id) else {
        return Err(UnknownName::case(id, corpus.cases.keys().map(String::as_str)).into());
    };
    let Script::Client(script) = &case.script else {
        return Err(match case.role() {
            Role::Intermediary => CommandError::IntermediaryCase(id.to_owned()),
            _ => CommandError::ServerCase(id.to_owned()),
        });
    };
    let printed = Printed::new(arguments);
    let protocol = arguments.protocol.protocol(arguments.bind)?;
    let options = Options { versions: protocol.versions, tls: protocol.tls.clone(), ..Options::default() };
    // An output that nobody reads holds up neither the case nor a signal.
    let backlog = Backlog::start(move |item| printed.item(&item));
    let mut print = |notice: Notice| match &notice {
        Notice::Listening(url) => printed.url(url, None, protocol.authority.as_ref()),
        _ => backlog.add(notice),
    };
    let stopped = interrupted();
    let rounds = if arguments.once { Rounds::One } else { Rounds::Endless };
    let late = async {
        match arguments.timeout {
            Some(time) => tokio::time::sleep(time).await,
            None => std::future::pending().await,
        }
    };
    let problem = tokio::select! {
        served = manual::serve(script, arguments.address(), options, rounds, &mut print) => match served {
            Err(error) => return Err(arguments.bind_error(error)),
            Ok(Requests::AsExpected) => None,
            Ok(Requests::Otherwise) => Some(format!("the client did not do what {id} expects")),
        },
        // A signal is the usual way to end a server. Dropping it closes its ports and connections.
        () = stopped => None,
        () = late => Some(format!("{id} was not over in time")),
    };
    printed.unprinted(backlog.finish().await);
    let Some(problem) = problem else { return Ok(Status::Success) };
    output::error(&problem);
    Ok(Status::NotConforming)
}
