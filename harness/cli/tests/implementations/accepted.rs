//! The accepted reports name the versions that are pinned, so a change of a version needs a new report.

use ssespec::implementation::{Folder, Start};

use crate::{MATRIX, pins, text};

/// An implementation as its accepted report names it.
pub(crate) struct Accepted {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) language: String,
    pub(crate) role: String,
    pub(crate) transport: String,
}

/// The first line of the accepted report of an implementation, or of its variant.
pub(crate) fn read(name: &str) -> Result<Accepted, String> {
    let path = format!("reports/snapshots/{name}.snap");
    let report = text(&path)?;
    let line = report.splitn(3, "---").nth(2).and_then(|rest| rest.trim_start().lines().next());
    parsed(line.unwrap_or_default()).ok_or_else(|| format!("{path}: it does not name its implementation"))
}

/// Reads `eventsource 5.1.5 (JavaScript client) over process`, or `nginx (default) 1.22.1 (intermediary) over network`.
fn parsed(line: &str) -> Option<Accepted> {
    let (identity, transport) = line.rsplit_once(") over ")?;
    let (identity, kind) = identity.rsplit_once(" (")?;
    let ((name, version), (language, role)) =
        (identity.rsplit_once(' ')?, kind.rsplit_once(' ').unwrap_or(("", kind)));
    let words = [name, version, language, role, transport].map(str::to_owned);
    let [name, version, language, role, transport] = words;
    Some(Accepted { name, version, language, role, transport })
}

/// Compares an accepted report, and its column in the matrix, with the pins of its folder.
pub(crate) fn check(folder: &Folder) -> Result<(), String> {
    let accepted = read(&folder.stem())?;
    if !text(MATRIX)?.contains(&format!("- **{} {}** (", escaped(&accepted.name), accepted.version)) {
        let hint = "`ci/matrix --accept` renews it";
        return Err(format!("{MATRIX} does not name {} {}; {hint}", accepted.name, accepted.version));
    }
    // Browsers come from the machine.
    if matches!(folder.start, Start::Browser { library: None, .. }) {
        return Ok(());
    }
    // A run checks the version of a proxy.
    if let Start::Program(program) = &folder.start {
        let expected = (folder.title(), program.version.clone());
        return if expected == (accepted.name, Some(accepted.version)) {
            Ok(())
        } else {
            Err(format!(
                "the accepted report of {} is of another version than its ssespec.toml",
                folder.title()
            ))
        };
    }
    let pins = pins::read(&folder.path)?;
    problem(&folder.name, folder.variant.as_deref(), &accepted, &pins).map_or(Ok(()), Err)
}

/// A name in the matrix.
fn escaped(name: &str) -> String {
    name.replace('@', "@<!-- -->").replace('_', "\\_")
}

/// How an accepted report differs from the pins, of which there are others if the folder lists versions.
fn problem(folder: &str, listed: Option<&str>, accepted: &Accepted, pins: &[pins::Pin]) -> Option<String> {
    if let Some(listed) = listed.filter(|listed| *listed != accepted.version) {
        return Some(format!("the accepted report of {folder} {listed} is of {}", accepted.version));
    }
    let is_other =
        |pin: &&pins::Pin| listed.is_some_and(|listed| pin.version.as_ref().is_some_and(|own| own != listed));
    let own: Vec<&pins::Pin> =
        pins.iter().filter(|pin| pin.is_of(&accepted.name) && !is_other(pin)).collect();
    if own.is_empty() {
        return Some(format!("no manifest of ci/implementations/{folder} pins {}", accepted.name));
    }
    let other = own.iter().find(|pin| pin.version.as_ref() != Some(&accepted.version))?;
    let pinned = other.version.as_deref().unwrap_or("no exact version");
    Some(format!(
        "{} of ci/implementations/{folder} pins {} to {pinned}, but the accepted report is of {}; `ci/matrix --accept \
         {folder}` renews the report",
        other.file, other.package, accepted.version
    ))
}

/// What is found of pins that are right and wrong.
pub(crate) fn check_itself() -> Result<(), String> {
    let accepted = parsed("go-sse-server 0.11.0 (Go server) over process").ok_or("it is not read")?;
    let pin = |package: &str, version: Option<&str>| pins::Pin {
        file: "go.mod",
        package: package.into(),
        version: version.map(str::to_owned),
    };
    let of =
        |listed, pins: &[pins::Pin]| problem("go-sse-server", listed, &accepted, pins).unwrap_or_default();
    let found = |pins: &[pins::Pin]| of(None, pins);
    let module = "github.com/tmaxmax/go-sse";
    let expected = [
        (found(&[pin(module, Some("0.11.0")), pin("other", Some("1.0.0"))]), ""),
        (found(&[pin(module, Some("0.12.0"))]), "pins github.com/tmaxmax/go-sse to 0.12.0, but"),
        (found(&[pin(module, None)]), "to no exact version"),
        (found(&[pin("github.com/tmaxmax/go-sse/v2", Some("0.11.0"))]), "no manifest of"),
        (of(Some("0.11.0"), &[pin(module, Some("0.12.0")), pin(module, Some("0.11.0"))]), ""),
        (of(Some("0.11.0"), &[pin(module, Some("0.12.0"))]), "no manifest of"),
        (of(Some("0.11.0"), &[pin(module, None), pin(module, Some("0.11.0"))]), "to no exact version"),
        (
            of(Some("0.12.0"), &[pin(module, Some("0.12.0"))]),
            "the accepted report of go-sse-server 0.12.0 is of 0.11.0",
        ),
    ];
    let wrong =
        expected.iter().find(|(found, part)| !found.contains(part) || part.is_empty() != found.is_empty());
    wrong.map_or(Ok(()), |(found, part)| Err(format!("{found:?} instead of {part:?}")))
}
