//! `ssespec init`: an adapter to begin with.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use clap::{Args, ValueEnum};
use ssespec::implementation::{Folder, Start};
use ssespec_reports::results::Role;

use crate::error::CommandError;
use crate::output::{self, WriteFileError};
use crate::shell_quoting::command_line;
use crate::status::Status;
use crate::templates::{self, BLANK, InitError, Language};

/// Where GitHub looks for workflows.
const WORKFLOW: &str = ".github/workflows/conformance.yml";

/// Write an adapter to begin with: in a language of your choice, for your client or server, or for a published one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec init python
  ssespec init go --role server
  ssespec init javascript --for eventsource eventsource-tests
  ssespec init --list --color never

It writes the adapter, its ssespec.toml and a workflow for GitHub, and overwrites nothing. A blank adapter has a minimal \
    client or server where yours belongs, so that it runs as it is.")]
pub(crate) struct Arguments {
    /// The language of the adapter
    #[arg(value_name = "LANGUAGE", required_unless_present = "list")]
    language: Option<Language>,
    /// The folder to write
    #[arg(value_name = "DIR", default_value = "conformance")]
    folder: PathBuf,
    /// What is tested
    #[arg(long, value_name = "ROLE", default_value = "client")]
    role: RoleWord,
    /// Write the adapter of this published implementation, with its known failures
    #[arg(long = "for", value_name = "NAME")]
    implementation: Option<String>,
    /// Print the languages, roles and implementations that have an adapter, and write nothing
    #[arg(long)]
    list: bool,
}

/// What is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleWord {
    /// A client
    Client,
    /// A server
    Server,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Client => Self::Client,
            RoleWord::Server => Self::Server,
        }
    }
}

pub(crate) fn perform(arguments: &Arguments) -> Result<Status, CommandError> {
    let Some(language) = arguments.language.filter(|_| !arguments.list) else {
        output::print(&list(arguments.language));
        return Ok(Status::Success);
    };
    let role = Role::from(arguments.role);
    let name = arguments.implementation.as_deref().unwrap_or(BLANK);
    let files = templates::files(language, role, name);
    if files.is_empty() {
        return Err(CommandError::Init(InitError::NoTemplate {
            language: language.name(),
            role,
            name: arguments.implementation.clone(),
            known: templates::names(language, role),
        }));
    }
    let folder = &arguments.folder;
    let paths: Vec<(PathBuf, &[u8])> =
        files.into_iter().map(|(name, content)| (folder.join(name), content)).collect();
    if let Some((path, _)) = paths.iter().find(|(path, _)| path.exists()) {
        return Err(CommandError::Init(InitError::Exists(path.clone())));
    }
    for (path, content) in &paths {
        write(path, content)?;
    }
    write_workflow(folder)?;
    // The last version, if the folder lists several.
    if let Some(folder) = Folder::read(folder)?.last() {
        output::print(&next_steps(folder, name == BLANK));
    }
    Ok(Status::Success)
}

/// Writes the workflow, unless there is one. Its place is known only if the folder is below the current one.
fn write_workflow(folder: &Path) -> Result<(), CommandError> {
    let workflow = Path::new(WORKFLOW);
    let is_below = folder.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let folder = folder.display().to_string();
    if is_below && !workflow.exists() {
        return write(workflow, templates::workflow(&folder).as_bytes());
    }
    let words = command_line([folder]);
    output::note(&format!("no {WORKFLOW} was written: add `ssespec run --setup {words}` to your CI"));
    Ok(())
}

/// Writes a new file and its folders, and says so.
fn write(path: &Path, content: &[u8]) -> Result<(), CommandError> {
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| OpenOptions::new().write(true).create_new(true).open(path))
        .and_then(|mut file| file.write_all(content));
    written.map_err(|source| WriteFileError { path: path.to_owned(), source })?;
    output::print(&format!("wrote {}\n", path.display()));
    Ok(())
}

/// What to do next.
fn next_steps(folder: &Folder, is_blank: bool) -> String {
    let path = command_line([folder.path.display().to_string()]);
    let mut steps = vec![format!("ssespec run --setup {path}")];
    if let Start::Command(words) = &folder.start {
        let role = folder.role.as_str();
        steps.push(format!("cd {path} && ssespec {role} --check -- {}", command_line(words)));
    }
    let mut text = String::from("\nNext:\n");
    steps.iter().for_each(|step| {
        let _ = writeln!(text, "  {step}");
    });
    if is_blank {
        let _ = write!(
            text,
            "Then put your {0} in the place of the minimal one: a comment marks it.\n`ssespec run --write-baseline {path}` accepts what \
             fails today.\n",
            folder.role.as_str()
        );
    }
    text
}

/// The languages, and what there is in each.
fn list(only: Option<Language>) -> String {
    let mut text = String::new();
    for language in
        Language::value_variants().iter().filter(|language| only.is_none_or(|only| only == **language))
    {
        for role in [Role::Client, Role::Server] {
            let names = templates::names(*language, role);
            if !names.is_empty() {
                let _ = writeln!(text, "{:<12}{:<8}{}", language.name(), role.as_str(), names.join(" "));
            }
        }
    }
    text
}
