//! `ssespec mock --case`.

use ssespec::manual::{self, Notice, Requests, Rounds};
use ssespec_cases::{Role, Script};

use super::arguments::Arguments;
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
    let mut print = |notice: Notice| match &notice {
        Notice::Listening(url) => printed.url(url, None),
        _ => printed.entry(|| notice.to_string(), || notice.json()),
    };
    let stopped = interrupted();
    let rounds = if arguments.once { Rounds::One } else { Rounds::Endless };
    let late = async {
        match arguments.timeout {
            Some(time) => tokio::time::sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        served = manual::serve(script, arguments.address(), rounds, &mut print) => {
            match served.map_err(|error| arguments.bind_error(error))? {
                Requests::AsExpected => Ok(Status::Success),
                Requests::Otherwise => {
                    output::error(&format!("the client did not do what {id} expects"));
                    Ok(Status::NotConforming)
                }
            }
        }
        // A signal is the usual way to end a server. Dropping it closes its ports and connections.
        () = stopped => Ok(Status::Success),
        () = late => {
            output::error(&format!("{id} was not over in time"));
            Ok(Status::NotConforming)
        }
    }
}
