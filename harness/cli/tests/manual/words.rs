//! Plain English: no text that users read contains a phrase of `ci/words.toml`.

use crate::page::without_code;
use crate::repository;

/// Keys in TOML whose strings people read.
const KEYS: [&str; 8] = ["title", "why", "text", "reason", "untestable", "disputed", "note", "description"];

/// A phrase that is not used.
struct Phrase {
    find: String,
    write: String,
    except: Vec<String>,
}

/// A text with the line of each of its characters. White space is single.
#[derive(Default)]
struct Passage {
    text: String,
    /// The line of each byte.
    lines: Vec<usize>,
}

impl Passage {
    fn push(&mut self, line: usize, text: &str) {
        for char in text.to_lowercase().chars() {
            let char = if char.is_whitespace() { ' ' } else { char };
            if char == ' ' && self.text.ends_with(' ') {
                continue;
            }
            self.text.push(char);
            self.lines.extend(std::iter::repeat_n(line, char.len_utf8()));
        }
    }

    fn line(line: usize, text: &str) -> Self {
        let mut passage = Self::default();
        passage.push(line, text);
        passage
    }

    /// The places of a phrase as whole words.
    fn find(&self, phrase: &Phrase) -> Vec<usize> {
        let is_letter = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '-');
        let found = self.text.match_indices(&phrase.find).filter(|(at, found)| {
            let (before, after) = (&self.text[..*at], &self.text[at + found.len()..]);
            let is_word = !is_letter(before.chars().next_back()) && !is_letter(after.chars().next());
            let excused = phrase.except.iter().any(|except| {
                let offset = except.find(&phrase.find).unwrap_or_default();
                at.checked_sub(offset).is_some_and(|start| self.text[start..].starts_with(except.as_str()))
            });
            is_word && !excused
        });
        found.map(|(at, _)| self.lines[at]).collect()
    }
}

/// Checks every text that users read.
pub(crate) fn check() -> Result<(), Vec<String>> {
    let phrases = phrases().map_err(|error| vec![error])?;
    let mut found = Vec::new();
    let mut look = |path: &str, passages: Vec<Passage>| {
        for phrase in &phrases {
            let lines = passages.iter().flat_map(|passage| passage.find(phrase));
            found.extend(lines.map(|line| {
                (path.to_owned(), line, format!("{path}:{line}: \"{}\": {}", phrase.find, phrase.write))
            }));
        }
    };
    for page in repository::pages() {
        look(&page.path, paragraphs(&page.prose));
    }
    for folder in [
        "cases/client",
        "cases/server",
        "cases/requirements",
        "cases/counterparts",
        "ci/implementations",
        "harness/examples",
    ] {
        for path in repository::files(folder, &["toml"]) {
            let text = repository::read(&path).map_err(|error| vec![error])?;
            look(&path, toml_strings(&text));
        }
    }
    for folder in ["cases/src", "mock-server", "harness", "reports/src"] {
        let files = repository::files(folder, &["rs"]).into_iter();
        for path in files.filter(|path| !path.contains("/tests")) {
            let text = repository::read(&path).map_err(|error| vec![error])?;
            look(&path, rust_texts(&text));
        }
    }
    found.sort();
    found.dedup();
    if found.is_empty() { Ok(()) } else { Err(found.into_iter().map(|(_, _, problem)| problem).collect()) }
}

fn phrases() -> Result<Vec<Phrase>, String> {
    let document: toml::Table =
        repository::read("ci/words.toml")?.parse().map_err(|error| format!("ci/words.toml: {error}"))?;
    let text =
        |table: &toml::Value, key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let list = |table: &toml::Value, key: &str| -> Vec<String> {
        let values = table.get(key).and_then(toml::Value::as_array).into_iter().flatten();
        values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let entries = document.get("phrase").and_then(toml::Value::as_array).into_iter().flatten();
    let phrases = entries.flat_map(|entry| {
        list(entry, "find").into_iter().map(|find| Phrase {
            find,
            write: text(entry, "write").unwrap_or_default(),
            except: list(entry, "except"),
        })
    });
    Ok(phrases.collect())
}

/// The paragraphs of a page.
fn paragraphs(prose: &[(usize, String)]) -> Vec<Passage> {
    let mut passages = vec![Passage::default()];
    for (number, line) in prose {
        if line.trim().is_empty() {
            passages.push(Passage::default());
        } else if let Some(last) = passages.last_mut() {
            last.push(*number, &format!("{line} "));
        }
    }
    passages
}

/// The strings of the keys that people read.
fn toml_strings(text: &str) -> Vec<Passage> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| {
        let key = line.split('=').next().unwrap_or_default().trim();
        line.contains('=') && KEYS.contains(&key)
    });
    lines.map(|(number, line)| Passage::line(number, line)).collect()
}

/// The doc comments and string literals of a Rust file.
fn rust_texts(text: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut comment = Passage::default();
    let mut code = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        let trimmed = line.trim_start();
        let doc = trimmed.strip_prefix("///").or_else(|| trimmed.strip_prefix("//!"));
        if let Some(doc) = doc.filter(|doc| !doc.trim().is_empty()) {
            comment.push(number, &format!("{} ", without_code(doc)));
        } else if !comment.text.is_empty() {
            passages.push(std::mem::take(&mut comment));
        }
        code.push_str(if trimmed.starts_with("//") { "" } else { line });
        code.push('\n');
    }
    passages.push(comment);
    passages.extend(literals(&code));
    passages
}

/// The string literals of Rust code without comments of their own lines.
fn literals(code: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut chars = code.chars().peekable();
    let mut line = 1;
    while let Some(char) = chars.next() {
        match char {
            '\n' => line += 1,
            '\'' => {
                // A character, or a lifetime.
                let mut ahead = chars.clone();
                let first = ahead.next();
                if first == Some('\\') {
                    chars.nth(1);
                    while chars.next().is_some_and(|char| char != '\'') {}
                } else if ahead.next() == Some('\'') {
                    chars.nth(1);
                }
            }
            '/' if chars.peek() == Some(&'/') => {
                while chars.peek().is_some_and(|char| *char != '\n') {
                    chars.next();
                }
            }
            'r' if matches!(chars.peek(), Some('"' | '#')) => {
                let mut hashes = 0;
                let mut ahead = chars.clone();
                while ahead.next_if_eq(&'#').is_some() {
                    hashes += 1;
                }
                if ahead.next() != Some('"') {
                    continue;
                }
                chars.nth(hashes);
                let end = format!("\"{}", "#".repeat(hashes));
                let mut literal = String::new();
                let mut passage = Passage::default();
                for char in chars.by_ref() {
                    literal.push(char);
                    passage.push(line, char.encode_utf8(&mut [0; 4]));
                    line += usize::from(char == '\n');
                    if literal.ends_with(&end) {
                        break;
                    }
                }
                passages.push(passage);
            }
            '"' => {
                let mut passage = Passage::default();
                while let Some(char) = chars.next() {
                    match char {
                        '"' => break,
                        '\\' => {
                            if chars.next() == Some('\n') {
                                line += 1;
                            }
                            passage.push(line, " ");
                        }
                        char => {
                            passage.push(line, char.encode_utf8(&mut [0; 4]));
                            line += usize::from(char == '\n');
                        }
                    }
                }
                passages.push(passage);
            }
            _ => {}
        }
    }
    passages
}
