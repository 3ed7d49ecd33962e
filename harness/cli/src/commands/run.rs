//! `ssespec run`: the implementations in folders, one after another.
//!
//! - [`folders`]: finds them, and the files for their results
//! - [`program`]: a proxy that is started, and ended after its run
//! - [`service`]: the probe of a server that is already running
//! - [`baseline_changes`]: what `--write-baseline` changed

mod baseline_changes;
mod folders;
mod program;
mod service;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ssespec::baseline_file;
use ssespec::implementation::{FILE, Folder, Start};
use ssespec::page::PageLibrary;
use ssespec::run::second_pass::SecondPass;
use ssespec::run::{Launch, Rerun, Run, Selection};
use ssespec::setup;
use ssespec_cases::Corpus;
use ssespec_reports::results::{Role, Variation};
use ssespec_reports::visible;

use crate::error::CommandError;
use crate::execute;
use crate::execute::outcome::Outcome;
use crate::options::execution::RunOptions;
use crate::options::protocol::ProtocolOptions;
use crate::options::remote::RemoteOption;
use crate::render::{check_number_of_runs, print_results};
use crate::shell_quoting::command_line;
use crate::status::Status;
use crate::{launch, list, output};

/// Run the implementations in these folders.
///
/// Each folder contains an ssespec.toml, which specifies the implementation, the command that starts its adapter, and its
/// known failures. For a folder without one, the folders directly below it that have one are run.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec run --setup ci/implementations/eventsource
  ssespec run --write-baseline
  ssespec run --filter 'client/lines/*' --filter 'client/bom/*' --delivery bytes --jobs 1
  ssespec run --list --filter 'client/lines/*'
  ssespec run --suite whatwg --level must --timeout 10s --color never
  ssespec run --cases my-cases --delivery splits --ipv6
  ssespec run --allow-remote servers/in-a-container
  ssespec run --strict --fail-fast --timings
  ssespec run --soak 5min
  ssespec run --framing close --loss end
  ssespec run --http both --tls     cases for clients over HTTP/1.1 and HTTP/2, both over TLS
  ssespec run --variant recommended proxies/nginx
  ssespec run --shard 1/3 --output shard-1.jsonl
  ssespec run ci/implementations --output results --format markdown > COMPATIBILITY.md

