//! The implementations that `ci/test` runs.

use std::collections::BTreeSet;

use crate::{accepted, text};

/// The list.
const FILE: &str = "ci/handful";

/// Checks that the list names a client of each language, a browser and two servers. `all` are all implementations.
pub(crate) fn check(all: &[String]) -> Result<(), String> {
    let list = text(FILE)?;
    let names: Vec<&str> = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    if let Some(unknown) = names.iter().find(|name| !all.iter().any(|known| known == *name)) {
        return Err(format!("{FILE}: there is no ci/implementations/{unknown}"));
    }
    let mut languages = BTreeSet::new();
    let (mut handful, mut browsers, mut servers) = (BTreeSet::new(), 0, 0);
    for name in all {
        let accepted = accepted::read(name)?;
        let is_listed = names.contains(&name.as_str());
        match (accepted.role.as_str(), accepted.transport.as_str()) {
            ("client", "page") => browsers += usize::from(is_listed),
            ("client", _) => {
                if is_listed {
                    handful.insert(accepted.language.clone());
                }
                languages.insert(accepted.language);
            }
            _ => servers += usize::from(is_listed),
        }
    }
    if let Some(language) = languages.difference(&handful).next() {
        return Err(format!("{FILE}: no client in {language}"));
    }
    if browsers == 0 || servers < 2 {
        return Err(format!("{FILE}: {browsers} browsers and {servers} servers; expected one and two"));
    }
    Ok(())
}
