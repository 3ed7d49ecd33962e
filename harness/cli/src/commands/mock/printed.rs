//! What `ssespec mock` prints: its URL first, and then the journal.

use super::arguments::{Arguments, JournalFormat};
use super::backlog::Item;
use super::printable::Printable;
use crate::authority_file::AuthorityFile;
use crate::output;

/// Where the URL and the journal are printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Printed {
    format: JournalFormat,
    only_url: bool,
}

impl Printed {
    pub(super) fn new(arguments: &Arguments) -> Self {
        Self { format: arguments.format, only_url: arguments.print_url }
    }

    /// Prints the URL, as the first line, and then the file with the certificate that clients must trust; in JSON both in
    /// one line, with the URL of the control port.
    pub(super) fn url(self, url: &str, control: Option<&str>, authority: Option<&AuthorityFile>) {
        let authority = authority.map(|file| file.path().display().to_string());
        match self.format {
            JournalFormat::Json if !self.only_url => {
                let mut line = serde_json::json!({ "listening": url });
                if let Some(control) = control {
                    line["control"] = control.into();
                }
                if let Some(file) = authority {
                    line["ca-file"] = file.into();
                }
                output::print(&format!("{line}\n"));
            }
            _ => {
                output::print(&format!("{url}\n"));
                let Some(file) = authority else { return };
                let line = format!("ca-file: {file}");
                if self.only_url {
                    output::note(&line);
                } else {
                    output::print(&format!("{line}\n"));
                }
            }
        }
    }

    fn line(self, printable: &Printable) {
        let line = match self.format {
            JournalFormat::Text => printable.text(),
            JournalFormat::Json => printable.json(),
        };
        if self.only_url {
            output::note(&line);
        } else {
            output::print(&format!("{line}\n"));
        }
    }

    /// Prints a line. A note about lines that were discarded goes to standard error, so that JSON Lines
    /// stay valid.
    pub(super) fn item(self, item: &Item) {
        match item {
            Item::Line(line) => self.line(line),
            Item::Discarded(count) => output::note(&format!(
                "{count} entries of the journal were not printed: the output was not read fast enough"
            )),
        }
    }

    /// Says how many lines were not printed at the end, unless they go to standard error, which would block again.
    pub(super) fn unprinted(self, count: u64) {
        if count > 0 && !self.only_url {
            output::note(&format!(
                "the last {count} entries of the journal were not printed: standard output is not read"
            ));
        }
    }
}