An ssespec.toml:
  name = \"my-client\"
  role = \"client\" # or \"server\"
  setup = [[\"npm\", \"ci\"]]
  command = [\"node\", \"adapter.mjs\"]

  [[known-failure]]
  case = \"client/retry/*\"
  reason = \"the retry field is ignored\"

Instead of command, it may have browser = \"chromium\" (or firefox, webkit), with page-library = \"dist/bundle.js\" to test a \
    library in a page of it, or the url = \"http://..\" of a running server \
    to probe, with headers, paths and emit as in `ssespec probe`.

An ssespec.toml of a proxy, which is started and ended:
  name = \"nginx\"
  role = \"intermediary\"
  command = [\"nginx\", \"-c\", \"{dir}/nginx.conf\", \"-p\", \"{dir}\", \"-e\", \"{dir}/error.log\"]
  templates = \"templates\" # a folder with nginx.conf, in which {listen} and {upstream} are addresses

The exit status is 1 if a case fails that is not a known failure, a known failure passes, or a pattern matches no case. \
    --write-baseline does not change the exit status of this run; the next run uses the new baseline.")]
pub(crate) struct Arguments {
    /// Folders with an ssespec.toml
    #[arg(value_name = "DIR", default_value = ".")]
    folders: Vec<PathBuf>,
    /// Run the setup commands of the folders first
    #[arg(long)]
    setup: bool,
    /// Run only this variant of a proxy that has several, or this of the versions that a folder lists; may be repeated
    #[arg(long, value_name = "NAME")]
    variant: Vec<String>,
    /// Write the failures of this run to the ssespec.toml as known failures, and remove those that pass
    #[arg(long, conflicts_with_all = ["fail_fast", "framing", "http", "loss", "tls"])]
    write_baseline: bool,
    #[command(flatten)]
    options: RunOptions,
    #[command(flatten)]
    protocol: ProtocolOptions,
    #[command(flatten)]
    remote: RemoteOption,
}

pub(crate) async fn perform(arguments: Arguments) -> Result<Status, CommandError> {
    let corpus = Arc::new(arguments.options.selection.corpus()?);
    let mut folders = Vec::new();
    for path in &arguments.folders {
        folders.extend(folders::read(path)?);
    }
    folders::select(&mut folders, &arguments.variant)?;
    if arguments.options.listing.list {
        return print_list(&arguments.options, &corpus, &folders);
    }
    check_number_of_runs(folders.len(), arguments.options.format.chosen())?;
    let files = folders::output_files(arguments.options.output.as_deref(), &folders)?;
    let mut worst = Status::Success;
    let (mut runs, mut not_run) = (Vec::new(), Vec::new());
    for (folder, file) in folders.iter().zip(files) {
        if arguments.options.fail_fast.fail_fast && worst != Status::Success {
            break;
        }
        if folders.len() > 1 {
            output::note(&format!("running {}", folders::shown(folder)));
        }
        // An implementation that cannot be run does not prevent the others from running.
        match perform_one(&arguments, &corpus, folder, file.as_deref()).await {
            Ok(outcome) => {
                worst = worst.max(outcome.status);
                runs.push(outcome.results);
            }
            Err(error) => {
                error.report();
                not_run.push(folders::shown(folder));
                worst = worst.max(error.status());
            }
        }
    }
    print_results(&runs, arguments.options.format.chosen(), arguments.options.timings)?;
    if folders.len() > 1 && !not_run.is_empty() {
        output::note(&format!("could not be run: {}", not_run.join(", ")));
    }
    Ok(worst)
}

/// Prints what each folder would run.
fn print_list(options: &RunOptions, corpus: &Corpus, folders: &[Folder]) -> Result<Status, CommandError> {
    for folder in folders {
        if folders.len() > 1 {
            output::note(&format!("for {}", folders::shown(folder)));
        }
        output::print(&match &folder.start {
            Start::Service(service) => list::checks(&service::probe(folder, service, options)?)?,
            Start::Command(_) | Start::TestService { .. } | Start::Browser { .. } | Start::Program(_) => {
                list::cases(folder.role, corpus, &options.selection())?
            }
        });
    }
    Ok(Status::Success)
}

/// The longest setup command that is printed, in characters.
const COMMAND: usize = 1000;

async fn perform_one(
    arguments: &Arguments,
    corpus: &Arc<Corpus>,
    folder: &Folder,
    file: Option<&Path>,
) -> Result<Outcome, CommandError> {
    if arguments.setup {
        for words in &folder.setup {
            let command = visible::line(&words.join(" "), COMMAND);
            output::note(&format!("setup of {}: {command}", folder.path.display()));
        }
        setup::run(folder).await?;
    }
    let options = &arguments.options;
    let second_pass = match &folder.start {
        Start::Command(_) | Start::TestService { .. } if folder.role == Role::Client => {
            Some(SecondPass::USUAL)
        }
        _ => None,
    };
    let mut selection = arguments.protocol.select(options.selection(), &folder.protocols, second_pass);
    if folder.role == Role::Server {
        // What is varied is what the mock server sends.
        selection.variation = Variation::default();
        selection.protocols = Selection::default().protocols;
    }
    let certificate = ProtocolOptions::certificate(&selection)?;
    let launch = match &folder.start {
        Start::Command(words) if folder.role == Role::Server => {
            launch::server_command(words.clone(), folder.path.clone(), arguments.remote.reach())
        }
        Start::Command(words) => launch::client_command(words.clone(), folder.path.clone()),
        Start::TestService { service, .. } => Launch::Service(service.clone()),
        Start::Browser { engine, library } => {
            let library = library.as_ref().map(|file| PageLibrary::read(&folder.path.join(file)));
            launch::browser(
                *engine,
                library.transpose().map_err(|error| not_built(error.into(), arguments, folder))?,
                certificate.tls.as_ref(),
            )?
        }
        Start::Service(service) => {
            let probe = service::probe(folder, service, options)?;
            let outcome = execute::probe::execute(&probe, None, file, options.format.chosen()).await?;
            write_baseline(arguments, folder, &probe.selection, &outcome)?;
            return Ok(outcome);
        }
        Start::Program(program) => {
            let run = program::Prepared { folder, program, options, corpus };
            let outcome = run.execute(file).await.map_err(|error| not_built(error, arguments, folder))?;
            write_baseline(arguments, folder, &options.selection(), &outcome)?;
            return Ok(outcome);
        }
    };
    let words = [folder.path.display().to_string()]
        .into_iter()
        .chain(options.rerun_options())
        .chain(arguments.remote.word());
    let run = Run {
        corpus: Arc::clone(corpus),
        lanes: options.lanes(&launch),
        launch,
        selection,
        baseline: options.baseline(folder.baseline.clone(), corpus),
        patience: options.patience(),
        address: options.address(),
        barrier: options.barrier(),
        tls: certificate.tls.clone(),
        deaths: options.strict.deaths(),
        rerun: Rerun::Folder { folder: folder.path.clone(), words: command_line(words) },
    };
    let format = options.format.chosen();
    let outcome = match &folder.start {
        Start::TestService { command, .. } => {
            let command = command.as_deref().unwrap_or_default();
            execute::service::execute(&run, (&folder.path, command), file, format).await
        }
        _ => execute::cases::execute(&run, file, format).await,
    };
    let outcome = outcome.map_err(|error| not_built(error, arguments, folder))?;
    write_baseline(arguments, folder, &run.selection, &outcome)?;
    Ok(outcome)
}

/// The error, with the setup as its likely cause if that has not run.
fn not_built(error: CommandError, arguments: &Arguments, folder: &Folder) -> CommandError {
    let needs_setup = error.status() == Status::NotRun && !arguments.setup && !setup::is_done(folder);
    if needs_setup { CommandError::SetupNotRun(Box::new(error)) } else { error }
}

/// Writes the baseline if `--write-baseline` is given.
fn write_baseline(
    arguments: &Arguments,
    folder: &Folder,
    selection: &Selection,
    outcome: &Outcome,
) -> Result<(), CommandError> {
    if arguments.write_baseline {
        let file = folder.path.join(FILE);
        let variant = folder.variant.as_deref();
        let changes = baseline_file::update(&file, variant, &outcome.results, selection)?;
        baseline_changes::print(&file, &changes);
    }
    Ok(())
}
