//! Files that import each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::imports::{Crate, Edges};
use crate::{CRATES, repository};

#[test]
fn no_crate_holds_a_circle_of_files() {
    let mut found = Vec::new();
    for folder in CRATES {
        let root = repository().join(folder).join("src");
        let edges = Crate::read(&root).edges();
        found.extend(circles(&edges).into_iter().map(|circle| describe(folder, &edges, &circle)));
    }
    assert!(
        found.is_empty(),
        "{} circles of files; move what they share to a file of its own\n\n{}",
        found.len(),
        found.join("\n")
    );
}

/// Groups of files that reach each other.
fn circles(edges: &Edges) -> Vec<BTreeSet<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> =
        edges.keys().map(|file| (file, reachable(edges, file))).collect();
    let mut circles: Vec<BTreeSet<String>> = Vec::new();
    for (file, reached) in &reach {
        if !reached.contains(*file) || circles.iter().any(|circle| circle.contains(*file)) {
            continue;
        }
        let returns = |other: &&&String| reach.get(**other).is_some_and(|back| back.contains(*file));
        circles.push(reached.iter().filter(returns).map(|other| (*other).clone()).collect());
    }
    circles
}

fn reachable<'e>(edges: &'e Edges, start: &'e String) -> BTreeSet<&'e String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![start];
    while let Some(file) = next.pop() {
        for other in edges.get(file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(other) {
                next.push(other);
            }
        }
    }
    reached
}

fn describe(folder: &str, edges: &Edges, circle: &BTreeSet<String>) -> String {
    let mut lines = vec![format!("{folder}: {} files", circle.len())];
    for file in circle {
        for (other, names) in
            edges.get(file).into_iter().flatten().filter(|(other, _)| circle.contains(*other))
        {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            lines.push(format!("  {file} -> {other}: {}", names.join(", ")));
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn a_circle_is_seen() {
    let edge = |to: &str| BTreeMap::from([(to.to_owned(), BTreeSet::from(["Name".to_owned()]))]);
    let edges = Edges::from([
        ("a.rs".to_owned(), edge("b.rs")),
        ("b.rs".to_owned(), edge("c.rs")),
        ("c.rs".to_owned(), edge("b.rs")),
    ]);
    assert_eq!(circles(&edges), [BTreeSet::from(["b.rs".to_owned(), "c.rs".to_owned()])]);
}
