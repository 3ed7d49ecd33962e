//! The text of an issue, and the files that go with it.

use std::fmt::Write;

use bstr::ByteVec;

use super::python;
use super::requests::{Step, steps};
use super::session::{Session, session};
use crate::fold::CaseOutcome;
use crate::limits;
use crate::markdown::{link, prose, text};
use crate::results::{CaseResult, NamedMistake, Requirement, Results, Verdict};
use crate::terminal;
use crate::transcript::{Extent, Times, log_lines, sent_bytes};
use crate::visible;

/// An issue, ready to file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Its title, as plain text.
    pub title: String,
    /// Its text, in Markdown. It begins with the title.
    pub markdown: String,
    /// The files that it can be reproduced with: `server.py`, and the bytes of each response.
    pub files: Vec<IssueFile>,
}

/// A file that goes with an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The longest script in the text of an issue, in bytes: trackers limit the text of an issue to about 65,000 characters.
const SCRIPT: usize = 40_000;

/// How many lines of the wire log and of bytes are shown, and how many characters of a line.
const LINES: usize = 80;
const LINE: usize = 240;

/// The issue for a failing case.
///
/// `steps` are the steps of the case in English, if the caller can read it; `mistakes` are known mistakes that would fail it.
/// `None` if the case has no failure with a transcript.
pub fn issue(
    results: &Results,
    case: &CaseOutcome<'_>,
    mistakes: &[NamedMistake],
    case_steps: &[String],
) -> Option<Issue> {
    let result = simplest(case)?;
    let mut page = Page { text: String::new(), files: Vec::new() };
    let title = visible::line(&result.title, limits::SENTENCE);
    page.line(&format!("# {}\n", text(title.trim_end_matches('.'), limits::SENTENCE)));
    page.claim(results, result, mistakes);
    if is_of_a_client(result) {
        page.server(&session(&result.transcript), results, case_steps);
    } else {
        page.requests(results, result);
    }
    page.observed(case, result);
    page.log(result);
    page.origin(results, result);
    Some(Issue { title, markdown: page.text, files: page.files })
}

/// The failing delivery with the fewest writes.
fn simplest<'a>(case: &CaseOutcome<'a>) -> Option<&'a CaseResult> {
    case.results()
        .iter()
        .copied()
        .filter(|result| matches!(result.verdict, Verdict::Fail | Verdict::Warn) && result.failure.is_some())
        .filter(|result| !result.transcript.is_empty())
        .min_by_key(|result| result.transcript.iter().filter(|row| row.kind == "bytes").count())
}

fn is_of_a_client(result: &CaseResult) -> bool {
    result.transcript.iter().any(|row| row.from == "client")
}

struct Page {
    text: String,
    files: Vec<IssueFile>,
}

impl Page {
    fn line(&mut self, line: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// A block of code. It is indented, so nothing in it can end it.
    fn code(&mut self, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.line(format!("    {line}").trim_end());
        }
        self.line("");
    }

    fn claim(&mut self, results: &Results, result: &CaseResult, mistakes: &[NamedMistake]) {
        let who = text(&terminal::identity(results.header()), usize::MAX);
        self.line(&format!("{who} does not meet this requirement:\n"));
        for id in &result.requirements {
            match results.requirement(id) {
                Some(requirement) => self.requirement(requirement),
                None => self.line(&format!("> {}\n", text(id, limits::ID))),
            }
        }
        if let Some(why) = &result.why {
            self.line(&format!("{}\n", prose(why, limits::PARAGRAPH)));
        }
        let likely: Vec<String> =
            mistakes.iter().map(|mistake| text(&mistake.description, limits::SENTENCE)).collect();
        if !likely.is_empty() {
            self.line(&format!("A likely cause: {}\n", likely.join(" Or: ")));
        }
        if let Some(address) = result.known.as_ref().and_then(|known| known.link.as_deref()) {
            self.line(&format!("Related: {}\n", link(address)));
        }
    }

    fn requirement(&mut self, requirement: &Requirement) {
        let level = requirement.level.as_str().to_uppercase();
        self.line(&format!("> {}\n>", prose(&requirement.text, limits::PARAGRAPH)));
        self.line(&format!("> {level}, {}\n", link(&requirement.link)));
    }

