//! Checks what users specify for a probe: header fields, paths, triggers, suites and filters.

use globset::GlobMatcher;
use ssespec_probe::{Check, ContentError, EmitTrigger, Target, TargetError, Trust, all_checks};

use crate::did_you_mean::UnknownName;

/// A value that a probe cannot use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProbeInputError {
    /// The name of a header field is not a token (RFC 9110, section 5.1).
    #[error("{0:?} is not a field name")]
    FieldName(String),
    /// A field value contains CR, LF or NUL (RFC 9110, section 5.5).
    #[error("a field value cannot contain line breaks")]
    FieldValue,
    /// A header field without a colon.
    #[error("expected a name, a colon and a value")]
    Field,
    /// A check's path without an equals sign.
    #[error("expected a check, = and a path")]
    PathOfCheck,
    /// A path that a request cannot have.
    #[error("a path must begin with / and cannot contain spaces")]
    Path,
    /// A check that does not exist.
    #[error(transparent)]
    UnknownCheck(#[from] UnknownName),
    /// A malformed URL.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The content of requests cannot be read.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// Checks a header field.
pub(crate) fn check_field(name: &str, value: &str) -> Result<(), ProbeInputError> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(is_token) {
        return Err(ProbeInputError::FieldName(name.to_owned()));
    }
    if value.contains(['\r', '\n', '\0']) {
        return Err(ProbeInputError::FieldValue);
    }
    Ok(())
}

/// Checks the path for one check.
pub(crate) fn check_path(name: &str, path: &str) -> Result<(), ProbeInputError> {
    let names: Vec<&str> = all_checks().iter().map(|check| check.name).collect();
    if !names.contains(&name) {
        return Err(UnknownName::check(name, names).into());
    }
    if !path.starts_with('/') || path.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(ProbeInputError::Path);
    }
    Ok(())
}

/// What makes a server emit an event: a command, or a URL.
pub(crate) fn emit_trigger(text: &str, trust: &Trust) -> Result<EmitTrigger, TargetError> {
    if text.starts_with("http://") || text.starts_with("https://") {
        let target = Target::parse(text)?;
        return Ok(EmitTrigger::Url(Box::new(target), trust.clone()));
    }
    Ok(EmitTrigger::Command(text.to_owned()))
}

/// Checks that each suite and each filter matches a check.
pub(crate) fn check_selection(suites: &[String], filters: &[GlobMatcher]) -> Result<(), UnknownName> {
    let all = all_checks();
    let known = || all.iter().filter_map(|check| Some(check.requirement.split_once('/')?.0));
    if let Some(suite) = suites.iter().find(|suite| !known().any(|known| known == *suite)) {
        return Err(UnknownName::suite(suite, known()));
    }
    let ids: Vec<String> = all.iter().map(Check::id).collect();
    if let Some(filter) = filters.iter().find(|filter| !ids.iter().any(|id| filter.is_match(id))) {
        return Err(UnknownName::pattern(filter.glob().glob(), ids.iter().map(String::as_str)));
    }
    Ok(())
}
