//! The implementations that `ci/test` runs.

use std::collections::BTreeSet;

use ssespec::implementation::Folder;

use crate::{accepted, folder_name, text};

/// The list.
const FILE: &str = "ci/handful";

/// The languages that `ci/test` needs no toolchain for: a JDK and Maven would be a large part of its time.
const LEFT_TO_MATRIX: [&str; 1] = ["Java"];

/// Checks that the list names a client of each language, a browser, two servers and a proxy. `all` are all implementations.
pub(crate) fn check(all: &[Folder]) -> Result<(), String> {
    let list = text(FILE)?;
    let names: Vec<&str> = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let is_named = |folder: &Folder, name: &str| folder_name(folder) == name || folder.stem() == name;
    if let Some(unknown) = names.iter().find(|name| !all.iter().any(|known| is_named(known, name))) {
        return Err(format!("{FILE}: there is no ci/implementations/{unknown}"));
    }
    let mut languages = BTreeSet::new();
    let (mut handful, mut browsers, mut servers, mut proxies) = (BTreeSet::new(), 0, 0, 0);
    for folder in all {
        let accepted = accepted::read(&folder.stem())?;
        let is_listed = names.iter().any(|name| is_named(folder, name));
        match (accepted.role.as_str(), accepted.transport.as_str()) {
            ("client", "page") => browsers += usize::from(is_listed),
            ("client", _) => {
                if is_listed {
                    handful.insert(accepted.language.clone());
                }
                languages.insert(accepted.language);
            }
            ("intermediary", _) => proxies += usize::from(is_listed),
            _ => servers += usize::from(is_listed),
        }
    }
    let mut missing = languages.difference(&handful);
    if let Some(language) = missing.find(|language| !LEFT_TO_MATRIX.contains(&language.as_str())) {
        return Err(format!("{FILE}: no client in {language}"));
    }
    if browsers == 0 || servers < 2 || proxies == 0 {
        let found = format!("{browsers} browsers, {servers} servers and {proxies} proxies");
        return Err(format!("{FILE}: {found}; expected one, two and one"));
    }
    Ok(())
}