    /// The server that sends the session to a client again.
    fn server(&mut self, session: &Session, results: &Results, case_steps: &[String]) {
        let script = python::script(session);
        self.line("## Reproduce\n");
        let name = text(&results.header().implementation.name, limits::NAME);
        let file = "`server.py`, and run `python3 server.py`. It needs only Python, and sends the same bytes with the \
                    same cuts, pauses and ends of connections";
        let over = match session.answers.len() {
            1 => String::new(),
            requests => format!(", for {requests} requests"),
        };
        let lead = if script.len() <= SCRIPT { "Save the script below as" } else { "Use the attached" };
        self.line(&format!("1. {lead} {file}{over}."));
        self.line(&format!("2. Connect {name} to `http://127.0.0.1:8000/`, and print what it reports.\n"));
        for missing in &session.missing {
            self.line(&format!("The script lacks {}.\n", text(missing, limits::SENTENCE)));
        }
        if script.len() <= SCRIPT {
            self.line(&format!("```python\n{script}```\n"));
        }
        self.files.push(IssueFile { name: "server.py".to_owned(), bytes: script.into_bytes() });
        for (at, answer) in session.answers.iter().enumerate() {
            if let Some(bytes) = python::raw(answer).filter(|bytes| !bytes.is_empty()) {
                self.files.push(IssueFile { name: format!("response-{}.bin", at + 1), bytes });
            }
        }
        if !case_steps.is_empty() {
            self.line("The session step by step:\n");
            for (number, step) in case_steps.iter().enumerate() {
                self.line(&format!("{}. {}", number + 1, prose(step, limits::PARAGRAPH)));
            }
            self.line("");
        }
    }

    /// What to ask of a server, and what came.
    fn requests(&mut self, results: &Results, result: &CaseResult) {
        self.line("## Reproduce\n");
        for (number, step) in steps(result, &results.header().implementation).iter().enumerate() {
            match step {
                Step::Command(command) => {
                    self.line(&format!("{}. In a shell:\n", number + 1));
                    self.line(&format!("       {command}\n"));
                }
                Step::Words(words) => {
                    self.line(&format!("{}. {}\n", number + 1, text(words, limits::PARAGRAPH)))
                }
            }
        }
        for (at, stream) in
            sent_bytes(&result.transcript).iter().filter(|stream| stream.from == "server").enumerate()
        {
            if at == 0 {
                self.line("The bytes that came:\n");
            }
            self.code(stream.lines.iter().cloned());
        }
        let rows = result.transcript.iter().filter(|row| row.from == "server" && row.kind == "bytes");
        let bytes: Vec<u8> = rows.flat_map(|row| Vec::unescape_bytes(&row.text)).collect();
        if !bytes.is_empty() {
            self.files.push(IssueFile { name: "response.bin".to_owned(), bytes });
        }
    }

    fn observed(&mut self, case: &CaseOutcome<'_>, result: &CaseResult) {
        let Some(failure) = &result.failure else { return };
        for (heading, words) in [("Expected", &failure.expected), ("Observed", &failure.observed)] {
            self.line(&format!("## {heading}\n"));
            self.code(visible::lines(words, limits::PARAGRAPH, LINES));
        }
        if let Some(hint) = &failure.hint {
            self.line(&format!("{}\n", text(hint, limits::PARAGRAPH)));
        }
        if let Some(only) = case.only_in() {
            self.line(&format!(
                "It depends on how the bytes are split into reads: seen only in {}.\n",
                text(&only, limits::SENTENCE)
            ));
        }
    }

    fn log(&mut self, result: &CaseResult) {
        let log = log_lines(&result.transcript, Times::Shown, Extent::Long);
        self.line("<details>\n<summary>The session as it was recorded</summary>\n");
        let more = log.len().saturating_sub(LINES);
        self.code(log.iter().take(LINES).map(|line| visible::line(line, LINE)));
        if more > 0 {
            self.line(&format!("… and {more} more lines\n"));
        }
        self.line("</details>\n");
    }

    fn origin(&mut self, results: &Results, result: &CaseResult) {
        let header = results.header();
        let [os, arch, version] = [&header.platform.os, &header.platform.arch, &header.suite_version]
            .map(|word| text(word, limits::NAME));
        self.line(&format!(
            "Found by [ssespec](https://github.com/ssespec/ssespec) {version} on {os} {arch}, case {}, delivery {}.",
            text(&result.case, limits::ID),
            result.delivery
        ));
    }
}
