//! The tests of other suites, and the cases that make the same claims.

use std::fmt::Write;

use serde::Serialize;

use super::document::Check;
use crate::{
    limits,
    markdown::{linked, prose, text},
    terminal::{Color, Paint},
    visible,
};

/// Other suites, test by test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counterparts {
    /// The suites.
    pub suites: Vec<ForeignSuite>,
}

/// All tests of another suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForeignSuite {
    /// How cases call it.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// Where it is published.
    pub url: String,
    /// The revision that is listed: a commit or a date.
    pub revision: String,
    /// Its tests, in its own order.
    pub tests: Vec<ForeignTest>,
}

/// One test of another suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForeignTest {
    /// Its name in that suite.
    pub name: String,
    /// The cases that make its claim.
    pub cases: Vec<Check>,
    /// Why there is no case.
    pub none: Option<String>,
}

impl ForeignSuite {
    /// The numbers of tests with a case, with a reason why not, and with neither.
    fn numbers(&self) -> [usize; 3] {
        let count = |test: fn(&&ForeignTest) -> bool| self.tests.iter().filter(test).count();
        [
            count(|test| !test.cases.is_empty()),
            count(|test| test.cases.is_empty() && test.none.is_some()),
            count(|test| test.cases.is_empty() && test.none.is_none()),
        ]
    }

    /// `62 tests: 32 with a case here, 30 with a reason why not`.
    fn summary(&self) -> String {
        let [made, explained, unknown] = self.numbers();
        let rest = if unknown > 0 { format!("; {unknown} with neither") } else { String::new() };
        format!(
            "{} tests: {made} with a case here, {explained} with a reason why not{rest}",
            self.tests.len()
        )
    }
}

impl Counterparts {
    /// All of it as text for a terminal.
    pub fn text(&self, color: Color) -> String {
        let paint = Paint::new(color);
        let mut page = String::new();
        // Writing to a String cannot fail, here and below.
        for suite in &self.suites {
            let heading = format!("{}: {} ({})", suite.name, suite.title, suite.revision);
            let _ = writeln!(page, "{}", paint.strong(visible::line(&heading, limits::SENTENCE)));
            let _ = writeln!(page, "{}\n", paint.quiet(visible::line(&suite.url, limits::LINK)));
            for test in &suite.tests {
                let _ = writeln!(page, "  {}", visible::line(&test.name, limits::ID));
                for case in &test.cases {
                    let _ = writeln!(page, "    {}", paint.good(visible::line(&case.id, limits::ID)));
                }
                match &test.none {
                    Some(why) if test.cases.is_empty() => {
                        let _ = writeln!(page, "    none: {}", visible::line(why, limits::PARAGRAPH));
                    }
                    None if test.cases.is_empty() => {
                        let _ = writeln!(
                            page,
                            "    {}",
                            paint.bad("neither a case nor a reason for its absence")
                        );
                    }
                    _ => {}
                }
            }
            let _ = writeln!(page);
        }
        let _ = writeln!(page, "{}", paint.strong("Summary"));
        for suite in &self.suites {
            let _ = writeln!(page, "  {}: {}", visible::line(&suite.name, limits::ID), suite.summary());
        }
        page
    }

    /// All of it as a Markdown page.
    pub fn markdown(&self) -> String {
        let mut page = String::from("# Tests of other suites and their counterparts here\n");
        for suite in &self.suites {
            let title = linked(&text(&suite.title, limits::SENTENCE), &suite.url);
            let _ = writeln!(page, "\n## {}\n", text(&suite.name, limits::ID));
            let _ =
                writeln!(page, "{title}, {}. {}.\n", text(&suite.revision, limits::NAME), suite.summary());
            page.push_str("| test | cases here, or why there are none |\n| --- | --- |\n");
            for test in &suite.tests {
                let cases: Vec<String> = test.cases.iter().map(|case| text(&case.id, limits::ID)).collect();
                let ours = match &test.none {
                    _ if !cases.is_empty() => cases.join("<br>"),
                    Some(why) => format!("*none:* {}", prose(why, limits::PARAGRAPH)),
                    None => "**neither a case nor a reason**".to_owned(),
                };
                let _ = writeln!(page, "| {} | {ours} |", text(&test.name, limits::ID));
            }
        }
        page
    }

    /// All of it as JSON.
    ///
    /// # Errors
    ///
    /// If serialization fails, which no value of these types is known to cause.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}
