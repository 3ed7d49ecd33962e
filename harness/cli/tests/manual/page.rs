//! A Markdown page: its fenced blocks, headings, links and prose.

/// A page.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Its path from the root of the repository.
    pub(crate) path: String,
    /// Its fenced blocks.
    pub(crate) blocks: Vec<Block>,
    /// The anchors of its headings, as GitHub and mdBook write them.
    pub(crate) anchors: Vec<String>,
    /// The lines outside of blocks, with their numbers; code spans are left out.
    pub(crate) prose: Vec<(usize, String)>,
    /// The targets of its links, with their lines.
    pub(crate) links: Vec<(usize, String)>,
    /// What is wrong with its form.
    pub(crate) problems: Vec<String>,
}

/// A fenced block.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// The line of its opening fence, from 1.
    pub(crate) line: usize,
    /// How far it is indented.
    pub(crate) indent: usize,
    info: String,
    /// Its lines.
    pub(crate) text: String,
    notes: Vec<(String, String)>,
}

/// The notes that a block can have.
const NOTES: [&str; 9] =
    ["file", "same as", "part of", "status", "stream", "background", "needs", "run by", "not run"];

impl Block {
    /// The first word after the fence.
    pub(crate) fn language(&self) -> &str {
        self.info.split([' ', ',']).next().unwrap_or_default()
    }

    /// The value of a note.
    pub(crate) fn note(&self, key: &str) -> Option<&str> {
        self.notes.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
    }

    /// Whether this test runs its commands.
    pub(crate) fn is_run_here(&self) -> bool {
        self.note("run by").is_none() && self.note("not run").is_none()
    }
}

impl Page {
    /// Parses a page.
    pub(crate) fn parse(text: &str, path: String) -> Self {
        let mut page = Self {
            path,
            blocks: Vec::new(),
            anchors: Vec::new(),
            prose: Vec::new(),
            links: Vec::new(),
            problems: Vec::new(),
        };
        let mut notes = Vec::new();
        let mut open: Option<Block> = None;
        for (number, line) in (1..).zip(text.lines()) {
            let trimmed = line.trim_start();
            if let Some(block) = &mut open {
                if trimmed.trim_end() == "```" {
                    page.blocks.extend(open.take());
                } else {
                    let cut = block.indent.min(line.len() - trimmed.len());
                    block.text.push_str(&line[cut..]);
                    block.text.push('\n');
                }
                continue;
            }
            if let Some(info) = trimmed.strip_prefix("```") {
                let notes = std::mem::take(&mut notes);
                open = Some(Block {
                    line: number,
                    indent: line.len() - trimmed.len(),
                    info: info.trim().into(),
                    text: String::new(),
                    notes,
                });
            } else if let Some(note) = note(trimmed) {
                notes.push(note);
            } else {
                if !trimmed.is_empty() && !notes.is_empty() {
                    page.problems
                        .push(format!("{}:{number}: the note before this line has no block", page.path));
                    notes.clear();
                }
                page.take(number, line);
            }
        }
        page
    }

    fn take(&mut self, number: usize, line: &str) {
        if let Some(heading) = line.strip_prefix('#') {
            let anchor = anchor(heading.trim_start_matches('#').trim());
            let earlier = self.anchors.iter().filter(|known| **known == anchor).count();
            self.anchors.push(if earlier == 0 { anchor } else { format!("{anchor}-{earlier}") });
        }
        let prose = without_code(line);
        let mut rest = prose.as_str();
        while let Some((_, after)) = rest.split_once("](") {
            let Some((target, after)) = after.split_once(')') else { break };
            self.links.push((number, target.to_owned()));
            rest = after;
        }
        self.prose.push((number, prose));
    }
}

/// A note in a comment of its own line.
fn note(line: &str) -> Option<(String, String)> {
    let comment = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    let (key, value) = comment.split_once(':')?;
    NOTES.contains(&key.trim()).then(|| (key.trim().to_owned(), value.trim().to_owned()))
}

/// A line without the text between backticks.
pub(crate) fn without_code(line: &str) -> String {
    let pieces: Vec<&str> = line.split('`').collect();
    // The last backtick of an odd number of them opens nothing.
    let is_code = |number: usize| number % 2 == 1 && number + 1 < pieces.len();
    let prose = pieces.iter().enumerate().map(|(number, piece)| if is_code(number) { "`" } else { piece });
    prose.collect()
}

/// The anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|char| match char {
        ' ' => Some('-'),
        '-' | '_' => Some(char),
        char if char.is_alphanumeric() => Some(char.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}
