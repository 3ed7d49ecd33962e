//! What is wrong with a document, where, and how to fix it.

use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::source::Source;

#[cfg(test)]
mod tests;

/// The maximum number of findings shown per document: more would not fit a screen.
const SHOWN: usize = 6;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where it is, in bytes.
    pub span: Range<usize>,
    /// What is wrong, in one line.
    pub message: String,
    /// What was expected there; shown below the line.
    pub label: String,
    /// How to fix it.
    pub hint: Option<String>,
}

/// The mistakes found while reading a document.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Diagnostic>,
}

impl Findings {
    /// Adds a finding without a hint.
    pub fn add(&mut self, span: Range<usize>, message: impl Into<String>, label: impl Into<String>) {
        self.list.push(Diagnostic { span, message: message.into(), label: label.into(), hint: None });
    }

    /// Adds a finding with a hint.
    pub fn add_with_hint(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let hint = Some(hint.into());
        self.list.push(Diagnostic { span, message: message.into(), label: label.into(), hint });
    }

    /// The number of findings.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The findings as an error about `source`, or `value` if there are none.
    ///
    /// # Errors
    /// If there are findings.
    pub fn or<T>(self, source: &Source, value: Option<T>) -> Result<T, Diagnostics> {
        match value {
            Some(value) if self.list.is_empty() => Ok(value),
            _ => Err(Diagnostics::new(source.clone(), self.list)),
        }
    }
}

/// All mistakes in one document. Displays as source snippets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    source: Source,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Findings about a source, in the order of the text.
    pub fn new(source: Source, mut list: Vec<Diagnostic>) -> Self {
        list.sort_by_key(|d| (d.span.start, d.span.end));
        list.dedup();
        Self { source, list }
    }

    /// The document.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The findings, in the order of the text.
    pub fn list(&self) -> &[Diagnostic] {
        &self.list
    }

    /// Renders the first few findings with their source lines; with terminal colors if `styled`.
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let mut blocks: Vec<String> =
            self.list.iter().take(SHOWN).map(|d| self.render_one(&renderer, d)).collect();
        match self.list.len().saturating_sub(SHOWN) {
            0 => {}
            1 => blocks.push(format!("... and one more mistake in {}", self.source.name())),
            more => blocks.push(format!("... and {more} more mistakes in {}", self.source.name())),
        }
        blocks.join("\n\n")
    }

    fn render_one(&self, renderer: &Renderer, diagnostic: &Diagnostic) -> String {
        let text = self.source.text().replace(|c| C1.contains(&c), C1_STAND_IN);
        let floor = |mut at: usize| {
            at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let span = floor(diagnostic.span.start)..floor(diagnostic.span.end.max(diagnostic.span.start));
        let snippet = Snippet::source(text.as_str())
            .path(visible(self.source.name()))
            .annotation(AnnotationKind::Primary.span(span).label(visible(&diagnostic.label)));
        let mut group = Level::ERROR.primary_title(visible(&diagnostic.message)).element(snippet);
        if let Some(hint) = &diagnostic.hint {
            group = group.element(Level::HELP.message(visible(hint)));
        }
        renderer.render(&[group])
    }
}

/// The control characters that the snippet renderer lets through, and their replacement: a character of the same length
/// in bytes, so that places stay the same.
const C1: std::ops::RangeInclusive<char> = '\u{80}'..='\u{9f}';
const C1_STAND_IN: &str = "\u{a4}";

/// A text that may quote the document, with its control characters escaped except the line endings of a hint.
fn visible(text: &str) -> String {
    let one =
        |c: char| if c.is_control() && c != '\n' { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(one).collect()
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
