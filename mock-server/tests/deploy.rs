//! The files in `mock-server/deploy` agree with the command, as far as that can be told without a container runtime.
//! `ci/schemas` checks the manifests against the schemas of Kubernetes.

use std::fs;
use std::path::Path;

use ssespec_diagnostics::Source;
use ssespec_mock_server::scenario::format::read;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_scenario_of_the_manifest_can_be_served() {
    let manifest = file("kubernetes.yaml");
    let text = manifest.split_once("  scenario.toml: |\n").expect("a scenario").1;
    let lines =
        text.lines().take_while(|line| *line != "---").map(|line| line.strip_prefix("    ").unwrap_or(line));
    let scenario = lines.collect::<Vec<_>>().join("\n");
    let scenario =
        read(&Source::new("kubernetes.yaml", scenario)).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(scenario.routes.len(), 2);
}

#[test]
fn no_container_runs_as_root_and_each_has_a_health_check() {
    let (image, manifest) = (file("Dockerfile"), file("kubernetes.yaml"));
    assert!(image.contains("FROM scratch\n") && image.contains("USER 65534:65534\n"));
    assert!(image.contains("HEALTHCHECK ") && image.contains("\"--health\", \"127.0.0.1:8081\""));
    for part in
        ["runAsNonRoot: true", "readOnlyRootFilesystem: true", "livenessProbe:", "readinessProbe:", "limits:"]
    {
        assert!(manifest.contains(part), "{part}");
    }
}
