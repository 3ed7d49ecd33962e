//! The versions that manifests and lock files pin.

use std::path::Path;

use serde_json::Value as Json;

/// A package in a manifest or lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pin {
    /// The file.
    pub(crate) file: &'static str,
    /// The package.
    pub(crate) package: String,
    /// The version; `None` if a range is allowed.
    pub(crate) version: Option<String>,
}

/// How the packages of a file are read.
type Reader = fn(&str) -> Result<Vec<(String, Option<String>)>, String>;

const FILES: [(&str, Reader); 7] = [
    ("package.json", package_json),
    ("package-lock.json", package_lock),
    ("Cargo.toml", cargo_toml),
    ("Cargo.lock", cargo_lock),
    ("go.mod", go_mod),
    ("requirements.txt", requirements),
    ("pom.xml", pom),
];

/// The packages that the manifests and lock files of a folder pin.
pub(crate) fn read(folder: &Path) -> Result<Vec<Pin>, String> {
    let mut pins = Vec::new();
    for (file, reader) in FILES {
        let path = folder.join(file);
        if !path.exists() {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let found = reader(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        pins.extend(found.into_iter().map(|(package, version)| Pin { file, package, version }));
    }
    Ok(pins)
}

impl Pin {
    /// Whether this is the package of an implementation with this name, which may say that it is a server, or the language
    /// where others have a package of the same name.
    pub(crate) fn is_of(&self, implementation: &str) -> bool {
        let shorter = ["-server", "-go", "-python"].map(|end| implementation.strip_suffix(end));
        let names = shorter.into_iter().flatten().chain([implementation]);
        names.into_iter().any(|name| self.names().iter().any(|own| own == name))
    }

    /// The full name; its last part, as in `github.com/tmaxmax/go-sse`; that without the platform; the owner and the name of
    /// a module, as in `github.com/r3labs/sse/v2`.
    fn names(&self) -> Vec<String> {
        let last = self.package.rsplit(['/', ':']).next().unwrap_or_default();
        let is_version = last.strip_prefix('v').is_some_and(|number| number.parse::<u32>().is_ok());
        let parts: Vec<&str> = self.package.split('/').collect();
        let parts = &parts[..parts.len() - usize::from(is_version)];
        let owned = parts.get(parts.len().saturating_sub(2)..).unwrap_or_default().join("-");
        let anywhere = last.trim_end_matches("-linux-x64");
        [self.package.as_str(), last, anywhere, &owned].map(str::to_owned).to_vec()
    }
}

fn package_json(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let document: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let dependencies = document["dependencies"].as_object().into_iter().flatten();
    let pin = |(name, version): (&String, &Json)| {
        let version = version.as_str();
        // Another name for a package, as several versions of one need: `npm:eventsource@2.0.2`.
        match version.and_then(|version| version.strip_prefix("npm:")?.rsplit_once('@')) {
            Some((package, version)) => (package.to_owned(), exact(Some(version))),
            None => (name.clone(), exact(version)),
        }
    };
    Ok(dependencies.map(pin).collect())
}

fn package_lock(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let document: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let packages = document["packages"].as_object().into_iter().flatten();
    let pin = |(path, package): (&String, &Json)| {
        // Packages inside of packages have longer paths.
        let name = path.strip_prefix("node_modules/").filter(|name| !name.contains("node_modules/"))?;
        // A package that is installed under another name says its own.
        let name = package["name"].as_str().unwrap_or(name);
        Some((name.to_owned(), exact(package["version"].as_str())))
    };
    Ok(packages.filter_map(pin).collect())
}

fn cargo_toml(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let document: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let dependencies = document.get("dependencies").and_then(toml::Value::as_table).into_iter().flatten();
    let pin = |(package, value): (&String, &toml::Value)| {
        let version = value.as_str().or_else(|| value.get("version")?.as_str());
        (package.clone(), exact(version.and_then(|version| version.strip_prefix('='))))
    };
    Ok(dependencies.map(pin).collect())
}

fn cargo_lock(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let document: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let packages = document.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let pin = |package: &toml::Value| {
        Some((package.get("name")?.as_str()?.to_owned(), exact(package.get("version")?.as_str())))
    };
    Ok(packages.filter_map(pin).collect())
}

fn go_mod(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let line = |line: &str| {
        let mut words = line.trim().trim_start_matches("require ").split_whitespace();
        let (package, version) = (words.next()?, words.next()?);
        version.strip_prefix('v').map(|version| (package.to_owned(), exact(Some(version))))
    };
    Ok(text.lines().filter_map(line).collect())
}

fn requirements(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let line = |line: &str| {
        let (package, rest) = line.split('#').next()?.split_once("==")?;
        Some((package.trim().to_owned(), exact(rest.split_whitespace().next())))
    };
    Ok(text.lines().filter_map(line).collect())
}

fn pom(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let pin = |dependency: &str| {
        let dependency = dependency.split("</dependency>").next()?;
        let element = |name: &str| {
            let (_, rest) = dependency.split_once(&format!("<{name}>"))?;
            rest.split('<').next().map(str::trim)
        };
        Some((format!("{}:{}", element("groupId")?, element("artifactId")?), exact(element("version"))))
    };
    Ok(text.split("<dependency>").skip(1).filter_map(pin).collect())
}

/// A version that allows no other.
fn exact(version: Option<&str>) -> Option<String> {
    let version = version?;
    let starts_with_digit = version.starts_with(|char: char| char.is_ascii_digit());
    let is_exact = starts_with_digit && !version.contains(['*', '|', ',', ' ', '<', '>', '$']);
    is_exact.then(|| version.to_owned())
}
