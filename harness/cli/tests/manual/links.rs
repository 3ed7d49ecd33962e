//! Links lead to files and headings that exist.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::page::Page;
use crate::repository;

/// Where files of the repository are found by readers of the built manual.
const REPOSITORY: [&str; 2] =
    ["https://github.com/ssespec/ssespec/blob/main/", "https://github.com/ssespec/ssespec/tree/main/"];

/// Checks the links of every page. Pages of the manual link to files outside of it by their URL, since the built manual
/// has only its own pages.
pub(crate) fn check() -> Result<(), Vec<String>> {
    let pages = repository::pages();
    let anchors: BTreeMap<String, &Page> = pages.iter().map(|page| (page.path.clone(), page)).collect();
    let mut problems = Vec::new();
    for page in &pages {
        for (line, target) in &page.links {
            let mut wrong = |what: &str| problems.push(format!("{}:{line}: {target}: {what}", page.path));
            let local = REPOSITORY.iter().find_map(|prefix| target.strip_prefix(prefix));
            if local.is_none() && (target.contains("://") || target.starts_with("mailto:")) {
                continue;
            }
            let (path, fragment) =
                local.unwrap_or(target).split_once('#').unwrap_or((local.unwrap_or(target), ""));
            let path = match (local, path) {
                (Some(_), path) => path.trim_end_matches('/').to_owned(),
                (None, "") => page.path.clone(),
                (None, path) => resolved(&page.path, path),
            };
            if !repository::root().join(&path).exists() {
                wrong("there is no such file");
            } else if local.is_none() && page.path.starts_with("docs/") && !path.starts_with("docs/") {
                wrong("a page of the manual links to a file outside of it by its URL");
            } else if let Some(other) = anchors.get(&path).filter(|_| !fragment.is_empty())
                && !other.anchors.iter().any(|anchor| anchor == fragment)
            {
                wrong("there is no such heading");
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// A relative link as a path from the root.
fn resolved(page: &str, link: &str) -> String {
    let mut path = PathBuf::new();
    for part in Path::new(page).parent().unwrap_or(Path::new("")).join(link).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path.to_string_lossy().replace('\\', "/")
}

/// Every page of the manual is in its table of contents.
pub(crate) fn check_summary() -> Result<(), Vec<String>> {
    let pages = repository::pages();
    let summary =
        pages.iter().find(|page| page.path == "docs/SUMMARY.md").ok_or(["no docs/SUMMARY.md".to_owned()])?;
    let listed: Vec<String> = summary.links.iter().map(|(_, target)| format!("docs/{target}")).collect();
    let missing: Vec<String> = pages
        .iter()
        .filter(|page| page.path.starts_with("docs/") && page.path != summary.path)
        .filter(|page| !listed.contains(&page.path))
        .map(|page| format!("{} is not in docs/SUMMARY.md", page.path))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(missing) }
}
