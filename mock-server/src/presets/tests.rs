use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;

#[test]
fn every_preset_is_a_scenario_with_a_title() {
    for preset in ALL {
        let scenario = read(&Source::new(preset.name, preset.text)).unwrap_or_else(|error| panic!("{error}"));
        assert!(!scenario.title.is_empty() && scenario.title == preset.title(), "{}", preset.name);
    }
    assert!(ALL.is_sorted_by_key(|preset| preset.name));
}

#[test]
fn every_file_is_a_preset() {
    fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() && path.file_name().is_none_or(|name| name != "proof") {
                collect(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                files.insert(path);
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets");
    let mut found = BTreeSet::new();
    collect(&folder, &mut found);
    let listed: BTreeSet<PathBuf> =
        ALL.iter().map(|preset| folder.join(format!("{}.toml", preset.name))).collect();
    assert_eq!(found, listed);
}
