//! The examples that are crates of their own.

use std::path::Path;
use std::process::Command;

#[test]
fn eventsource_client_resumes_after_a_drop() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harness/examples/eventsource-client");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder that it is in");
    let output = Command::new(env!("CARGO"))
        .args(["test", "--locked", "--test", "resume"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .output()
        .expect("cargo");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success() && stdout.contains("1 passed"), "{stdout}\n{stderr}");
}
