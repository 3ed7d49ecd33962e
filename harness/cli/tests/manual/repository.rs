//! The repository and its pages.

use std::path::{Path, PathBuf};

use crate::page::Page;

/// The folder of the repository.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the repository")
}

/// The text of a file of the repository.
pub(crate) fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

/// The files below a folder with one of these extensions, as paths from the root, sorted. Built and installed files
/// are left out.
pub(crate) fn files(folder: &str, extensions: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root().join(folder), extensions, &mut found);
    let root = root();
    let mut paths: Vec<String> = found
        .iter()
        .filter_map(|path| Some(path.strip_prefix(&root).ok()?.to_str()?.replace('\\', "/")))
        .collect();
    paths.sort();
    paths
}

fn collect(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !["target", "node_modules", ".venv", ".git", "snapshots"].contains(&name) {
                collect(&path, extensions, found);
            }
        } else if path.extension().is_some_and(|end| extensions.iter().any(|wanted| *wanted == end)) {
            found.push(path);
        }
    }
}

/// Every page that people read: the manual, and the pages at the root and in `.github`.
pub(crate) fn pages() -> Vec<Page> {
    let root_pages = std::fs::read_dir(root()).expect("the repository").filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        name.ends_with(".md").then_some(name)
    });
    let mut paths: Vec<String> = root_pages.collect();
    paths.sort();
    paths.extend(files("docs", &["md"]));
    paths.extend(files(".github", &["md"]));
    paths.into_iter().map(|path| Page::parse(&read(&path).expect("a page"), path)).collect()
}
