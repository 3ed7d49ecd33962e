//! The test target of this process, as arguments for cargo.

use std::ffi::OsStr;
use std::path::Path;

/// The words after `cargo test` that select this target.
pub(super) fn words() -> String {
    let package = std::env::var("CARGO_PKG_NAME").ok();
    let executable = std::env::current_exe().ok();
    let target = executable.as_deref().and_then(name).map(|name| with_hyphens(name, Path::new("tests")));
    let mut words = Vec::new();
    words.extend(package.map(|name| format!("-p {name}")));
    words.extend(target.map(|name| format!("--test {name}")));
    words.join(" ")
}

/// The target's name from that of its executable, to which cargo adds a hash.
fn name(executable: &Path) -> Option<&str> {
    let stem = executable.file_stem().and_then(OsStr::to_str)?;
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Some(name)
        }
        _ => Some(stem),
    }
}

/// The name in the folder of tests: in executables, hyphens are underscores.
fn with_hyphens(name: &str, folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut stems = entries.filter_map(|entry| Some(entry.path().file_stem()?.to_str()?.to_owned()));
    stems.find(|stem| stem.replace('-', "_") == name).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_come_back() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sse-conformance.rs"), "").unwrap();
        assert_eq!(with_hyphens("sse_conformance", folder.path()), "sse-conformance");
        assert_eq!(with_hyphens("other_name", folder.path()), "other_name");
    }

    #[test]
    fn cargos_hash_is_no_part_of_the_name() {
        assert_eq!(name(Path::new("/t/debug/deps/conformance-0123456789abcdef")), Some("conformance"));
        assert_eq!(name(Path::new("/t/debug/deps/sse-conformance")), Some("sse-conformance"));
    }
}
