//! What the strict reader found, in words.

use ssespec_reports::transcript::escape;
use ssespec_strict::Finding;

/// A finding as reports show it: the place, what is wrong, and the bytes there.
pub fn describe(finding: &Finding) -> String {
    format!("byte {}: {}: {}", finding.offset, finding.kind, escape(&finding.excerpt).text)
}
