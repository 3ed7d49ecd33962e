//! `ssespec mock`: serves a case or scenarios to curl, a debugger or a browser.

mod arguments;
mod backlog;
mod case;
mod control;
mod limits;
mod presets;
mod printable;
mod printed;
mod protocol;
mod reload;
mod scenarios;
mod sources;
mod upstream;

use crate::error::CommandError;
use crate::status::Status;

pub(crate) use arguments::Arguments;

pub(crate) async fn perform(arguments: Arguments) -> Result<Status, CommandError> {
    if let Some(address) = arguments.control.health {
        return control::health(address).await;
    }
    if arguments.presets {
        return Ok(presets::list());
    }
    if let (Some(name), true) = (&arguments.preset, arguments.show) {
        return presets::show(name);
    }
    match &arguments.case {
        Some(id) => case::serve(&arguments, id).await,
        None => scenarios::serve(&arguments).await,
    }
}
