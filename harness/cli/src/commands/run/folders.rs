//! The folders of implementations, and the files for their results.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ssespec::implementation::{FILE, Folder};

use crate::error::CommandError;

/// Reads the implementation in this folder, or those directly below it.
///
/// # Errors
/// If there is none, or one cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<Folder>, CommandError> {
    if path.join(FILE).is_file() {
        return Ok(Folder::read(path)?);
    }
    let entries =
        std::fs::read_dir(path).map_err(|source| CommandError::Read { path: path.to_owned(), source })?;
    let mut below: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join(FILE).is_file())
        .collect();
    below.sort();
    if below.is_empty() {
        return Err(CommandError::NoImplementation(path.to_owned()));
    }
    Ok(below.iter().map(|path| Folder::read(path)).collect::<Result<Vec<_>, _>>()?.concat())
}

/// Keeps only these variants, if some are named.
///
/// # Errors
/// If no folder has one of them.
pub(crate) fn select(folders: &mut Vec<Folder>, variants: &[String]) -> Result<(), CommandError> {
    let known: BTreeSet<String> = folders.iter().filter_map(|folder| folder.variant.clone()).collect();
    if let Some(unknown) = variants.iter().find(|name| !known.contains(*name)) {
        return Err(CommandError::NoVariant { name: unknown.clone(), known: known.into_iter().collect() });
    }
    let is_named = |folder: &Folder| folder.variant.as_ref().is_some_and(|name| variants.contains(name));
    folders.retain(|folder| variants.is_empty() || is_named(folder));
    Ok(())
}

/// A folder, and its variant, in messages.
pub(crate) fn shown(folder: &Folder) -> String {
    let path = folder.path.display();
    folder.variant.as_ref().map_or_else(|| path.to_string(), |variant| format!("{path} ({variant})"))
}

/// The results file of each implementation: the one of `--output`, or a file for each if that is a folder or there are
/// several implementations.
///
/// # Errors
/// If the folder cannot be created, or two implementations have the same name.
pub(crate) fn output_files(
    output: Option<&Path>,
    folders: &[Folder],
) -> Result<Vec<Option<PathBuf>>, CommandError> {
    let Some(output) = output else { return Ok(vec![None; folders.len()]) };
    if folders.len() == 1 && !output.is_dir() {
        return Ok(vec![Some(output.to_owned())]);
    }
    std::fs::create_dir_all(output)
        .map_err(|source| CommandError::CreateFolder { path: output.to_owned(), source })?;
    let mut taken = BTreeSet::new();
    let files = folders.iter().map(|folder| {
        // A name such as @owner/name is not a file name.
        let name: String =
            folder.stem().chars().map(|c| if is_allowed_in_a_file_name(c) { c } else { '-' }).collect();
        if !taken.insert(name.to_lowercase()) {
            return Err(CommandError::SameName(name));
        }
        Ok(Some(output.join(format!("{name}.jsonl"))))
    });
    files.collect()
}

fn is_allowed_in_a_file_name(c: char) -> bool {
    c.is_alphanumeric() || "-_.+@ ".contains(c)
}
