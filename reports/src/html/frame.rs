//! What surrounds the content of every page.

/// The head, the banners and the path of a page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// The title.
    pub(super) title: String,
    /// The path from the page to the root of the site: empty or some `../`.
    pub(super) root: String,
    /// The pages above this one, with their addresses.
    pub(super) above: Vec<Crumb>,
    /// What to know before reading.
    pub(super) banners: Vec<String>,
    /// Whether the site is about several runs, and has the pages that go with it.
    pub(super) kind: Kind,
    /// The width of the content.
    pub(super) width: Width,
}

/// What the site is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Runs side by side.
    Report,
    /// Two runs compared.
    Comparison,
}

/// How wide the content may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// As wide as the screen, for tables.
    Full,
    /// As wide as text can be read.
    Text,
}

/// A page above.
#[derive(Clone, Debug)]
pub(super) struct Crumb {
    pub(super) title: String,
    pub(super) href: String,
}

impl Frame {
    /// A page in the root of a report.
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            root: String::new(),
            above: Vec::new(),
            banners: Vec::new(),
            kind: Kind::Report,
            width: Width::Text,
        }
    }

    /// The same page, this many folders below the root.
    pub(super) fn below(mut self, folders: usize) -> Self {
        self.root = "../".repeat(folders);
        self
    }

    /// The same page with a page above it; the address is relative to this page.
    pub(super) fn under(mut self, title: impl Into<String>, href: impl Into<String>) -> Self {
        self.above.push(Crumb { title: title.into(), href: href.into() });
        self
    }

    /// The same page over the entire width.
    pub(super) fn wide(mut self) -> Self {
        self.width = Width::Full;
        self
    }
}
