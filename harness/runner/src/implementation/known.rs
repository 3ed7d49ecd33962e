//! Known failures, in a file of their own or in an `ssespec.toml`.

use std::path::Path;

use ssespec_diagnostics::{Findings, Source, Table, parse, value};
use ssespec_reports::results::{DeliveryKind, KnownFailure, Place, Protocol};
use toml::de::DeTable;

use super::error::FolderError;
use super::shape::{BASELINE, FILE, SSESPEC, START_KEYS};
use crate::run::{Baseline, baseline};

/// Reads a baseline: a file that contains only known failures, or an `ssespec.toml`.
///
/// # Errors
/// If it cannot be read or is malformed.
pub fn read_baseline(path: &Path) -> Result<Baseline, FolderError> {
    let source = Source::read(path)?;
    let root = parse(&source, shape(&source, path))?;
    let mut findings = Findings::default();
    let baseline = known_failures(&source, &root, &mut findings).of_variant(None);
    Ok(findings.or(&source, Some(baseline))?)
}

/// The shape of a file with known failures: of an `ssespec.toml` that describes an implementation, or of known failures alone.
fn shape(source: &Source, path: &Path) -> &'static Table {
    let begins =
        |line: &str, key: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    let says_more = source.text().lines().any(|line| START_KEYS.iter().any(|key| begins(line, key)));
    if path.file_name().is_some_and(|name| name == FILE) && says_more { &SSESPEC } else { &BASELINE }
}

/// The known failures of a file in file order, and the document, which has their positions.
///
/// # Errors
/// If it is malformed.
#[cfg(feature = "write-baseline")]
pub(crate) fn read_known_failures(source: &Source) -> Result<(DeTable<'_>, Vec<Entry>), FolderError> {
    let root = parse(source, shape(source, Path::new(source.name())))?;
    let mut findings = Findings::default();
    let known = known_failures(source, &root, &mut findings).0;
    Ok((root, findings.or(source, Some(known))?))
}

/// A known failure, as a file has it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) known: KnownFailure,
    /// The variants, or the versions, in which it fails; in all if it is empty.
    pub(crate) variants: Vec<String>,
}

impl Entry {
    /// Whether it is about a variant, or about an implementation without variants.
    pub(crate) fn is_about(&self, variant: Option<&str>) -> bool {
        self.variants.is_empty() || self.variants.iter().any(|name| Some(name.as_str()) == variant)
    }
}

/// The known failures of a file, in its order.
#[derive(Debug)]
pub(super) struct Entries(Vec<Entry>);

impl Entries {
    /// Those of a variant, or those of an implementation without variants.
    pub(super) fn of_variant(&self, variant: Option<&str>) -> Baseline {
        let own = self.0.iter().filter(|entry| entry.is_about(variant));
        // Every pattern has been compiled.
        Baseline::new(own.map(|entry| entry.known.clone()).collect()).unwrap_or_default()
    }
}

/// The known failures of a document.
pub(super) fn known_failures(source: &Source, root: &DeTable<'_>, findings: &mut Findings) -> Entries {
    let names = value::get(root, "variants").and_then(value::table);
    let is_variant = |name: &str| names.is_some_and(|names| value::get(names, name).is_some());
    let versions = value::texts_of(root, "versions");
    let mut entries = Vec::new();
    for entry in value::get(root, "known-failure").into_iter().flat_map(value::list) {
        let Some(table) = value::table(entry) else { continue };
        let text = |key| value::text_of(table, key).unwrap_or_default();
        if let Some(place) = value::get(table, "case")
            && let Err(error) = baseline::id_glob(&text("case"))
        {
            findings.add(place.span(), "this is not a pattern", error.kind().to_string());
            continue;
        }
        if let (true, Some(place)) = (text("reason").trim().is_empty(), value::get(table, "reason")) {
            findings.add(place.span(), "the reason is empty", "expected why the cases fail, in one line");
        }
        for variant in value::get(table, "variants").into_iter().flat_map(value::list) {
            if !is_variant(value::text(variant).unwrap_or_default()) {
                let what = "expected the name of one of `[variants.NAME]`";
                findings.add(variant.span(), "there is no such variant", what);
            }
        }
        for version in value::get(table, "versions").into_iter().flat_map(value::list) {
            if !versions.iter().any(|known| Some(known.as_str()) == value::text(version)) {
                let what = "expected one of the folder's `versions = [..]`";
                findings.add(version.span(), "there is no such version", what);
            }
        }
        let deliveries = value::texts_of(table, "deliveries");
        if let (true, Some(place)) = (deliveries.is_empty(), value::get(table, "deliveries")) {
            findings.add(place.span(), "no delivery is named", "name some, or remove the key to excuse all");
        }
        let protocols = value::texts_of(table, "protocols");
        if let (true, Some(place)) = (protocols.is_empty(), value::get(table, "protocols")) {
            findings.add(place.span(), "no protocol is named", "name some, or remove the key to excuse all");
        }
        let flaky = value::flag_of(table, "flaky");
        let fails = value::text_of(table, "fails");
        match (&fails, value::get(table, "flaky"), value::get(table, "fails")) {
            (None, Some(place), _) if flaky => findings.add_with_hint(
                place.span(),
                "a flaky failure must name what fails",
                "expected `fails` in the same entry",
                "add fails = \"..\" with a part of `expected ..; observed ..` in the report, or of the name of the fact \
                 that differs; other failures are not excused",
            ),
            (Some(part), _, Some(place)) if part.trim().is_empty() => {
                findings.add(place.span(), "this is empty", "expected a part of what fails, as the report puts it");
            }
            _ => {}
        }
        let known = KnownFailure {
            case: text("case"),
            reason: text("reason"),
            link: value::text_of(table, "link"),
            deliveries: deliveries.iter().filter_map(|name| DeliveryKind::from_name(name)).collect(),
            protocols: protocols.iter().filter_map(|name| Protocol::from_name(name)).collect(),
            flaky,
            fails,
            place: value::get(table, "case").map(|case| Place {
                path: source.name().to_owned(),
                line: source.position(case.span().start).0,
            }),
        };
        // A folder has either variants or versions.
        let variants = ["variants", "versions"].map(|key| value::texts_of(table, key)).concat();
        entries.push(Entry { known, variants });
    }
    Entries(entries)
}
