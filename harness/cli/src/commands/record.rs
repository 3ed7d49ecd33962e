//! `ssespec record`: a real stream as a scenario.

mod arguments;
mod capture;

use ssespec_mock_server::client::{Roots, Target, Trust};
use ssespec_mock_server::record::case_text::case_text;
use ssespec_mock_server::record::scenario_text::scenario_text;
use ssespec_mock_server::record::{RecordedResponse, Recording, Secrets};
use tokio::sync::watch;

use crate::error::{CommandError, plural};
use crate::output::{self, WriteFileError};
use crate::signals::interrupted;
use crate::status::Status;

pub(crate) use arguments::Arguments;

pub(crate) async fn perform(arguments: Arguments) -> Result<Status, CommandError> {
    let target = Target::parse(&arguments.url)?;
    if let Some(file) = arguments.output.as_ref().filter(|file| file.exists() && !arguments.force) {
        return Err(CommandError::Exists(file.clone()));
    }
    if let Some(file) = &arguments.output {
        // Not after half a minute of recording.
        output::check_folder_of(file)?;
    }
    let roots = match (&arguments.ca, arguments.insecure) {
        (Some(file), _) => Roots::File(file.clone()),
        (None, true) => Roots::All,
        (None, false) => Roots::Public,
    };
    let trust = Trust::new(&roots)?;
    let body = arguments.data.as_deref().map(content).transpose()?;
    let request = capture::Request::new(&target, &arguments.header, body);
    let secrets = Secrets::of(request.headers(), &target.path);
    let (stop, stopped) = watch::channel(false);
    let signal = interrupted();
    let signaled = tokio::spawn(async move {
        signal.await;
        stop.send_replace(true);
    });
    let responses = capture::responses(&arguments, &target, &trust, &request, stopped).await;
    signaled.abort();
    let responses = responses?;
    summarize(&responses);
    let recording = Recording { method: request.method().to_owned(), target: target.path.clone(), responses };
    let text =
        if arguments.case { case_text(&recording, &secrets) } else { scenario_text(&recording, &secrets) };
    output::print_or_write(&text, arguments.output.as_deref())?;
    Ok(Status::Success)
}

/// The content of `--data`.
fn content(text: &str) -> Result<Vec<u8>, WriteFileError> {
    match text.strip_prefix('@') {
        Some(file) => std::fs::read(file).map_err(|source| WriteFileError { path: file.into(), source }),
        None => Ok(text.as_bytes().to_vec()),
    }
}

/// Says what was recorded.
fn summarize(responses: &[RecordedResponse]) {
    for (number, response) in responses.iter().enumerate() {
        let bytes: usize = response.writes.iter().map(|write| write.bytes.len()).sum();
        let writes = response.writes.len();
        output::note(&format!(
            "connection {}: status {}, {bytes} bytes in {writes} write{}, {}",
            number + 1,
            response.status,
            plural(writes),
            capture::end_in_words(response.end)
        ));
    }
}
