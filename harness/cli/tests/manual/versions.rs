//! One oldest version of Rust, in every place that names one.

use crate::repository;

/// Checks that pages, workflows and manifests name the version of the workspace's `rust-version`.
pub(crate) fn check() -> Result<(), Vec<String>> {
    let manifest: toml::Table =
        repository::read("Cargo.toml").and_then(parse).map_err(|error| vec![error])?;
    let version = manifest["workspace"]["package"]["rust-version"].as_str().unwrap_or_default().to_owned();
    let mut problems = Vec::new();
    let mut places = 0;
    let pages = repository::pages().into_iter().map(|page| page.path);
    let files = pages
        .chain(repository::files(".github", &["yml"]))
        .chain(repository::files("harness/examples", &["toml"]));
    for file in files {
        let text = repository::read(&file).map_err(|error| vec![error])?;
        for (number, line) in (1..).zip(text.lines()) {
            for found in versions(line) {
                places += 1;
                if found != version {
                    problems.push(format!("{file}:{number}: names Rust {found}; Cargo.toml says {version}"));
                }
            }
        }
    }
    for file in ["README.md", ".github/workflows/ci.yml", "CONTRIBUTING.md"] {
        if !repository::read(file).is_ok_and(|text| text.lines().any(|line| versions(line).next().is_some()))
        {
            problems.push(format!("{file} does not name the oldest version of Rust"));
        }
    }
    if problems.is_empty() && places > 0 { Ok(()) } else { Err(problems) }
}

fn parse(text: String) -> Result<toml::Table, String> {
    text.parse().map_err(|error| format!("Cargo.toml: {error}"))
}

/// The versions of Rust that a line names.
fn versions(line: &str) -> impl Iterator<Item = String> {
    let lead = ["Rust ", "rustc ", "cargo ", "cargo +", "toolchain install ", "rust-version = \""];
    lead.into_iter().flat_map(move |lead| {
        line.match_indices(lead).filter_map(move |(at, _)| {
            let rest = &line[at + lead.len()..];
            let end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(rest.len());
            let version = rest[..end].trim_end_matches('.');
            version.contains('.').then(|| version.to_owned())
        })
    })
}
