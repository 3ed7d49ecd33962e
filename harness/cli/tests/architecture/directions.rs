//! Which crate may depend on which.

use std::collections::{BTreeMap, BTreeSet};

use crate::{CRATES, repository};

/// Each crate of the workspace, and those it may depend on. Development dependencies are unrestricted.
const ALLOWED: [(&str, &[&str]); 10] = [
    ("ssespec-diagnostics", &[]),
    ("ssespec-strict", &[]),
    ("ssespec-reports", &[]),
    ("ssespec-mock-server", &["ssespec-diagnostics"]),
    ("ssespec-cases", &["ssespec-diagnostics", "ssespec-mock-server"]),
    (
        "ssespec",
        &["ssespec-diagnostics", "ssespec-mock-server", "ssespec-cases", "ssespec-strict", "ssespec-reports"],
    ),
    ("ssespec-reference", &["ssespec-mock-server", "ssespec-cases", "ssespec", "ssespec-strict"]),
    (
        "ssespec-probe",
        &[
            "ssespec-diagnostics",
            "ssespec-mock-server",
            "ssespec-cases",
            "ssespec",
            "ssespec-strict",
            "ssespec-reports",
        ],
    ),
    ("ssespec-browser", &["ssespec"]),
    (
        "ssespec-cli",
        &[
            "ssespec",
            "ssespec-browser",
            "ssespec-cases",
            "ssespec-diagnostics",
            "ssespec-mock-server",
            "ssespec-probe",
            "ssespec-reference",
            "ssespec-reports",
            "ssespec-strict",
        ],
    ),
];

#[test]
fn crates_depend_in_one_direction() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let mut wrong = Vec::new();
    for folder in CRATES {
        let path = repository().join(folder).join("Cargo.toml");
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let manifest: toml::Table = text.parse().expect("a manifest");
        let name = manifest["package"]["name"].as_str().expect("a name");
        let may: BTreeSet<&str> = allowed[name].iter().copied().collect();
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for dependency in dependencies.into_iter().flat_map(toml::Table::keys) {
            if allowed.contains_key(dependency.as_str()) && !may.contains(dependency.as_str()) {
                wrong.push(format!("{folder}/Cargo.toml: {name} must not depend on {dependency}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
