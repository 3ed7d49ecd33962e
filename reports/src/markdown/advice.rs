//! The settings that may mend the failures of a run, as a list.

use std::fmt::Write;

use super::escape::{linked, text};
use super::section::Column;
use crate::advice::{Advice, KnownProxy, Recommendation, advise};
use crate::fold::{CaseOutcome, fold};
use crate::limits;
use crate::results::Header;

/// The settings for all runs with failures that one mends.
pub(super) fn settings(columns: &[Column<'_>]) -> String {
    let mut page = String::new();
    for column in columns {
        let cases = fold(column.run.results());
        let list = list(column.run.header(), &cases);
        if !list.is_empty() {
            let heading = if page.is_empty() { "\n## Settings that mend failures\n" } else { "" };
            let _ = writeln!(page, "{heading}\n### {}\n\n{}", column.name(), list.trim_end());
        }
    }
    page
}

/// The settings for a run, as a list; empty if there are none.
pub(crate) fn list(header: &Header, cases: &[CaseOutcome<'_>]) -> String {
    match advise(header, cases) {
        Advice::Nothing => String::new(),
        Advice::NameTheProgram => format!(
            "Settings of some proxies mend such failures. `--kind` names the proxy, which was not recognized: {}.\n",
            KnownProxy::ALL.map(KnownProxy::word).join(", ")
        ),
        Advice::Settings(_, recommendations) => recommendations.iter().map(item).collect(),
    }
}

fn item(one: &Recommendation) -> String {
    let lines: Vec<String> = one.setting.lines().map(|line| format!("  {line}\n")).collect();
    let cases: Vec<String> = one.cases.iter().map(|case| text(case, limits::ID)).collect();
    format!(
        "- {}, {}; against {} ({})\n\n  ```\n{}  ```\n",
        text(one.place, limits::SENTENCE),
        linked("documentation", one.link),
        text(&one.mends, limits::PARAGRAPH),
        cases.join(", "),
        lines.concat()
    )
}
